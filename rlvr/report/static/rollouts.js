"use strict";
// The view of rollouts: a slider over steps, filters, and the groups that fit.
{
  const { h, count, plural } = rlvr;
  const PAGE = 12;
  let run;
  let latest = 0;

  const inSource = (source) => run.frames.filter((frame) => frame.source === source);

  const sourceOf = (state) =>
    run.sources.includes(state.source) ? state.source : run.sources[0];

  /** The frame of the state: of its step, else the nearest one before, else the first. */
  const currentFrame = (frames) => {
    const step = Number(rlvr.state.step ?? frames[0].step);
    return frames.filter((frame) => frame.step <= step).at(-1) ?? frames[0];
  };

  /** Draw the groups, a page at a time; what was begun before a newer call is dropped. */
  const list = async (box, groups, found, ticket, from = 0) => {
    const page = await Promise.all(groups.slice(from, from + PAGE).map((g) => run.group(g)));
    if (ticket !== latest) return;
    const nodes = page.map((group) =>
      rlvr.groupCard(run, group, {
        fits: (place) => found.fits[run.variantsOfGroup[group.number] + place] === 1,
      }),
    );
    const rest = groups.length - from - PAGE;
    if (rest > 0) {
      const more = h(
        "button",
        { type: "button", class: "more wide", onclick: () => {
          more.remove();
          list(box, groups, found, ticket, from + PAGE);
        } },
        `Show more (${plural(rest, "group")} left)`,
      );
      nodes.push(more);
    }
    if (from) box.append(...nodes);
    else box.replaceChildren(...nodes);
  };

  const isFiltered = ({ family, verdict, picked, habit, text }) =>
    Boolean(family || verdict || picked || habit || text);

  const summary = (frame, groups, found, everywhere) => {
    let [rollouts, right] = [found.rollouts, found.right];
    if (!everywhere) {
      [rollouts, right] = [0, 0];
      for (const group of groups)
        for (let v = run.variantsOfGroup[group]; v < run.variantsOfGroup[group + 1]; v++)
          if (found.fits[v]) {
            rollouts += run.counts[v];
            right += run.verdictOf(v) === 0 ? run.counts[v] : 0;
          }
    }
    const where = everywhere ? "all steps" : `step ${count(frame.step)}`;
    return [
      h("strong", {}, where),
      `: ${plural(rollouts, "completion")} in ${plural(groups.length, "group")}`,
      rollouts ? `, ${rlvr.percent(right, rollouts)} right` : "",
      isFiltered(rlvr.state) ? " (filtered)" : "",
    ];
  };

  const update = (parts) => {
    const ticket = ++latest;
    const { state } = rlvr;
    const source = sourceOf(state);
    const found = run.filter({ ...state, source, problem: undefined });
    const frames = inSource(source);
    const frame = currentFrame(frames);
    const everywhere = state.scope === "all";
    const groups = everywhere
      ? found.groups
      : found.groups.filter((group) => run.frameOfGroup[group] === frame.number);
    parts.slider.update(frame, found);
    parts.summary.replaceChildren(...summary(frame, groups, found, everywhere));
    if (!groups.length) {
      parts.list.replaceChildren(
        h("p", { class: "wait" }, "Nothing fits here. The bars show in which steps something does."),
      );
    } else list(parts.list, groups, found, ticket);
    rlvr.moveStep = (by, end) => {
      const place = end ? (by < 0 ? 0 : frames.length - 1) : frames.indexOf(frame) + by;
      const next = frames[Math.min(Math.max(place, 0), frames.length - 1)];
      if (next !== frame) rlvr.go({ step: String(next.step), scope: "" });
    };
  };

  /** Texts are read at the first search; until then only problems are searched. */
  const withTexts = (parts) => {
    if (!rlvr.state.text || run.hasTexts) return;
    run
      .loadTexts((share) => {
        parts.reading.textContent = `reading all texts: ${Math.round(100 * share)} %`;
      })
      .then(() => {
        parts.reading.textContent = "";
        rlvr.show();
      });
  };

  let shown;

  rlvr.viewRollouts = (main) => {
    const { state } = rlvr;
    const key = JSON.stringify([state.source, state.family, state.verdict, state.picked,
      state.habit, state.scope]);
    // A slider that is being moved, and a search that is being typed, stay what they are.
    if (shown?.main === main && shown.key === key && main.contains(shown.parts.list)) {
      withTexts(shown.parts);
      update(shown.parts);
      return;
    }
    run = rlvr.runs[0];
    const source = sourceOf(state);
    const parts = {
      slider: rlvr.slider(inSource(source), (next) =>
        rlvr.go({ step: String(next.step), scope: "" }),
      ),
      summary: h("p", { class: "summary", role: "status" }),
      reading: h("span", { class: "reading", role: "status" }),
      list: h("div", { class: "groups" }, h("p", { class: "wait" }, "Reading …")),
    };
    const focused = document.activeElement?.id;
    shown = { main, key, parts };
    main.replaceChildren(
      h(
        "div",
        { class: "panel" },
        run.sources.length > 1
          ? rlvr.segments(
              "Problems",
              run.sources.map((name) => [name, rlvr.sourceNames[name]]),
              source,
              (chosen) => rlvr.go({ source: chosen }),
            )
          : null,
        rlvr.filters(run, state, (change) => rlvr.go(change)),
        parts.slider.element,
        h(
          "div",
          { class: "below" },
          parts.summary,
          parts.reading,
          rlvr.segments(
            "Steps shown",
            [["", "this step"], ["all", "all steps"]],
            state.scope ?? "",
            (scope) => rlvr.go({ scope }),
          ),
        ),
      ),
      rlvr.markKey(),
      parts.list,
    );
    if (focused) document.getElementById(focused)?.focus();
    withTexts(parts);
    update(parts);
  };
}
