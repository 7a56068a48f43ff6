"use strict";
// The page as a whole: its views, theme and keys.
{
  const { h } = rlvr;
  const main = document.getElementById("main");
  const help = document.getElementById("help");
  const keys = [...document.body.dataset.keys];
  const VIEWS =
    keys.length > 1
      ? { curves: "Curves", habits: "Habits", families: "Families", problems: "Problems" }
      : { curves: "Curves", habits: "Habits", rollouts: "Rollouts", problems: "Problems" };
  const draw = {
    curves: rlvr.viewCurves,
    habits: rlvr.viewHabits,
    rollouts: rlvr.viewRollouts,
    problems: rlvr.viewProblems,
    families: rlvr.viewFamilies,
  };

  const fail = (error) => {
    main.replaceChildren(h("p", { class: "wait error" }, error.message ?? String(error)));
  };
  let view;

  rlvr.show = () => {
    const name = VIEWS[rlvr.state.view] ? rlvr.state.view : "curves";
    if (view !== name) rlvr.forgetCharts();
    view = name;
    rlvr.moveStep = undefined;
    for (const link of document.querySelectorAll("#views a")) {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    Promise.resolve(draw[name](main)).catch(fail);
  };

  // Theme: the system's unless another was chosen.
  const isDark = () =>
    (document.documentElement.dataset.theme ??
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const setTheme = (theme) => {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("rlvr-theme", theme);
    } catch {
      // A browser may refuse to keep anything for a page from the disk.
    }
    rlvr.redrawCharts();
  };
  const otherTheme = () => setTheme(isDark() ? "light" : "dark");
  try {
    const kept = localStorage.getItem("rlvr-theme");
    if (kept) document.documentElement.dataset.theme = kept;
  } catch {
    // As above.
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", rlvr.redrawCharts);
  document.getElementById("theme").addEventListener("click", otherTheme);
  document.getElementById("help-open").addEventListener("click", () => help.showModal());

  const nextGroup = (by) => {
    const groups = [...document.querySelectorAll(".group")];
    const at = groups.indexOf(document.activeElement?.closest(".group"));
    const next = groups[Math.min(Math.max(at + by, 0), groups.length - 1)];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "start" });
  };

  const search = () => {
    if (!document.getElementById("search")) rlvr.go({ view: keys.length > 1 ? "problems" : "rollouts" });
    document.getElementById("search")?.focus();
    document.getElementById("search")?.select();
  };

  const KEYS = {
    ArrowLeft: (event) => rlvr.moveStep?.(event.shiftKey ? -10 : -1),
    ArrowRight: (event) => rlvr.moveStep?.(event.shiftKey ? 10 : 1),
    Home: () => rlvr.moveStep?.(-1, true),
    End: () => rlvr.moveStep?.(1, true),
    "/": search,
    j: () => nextGroup(1),
    k: () => nextGroup(-1),
    d: otherTheme,
    "?": () => help.showModal(),
  };
  Object.keys(VIEWS).forEach((name, i) => (KEYS[i + 1] = () => rlvr.go({ view: name })));

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const { target } = event;
    if (event.key === "Escape" && target.id === "search") return target.blur();
    // A field has its own use for a key; the slider shares ours.
    if (target.matches?.("select, textarea, input:not([type=range])")) return;
    const act = KEYS[event.key];
    if (!act) return;
    const isStep = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
    if (isStep && !rlvr.moveStep) return;
    event.preventDefault();
    act(event);
  });

  document.getElementById("views").append(
    ...Object.entries(VIEWS).map(([name, label]) =>
      h("a", { href: `#${name}`, "data-view": name }, label),
    ),
  );
  Promise.all(keys.map((key) => rlvr.load(`${key}/index`)))
    .then((indexes) => {
      rlvr.runs = indexes.map((index, i) => new rlvr.Run(keys[i], index));
      rlvr.show();
      document.body.dataset.ready = "";
    })
    .catch(fail);
}
