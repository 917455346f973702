// Work on a piece: roll and score side by side, the engine's verbs, notes by hand, versions.

import { cancelJob, get, on, post } from "./api.js";
import { choicesOf } from "./chips.js";
import { sameBar } from "./compose.js";
import { announce, attempt, button, el } from "./dom.js";
import { PartsView } from "./parts.js";
import { playingOf, secondsAt } from "./player.js";
import { Roll } from "./roll.js";
import { ScoreView } from "./score.js";
import { text, textOf } from "./texts.js";
import { showTree, versionName } from "./tree.js";

/** @typedef {import("./types.js").Work} Work */
/** @typedef {import("./types.js").Change} Change */

const ALTERNATIVES = 3;
const DREAMS = 4;
const MIX_KEPT_AFTER_MILLISECONDS = 400;

export class WorkView {
  /**
   * @param {import("./types.js").Vocabulary} vocabulary
   * @param {import("./player.js").Player} player
   * @param {(fields: import("./types.js").Fields) => void} composeAnew
   */
  constructor(vocabulary, player, composeAnew) {
    this.vocabulary = vocabulary;
    this.player = player;
    this.composeAnew = composeAnew;
    /** @type {Work | null} */
    this.work = null;
    /** @type {import("./types.js").Piece | null} */
    this.piece = null;
    /** @type {import("./types.js").Job | null} */
    this.job = null;
    this.shownPiece = "";
    this.mixTimer = 0;
    this.changing = Promise.resolve();
    this.roll = new Roll({
      onSeek: (seconds) => player.seek(seconds),
      onBars: () => this.showSelection(),
      onChanges: (changes) => this.change(changes),
      onHear: (part, pitch) => this.hear(part, pitch),
      onChord: (bar) => this.editChord(bar),
      onHit: (seconds) => this.moveHit(seconds),
    });
    this.score = new ScoreView((bar) => this.playFrom(bar));
    this.parts = new PartsView(player, vocabulary, {
      onSelect: (parts, active) => {
        this.roll.parts = parts;
        this.roll.activePart = active;
        this.roll.draw();
        this.showSelection();
      },
      onInstrument: (part, name) => this.change([["instrument", part, name]]),
      onDrag: (part) => this.dragged(part),
      onLock: (part) => void attempt(() => this.lockPart(part)),
      onMix: () => this.keepMix(),
    });
    this.title = el("input", {
      class: "work-title", "aria-label": text("field_title"),
      onchange: () => this.change([["title", this.title.value]]),
    });
    this.undo = button(text("undo"), () => void attempt(() => this.step("undo")), {
      icon: "undo", quiet: true,
    });
    this.redo = button(text("redo"), () => void attempt(() => this.step("redo")), {
      icon: "redo", quiet: true,
    });
    this.selection = el("p", { class: "selection" });
    this.alternatives = el("div", { class: "alternatives", hidden: true });
    this.progress = el("div", { class: "row progress", hidden: true });
    this.tree = el("div", { class: "tree-box" });
    this.locks = el("p", { class: "faint" });
    this.element = this.build();
    on("work", ({ id }) => {
      if (id === this.work?.id) void attempt(() => this.reload());
    });
    on("job", (job) => this.hearJob(job));
    on("missed", () => {
      if (this.work) void attempt(() => this.reload());
    });
  }

  build() {
    const tools = el("div", { class: "tools", role: "toolbar", "aria-label": text("roll") },
      ...["select", "draw", "erase"].map((tool) => this.toolButton(tool)),
      this.snapSelect(),
      button(text("zoom_out"), () => this.roll.zoom(1 / 1.4), { icon: "minus", quiet: true }),
      button(text("zoom_in"), () => this.roll.zoom(1.4), { icon: "plus", quiet: true }),
      el("label", { class: "check" },
        el("input", {
          type: "checkbox", checked: true,
          onchange: (/** @type {Event} */ event) => {
            const { checked } = /** @type {HTMLInputElement} */ (event.target);
            this.roll.follow = this.score.follow = checked;
          },
        }), text("follow")));
    return el("div", { class: "work-view" },
      el("div", { class: "work-head row" }, this.title, this.undo, this.redo, this.takeAway()),
      el("aside", { class: "left" }, this.parts.element, this.film()),
      el("div", { class: "centre" }, tools, this.roll.element, this.score.element),
      el("aside", { class: "right" },
        this.selection, this.progress, this.alternatives, this.verbs(),
        el("section", {},
          el("h2", {}, text("history")), this.tree, this.labelForm(), this.locks)));
  }

  /** @param {string} tool */
  toolButton(tool) {
    const icons = { select: "arrow", draw: "pen", erase: "eraser" };
    const label = textOf(`tool_${tool}`);
    return button(label, () => this.setTool(tool), {
      icon: icons[/** @type {keyof typeof icons} */ (tool)], quiet: true, kind: "tool",
      attributes: { "data-tool": tool, "aria-pressed": String(tool === "select") },
    });
  }

  /** @param {string} tool */
  setTool(tool) {
    this.roll.tool = /** @type {import("./roll.js").Tool} */ (tool);
    this.element.querySelectorAll(".tool").forEach((one) => {
      const isIt = /** @type {HTMLElement} */ (one).dataset.tool === tool;
      one.setAttribute("aria-pressed", String(isIt));
    });
  }

  snapSelect() {
    const grids = [["1/4", 1], ["1/8", 2], ["1/8 T", 3], ["1/16", 4], ["1/16 T", 6], ["1/32", 8]];
    return el("select", {
      "aria-label": text("snap"), title: text("snap"),
      onchange: (/** @type {Event} */ event) => {
        this.roll.snapOfQuarter = Number(/** @type {HTMLSelectElement} */ (event.target).value);
      },
    }, ...grids.map(([label, value]) =>
      el("option", { value, selected: value === 4 }, String(label))));
  }

  takeAway() {
    return el("details", { class: "menu" },
      el("summary", {}, text("take_away")),
      el("div", { class: "menu-list" },
        ...[...this.vocabulary.files, { name: "session", label: text("file_session") }].map(
          ({ name, label }) =>
            el("button", {
              type: "button", "data-format": name,
              onclick: () => void attempt(() => this.download(name)),
            }, label))));
  }

  film() {
    const video = el("video", { muted: true, playsinline: true, hidden: true });
    video.muted = true;
    this.video = video;
    const pick = el("input", {
      type: "file", accept: "video/*",
      onchange: () => {
        const file = pick.files?.[0];
        if (!file) return;
        if (video.src) URL.revokeObjectURL(video.src);
        video.src = URL.createObjectURL(file);
        video.hidden = false;
      },
    });
    return el("section", { class: "film" },
      el("label", { title: text("film_hint") }, el("h2", {}, text("film")), pick), video);
  }

  verbs() {
    const strength = el("input", { type: "range", min: 0.05, max: 1, step: 0.05, value: 0.5,
      "aria-label": text("strength") });
    const keeps = ["melody", "chords", "rhythm"].map((what) =>
      el("label", { class: "check" }, el("input", { type: "checkbox", value: what }),
        textOf(`keep_${what}`)));
    const kept = () => keeps.map((label) => /** @type {HTMLInputElement} */ (label.firstChild))
      .filter((box) => box.checked).map((box) => box.value);
    const more = el("input", { type: "number", min: 1, max: 64, value: 8,
      "aria-label": text("more_bars") });
    const players = this.choice("ensemble", text("for_whom"));
    const vary = (/** @type {number} */ times, /** @type {boolean} */ isChain) =>
      this.verb("vary", this.varied(Number(strength.value), kept()), times, isChain);
    this.chords = el("input", { type: "text", maxlength: 400, placeholder: text("chords_hint"),
      "data-field": "rewrite-chords" });
    this.style = this.choice("style", text("turn_to_style"), true);
    this.mood = this.choice("mood", text("turn_to_mood"), true);
    return el("section", { class: "verbs" },
      this.action("rewrite", text("rewrite_hint"), () => this.rewrite(), "primary"),
      el("label", { class: "choice" }, el("small", {}, text("with_chords")), this.chords),
      el("div", { class: "two" }, this.style, this.mood),
      el("fieldset", {},
        el("div", { class: "row" }, el("span", { class: "grow" }, text("strength")), strength),
        el("div", { class: "row keeps" }, el("span", {}, text("keep")), ...keeps),
        el("div", { class: "two" },
          this.action("vary", "", () => vary(1, false)),
          this.action("dream", text("dream_hint"), () => vary(DREAMS, true)))),
      el("fieldset", {},
        el("div", { class: "two" }, more,
          this.action("continue", "", () =>
            this.verb("continue", { ...this.turn(), bars: Number(more.value) }))),
        players,
        el("div", { class: "two" },
          this.action("arrange", "", () =>
            this.verb("arrange", { ...this.turn(), ensemble: selectOf(players).value })),
          this.action("harmonise", "", () =>
            this.verb("harmonize", { ...this.turn(), ensemble: selectOf(players).value })))),
      el("div", { class: "two" },
        button(text("lock"), () => void attempt(() => this.lock()), { icon: "lock" }),
        button(text("unlock"), () => void attempt(() => this.send("unlock", {})))));
  }

  /** @param {"rewrite" | "vary" | "dream" | "continue" | "harmonise" | "arrange"} name @param {string} hint @param {() => Promise<void>} act @param {string} [kind] */
  action(name, hint, act, kind = "") {
    return button(text(name), () => void attempt(act), {
      kind, attributes: { title: hint || false, "data-verb": name },
    });
  }

  /** A menu of named values. @param {string} field @param {string} label @param {boolean} [isFree] */
  choice(field, label, isFree = false) {
    const named = choicesOf(this.vocabulary, field);
    return el("label", { class: "choice" }, el("small", {}, label),
      el("select", {},
        isFree && el("option", { value: "" }, text("as_it_is")),
        ...named.map(([value, name]) => el("option", { value }, name))));
  }

  labelForm() {
    const input = el("input", { type: "text", maxlength: 80, placeholder: text("label_hint"),
      "aria-label": text("label_version") });
    return el("form", {
      class: "row",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void attempt(() => this.send("label", { text: input.value }).then(() => {
          input.value = "";
        }));
      },
    }, input, el("button", {}, text("label_version")));
  }

  // What is shown

  /** @param {string} id */
  async open(id) {
    this.player.pause();
    this.shownPiece = "";
    this.parts.selected.clear();
    this.roll.parts = new Set();
    this.roll.bars = null;
    /** @type {Work} */
    const work = await get(`works/${id}`);
    this.player.mixes = work.mix;
    await this.showWork(work);
    this.player.seek(0);
    this.roll.fit(this.element.clientWidth > 900 ? 12 : 4);
  }

  /** Keep how loud the parts are, once nobody moves a slider any more. */
  keepMix() {
    const { work } = this;
    if (!work) return;
    clearTimeout(this.mixTimer);
    this.mixTimer = window.setTimeout(() => void attempt(() =>
      post(`works/${work.id}/mix`, { mix: this.player.mixes })), MIX_KEPT_AFTER_MILLISECONDS);
  }

  async reload() {
    if (this.work) await this.showWork(await get(`works/${this.work.id}`));
  }

  get version() {
    const work = /** @type {Work} */ (this.work);
    return work.versions[work.current];
  }

  /** @param {Work} work */
  async showWork(work) {
    this.work = work;
    const { version } = this;
    this.undo.disabled = !work.can_undo;
    this.redo.disabled = !work.can_redo;
    if (document.activeElement !== this.title) this.title.value = work.title;
    document.title = work.title || text("studio");
    showTree(this.tree, work, (number) => void attempt(() => this.send("go", { version: number })));
    this.locks.textContent = work.locks.length
      ? text("locked", { what: work.locks.map((lock) => lock.name).join("; ") })
      : text("nothing_locked");
    this.roll.locks = work.locks;
    this.showAlternatives();
    if (version.piece !== this.shownPiece) await this.showPiece(version.piece);
    this.showLockedParts();
    this.roll.draw();
  }

  showLockedParts() {
    if (!this.piece || !this.work) return;
    const whole = this.work.locks.filter(({ bars: [first] }) => !first);
    this.parts.show(this.piece.parts, new Set(whole.flatMap((lock) => lock.parts)));
  }

  /** @param {string} name */
  async showPiece(name) {
    const [piece, playing] = await Promise.all([get(`pieces/${name}`), playingOf(name)]);
    if (this.version.piece !== name) return;
    const before = this.player.playing;
    this.shownPiece = name;
    this.piece = piece;
    this.roll.hit = this.hitOf();
    this.roll.show(piece, playing);
    const isTempoSame = before && before.clock.at(-1)?.[1] === playing.clock.at(-1)?.[1];
    const position = this.player.position();
    this.player.load(name, playing,
      before && !isTempoSame ? sameBar(before, playing, position) : undefined);
    this.showSelection();
    void attempt(() => this.score.show(name, piece, playing).then(() => this.score.select(this.roll.bars)));
    void attempt(async () => {
      const facts = await get(`pieces/${name}/facts`);
      if (this.shownPiece !== name) return;
      this.roll.facts = facts;
      this.roll.draw();
    });
  }

  /** The second of the hit that this work was composed with. */
  hitOf() {
    const first = this.work?.versions[0];
    return first?.verb === "compose" && typeof first.arguments.hit === "number"
      ? first.arguments.hit
      : null;
  }

  showSelection() {
    const { bars } = this.roll;
    const count = this.piece?.bars.length ?? 0;
    const names = this.partNames();
    const all = text("selection_all", { bars: count });
    const some = text("selection", {
      first: bars?.first ?? 1, last: bars?.last ?? count,
      parts: names.join(", ") || text("all_parts"),
    });
    this.selection.textContent = bars || names.length ? some : all;
    this.score.select(bars);
  }

  showAlternatives() {
    const work = /** @type {Work} */ (this.work);
    const { version } = this;
    const siblings = work.versions.filter(
      (one) => one.parent === version.parent && one.verb === version.verb && one.seed !== null &&
        version.parent !== null && version.verb !== "edit" && isSame(one.arguments, version.arguments),
    );
    this.alternatives.hidden = siblings.length < 2;
    this.alternatives.replaceChildren(
      el("h2", {}, text("alternatives")),
      el("div", { class: "row" }, ...siblings.slice(-9).map((one, place) =>
        el("button", {
          type: "button", class: "alternative", "data-version": one.number,
          "aria-pressed": String(one.number === work.current), title: versionName(one),
          onclick: () => void attempt(() => this.send("go", { version: one.number })),
        }, String(place + 1)))));
  }

  /** @param {import("./types.js").Job} job */
  hearJob(job) {
    if (job.kind !== "step" || job.about.work !== this.work?.id) return;
    const isOver = ["done", "failed", "cancelled"].includes(job.state);
    this.job = isOver ? null : job;
    this.progress.hidden = isOver;
    const verb = textOf(job.about.verb === "infill" ? "rewrite" : job.about.verb);
    const bar = el("progress", { max: 1, "aria-label": verb });
    if (job.total) bar.value = job.done / job.total;
    const seconds = Math.ceil(job.waiting_seconds);
    this.progress.replaceChildren(
      bar,
      el("span", { class: "state" }, job.state === "waiting"
        ? text("waits_for", { before: job.before, seconds })
        : text("about_seconds", { seconds })),
      button(text("cancel"), () => void cancelJob(job.id)));
    if (job.state === "failed") announce(text("failed", { error: job.error }), { isError: true });
    if (job.state === "cancelled") announce(text("cancelled"));
    if (job.state === "done") announce(`${verb} ✓`, { quiet: true });
  }

  /** @param {number} seconds */
  setPosition(seconds) {
    this.roll.setPosition(seconds);
    this.score.setPosition(seconds, this.player.isPlaying);
    const { video } = this;
    if (!video?.src) return;
    if (this.player.isPlaying && video.paused) void video.play();
    if (!this.player.isPlaying && !video.paused) video.pause();
    if (Math.abs(video.currentTime - seconds) > (video.paused ? 0.02 : 0.15)) {
      video.currentTime = seconds;
    }
  }

  // What is done

  /**
   * Ask for a change of the work and show what came of it.
   * @param {string} act
   * @param {object} [body]
   */
  async send(act, body = {}) {
    const work = /** @type {Work} */ (this.work);
    await this.showWork(await post(`works/${work.id}/${act}`, body));
  }

  /** @param {"undo" | "redo"} which */
  step(which) {
    return this.send(which);
  }

  /**
   * Notes by hand: drawn at once, then made a step of the session, one after another.
   * @param {Change[]} changes
   */
  change(changes) {
    const work = /** @type {Work} */ (this.work);
    performance.mark("edit");
    if (this.piece) applyTo(this.piece, changes);
    this.roll.longest = this.piece?.parts.map((part) =>
      part.notes.reduce((most, note) => Math.max(most, note[1]), 0)) ?? [];
    this.roll.selected.clear();
    this.roll.paint();
    performance.measure("edit on screen", "edit");
    this.changing = this.changing.then(async () => {
      try {
        await this.showWork(await post(`works/${work.id}/edit`, { changes }));
      } catch (error) {
        announce(error instanceof Error ? error.message : String(error), { isError: true });
        this.shownPiece = "";
        await attempt(() => this.reload());
      }
    });
  }

  /** @param {number} part @param {number} pitch */
  hear(part, pitch) {
    const one = this.piece?.parts[part];
    if (one && pitch >= 0 && pitch < 128) void attempt(() => this.player.hear(one, pitch));
  }

  /** Choose a bar by its chord, and offer its chords to be changed. @param {number} bar */
  editChord(bar) {
    this.roll.selectBars({ first: bar, last: bar });
    const heard = this.roll.facts?.chords.filter((chord) => chord.bar === bar) ?? [];
    if (!this.chords) return;
    this.chords.value = heard.map((chord) => chord.symbol).join(" ") + (heard.length > 1 ? " |" : "");
    this.chords.focus();
    this.chords.select();
  }

  /** @param {number} bar */
  playFrom(bar) {
    const playing = this.player.playing;
    const start = this.piece?.bars[bar - 1];
    if (playing && start) this.player.seek(secondsAt(playing, start[0]));
  }

  partNames() {
    return [...this.parts.selected].sort((a, b) => a - b)
      .map((place) => this.piece?.parts[place]?.name ?? "").filter(Boolean);
  }

  get span() {
    const { bars } = this.roll;
    return { first: bars?.first ?? 1, last: bars?.last ?? this.piece?.bars.length ?? 1 };
  }

  /** Style and mood to turn to, where they are chosen. */
  turn() {
    const style = this.style ? selectOf(this.style).value : "";
    const mood = this.mood ? selectOf(this.mood).value : "";
    return { ...(style && { style }), ...(mood && { mood }) };
  }

  rewrite() {
    const { first, last } = this.span;
    const parts = this.partNames();
    const chords = this.chords?.value.trim();
    const said = {
      ...this.turn(), first_bar: first, last_bar: last, ...(parts.length && { parts }),
      ...(chords && { chords }),
    };
    return this.verb("infill", said, ALTERNATIVES);
  }

  /** @param {number} strength @param {string[]} keep */
  varied(strength, keep) {
    const { first, last } = this.span;
    const bars = this.roll.bars ? Array.from({ length: last - first + 1 }, (_, i) => first + i) : [];
    const kept = this.parts.selected.size
      ? (this.piece?.parts ?? []).filter((_, place) => !this.parts.selected.has(place))
        .map((part) => part.name)
      : [];
    return { ...this.turn(), strength, keep: [...keep, ...kept], ...(bars.length && { bars }) };
  }

  /**
   * @param {string} verb
   * @param {object} said
   * @param {number} [alternatives]
   * @param {boolean} [isChain]
   */
  async verb(verb, said, alternatives = 1, isChain = false) {
    const work = /** @type {Work} */ (this.work);
    const job = await post(`works/${work.id}/verbs/${verb}`, {
      arguments: said, alternatives, is_chain: isChain,
    });
    if (!this.job) this.hearJob(job);
  }

  lock() {
    const { bars } = this.roll;
    const parts = this.partNames();
    const { first, last } = this.span;
    const everything = !bars && !parts.length;
    return this.send("lock", {
      ...((bars || everything) && { bars: [first, last] }), ...(parts.length && { parts }),
    });
  }

  /** @param {number} place */
  lockPart(place) {
    const name = this.piece?.parts[place]?.name ?? "";
    const act = this.parts.locked.has(place) ? "unlock" : "lock";
    return this.send(act, { parts: [name] });
  }

  /** @param {number} seconds */
  moveHit(seconds) {
    const first = this.work?.versions[0];
    if (first?.verb !== "compose") return;
    const { candidate, best_of: _, ...fields } = first.arguments;
    this.composeAnew({ ...fields, hit: seconds });
  }

  /** What a part is when it is dragged out of the page. @param {number} part */
  dragged(part) {
    const name = (this.piece?.parts[part]?.name ?? "part").replace(/[^\w-]+/g, "-").toLowerCase();
    const address = `${location.origin}/api/pieces/${this.shownPiece}/files/mid?part=${part}`;
    return `audio/midi:${name}.mid:${address}`;
  }

  /** @param {string} format */
  async download(format) {
    const work = /** @type {Work} */ (this.work);
    const address = format === "session"
      ? `works/${work.id}/session`
      : `pieces/${this.version.piece}/files/${format}`;
    const response = await fetch(`/api/${address}`);
    if (!response.ok) throw new Error((await response.json()).error);
    const disposition = response.headers.get("content-disposition") ?? "";
    const name = decodeURIComponent(disposition.split("''")[1] ?? `piece.${format}`);
    const link = el("a", { href: URL.createObjectURL(await response.blob()), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.element.querySelector("details.menu")?.removeAttribute("open");
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  key(event) {
    const isControl = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (isControl && letter === "z") {
      void attempt(() => this.step(event.shiftKey ? "redo" : "undo"));
      return true;
    }
    if (isControl && letter === "y") {
      void attempt(() => this.step("redo"));
      return true;
    }
    if (isControl || event.altKey) return false;
    if (document.activeElement === this.roll.element && this.roll.key(event)) return true;
    const tool = { s: "select", d: "draw", e: "erase" }[letter];
    if (tool) this.setTool(tool);
    else if (event.key === "Delete" || event.key === "Backspace") this.roll.removeSelected();
    else if (event.key === "Escape") {
      this.roll.clear();
      this.parts.clear();
    } else if (letter === "r") void attempt(() => this.rewrite());
    else if (letter === "l") void attempt(() => this.lock());
    else if (Number(event.key) > 0) {
      const button = this.alternatives.querySelectorAll("button")[Number(event.key) - 1];
      if (!button || this.alternatives.hidden) return false;
      button.click();
    } else return false;
    return true;
  }
}

/**
 * Make changes in a piece here, as the server will.
 * @param {import("./types.js").Piece} piece
 * @param {Change[]} changes
 */
function applyTo(piece, changes) {
  for (const [word, place, ...values] of changes) {
    const part = piece.parts[Number(place)];
    const numbers = values.map(Number);
    if (word === "remove" || word === "move") {
      part.notes = part.notes.filter(([onset, , pitch]) => onset !== numbers[0] || pitch !== numbers[1]);
    }
    const [onset, length, pitch, velocity] = word === "move" ? numbers.slice(2) : numbers;
    if (word === "add" || word === "move") {
      part.notes = part.notes.filter((note) => note[0] !== onset || note[2] !== pitch);
      const at = part.notes.findIndex((note) => note[0] > onset || (note[0] === onset && note[2] > pitch));
      part.notes.splice(at < 0 ? part.notes.length : at, 0, [onset, length, pitch, velocity]);
    }
  }
}

/** @param {unknown} one @param {unknown} other */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @param {HTMLElement} label @returns {HTMLSelectElement} */
function selectOf(label) {
  return /** @type {HTMLSelectElement} */ (label.querySelector("select"));
}
