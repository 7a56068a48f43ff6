"use strict";
// The view of all metrics: panels by section; of two runs, their curves over each other.
{
  const { h } = rlvr;

  /** Steps of two runs count from the first rollouts of each, or they could not be compared. */
  rlvr.sinceStart = (run, step) => {
    if (rlvr.runs.length === 1) return step;
    return step - run.frames.find((frame) => frame.source === "train").step + 1;
  };

  const shifted = (run, x, section) =>
    section === "Supervised" ? x : x.map((step) => rlvr.sinceStart(run, step));

  /** The panels of all runs: of the same title one panel, the second run's curves dashed. */
  const merged = (curves) => {
    const panels = new Map();
    curves.forEach(({ panels: own }, r) => {
      for (const panel of own) {
        if (!panels.has(panel.title)) panels.set(panel.title, { ...panel, series: [] });
        const into = panels.get(panel.title);
        for (const series of panel.series) {
          const before = into.series.find((other) => other.name === series.name);
          const colour = before?.colour ?? new Set(into.series.map((s) => s.name)).size;
          const run = rlvr.runs[r];
          const label = rlvr.runs.length > 1 ? `${run.name}: ${series.name}` : series.name;
          const x = shifted(run, series.x, panel.section);
          const sparse = /^(eval|probe|aha)\//.test(series.key);
          into.series.push({ ...series, x, colour, dash: r, label, sparse });
        }
      }
    });
    return [...panels.values()];
  };

  const smoothing = () =>
    rlvr.select(
      "smooth",
      "Smoothing",
      [["1", "none"], ["9", "mean of 9 steps"], ["25", "mean of 25 steps"]],
      rlvr.state.smooth ?? "9",
      (smooth) => {
        rlvr.state.smooth = smooth;
        rlvr.writeAddress();
        rlvr.redrawCharts();
      },
    );

  rlvr.runKey = () =>
    rlvr.runs.length === 1
      ? null
      : h(
          "p",
          { class: "run-key" },
          rlvr.runs.map((run, r) => h("span", {}, rlvr.swatch(7, r), run.name)),
        );

  rlvr.viewCurves = async (main) => {
    const curves = await Promise.all(rlvr.runs.map((run) => rlvr.load(`${run.key}/curves`)));
    const panels = merged(curves);
    const alone = rlvr.runs.length === 1;
    const onstep = alone
      ? (step) => rlvr.go({ view: "rollouts", source: "train", step: String(step) })
      : undefined;
    const sections = [...new Set(panels.map((panel) => panel.section))];
    main.replaceChildren(
      h(
        "div",
        { class: "bar-top" },
        rlvr.runKey(),
        smoothing(),
        h(
          "p",
          { class: "hint" },
          "Drag over steps to zoom in, double-click to zoom out.",
          alone ? " Click on a curve to read the rollouts of that step." : "",
        ),
      ),
      ...sections.map((section) =>
        h(
          "section",
          {},
          h("h2", {}, section),
          h(
            "div",
            { class: "charts" },
            panels
              .filter((panel) => panel.section === section)
              .map((panel) =>
                rlvr.chart({
                  ...panel,
                  axis: section === "Supervised" ? "supervised" : "step",
                  xTitle: alone || section === "Supervised" ? "training step" : "GRPO step",
                  onstep: section === "Supervised" ? undefined : onstep,
                }),
              ),
          ),
        ),
      ),
    );
  };
}
