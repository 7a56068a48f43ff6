"use strict";
// How often each habit is shown over training, and when it was first shown so often.
{
  const { h, count, percent, words } = rlvr;
  const TURNS = { corrected: "corrected itself", aha: "verified aha", broken: "right, then wrong",
    keyword: "an aha word only" };
  const NOTES = {
    domain_stated: "every restriction of the equation, and none that is false",
    domain_first: "… before the first step of the solution",
    factoring: "a right factorisation, where the way leads over a quadratic",
    quadratic_formula: "a discriminant computed right",
    substitution_check: "every candidate put back, with right values on both sides",
    excluded_value_answered: "a fault: the answer holds a value outside the domain",
    corrected: "a wrong value, later a right one, and the last is right",
    aha: "corrected, and the wrong value refuted by mathematics that holds",
    broken: "a fault: right first, wrong at the end",
    keyword: "a word such as “wait” stands in it; proves nothing",
  };
  const nameOf = (name) => TURNS[name] ?? words(name);

  /** The first step at which a share was reached, as a way to the rollouts of that step. */
  const firstSeen = (run, habit, step, source) => {
    if (step === null) return h("span", { class: "never" }, "not reached");
    const label = step === habit.steps[0] ? "from the start" : count(rlvr.sinceStart(run, step));
    if (rlvr.runs.length > 1) return label;
    const filter = TURNS[habit.name] ? { picked: habit.name } : { habit: habit.name };
    if (habit.name === "keyword") return label;
    const state = { view: "rollouts", source, step: String(step), ...filter };
    return h("a", { href: rlvr.address(state), title: `Rollouts of step ${count(step)}` }, label);
  };

  const share = (habit, place) =>
    h(
      "td",
      { class: "number" },
      h("strong", {}, percent(habit.shown[place], habit.applies[place])),
      " ",
      h("small", {}, `of ${count(habit.applies[place])}`),
    );

  const row = (run, habit, i, shares, source, r) =>
      h(
        "tr",
        { "data-habit": habit.name },
        h(
          "th",
          { scope: "row" },
          rlvr.swatch(i, r),
          h("span", {}, nameOf(habit.name)),
          h("small", {}, NOTES[habit.name] ?? ""),
        ),
        rlvr.runs.length > 1 ? h("td", {}, run.name) : null,
        share(habit, 0),
        share(habit, habit.steps.length - 1),
        shares.map((_, s) =>
          h("td", { class: "number" }, firstSeen(run, habit, habit.first[s], source)),
        ),
      );

  const series = (run, habits, r, names) => {
    const since = (step) => rlvr.sinceStart(run, step);
    return habits.map((habit) => {
      const rates = habit.shown.map((shown, k) => shown / habit.applies[k]);
      const at = habit.first.filter((step, s) => step !== null && habit.first.indexOf(step) === s);
      return {
        name: nameOf(habit.name),
        label: rlvr.runs.length > 1 ? `${run.name}: ${nameOf(habit.name)}` : nameOf(habit.name),
        x: habit.steps.map(since),
        y: rates,
        colour: names.indexOf(habit.name),
        dash: r,
        pins: { x: at.map(since), y: at.map((s) => rates[habit.steps.indexOf(s)]) },
      };
    });
  };

  rlvr.viewHabits = async (main) => {
    const all = await Promise.all(rlvr.runs.map((run) => rlvr.load(`${run.key}/curves`)));
    const sources = Object.keys(rlvr.sourceNames).filter((source) =>
      all.some(({ habits }) => source in habits),
    );
    const chosen = rlvr.state.source ?? "probe";
    const source = sources.includes(chosen) ? chosen : sources[0];
    const of = (r) => all[r].habits[source] ?? [];
    const names = [...new Set(rlvr.runs.flatMap((_, r) => of(r).map((habit) => habit.name)))];
    const { shares } = all[0];
    const head = ["Habit", ...(rlvr.runs.length > 1 ? ["Run"] : []), "At first", "At last",
      ...shares.map((part) => `First ≥ ${part} %`)];
    main.replaceChildren(
      h(
        "div",
        { class: "bar-top" },
        rlvr.segments(
          "Problems",
          sources.map((name) => [name, rlvr.sourceNames[name]]),
          source,
          (name) => rlvr.go({ view: "habits", source: name }),
        ),
        rlvr.runKey(),
        h(
          "p",
          { class: "hint" },
          "Only what the verifier confirmed counts, of the completions to which a habit applies. " +
            "Rings mark the first steps at 10, 50 and 90 %.",
        ),
      ),
      h(
        "div",
        { class: "charts" },
        rlvr.chart({
          title: `Habits over training, ${rlvr.sourceNames[source].toLowerCase()} problems`,
          unit: "share",
          yTitle: "share of those it applies to",
          series: rlvr.runs.flatMap((run, r) => series(run, of(r), r, names)),
          xTitle: rlvr.runs.length > 1 ? "GRPO step" : "training step",
          height: 340,
          wide: true,
          onstep:
            rlvr.runs.length > 1
              ? undefined
              : (step) => rlvr.go({ view: "rollouts", source, step: String(step) }),
        }),
      ),
      h(
        "div",
        { class: "scroll" },
        h(
          "table",
          { class: "habits" },
          h("thead", {}, h("tr", {}, head.map((text, i) =>
            h("th", { scope: "col", class: i >= head.length - 2 - shares.length ? "number" : "" },
              text)))),
          h(
            "tbody",
            {},
            // The runs' rows of a habit stand together; the first run has the order.
            names.flatMap((name) =>
              rlvr.runs.map((run, r) => {
                const place = of(r).findIndex((habit) => habit.name === name);
                return place < 0 ? null : row(run, of(r)[place], names.indexOf(name), shares, source, r);
              }),
            ),
          ),
        ),
      ),
    );
  };
}
