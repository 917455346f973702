// What is asked for, as chips; each opens an editor of its own.

import { button, el, icon } from "./dom.js";
import { moodDisc, nearest } from "./disc.js";
import { text, textOf } from "./texts.js";

/** @typedef {import("./types.js").Fields} Fields */

const FIELDS = [
  "style", "mood", "ensemble", "instruments", "key", "meter", "tempo", "bars", "seconds", "hit",
  "chords", "form", "preset", "title",
];
const NUMBERS = new Set(["bars", "tempo", "seconds", "hit"]);
const TONICS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const KEYS = ["major", "minor", ...TONICS.flatMap((t) => [`${t} major`, `${t} minor`])];
const METERS = ["4/4", "3/4", "2/4", "6/8", "12/8", "9/8", "2/2", "5/4", "7/8"];

export class Chips {
  /**
   * @param {import("./types.js").Vocabulary} vocabulary
   * @param {(fields: Fields) => void} onChange
   */
  constructor(vocabulary, onChange) {
    this.vocabulary = vocabulary;
    this.onChange = onChange;
    /** @type {Fields} */
    this.fields = {};
    /** @type {string[]} */
    this.unknown = [];
    this.element = el("div", { class: "chips" });
    this.render();
  }

  /** @param {Fields} fields @param {string[]} unknown */
  show(fields, unknown) {
    this.fields = { ...fields };
    this.unknown = unknown;
    this.render();
  }

  render() {
    const set = FIELDS.filter((field) => this.fields[field] !== undefined);
    const free = FIELDS.filter((field) => this.fields[field] === undefined);
    const add = el(
      "select",
      {
        class: "add", "aria-label": text("add_field"),
        onchange: (/** @type {Event} */ event) => {
          const select = /** @type {HTMLSelectElement} */ (event.target);
          this.edit(select.value, this.element);
          select.value = "";
        },
      },
      el("option", { value: "" }, `+ ${text("add_field")}`),
      ...free.map((field) => el("option", { value: field }, textOf(`field_${field}`))),
    );
    this.element.replaceChildren(
      ...set.map((field) => this.chip(field)),
      add,
      ...this.unknown.map((word) =>
        el("span", { class: "chip unknown", title: text("not_understood") }, word,
          el("small", {}, text("not_understood"))),
      ),
    );
  }

  /** @param {string} field */
  chip(field) {
    const value = String(this.fields[field]);
    const chip = el(
      "span",
      { class: `chip field-${field}`, "data-field": field },
      el(
        "button",
        { type: "button", class: "chip-value", onclick: () => this.edit(field, chip) },
        el("small", {}, textOf(`field_${field}`)), this.shown(field, value),
      ),
      el(
        "button",
        {
          type: "button", class: "chip-remove",
          "aria-label": `${text("remove")}: ${textOf(`field_${field}`)}`,
          onclick: () => this.set(field, undefined),
        },
        icon("close"),
      ),
    );
    return chip;
  }

  /** @param {string} field @param {string} value */
  shown(field, value) {
    const point = field === "mood" ? pointOf(value) : null;
    if (point) return nearest(this.vocabulary.moods, point).name;
    return labelOf(this.vocabulary, field, value);
  }

  /** @param {string} field @param {string | number | undefined} value */
  set(field, value) {
    if (value === undefined || value === "") delete this.fields[field];
    else this.fields[field] = NUMBERS.has(field) ? Number(value) : value;
    if (field === "ensemble" && value) delete this.fields.instruments;
    if (field === "instruments" && value) delete this.fields.ensemble;
    this.render();
    this.onChange(this.fields);
  }

  /** @param {string} field @param {HTMLElement} near */
  edit(field, near) {
    if (!field) return;
    document.querySelector("dialog.editor")?.remove();
    const now = String(this.fields[field] ?? "");
    const input = this.input(field, now);
    const dialog = el("dialog", { class: "editor", "aria-label": textOf(`field_${field}`) });
    const done = () => {
      const { value } = input;
      dialog.close();
      this.set(field, value.trim());
    };
    const disc = field === "mood" && moodDisc(
      this.vocabulary.moods, this.point(now), (valence, arousal) => {
        input.value = `${valence},${arousal}`;
      },
    );
    dialog.append(
      el(
        "form",
        {
          method: "dialog",
          onsubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            done();
          },
        },
        el("label", {}, el("span", {}, textOf(`field_${field}`)), input),
        disc,
        el("div", { class: "row" },
          button(text("cancel"), () => dialog.close()),
          el("button", { class: "primary" }, text("done"))),
      ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    const box = near.getBoundingClientRect();
    dialog.showModal();
    const left = Math.max(8, Math.min(box.left, innerWidth - dialog.offsetWidth - 8));
    const top = Math.min(box.bottom + 6, innerHeight - dialog.offsetHeight - 8);
    dialog.style.left = `${left}px`;
    dialog.style.top = `${Math.max(8, top)}px`;
    input.focus();
  }

  /** @param {string} mood */
  point(mood) {
    return pointOf(mood) ?? this.vocabulary.moods.find((one) => one.name === mood) ?? null;
  }

  /** @param {string} field @param {string} value */
  input(field, value) {
    const choices = choicesOf(this.vocabulary, field);
    if (NUMBERS.has(field)) {
      return el("input", { type: "number", step: field === "bars" ? 1 : "any", min: 0, value });
    }
    if (!choices.length) {
      const hint = field === "chords" ? text("chords_hint") : field === "form" ? text("form_hint") : "";
      return el("input", { type: "text", value, placeholder: hint, size: 34 });
    }
    const list = el("datalist", { id: `list-${field}` },
      ...choices.map(([name, label]) => el("option", { value: name }, label)));
    document.getElementById(list.id)?.remove();
    document.body.append(list);
    return el("input", { type: "text", value, list: list.id, size: 28 });
  }
}

/**
 * The values of a field that have names.
 * @param {import("./types.js").Vocabulary} vocabulary
 * @param {string} field
 * @returns {[string, string][]}
 */
export function choicesOf(vocabulary, field) {
  const named = (/** @type {{name: string, label: string}[]} */ list) =>
    list.map(({ name, label }) => /** @type {[string, string]} */ ([name, label]));
  switch (field) {
    case "style": return [...named(vocabulary.styles), ...named(vocabulary.composers)];
    case "mood": return vocabulary.moods.map(({ name }) => [name, name]);
    case "ensemble": return named(vocabulary.ensembles);
    case "instruments": return named(vocabulary.instruments);
    case "preset": return named(vocabulary.presets);
    case "key": return KEYS.map((key) => [key, key]);
    case "meter": return METERS.map((meter) => [meter, meter]);
  }
  return [];
}

/** @param {import("./types.js").Vocabulary} vocabulary @param {string} field @param {string} value */
function labelOf(vocabulary, field, value) {
  if (field === "mood" || field === "instruments") return value.replaceAll(",", ", ");
  return choicesOf(vocabulary, field).find(([name]) => name === value)?.[1] ?? value;
}

/** @param {string} mood @returns {{valence: number, arousal: number} | null} */
function pointOf(mood) {
  const numbers = mood.split(",").map(Number);
  const isPoint = numbers.length === 2 && numbers.every(Number.isFinite);
  return isPoint ? { valence: numbers[0], arousal: numbers[1] } : null;
}
