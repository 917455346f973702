// The versions of a work as a tree: a click goes to any of them.

import { el } from "./dom.js";
import { text, textOf } from "./texts.js";

/**
 * What a version is, in a few words.
 * @param {import("./types.js").Version} version
 */
export function versionName(version) {
  const said = version.arguments;
  const verb = textOf(`verb_${version.verb ?? "none"}`);
  const bars = said.first_bar ? ` ${said.first_bar}–${said.last_bar}` : "";
  const strength = said.strength !== undefined ? ` ${Math.round(said.strength * 100)} %` : "";
  return version.label || `${verb}${bars}${strength}`;
}

/**
 * @param {HTMLElement} element
 * @param {import("./types.js").Work} work
 * @param {(version: number) => void} onGo
 */
export function showTree(element, work, onGo) {
  /** @type {Map<number | null, import("./types.js").Version[]>} */
  const children = new Map();
  for (const version of work.versions) {
    children.set(version.parent, [...(children.get(version.parent) ?? []), version]);
  }
  /** @type {HTMLElement[]} */
  const rows = [];
  const add = (/** @type {import("./types.js").Version} */ version, /** @type {number} */ depth) => {
    const isCurrent = version.number === work.current;
    rows.push(
      el("li", { style: `--depth:${Math.min(depth, 8)}` },
        el("button", {
          type: "button", class: "version", "aria-current": isCurrent ? "true" : false,
          onclick: () => onGo(version.number),
        },
        el("b", {}, String(version.number)), el("span", {}, versionName(version)))),
    );
    const made = children.get(version.number) ?? [];
    made.forEach((child, place) => add(child, depth + (made.length > 1 && place > 0 ? 1 : 0)));
  };
  for (const first of children.get(null) ?? []) add(first, 0);
  element.replaceChildren(el("ol", { class: "tree", "aria-label": text("history") }, ...rows));
  const current = element.querySelector("[aria-current]");
  if (current) {
    const [box, view] = [current.getBoundingClientRect(), element.getBoundingClientRect()];
    if (box.bottom > view.bottom) element.scrollTop += box.bottom - view.bottom;
    if (box.top < view.top) element.scrollTop += box.top - view.top;
  }
}
