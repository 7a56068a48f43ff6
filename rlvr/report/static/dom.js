"use strict";
// Classic scripts, not modules: a browser refuses to load modules from file://.
const rlvr = {};

/** An element. Attributes that begin with "on" are listeners; children are nodes or text. No text
 * is ever read as markup. */
rlvr.h = (tag, attributes = {}, ...children) => {
  const element = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (value === false && !name.startsWith("aria-")) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true && !name.startsWith("aria-")) element.setAttribute(name, "");
    else element.setAttribute(name, String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
};

/** Text with what cannot be seen, or would turn the direction of what follows, spelled out. */
rlvr.visible = (text) =>
  String(text).replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

rlvr.count = (number) => grouped.format(number);
rlvr.plural = (number, one, many = `${one}s`) =>
  `${rlvr.count(number)} ${number === 1 ? one : many}`;
rlvr.percent = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : "–");
rlvr.words = (name) => name.replaceAll("_", " ");

/** A number with its sign, by a true minus. */
rlvr.signed = (value, digits = 2) => {
  if (value === null) return "none";
  const rounded = Math.abs(value).toFixed(digits);
  if (Number(rounded) === 0) return rounded;
  return (value < 0 ? "−" : "+") + rounded;
};
