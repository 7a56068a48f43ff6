"use strict";
// Curves by Plotly, in the page's own colours. Drawn when they come into sight.
{
  const { h } = rlvr;
  const DASHES = ["solid", "dash", "dot", "dashdot"];
  const COLOURS = 7;
  const charts = new Set();
  let library;

  // Plotly writes style attributes as text, which the page's policy refuses; the CSSOM may.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  const plotly = () => (library ??= rlvr.script("plotly.min.js").then(() => window.Plotly));

  /** The page's colour variables as Plotly takes them. */
  const palette = () => {
    const probe = h("span", { class: "probe" });
    document.body.append(probe);
    const colour = (name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    };
    const found = {
      ink: colour("ink-soft"),
      line: colour("line"),
      ground: colour("ground-raised"),
      series: Array.from({ length: COLOURS }, (_, i) => colour(`series-${i}`)),
    };
    probe.remove();
    return found;
  };

  /** A centred moving mean over width steps, gaps left out. */
  rlvr.smooth = (values, width) => {
    if (width <= 1) return values;
    const half = (width - 1) / 2;
    return values.map((_, i) => {
      const near = values.slice(Math.max(0, i - half), i + half + 1);
      return near.reduce((sum, value) => sum + value, 0) / near.length;
    });
  };

  /** Where the colours begin again the lines are dotted; a second run's are dashed. */
  const dashOf = (colour, run = 0) =>
    DASHES[(2 * Math.floor(colour / COLOURS) + run) % DASHES.length];

  const traces = (spec, colours, width) =>
    spec.series.flatMap((series, i) => {
      const colour = colours.series[(series.colour ?? i) % COLOURS];
      const sparse = series.x.length <= 2 || series.sparse;
      const dash = dashOf(series.colour ?? i, series.dash);
      const smoothed = sparse ? series.y : rlvr.smooth(series.y, width);
      const visible = spec.hidden.has(series.name) ? "legendonly" : true;
      const common = { type: "scatter", x: series.x, name: series.label ?? series.name, visible };
      const raw = {
        ...common,
        y: series.y,
        mode: "lines",
        opacity: 0.22,
        hoverinfo: "skip",
        line: { color: colour, width: 1 },
      };
      const main = {
        ...common,
        y: smoothed,
        mode: sparse ? "lines+markers" : "lines",
        line: { color: colour, width: 2, dash },
        marker: { size: 7, color: colour },
        hovertemplate: spec.unit === "share" ? "%{y:.1%}" : "%{y:.4~g}",
      };
      const pins = series.pins && {
        ...common,
        x: series.pins.x,
        y: series.pins.y,
        mode: "markers",
        hoverinfo: "skip",
        marker: { size: 9, color: colours.ground, line: { color: colour, width: 2 } },
      };
      return [width > 1 && !sparse ? raw : null, main, pins].filter(Boolean);
    });

  /** Between ticks at whole steps: the least of 1, 2, 5, 10, ... that leaves at most nine. */
  const tickStep = (spec) => {
    const ends = spec.window ?? spec.series.flatMap(({ x }) => [x.at(0), x.at(-1)]);
    const steps = ends.filter(Number.isFinite);
    const [from, to] = [Math.min(...steps), Math.max(...steps)];
    const wanted = Math.max((to - from) / 8, 1);
    const power = 10 ** Math.floor(Math.log10(wanted));
    return power * [1, 2, 5, 10].find((times) => times * power >= wanted);
  };

  const layout = (spec, colours) => ({
    height: spec.height ?? 236,
    margin: { l: 58, r: 14, t: 6, b: 40 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    showlegend: false,
    hovermode: "x unified",
    hoverlabel: { bgcolor: colours.ground, bordercolor: colours.line, font: { size: 12 } },
    font: { family: "system-ui, sans-serif", size: 12, color: colours.ink },
    xaxis: {
      title: { text: spec.xTitle ?? "training step", standoff: 8 },
      gridcolor: "rgba(0,0,0,0)",
      linecolor: colours.line,
      showline: true,
      ticks: "outside",
      tickcolor: colours.line,
      tickformat: ",d",
      tick0: 0,
      dtick: tickStep(spec),
      zeroline: false,
      hoverformat: ",d",
      ...(spec.window ? { range: spec.window } : {}),
    },
    yaxis: {
      title: { text: spec.unit === "share" ? "share of completions" : spec.unit, standoff: 6 },
      gridcolor: colours.line,
      zeroline: false,
      type: spec.log ? "log" : "linear",
      tickformat: spec.unit === "share" ? ".0%" : spec.log ? ".1~e" : "~g",
      exponentformat: "power",
      nticks: 6,
      rangemode: spec.unit === "share" ? "tozero" : "normal",
      ...(spec.yTitle ? { title: { text: spec.yTitle, standoff: 6 } } : {}),
    },
  });

  const draw = async (chart) => {
    const Plotly = await plotly();
    if (!chart.box.isConnected) return charts.delete(chart);
    const colours = palette();
    const config = { displayModeBar: false, responsive: true, showTips: false };
    const data = traces(chart.spec, colours, Number(rlvr.state.smooth ?? 9));
    await Plotly.react(chart.box, data, layout(chart.spec, colours), config);
    chart.box.dataset.drawn = "";
    if (chart.ready) return undefined;
    chart.ready = true;
    chart.box.on("plotly_click", (event) => chart.spec.onstep?.(event.points[0].x));
    chart.box.on("plotly_relayout", (change) => {
      // All charts of a page show the same steps.
      const [from, to] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      if (from === undefined && !change["xaxis.autorange"]) return;
      for (const other of charts) {
        if (other.spec.axis !== chart.spec.axis) continue;
        other.spec.window = from === undefined ? undefined : [from, to];
        if (!other.ready) continue;
        const { autorange, range, dtick } = other.box.layout.xaxis;
        const isThere = from === undefined ? autorange : range[0] === from && range[1] === to;
        const wanted = tickStep(other.spec);
        if (isThere && dtick === wanted) continue;
        Plotly.relayout(other.box, {
          "xaxis.dtick": wanted,
          ...(from === undefined ? { "xaxis.autorange": true } : { "xaxis.range": [from, to] }),
        });
      }
    });
  };

  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      sight.unobserve(entry.target);
      for (const chart of charts) if (chart.box === entry.target) draw(chart);
    }
  }, { rootMargin: "200px" });

  const swatch = (colour, run) =>
    h(
      "svg:svg",
      { class: `swatch series-${colour % COLOURS}`, viewBox: "0 0 22 6", "aria-hidden": "true" },
      h("svg:line", { x1: 1, x2: 21, y1: 3, y2: 3, class: `dash-${dashOf(colour, run)}` }),
    );

  const legend = (chart) => {
    const names = new Map();
    chart.spec.series.forEach((series, i) => {
      if (!names.has(series.name)) names.set(series.name, [series.colour ?? i, series]);
    });
    if (names.size < 2) return null;
    return h(
      "div",
      { class: "legend", role: "group", "aria-label": "Curves" },
      [...names].map(([name, [colour]]) =>
        h(
          "button",
          {
            type: "button",
            "aria-pressed": !chart.spec.hidden.has(name),
            title: "Show or hide",
            onclick: (event) => {
              const { hidden } = chart.spec;
              if (!hidden.delete(name)) hidden.add(name);
              event.currentTarget.setAttribute("aria-pressed", !hidden.has(name));
              draw(chart);
            },
          },
          swatch(colour, chart.spec.legendDash),
          rlvr.visible(name),
        ),
      ),
    );
  };

  rlvr.swatch = swatch;

  /** A figure. spec: title, unit, series [{name, x, y}], note, log, axis, onstep(x). */
  rlvr.chart = (spec) => {
    const box = h("div", { class: "plot" });
    const chart = { box, spec: { hidden: new Set(), axis: "step", ...spec } };
    charts.add(chart);
    sight.observe(box);
    return h(
      "figure",
      { class: `chart ${spec.wide ? "wide" : ""}` },
      h("figcaption", {}, h("h3", {}, spec.title), spec.note ? h("p", {}, spec.note) : null),
      legend(chart),
      box,
    );
  };

  rlvr.redrawCharts = () => {
    for (const chart of [...charts]) {
      if (!chart.box.isConnected) charts.delete(chart);
      else if (chart.ready) draw(chart);
    }
  };

  rlvr.forgetCharts = () => {
    for (const chart of charts) if (chart.ready) window.Plotly.purge(chart.box);
    charts.clear();
  };
}
