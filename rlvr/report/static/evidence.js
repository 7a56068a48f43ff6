"use strict";
// The evidence of a claim, beside it, on hover and on focus.
{
  const tip = rlvr.h("div", { class: "evidence", role: "tooltip", hidden: true });
  document.body.append(tip);
  const show = (event) => {
    const claim = event.target.closest?.("mark[data-evidence]");
    if (!claim) return;
    tip.textContent = claim.dataset.evidence;
    tip.hidden = false;
    const box = claim.getClientRects()[0];
    const left = Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 6;
    tip.style.left = `${Math.max(8, left) + scrollX}px`;
    tip.style.top = `${(above > 60 ? above : box.bottom + 6) + scrollY}px`;
  };
  const hide = () => (tip.hidden = true);
  for (const type of ["mouseover", "focusin"]) document.addEventListener(type, show);
  for (const type of ["mouseout", "focusout"]) document.addEventListener(type, hide);
}
