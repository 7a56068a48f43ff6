"use strict";
// Selects, segments, the step slider with its matches, the search field.
{
  const { h, count, words } = rlvr;

  /** A labelled select; choices are [value, label]. */
  rlvr.select = (name, label, choices, value, onchange) =>
    h(
      "label",
      { class: "field" },
      h("span", {}, label),
      h(
        "select",
        { id: `filter-${name}`, onchange: (event) => onchange(event.target.value) },
        choices.map(([key, text]) => h("option", { value: key, selected: key === value }, text)),
      ),
    );

  rlvr.segments = (label, choices, value, onchoose) =>
    h(
      "div",
      { class: "segments", role: "group", "aria-label": label },
      choices.map(([key, text]) =>
        h(
          "button",
          { type: "button", "aria-pressed": key === value, onclick: () => onchoose(key) },
          text,
        ),
      ),
    );

  rlvr.sourceNames = { train: "Training", probe: "Probe set", eval: "Test set" };
  rlvr.whyNames = {
    aha: "verified aha",
    corrected: "corrected itself",
    broken: "right, then wrong",
    best: "best of its step",
    worst: "worst of its step",
    disagreement: "majority wrong, one right",
    random: "random",
  };

  /** The selects over family, verdict, why it was picked, and habit. */
  rlvr.filters = (run, state, change) => {
    const any = ["", "any"];
    const named = (names, label = words) => [any, ...names.map((name) => [name, label(name)])];
    return h(
      "div",
      { class: "filters" },
      rlvr.select("family", "Family", named(run.families), state.family ?? "", (family) =>
        change({ family }),
      ),
      rlvr.select("verdict", "Verdict", named(run.verdicts), state.verdict ?? "", (verdict) =>
        change({ verdict }),
      ),
      rlvr.select(
        "picked",
        "Picked",
        named(run.whys, (why) => rlvr.whyNames[why]),
        state.picked ?? "",
        (picked) => change({ picked }),
      ),
      rlvr.select("habit", "Shows", named(run.habits), state.habit ?? "", (habit) =>
        change({ habit }),
      ),
      rlvr.search(state.text ?? "", (text) => change({ text })),
    );
  };

  rlvr.search = (value, change, placeholder = "text in problem or completion") => {
    let waiting;
    const input = h("input", {
      id: "search",
      type: "search",
      value,
      placeholder,
      oninput: () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => change(input.value), 150);
      },
      // Left at once, as for another filter: what was typed counts.
      onchange: () => change(input.value),
    });
    return h("label", { class: "field wide" }, h("span", {}, "Search"), input);
  };

  /** How many fit in each frame, and of them the right ones, as bars to click on. */
  rlvr.matchBars = (frames, found, current, choose) => {
    const most = frames.reduce((max, frame) => Math.max(max, found.perFrame[frame.number]), 1);
    const width = 1000 / frames.length;
    const bar = (place, number, kind) => {
      const height = (34 * number) / most;
      return h("svg:rect", {
        x: place * width,
        y: 36 - height,
        width: Math.max(width - (width > 3 ? 1 : 0), 0.3),
        height,
        class: kind,
      });
    };
    const bars = frames.flatMap((frame, place) => [
      frame === current ? bar(place, most, "bar now") : null,
      bar(place, found.perFrame[frame.number], "bar all"),
      bar(place, found.rightPerFrame[frame.number], "bar right"),
    ]);
    const at = (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      const place = Math.floor(((event.clientX - box.left) / box.width) * frames.length);
      return frames[Math.min(Math.max(place, 0), frames.length - 1)];
    };
    return h(
      "svg:svg",
      {
        class: "bars",
        viewBox: "0 0 1000 36",
        preserveAspectRatio: "none",
        "aria-hidden": "true",
        onclick: (event) => choose(at(event)),
      },
      h("svg:title", {}, "Completions that fit, by step; dark: the right ones"),
      bars,
    );
  };

  /** A slider over frames, with bars of how many rollouts fit in each: its element, and
   * update(frame, found), which keeps the handle that may be in someone's hand. */
  rlvr.slider = (frames, choose) => {
    let current = frames[0];
    const range = h("input", {
      id: "step",
      type: "range",
      min: 0,
      max: frames.length - 1,
      "aria-label": "Step",
      oninput: () => choose(frames[Number(range.value)]),
    });
    const button = (label, by) =>
      h(
        "button",
        {
          type: "button",
          "aria-label": label,
          onclick: () => {
            const next = frames[frames.indexOf(current) + by];
            if (next) choose(next);
          },
        },
        by < 0 ? "←" : "→",
      );
    const [before, after] = [button("The step before", -1), button("The next step", 1)];
    const bars = h("div", {});
    const output = h("output", { for: "step" });
    const ends = [frames[0], frames.at(-1)].map((frame) => h("span", {}, count(frame.step)));
    const track = h("div", { class: "track" }, bars, range,
      h("div", { class: "ends" }, ends[0], output, ends[1]));
    return {
      element: h("div", { class: "slider" }, before, track, after),
      update: (frame, found) => {
        current = frame;
        const place = frames.indexOf(frame);
        range.value = place;
        range.setAttribute("aria-valuetext", `step ${frame.step}`);
        output.textContent = `step ${count(frame.step)}`;
        before.disabled = place === 0;
        after.disabled = place === frames.length - 1;
        bars.replaceChildren(rlvr.matchBars(frames, found, frame, choose));
      },
    };
  };
}
