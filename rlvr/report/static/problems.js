"use strict";
// Problems over training: a list, and a page on which one is watched being learned.
{
  const { h, count, percent, plural, visible, words } = rlvr;
  const PAGE = 50;

  /** Of a problem in a run: how often it was seen, and the share of right answers each time. */
  const course = (run, task) =>
    run.groupsOfTask[task].map((group) => ({
      group,
      frame: run.frames[run.frameOfGroup[group]],
      ...run.tally(group),
    }));

  /** Shares of right completions over the times a problem was seen, as a row of columns. */
  const columns = (times, label) =>
    h(
      "svg:svg",
      {
        class: "columns",
        viewBox: `0 0 ${times.length * 8} 24`,
        width: times.length * 8,
        height: 24,
        role: "img",
        "aria-label": label,
      },
      times.map(({ right, all }, i) => [
        h("svg:rect", { class: "back", x: i * 8, y: 0, width: 6, height: 24 }),
        h("svg:rect", {
          class: "front",
          x: i * 8,
          y: 24 - Math.max(1, (24 * right) / all),
          width: 6,
          height: Math.max(1, (24 * right) / all),
        }),
      ]),
    );

  const CHANGES = {
    "": () => true,
    learned: (times) => times.length > 1 && !times[0].right && times.at(-1).right === times.at(-1).all,
    lost: (times) => times.length > 1 && times[0].right > 0 && times.at(-1).right === 0,
    never: (times) => times.every(({ right }) => right === 0),
  };

  /** The problems that fit, those seen most often first; of equals, the order of training. */
  const fitting = (run, state) => {
    const family = state.family ? run.families.indexOf(state.family) : -1;
    const text = (state.text ?? "").toLowerCase();
    const fits = CHANGES[state.change ?? ""] ?? CHANGES[""];
    const found = [];
    run.tasks.forEach((task, number) => {
      if (family >= 0 && task.family !== family) return;
      if (text && !`${task.text}\n${task.id}`.toLowerCase().includes(text)) return;
      const times = course(run, number);
      if (fits(times)) found.push({ task, times });
    });
    return found.sort((a, b) => b.times.length - a.times.length);
  };

  const row = ({ task, times }, run) =>
    h(
      "tr",
      {},
      h("td", {}, h("a", { href: rlvr.address({ view: "problems", problem: task.id }) }, visible(task.text)),
        h("small", {}, visible(task.id))),
      h("td", {}, words(run.families[task.family])),
      h("td", { class: "number" }, count(times.length)),
      h("td", { class: "number" }, percent(times[0].right, times[0].all)),
      h("td", { class: "number" }, percent(times.at(-1).right, times.at(-1).all)),
      h("td", {}, columns(times.slice(-24), `right: ${times.map(({ right, all }) => `${right} of ${all}`).join(", ")}`)),
    );

  let shownList;

  const viewList = (main) => {
    const run = rlvr.runs[0];
    const { state } = rlvr;
    const key = JSON.stringify([state.family, state.change]);
    const same = shownList && shownList.key === key && main.contains(shownList.table);
    const found = fitting(run, state);
    const table = same ? shownList.table : h("tbody", {});
    const status = same ? shownList.status : h("p", { class: "summary", role: "status" });
    const after = same ? shownList.after : h("div", {});
    const more = (from) => {
      table.append(...found.slice(from, from + PAGE).map((each) => row(each, run)));
      const left = found.length - from - PAGE;
      after.replaceChildren(
        left > 0
          ? h("button", { type: "button", class: "more wide", onclick: () => more(from + PAGE) },
              `Show more (${plural(left, "problem")} left)`)
          : "",
      );
    };
    table.replaceChildren();
    more(0);
    status.textContent = plural(found.length, "problem");
    if (same) return;
    shownList = { key, table, status, after };
    const heads = ["Problem", "Family", "Times seen", "Right at first", "Right at last", "Each time"];
    main.replaceChildren(
      h(
        "div",
        { class: "panel" },
        h(
          "div",
          { class: "filters" },
          rlvr.select("family", "Family", [["", "any"], ...run.families.map((f) => [f, words(f)])],
            state.family ?? "", (family) => rlvr.go({ family })),
          rlvr.select("change", "Over training", [["", "any"],
            ["learned", "wrong, later all right"], ["lost", "right, later all wrong"],
            ["never", "never right"]], state.change ?? "", (change) => rlvr.go({ change })),
          rlvr.search(state.text ?? "", (text) => rlvr.go({ text }), "text of a problem, or its id"),
        ),
        h("div", { class: "below" }, status),
      ),
      h(
        "div",
        { class: "scroll" },
        h(
          "table",
          { class: "problems" },
          h("thead", {}, h("tr", {}, heads.map((text, i) =>
            h("th", { scope: "col", class: i > 1 && i < 5 ? "number" : "" }, text)))),
          table,
        ),
      ),
      after,
    );
  };

  const stepName = (frame) =>
    `${frame.source === "train" ? "" : `${rlvr.sourceNames[frame.source]}, `}step ${count(frame.step)}`;

  /** One run's course of a problem: a column for each time; the chosen time's group below. */
  const watch = (run, task) => {
    const times = course(run, task);
    const box = h("div", { class: "groups" });
    const buttons = times.map((time, i) =>
      h(
        "button",
        { type: "button", class: "time", onclick: () => choose(i), title: stepName(time.frame) },
        h("span", { class: "share" }, percent(time.right, time.all)),
        h("span", { class: "step" }, count(time.frame.step)),
      ),
    );
    let place = 0;
    let ticket = 0;
    const choose = async (i) => {
      place = i;
      buttons.forEach((button, b) => button.setAttribute("aria-pressed", b === i));
      const mine = ++ticket;
      const group = await run.group(times[i].group);
      if (mine === ticket) {
        box.replaceChildren(rlvr.groupCard(run, group, { link: false, heading: false }));
      }
    };
    const move = (by, end) => {
      const to = end ? (by < 0 ? 0 : times.length - 1) : place + by;
      choose(Math.min(Math.max(to, 0), times.length - 1));
    };
    choose(0);
    const label = `${run.name}: right ${times.map(({ right, all }) => `${right} of ${all}`).join(", ")}`;
    return {
      move,
      element: h(
        "section",
        { class: "course" },
        rlvr.runs.length > 1 ? h("h2", {}, run.name) : null,
        h("p", { class: "hint" },
          times.length > 1
            ? `seen ${plural(times.length, "time")}: the share of right completions, by step`
            : "seen once in this run"),
        h("div", { class: "times-row", role: "group", "aria-label": label }, buttons),
        box,
      ),
    };
  };

  const viewOne = (main, id) => {
    const inRuns = rlvr.runs
      .map((run) => [run, run.tasks.findIndex((task) => task.id === id)])
      .filter(([, task]) => task >= 0);
    if (!inRuns.length) {
      main.replaceChildren(h("p", { class: "wait" }, `No run here has the problem ${visible(id)}.`));
      return;
    }
    const courses = inRuns.map(([run, task]) => watch(run, task));
    rlvr.moveStep = (by, end) => courses.forEach((course) => course.move(by, end));
    const [run, task] = inRuns[0];
    main.replaceChildren(
      h("p", { class: "back" }, h("a", { href: "#problems" }, "← all problems")),
      h("h2", { class: "problem-text" }, visible(run.tasks[task].text)),
      h("p", { class: "about" }, h("span", { class: "family" }, words(run.families[run.tasks[task].family])),
        h("span", {}, visible(id))),
      rlvr.markKey(),
      h("div", { class: inRuns.length > 1 ? "side-by-side" : "" }, courses.map((c) => c.element)),
    );
  };

  rlvr.viewProblems = (main) => {
    if (rlvr.state.problem) viewOne(main, rlvr.state.problem);
    else viewList(main);
  };
}
