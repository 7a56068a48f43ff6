"use strict";
// Two runs: accuracy by family, first and last; of each kind of problems.
{
  const { h, percent, count, words } = rlvr;

  /** Right and all rollouts of each family in the given frames. */
  const tallies = (run, frames) => {
    const found = new Map();
    for (const frame of frames) {
      for (let g = run.groupsOfFrame[frame.number]; g < run.groupsOfFrame[frame.number + 1]; g++) {
        const family = run.families[run.tasks[run.taskOfGroup[g]].family];
        const { right, all } = run.tally(g);
        const sum = found.get(family) ?? { right: 0, all: 0 };
        found.set(family, { right: sum.right + right, all: sum.all + all });
      }
    }
    return found;
  };

  const WIDTH = 10; // frames at either end of training: one alone has few problems of a family

  const ends = (run, source) => {
    const frames = run.frames.filter((frame) => frame.source === source);
    const width = source === "train" ? Math.min(WIDTH, Math.ceil(frames.length / 2)) : 1;
    return [tallies(run, frames.slice(0, width)), tallies(run, frames.slice(-width))];
  };

  const cell = (tally) =>
    h(
      "td",
      { class: "number" },
      tally ? [h("strong", {}, percent(tally.right, tally.all)), " ", h("small", {}, `of ${count(tally.all)}`)] : "–",
    );

  const table = (source) => {
    const both = rlvr.runs.map((run) => ends(run, source));
    const families = [...new Set(both.flat().flatMap((tally) => [...tally.keys()]))];
    return h(
      "section",
      {},
      h("h2", {}, rlvr.sourceNames[source]),
      h("p", { class: "hint" }, source === "train"
        ? `Right completions in the first and the last ${WIDTH} steps; sampled.`
        : "Right completions the first and the last time; greedy."),
      h(
        "div",
        { class: "scroll" },
        h(
          "table",
          { class: "families" },
          h(
            "thead",
            {},
            h("tr", {}, h("th", { scope: "col", rowspan: 2 }, "Family"),
              rlvr.runs.map((run) => h("th", { scope: "colgroup", colspan: 2 }, run.name))),
            h("tr", {}, rlvr.runs.flatMap(() => ["first", "last"].map((text) =>
              h("th", { scope: "col", class: "number" }, text)))),
          ),
          h("tbody", {}, families.map((family) =>
            h("tr", {}, h("th", { scope: "row" }, words(family)),
              both.flatMap(([first, last]) => [cell(first.get(family)), cell(last.get(family))])))),
        ),
      ),
    );
  };

  rlvr.viewFamilies = (main) => {
    const sources = rlvr.runs[0].sources.filter((source) =>
      rlvr.runs.every((run) => run.sources.includes(source)),
    );
    main.replaceChildren(...sources.map(table));
  };
}
