// The players: who is heard and how loud, which are selected, what they play on.

import { button, el, partColour } from "./dom.js";
import { text } from "./texts.js";

export class PartsView {
  /**
   * @param {import("./player.js").Player} player
   * @param {import("./types.js").Vocabulary} vocabulary
   * @param {{onSelect: (parts: Set<number>, active: number) => void, onInstrument: (part: number, name: string) => void, onDrag: (part: number) => string, onLock: (part: number) => void, onMix: () => void}} hand
   */
  constructor(player, vocabulary, hand) {
    this.player = player;
    this.vocabulary = vocabulary;
    this.hand = hand;
    /** @type {Set<number>} */
    this.selected = new Set();
    this.active = 0;
    /** @type {import("./types.js").Part[]} */
    this.parts = [];
    /** @type {Set<number>} */
    this.locked = new Set();
    this.list = el("ul", { class: "parts" });
    this.element = el("section", { "aria-label": text("parts") },
      el("h2", {}, text("parts")), this.list);
  }

  /** @param {import("./types.js").Part[]} parts @param {Set<number>} locked */
  show(parts, locked) {
    this.parts = parts;
    this.locked = locked;
    this.selected = new Set([...this.selected].filter((place) => place < parts.length));
    this.active = Math.min(this.active, Math.max(0, parts.length - 1));
    this.render();
  }

  render() {
    this.list.replaceChildren(...this.parts.map((part, place) => this.row(part, place)));
  }

  /** @param {import("./types.js").Part} part @param {number} place */
  row(part, place) {
    const mix = this.player.mixes[place] ?? { volume: 1, mute: false, solo: false };
    const change = (/** @type {Partial<import("./player.js").Mix>} */ values) => {
      this.player.mixes[place] = Object.assign(mix, values);
      this.player.applyMix();
      this.hand.onMix();
    };
    const toggle = (/** @type {"mute" | "solo"} */ which) =>
      el("button", {
        type: "button", class: `toggle ${which}`, "aria-pressed": String(mix[which]),
        "aria-label": `${text(which)}: ${part.name}`, title: text(which),
        onclick: (/** @type {MouseEvent} */ event) => {
          change({ [which]: !mix[which] });
          const pressed = /** @type {HTMLElement} */ (event.currentTarget);
          pressed.setAttribute("aria-pressed", String(mix[which]));
        },
      }, which === "mute" ? "M" : "S");
    const name = el("button", {
      type: "button", class: "part-name", "aria-pressed": String(this.selected.has(place)),
      draggable: true,
      onclick: (/** @type {MouseEvent} */ event) => this.select(place, event),
      ondragstart: (/** @type {DragEvent} */ event) => {
        event.dataTransfer?.setData("DownloadURL", this.hand.onDrag(place));
      },
    }, el("i", { style: `background:${partColour(place)}` }), el("span", {}, part.name));
    return el("li", { class: place === this.active ? "active" : "" },
      el("div", { class: "row" }, name, toggle("mute"), toggle("solo"),
        button(text("lock"), () => this.hand.onLock(place), {
          icon: "lock", quiet: true, kind: "toggle lock",
          attributes: { "aria-pressed": String(this.locked.has(place)) },
        })),
      el("div", { class: "row" },
        el("input", {
          type: "range", min: 0, max: 1, step: 0.01, value: mix.volume,
          "aria-label": `${text("volume")}: ${part.name}`,
          oninput: (/** @type {Event} */ event) =>
            change({ volume: Number(/** @type {HTMLInputElement} */ (event.target).value) }),
        }),
        this.instruments(part, place)));
  }

  /** @param {import("./types.js").Part} part @param {number} place */
  instruments(part, place) {
    const choices = this.vocabulary.instruments.filter((one) => one.is_drums === part.is_drums);
    return el("select", {
      class: "instrument", "aria-label": `${text("instrument")}: ${part.name}`,
      onchange: (/** @type {Event} */ event) =>
        this.hand.onInstrument(place, /** @type {HTMLSelectElement} */ (event.target).value),
    }, ...choices.map(({ name, label }) =>
      el("option", { value: name, selected: name === part.instrument }, label)));
  }

  /** @param {number} place @param {MouseEvent} event */
  select(place, event) {
    const wasAlone = this.selected.size === 1 && this.selected.has(place);
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      if (this.selected.has(place)) this.selected.delete(place);
      else this.selected.add(place);
    } else {
      this.selected = wasAlone ? new Set() : new Set([place]);
    }
    this.active = place;
    this.render();
    this.list.querySelectorAll(".part-name").forEach((name, index) => {
      if (index === place) /** @type {HTMLElement} */ (name).focus();
    });
    this.hand.onSelect(this.selected, place);
  }

  clear() {
    this.selected.clear();
    this.render();
    this.hand.onSelect(this.selected, this.active);
  }
}
