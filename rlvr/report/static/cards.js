"use strict";
// A group: its problem, and its completions side by side, each claim marked.
{
  const { h, count, visible, words, signed } = rlvr;
  const SIGNS = { true: "✓", false: "✗", refuted: "↺", excluded: "≠", undecided: "?" };
  const MEANING = {
    true: "true",
    false: "false",
    refuted: "wrong, and refuted by the completion itself",
    excluded: "rightly excluded",
    undecided: "undecided",
  };
  const LONG = 2400; // characters shown of a completion at first

  const claim = (text, [, , kind, evidence]) => {
    const words = evidence ? `${MEANING[kind]}: ${visible(evidence)}` : MEANING[kind];
    return h(
      "mark",
      { class: kind, tabindex: 0, "data-evidence": words, "aria-label": `${visible(text)}, ${words}` },
      visible(text),
      h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[kind]),
    );
  };

  /** The text up to a length, its claims as marks. */
  const marked = (text, marks, length) => {
    const parts = [];
    let at = 0;
    for (const mark of marks ?? []) {
      const [start, end] = mark;
      if (end > length) break;
      if (start > at) parts.push(visible(text.slice(at, start)));
      parts.push(claim(text.slice(start, end), mark));
      at = end;
    }
    parts.push(visible(text.slice(at, length)));
    return parts;
  };

  const body = (variant, text) => {
    const shown = text.length > LONG * 1.2 ? LONG : text.length;
    const pre = h("pre", { class: "completion" }, marked(text, variant.marks, shown));
    if (shown === text.length) return pre;
    const more = h(
      "button",
      {
        type: "button",
        class: "more",
        onclick: () => {
          pre.replaceChildren(...marked(text, variant.marks, text.length));
          more.remove();
        },
      },
      `Show all ${count(text.length)} characters`,
    );
    return h("div", {}, pre, more);
  };

  const reward = (variant) => {
    const terms = Object.entries(variant.terms)
      .map(([name, value]) => `${words(name)} ${signed(value)}`)
      .join(", ");
    const pair = (name, value, title) =>
      h("div", { title }, h("dt", {}, name), h("dd", {}, value));
    return h(
      "dl",
      { class: "figures" },
      pair("reward", variant.reward === null ? "none" : signed(variant.reward).replace("+", ""), terms),
      pair("advantage", signed(variant.advantage, 3)),
      pair("tokens", count(variant.num_tokens)),
    );
  };

  const facts = (variant) => {
    const shown = Object.entries(variant.habits)
      .filter(([, holds]) => holds)
      .map(([name]) => words(name));
    const turns = (variant.turns ?? []).filter((turn) => turn !== "keyword");
    const notes = [
      variant.error &&
        `First wrong step in line ${variant.error.line + 1} (${words(variant.error.cause)}). ` +
          visible(variant.error.evidence),
      turns.length && turns.map((turn) => rlvr.whyNames[turn]).join(", "),
      variant.finish_reason !== "stop" && `cut off after ${count(variant.num_tokens)} tokens`,
      !variant.counted && "not counted: in no baseline, trained nothing",
    ].filter(Boolean);
    return [
      notes.length ? h("ul", { class: "notes" }, notes.map((note) => h("li", {}, note))) : null,
      shown.length
        ? h("p", { class: "shows" }, shown.map((name) => h("span", { class: "tag" }, name)))
        : null,
      variant.evidence.length
        ? h(
            "details",
            {},
            h("summary", {}, "Why this verdict"),
            h("ul", {}, variant.evidence.map((sentence) => h("li", {}, visible(sentence)))),
          )
        : null,
    ];
  };

  const VERDICT_SIGNS = { correct: "✓", incorrect: "✗", undecided: "?" };

  const card = (variant, text, size, fits) =>
    h(
      "article",
      { class: `card ${variant.verdict}${fits ? "" : " unfit"}` },
      h(
        "header",
        {},
        h("span", { class: "verdict" }, `${VERDICT_SIGNS[variant.verdict]} ${variant.verdict}`),
        h("span", { class: "reason" }, variant.reason === "equal" ? "" : words(variant.reason)),
        h(
          "span",
          { class: "times", title: `Completions ${variant.places.join(", ")}` },
          size === 1 ? "" : `${variant.places.length} of ${size}`,
        ),
      ),
      body(variant, text),
      h(
        "p",
        { class: "answer" },
        variant.answer === null ? "no answer read" : ["answered ", h("b", {}, visible(variant.answer))],
      ),
      reward(variant),
      facts(variant),
    );

  /** A group as a section; fits(place) says whether a variant is one that was asked for. */
  rlvr.groupCard = (run, group, { fits = () => true, link = true, heading = true } = {}) => {
    const size = group.variants.reduce((sum, variant) => sum + variant.places.length, 0);
    const right = group.variants
      .filter((variant) => variant.verdict === "correct")
      .reduce((sum, variant) => sum + variant.places.length, 0);
    const state = { view: "problems", problem: group.task.id };
    return h(
      "section",
      { class: "group", tabindex: -1, "data-group": group.number },
      h(
        "header",
        {},
        heading ? h("h3", {}, visible(group.task.text)) : null,
        h(
          "p",
          { class: "about" },
          h("span", { class: "family" }, words(run.families[group.task.family])),
          h("span", {}, `step ${count(group.frame.step)}`),
          h("span", {}, `${right} of ${rlvr.plural(size, "completion")} right`),
          group.expected === null ? null : h("span", {}, "solutions ", h("b", {}, visible(group.expected))),
          group.domain.length
            ? h("span", {}, "domain ", h("b", {}, visible(group.domain.join(", "))))
            : null,
          link ? h("a", { href: rlvr.address(state) }, "over training") : null,
        ),
      ),
      h(
        "div",
        { class: "cards" },
        group.variants.map((variant, place) => card(variant, group.texts[place], size, fits(place))),
      ),
    );
  };

  /** What the marks mean. */
  rlvr.markKey = () =>
    h(
      "p",
      { class: "mark-key" },
      Object.entries(SIGNS).map(([kind, sign]) =>
        h("mark", { class: kind }, MEANING[kind], h("span", { class: "sign" }, sign)),
      ),
    );
}
