// Small helpers for making and finding elements.

/**
 * @typedef {Record<string, any>} Attributes an `on...` is a listener, `class` and `data-...` as in HTML
 */

/**
 * An element with attributes and children; null and false children are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * A button with an icon and a label; the label is seen, or only read out if `quiet`.
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {{icon?: string, quiet?: boolean, kind?: string, attributes?: Attributes}} [how]
 */
export function button(label, onclick, how = {}) {
  const inner = [];
  if (how.icon) inner.push(icon(how.icon));
  if (!how.quiet) inner.push(el("span", {}, label));
  const extra = how.quiet ? { "aria-label": label, title: label } : {};
  return el(
    "button",
    { type: "button", class: how.kind ?? "", onclick, ...extra, ...how.attributes },
    ...inner,
  );
}

/** @type {Record<string, string>} */
const ICONS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M7 5h3.5v14H7zm6.5 0H17v14h-3.5z",
  undo: "M9 5 4 10l5 5v-3.5h5a3.5 3.5 0 0 1 0 7H9V21h5a6 6 0 0 0 0-12H9z",
  redo: "m15 5 5 5-5 5v-3.5h-5a3.5 3.5 0 0 0 0 7h5V21h-5a6 6 0 0 1 0-12h5z",
  lock: "M7 10V8a5 5 0 0 1 10 0v2h1v10H6V10zm2.5 0h5V8a2.5 2.5 0 0 0-5 0z",
  star: "m12 3 2.7 5.9 6.3.7-4.7 4.3 1.3 6.3L12 17l-5.6 3.2 1.3-6.3L3 9.6l6.3-.7z",
  pen: "m4 16.5 10-10 3.5 3.5-10 10H4zM15.5 5 17 3.5 20.5 7 19 8.5z",
  arrow: "M6 3v15l4-3.6 2.6 6 2.4-1-2.6-6H18z",
  eraser: "M13.5 4 20 10.5 11.5 19H7l-4-4zm-2 10.5L8 11l-2.6 2.6 3 3z",
  plus: "M10.7 5h2.6v5.7H19v2.6h-5.7V19h-2.6v-5.7H5v-2.6h5.7z",
  minus: "M5 10.7h14v2.6H5z",
  close: "m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  down: "m5 9 7 7 7-7-1.6-1.5L12 13 6.6 7.5z",
  spark: "m12 2 2 6.5L20.5 11 14 13l-2 7-2-7-6.5-2L10 8.5z",
  moon: "M14 3a9 9 0 1 0 7 13A8 8 0 0 1 14 3z",
  file: "M6 3h8l4 4.5V21H6zm7 1.5V8.5h3.6z",
};

/**
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name] ?? "");
  svg.append(path);
  return svg;
}

/**
 * Say something to those who listen rather than look, and show it for a moment.
 * @param {string} words
 * @param {{quiet?: boolean, isError?: boolean}} [how]
 */
export function announce(words, how = {}) {
  const live = /** @type {HTMLElement} */ (document.getElementById("live"));
  live.textContent = words;
  if (how.quiet) return;
  document.querySelector(".toast")?.remove();
  const toast = el("div", { class: `toast${how.isError ? " error" : ""}` }, words);
  document.body.append(toast);
  setTimeout(() => toast.remove(), how.isError ? 9000 : 3500);
}

/**
 * Run something that may fail, and say so if it does.
 * @param {() => Promise<unknown>} act
 */
export async function attempt(act) {
  try {
    await act();
  } catch (error) {
    announce(error instanceof Error ? error.message : String(error), { isError: true });
  }
}

/** @param {number} seconds */
export function clockTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * A colour of a part, readable in light and dark.
 * @param {number} place
 */
export function partColour(place) {
  return PART_COLOURS[place % PART_COLOURS.length];
}

const PART_COLOURS = [
  "#7a5cff", "#0aa5b8", "#e0662f", "#d03a86", "#3d9a3f", "#b8860b", "#3f74e0", "#a35bd6",
];
