// The engraved score, its notes lit while they sound; a click plays from that bar.

import { get } from "./api.js";
import { el } from "./dom.js";
import { secondsAt } from "./player.js";
import { text } from "./texts.js";

/** @type {Map<string, Promise<import("./types.js").Score>>} */
const known = new Map();

export class ScoreView {
  /** @param {(bar: number) => void} onBar a click on a bar, from 1 */
  constructor(onBar) {
    this.pages = el("div", { class: "pages" });
    this.element = el("section", { class: "score", tabindex: 0, "aria-label": text("score") }, this.pages);
    /** @type {import("./types.js").Score["steps"]} */
    this.steps = [];
    /** @type {Element[]} */
    this.measures = [];
    /** @type {Set<string>} */
    this.lit = new Set();
    /** @type {number[]} seconds of the steps */
    this.times = [];
    this.at = 0;
    this.piece = "";
    this.follow = true;
    this.pages.addEventListener("click", (event) => {
      const measure = /** @type {Element} */ (event.target).closest("g.measure");
      const bar = measure ? this.measures.indexOf(measure) + 1 : 0;
      if (bar) onBar(bar);
    });
  }

  /**
   * Engrave and show a piece.
   * @param {string} name
   * @param {import("./types.js").Piece} piece
   * @param {import("./types.js").Playing} playing
   */
  async show(name, piece, playing) {
    this.piece = name;
    this.element.dataset.state = "engraving";
    let asked = known.get(name);
    if (!asked) {
      asked = get(`pieces/${name}/score`);
      known.set(name, asked);
      asked.catch(() => known.delete(name));
    }
    try {
      const score = await asked;
      if (this.piece !== name) return;
      this.put(score, piece, playing);
    } finally {
      if (this.piece === name) this.element.dataset.state = "";
    }
  }

  /**
   * @param {import("./types.js").Score} score
   * @param {import("./types.js").Piece} piece
   * @param {import("./types.js").Playing} playing
   */
  put(score, piece, playing) {
    const scroll = [this.element.scrollLeft, this.element.scrollTop];
    const parser = new DOMParser();
    this.pages.replaceChildren(
      ...score.pages.map((page) => {
        const svg = parser.parseFromString(page, "image/svg+xml").documentElement;
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", `${text("score")}: ${piece.title}`);
        return el("div", { class: "page" }, document.importNode(svg, true));
      }),
    );
    [this.element.scrollLeft, this.element.scrollTop] = scroll;
    this.measures = [...this.pages.querySelectorAll("g.measure")];
    this.steps = score.steps;
    this.times = score.steps.map(([quarters]) =>
      secondsAt(playing, quarters * piece.ticks_per_quarter),
    );
    this.lit.clear();
    this.at = 0;
  }

  /** @param {number} seconds @param {boolean} isPlaying */
  setPosition(seconds, isPlaying) {
    if (this.at > 0 && this.times[this.at - 1] > seconds) {
      this.at = 0;
      for (const id of this.lit) this.light(id, false);
      this.lit.clear();
    }
    let newest = "";
    while (this.at < this.steps.length && this.times[this.at] <= seconds + 0.01) {
      const [, on, off] = this.steps[this.at];
      for (const id of off) {
        this.lit.delete(id);
        this.light(id, false);
      }
      for (const id of on) {
        this.lit.add(id);
        newest = id;
      }
      this.at += 1;
    }
    for (const id of this.lit) this.light(id, isPlaying);
    if (newest && isPlaying && this.follow) this.reveal(newest);
  }

  /** @param {string} id @param {boolean} isLit */
  light(id, isLit) {
    document.getElementById(id)?.classList.toggle("sounding", isLit);
  }

  /** Scroll to a note that is out of sight. @param {string} id */
  reveal(id) {
    const note = document.getElementById(id);
    const system = note?.closest("g.system") ?? note;
    if (!system) return;
    const [box, view] = [system.getBoundingClientRect(), this.element.getBoundingClientRect()];
    if (box.bottom > view.bottom || box.top < view.top) {
      this.element.scrollTop += box.top - view.top - 16;
    }
    if (box.left > view.right || box.right < view.left) {
      this.element.scrollLeft += box.left - view.left - 16;
    }
  }

  /** @param {import("./roll.js").Bars} bars */
  select(bars) {
    this.measures.forEach((measure, index) => {
      const isSelected = bars !== null && index + 1 >= bars.first && index + 1 <= bars.last;
      measure.classList.toggle("selected", isSelected);
    });
  }
}
