"use strict";
// What is shown stands in the address: a link, a reload and "back" show the same.
{
  const read = () => {
    const [view, query] = location.hash.slice(1).split("?");
    return { view: view || "curves", ...Object.fromEntries(new URLSearchParams(query)) };
  };

  rlvr.state = read();

  const kept = (state) =>
    Object.fromEntries(Object.entries(state).filter(([, value]) => value !== "" && value !== undefined));

  rlvr.address = (state) => {
    const { view, ...rest } = kept(state);
    const query = new URLSearchParams(rest).toString();
    return `#${view}${query ? `?${query}` : ""}`;
  };

  let waiting;

  /** Change what is shown. A new view is a place to come back to; a filter or a step is not. */
  rlvr.go = (changes) => {
    const next = kept({ ...(changes.view ? {} : rlvr.state), ...changes });
    const isNewPlace = next.view !== rlvr.state.view || next.problem !== rlvr.state.problem;
    rlvr.state = next;
    clearTimeout(waiting);
    if (isNewPlace) history.pushState(null, "", rlvr.address(next));
    // Browsers refuse an address that changes with every move of a slider.
    else waiting = setTimeout(rlvr.writeAddress, 200);
    rlvr.show();
  };

  rlvr.writeAddress = () => history.replaceState(null, "", rlvr.address(rlvr.state));

  addEventListener("popstate", () => {
    rlvr.state = read();
    rlvr.show();
  });
}
