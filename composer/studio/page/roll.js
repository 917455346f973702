// The piano roll: a canvas that draws what is visible, and the hand that edits it.

import { el, partColour } from "./dom.js";
import { secondsAt, tickAt } from "./player.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Piece} Piece */
/** @typedef {import("./types.js").Note} Note */
/** @typedef {{first: number, last: number} | null} Bars from 1 */
/** @typedef {"select" | "draw" | "erase"} Tool */

const RULER = 24;
const LANE = 18;
const CURVE = 22;
const GUTTER = 40;
const EDGE_PIXELS = 6;
const LEAST_ROW = 3;
const MOST_ROW = 20;
const BLACK = new Set([1, 3, 6, 8, 10]);
const NEW_VELOCITY = 80;

/**
 * @typedef {object} Hand what the roll tells
 * @property {(seconds: number) => void} onSeek
 * @property {(bars: Bars) => void} onBars
 * @property {(changes: import("./types.js").Change[]) => void} onChanges
 * @property {(part: number, pitch: number) => void} onHear
 * @property {(bar: number) => void} onChord
 * @property {(seconds: number) => void} onHit
 */

export class Roll {
  /** @param {Hand} hand */
  constructor(hand) {
    this.hand = hand;
    this.canvas = el("canvas", {});
    this.inner = el("div", { class: "roll-inner" }, this.canvas);
    this.element = el("div", { class: "roll", tabindex: 0, role: "application" }, this.inner);
    /** @type {Piece | null} */
    this.piece = null;
    /** @type {import("./types.js").Playing | null} */
    this.playing = null;
    /** @type {import("./types.js").Facts | null} */
    this.facts = null;
    /** @type {Bars} */
    this.bars = null;
    /** @type {Set<number>} */
    this.parts = new Set();
    this.activePart = 0;
    /** @type {{bars: [number, number], parts: number[]}[]} */
    this.locks = [];
    /** @type {Map<Note, number>} selected notes and their parts */
    this.selected = new Map();
    /** @type {Tool} */
    this.tool = "select";
    this.pixelsPerQuarter = 36;
    this.snapOfQuarter = 4;
    this.follow = true;
    this.seconds = 0;
    /** @type {number | null} */
    this.hit = null;
    this.low = 36;
    this.high = 96;
    /** @type {number[]} the longest note of each part, to find what still sounds */
    this.longest = [];
    this.frame = 0;
    /** @type {{kind: string, from: {x: number, y: number}, to: {x: number, y: number}, note?: Note, part?: number, shift?: [number, number, number]} | null} */
    this.drag = null;
    /** @type {number | null} what begins behind this tick is dimmed */
    this.dimFrom = null;
    this.frames = 0;
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /**
   * @param {Piece} piece
   * @param {import("./types.js").Playing | null} playing
   */
  show(piece, playing) {
    this.piece = piece;
    this.playing = playing;
    this.selected.clear();
    const pitches = piece.parts.flatMap((part) => part.notes.map((note) => note[2]));
    const [lowest, highest] = [least(pitches, 60), most(pitches, 72)];
    this.low = Math.max(0, lowest - 3);
    this.high = Math.min(127, Math.max(highest + 3, lowest + 20));
    this.longest = piece.parts.map((part) => most(part.notes.map((note) => note[1]), 0));
    this.element.setAttribute("aria-label", text("roll_label", { title: piece.title }));
    this.draw();
  }

  get header() {
    return RULER + (this.facts ? LANE + LANE + CURVE : 0);
  }

  get pixelsPerTick() {
    return this.pixelsPerQuarter / (this.piece?.ticks_per_quarter ?? 24);
  }

  get rowHeight() {
    const room = this.element.clientHeight - this.header - 12;
    const rows = this.high - this.low + 1;
    return Math.max(LEAST_ROW, Math.min(MOST_ROW, room / rows));
  }

  /** @param {number} tick on the canvas */
  x(tick) {
    return GUTTER + tick * this.pixelsPerTick - this.element.scrollLeft;
  }

  /** @param {number} pitch */
  y(pitch) {
    return this.header + (this.high - pitch) * this.rowHeight;
  }

  /** @param {{x: number, y: number}} at @returns {{tick: number, pitch: number}} */
  place({ x, y }) {
    return {
      tick: (x - GUTTER + this.element.scrollLeft) / this.pixelsPerTick,
      pitch: this.high - Math.floor((y - this.header) / this.rowHeight),
    };
  }

  /** @param {number} factor */
  zoom(factor) {
    const middle = this.place({ x: this.element.clientWidth / 2, y: 0 }).tick;
    this.pixelsPerQuarter = Math.max(4, Math.min(240, this.pixelsPerQuarter * factor));
    this.resize();
    this.element.scrollLeft = middle * this.pixelsPerTick - this.element.clientWidth / 2;
    this.draw();
  }

  /** Zoom so that about so many bars are seen. @param {number} bars */
  fit(bars) {
    const { piece } = this;
    if (!piece) return;
    const shown = piece.bars[Math.min(bars, piece.bars.length) - 1];
    const quarters = (shown[0] + shown[1]) / piece.ticks_per_quarter;
    const room = this.element.clientWidth - GUTTER - 8;
    this.pixelsPerQuarter = Math.max(8, Math.min(90, room / quarters));
    this.element.scrollLeft = 0;
    this.draw();
  }

  /** @param {number} seconds */
  setPosition(seconds) {
    this.seconds = seconds;
    if (this.follow && this.playing) {
      const x = this.x(tickAt(this.playing, seconds));
      const width = this.element.clientWidth;
      if (x > width * 0.85 || x < GUTTER) this.element.scrollLeft += x - width * 0.25;
    }
    this.draw();
  }

  resize() {
    const { piece, element, canvas } = this;
    const [width, height] = [element.clientWidth, element.clientHeight];
    const ratio = window.devicePixelRatio || 1;
    const end = piece ? piece.end_tick * this.pixelsPerTick + GUTTER + 40 : 0;
    this.inner.style.width = `${Math.max(width, end)}px`;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
  }

  /** Draw in the next frame. */
  draw() {
    if (!this.frame) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.paint();
      });
    }
  }

  paint() {
    this.frames += 1;
    this.resize();
    const context = this.canvas.getContext("2d");
    const { piece } = this;
    if (!context || !piece) return;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    const style = getComputedStyle(this.element);
    const ink = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = ink("roll");
    context.fillRect(0, 0, width, height);
    const from = this.place({ x: GUTTER, y: 0 }).tick;
    const to = this.place({ x: width, y: 0 }).tick;
    this.paintRows(context, width, ink);
    this.paintBars(context, from, to, height, ink);
    this.paintNotes(context, piece, from, to, ink);
    this.paintHeader(context, from, to, width, ink);
    this.paintGutter(context, height, ink);
    this.paintMarks(context, height, ink);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} width @param {(name: string) => string} ink */
  paintRows(context, width, ink) {
    context.fillStyle = ink("row");
    for (let pitch = this.low; pitch <= this.high; pitch++) {
      if (BLACK.has(pitch % 12)) context.fillRect(GUTTER, this.y(pitch), width, this.rowHeight);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {number} from @param {number} to @param {number} height @param {(name: string) => string} ink */
  paintBars(context, from, to, height, ink) {
    const piece = /** @type {Piece} */ (this.piece);
    const wide = piece.bars[0][1] * this.pixelsPerTick > 60;
    for (const [index, [start, length]] of piece.bars.entries()) {
      if (start > to || start + length < from) continue;
      const isSelected = this.bars && index + 1 >= this.bars.first && index + 1 <= this.bars.last;
      if (isSelected) {
        context.fillStyle = ink("selection");
        context.fillRect(this.x(start), 0, length * this.pixelsPerTick, height);
      }
      context.fillStyle = ink("bar-line");
      context.fillRect(Math.round(this.x(start)), RULER - 6, 1, height);
      if (!wide) continue;
      context.fillStyle = ink("beat-line");
      for (let tick = piece.ticks_per_quarter; tick < length; tick += piece.ticks_per_quarter) {
        context.fillRect(Math.round(this.x(start + tick)), this.header, 1, height);
      }
    }
    this.paintLocks(context, height, ink);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} height @param {(name: string) => string} ink */
  paintLocks(context, height, ink) {
    const piece = /** @type {Piece} */ (this.piece);
    context.fillStyle = ink("lock");
    for (const { bars: [first, last], parts } of this.locks) {
      if (!first || parts.length) continue;
      const start = piece.bars[first - 1]?.[0] ?? 0;
      const [at, length] = piece.bars[Math.min(last, piece.bars.length) - 1] ?? [0, 0];
      const width = (at + length - start) * this.pixelsPerTick;
      context.fillRect(this.x(start), this.header, width, 4);
      context.fillRect(this.x(start), height - 4, width, 4);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Piece} piece @param {number} from @param {number} to @param {(name: string) => string} ink */
  paintNotes(context, piece, from, to, ink) {
    const rowHeight = this.rowHeight;
    const scale = this.pixelsPerTick;
    const radius = Math.min(3, rowHeight / 3);
    const now = this.playing ? tickAt(this.playing, this.seconds) : -1;
    context.save();
    context.beginPath();
    context.rect(GUTTER, this.header, this.element.clientWidth, this.element.clientHeight);
    context.clip();
    const order = piece.parts.map((_, place) => place).filter((place) => place !== this.activePart);
    for (const place of [...order, this.activePart]) {
      const part = piece.parts[place];
      if (!part) continue;
      const isQuiet = this.parts.size > 0 && !this.parts.has(place);
      context.globalAlpha = isQuiet ? 0.3 : 1;
      context.fillStyle = partColour(place);
      const path = new Path2D();
      const lit = new Path2D();
      const coming = new Path2D();
      const dimFrom = this.dimFrom ?? Infinity;
      const shape = (/** @type {Path2D} */ target, /** @type {Note} */ note) => {
        const width = Math.max(2, note[1] * scale - 1);
        const y = this.y(note[2]);
        if (width > 6 && rowHeight > 5) {
          target.roundRect(this.x(note[0]), y + 0.5, width, rowHeight - 1, radius);
        } else {
          target.rect(this.x(note[0]), y + 0.5, width, Math.max(2, rowHeight - 1));
        }
      };
      const notes = part.notes;
      for (let at = firstFrom(notes, from - this.longest[place]); at < notes.length; at++) {
        const note = notes[at];
        if (note[0] > to) break;
        if (note[0] + note[1] < from) continue;
        if (note[0] >= dimFrom) shape(coming, note);
        else shape(note[0] <= now && now < note[0] + note[1] ? lit : path, note);
      }
      context.fill(path);
      context.globalAlpha = 0.35;
      context.fill(coming);
      context.globalAlpha = isQuiet ? 0.3 : 1;
      context.fillStyle = ink("lit");
      context.fill(lit);
      context.lineWidth = 1.5;
      context.strokeStyle = partColour(place);
      context.stroke(lit);
    }
    context.globalAlpha = 1;
    context.strokeStyle = ink("text");
    context.lineWidth = 2;
    for (const [note] of this.selected) {
      const [dt, dp, dl] = this.drag?.shift ?? [0, 0, 0];
      const width = Math.max(3, (note[1] + dl) * scale - 1);
      context.strokeRect(this.x(note[0] + dt), this.y(note[2] + dp), width, rowHeight);
    }
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} from @param {number} to @param {number} width @param {(name: string) => string} ink */
  paintHeader(context, from, to, width, ink) {
    const piece = /** @type {Piece} */ (this.piece);
    context.fillStyle = ink("head");
    context.fillRect(0, 0, width, this.header);
    context.textBaseline = "middle";
    const barWidth = (piece.bars[0]?.[1] ?? 1) * this.pixelsPerTick;
    const every = [1, 2, 4, 8, 16, 32, 64].find((count) => count * barWidth > 34) ?? 64;
    let lastSeconds = -99;
    for (const [index, [start, length]] of piece.bars.entries()) {
      if (start > to || start + length < from) continue;
      const x = this.x(start);
      if (this.bars && index + 1 >= this.bars.first && index + 1 <= this.bars.last) {
        context.fillStyle = ink("selection");
        context.fillRect(x, 0, length * this.pixelsPerTick, this.header);
      }
      context.fillStyle = ink("bar-line");
      context.fillRect(Math.round(x), RULER - 6, 1, this.header);
      if (index % every) continue;
      context.fillStyle = ink("text");
      context.font = "600 11px system-ui, sans-serif";
      context.fillText(String(index + 1), x + 4, RULER / 2);
      if (this.playing && x - lastSeconds > 64) {
        context.fillStyle = ink("faint");
        context.font = "10px system-ui, sans-serif";
        const seconds = secondsAt(this.playing, start);
        context.fillText(`${seconds.toFixed(1)} s`, x + 9 + 8 * String(index + 1).length, RULER / 2);
        lastSeconds = x;
      }
    }
    if (this.facts) this.paintFacts(context, from, to, ink);
    context.fillStyle = ink("bar-line");
    context.fillRect(0, this.header - 1, width, 1);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} from @param {number} to @param {(name: string) => string} ink */
  paintFacts(context, from, to, ink) {
    const piece = /** @type {Piece} */ (this.piece);
    const facts = /** @type {import("./types.js").Facts} */ (this.facts);
    const bars = piece.bars;
    context.font = "600 10.5px system-ui, sans-serif";
    const letters = facts.form || "";
    for (let index = 0; index < letters.length; index++) {
      const first = bars[Math.floor((index * bars.length) / letters.length)];
      const last = bars[Math.max(0, Math.floor(((index + 1) * bars.length) / letters.length) - 1)];
      if (!first || !last) continue;
      const hue = (letters.charCodeAt(index) - 65) * 67 + 255;
      context.fillStyle = `hsl(${hue} 55% 55% / .28)`;
      const x = this.x(first[0]);
      context.fillRect(x + 1, RULER, this.x(last[0] + last[1]) - x - 2, LANE - 3);
      context.fillStyle = ink("text");
      context.fillText(letters[index], x + 6, RULER + LANE / 2 - 1);
    }
    let end = -1;
    context.font = "11px system-ui, sans-serif";
    for (const chord of facts.chords) {
      const bar = bars[chord.bar - 1];
      if (!bar) continue;
      const tick = bar[0] + (chord.beat - 1) * piece.ticks_per_quarter;
      const x = this.x(tick);
      if (tick < from - 2000 || tick > to || x < end) continue;
      context.fillStyle = ink("text");
      context.fillText(chord.symbol, x + 4, RULER + LANE + LANE / 2);
      end = x + context.measureText(chord.symbol).width + 8;
    }
    context.fillStyle = ink("curve");
    const base = RULER + 2 * LANE + CURVE - 3;
    context.beginPath();
    context.moveTo(this.x(0), base);
    facts.intensity.forEach((value, index) => {
      const [start, length] = bars[index] ?? [0, 0];
      context.lineTo(this.x(start + length / 2), base - value * (CURVE - 5));
    });
    context.lineTo(this.x(piece.end_tick), base);
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} height @param {(name: string) => string} ink */
  paintGutter(context, height, ink) {
    context.fillStyle = ink("head");
    context.fillRect(0, 0, GUTTER, height);
    context.fillStyle = ink("bar-line");
    context.fillRect(GUTTER - 1, 0, 1, height);
    context.font = "10px system-ui, sans-serif";
    context.fillStyle = ink("faint");
    for (let pitch = Math.ceil(this.low / 12) * 12; pitch <= this.high; pitch += 12) {
      context.fillText(`C${pitch / 12 - 1}`, 12, this.y(pitch) + this.rowHeight / 2);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {number} height @param {(name: string) => string} ink */
  paintMarks(context, height, ink) {
    const { playing, drag } = this;
    if (playing) {
      const x = this.x(tickAt(playing, this.seconds));
      if (x >= GUTTER) {
        context.fillStyle = ink("playhead");
        context.fillRect(x - 0.75, 0, 1.5, height);
      }
      if (this.hit !== null) {
        const at = this.x(tickAt(playing, this.hit));
        context.fillStyle = ink("hit");
        context.fillRect(at - 1, 0, 2, height);
        context.beginPath();
        context.moveTo(at, 1);
        context.lineTo(at + 16, 7);
        context.lineTo(at, 13);
        context.fill();
      }
    }
    if (drag?.kind === "band") {
      context.strokeStyle = ink("text");
      context.lineWidth = 1;
      context.strokeRect(
        drag.from.x, drag.from.y, drag.to.x - drag.from.x, drag.to.y - drag.from.y,
      );
    }
  }

  // The hand

  listen() {
    const { element } = this;
    element.addEventListener("scroll", () => this.draw(), { passive: true });
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    element.addEventListener("pointerup", (event) => this.release(event));
    element.addEventListener("pointercancel", () => {
      this.drag = null;
      this.draw();
    });
    element.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY / 300));
      },
      { passive: false },
    );
  }

  /** @param {PointerEvent} event */
  at(event) {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (!this.piece || event.button !== 0) return;
    const at = this.at(event);
    if (at.y > this.element.clientHeight) return;
    this.element.focus({ preventScroll: true });
    if (at.y < this.header) {
      const onFlag = this.hit !== null && this.playing !== null &&
        Math.abs(this.x(tickAt(this.playing, this.hit)) + 6 - at.x) < 12 && at.y < 16;
      this.drag = { kind: onFlag ? "hit" : "ruler", from: at, to: at };
    } else if (event.pointerType === "touch" && this.tool === "select") {
      return;
    } else {
      this.pressNotes(at, event.shiftKey);
    }
    if (this.drag) this.element.setPointerCapture(event.pointerId);
    this.draw();
  }

  /** @param {{x: number, y: number}} at @param {boolean} isMore */
  pressNotes(at, isMore) {
    const found = this.noteAt(at);
    if (this.tool === "erase") {
      if (found) this.hand.onChanges([["remove", found.part, found.note[0], found.note[2]]]);
      return;
    }
    if (!found) {
      if (this.tool === "draw") this.drawNote(at);
      else this.drag = { kind: "band", from: at, to: at };
      return;
    }
    const { note, part } = found;
    if (!this.selected.has(note)) {
      if (!isMore) this.selected.clear();
      this.selected.set(note, part);
    }
    this.hand.onHear(part, note[2]);
    const isEdge = this.x(note[0] + note[1]) - at.x < EDGE_PIXELS;
    this.drag = { kind: isEdge ? "stretch" : "move", from: at, to: at, note, part, shift: [0, 0, 0] };
  }

  /** @param {{x: number, y: number}} at */
  drawNote(at) {
    const piece = /** @type {Piece} */ (this.piece);
    const { tick, pitch } = this.place(at);
    const step = piece.ticks_per_quarter / this.snapOfQuarter;
    const onset = Math.round(Math.floor(tick / step) * step);
    if (onset < 0 || onset >= piece.end_tick) return;
    const change = ["add", this.activePart, onset, Math.round(step), pitch, NEW_VELOCITY];
    this.hand.onHear(this.activePart, pitch);
    this.hand.onChanges([change]);
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { drag } = this;
    const at = this.at(event);
    if (!drag) {
      const found = at.y > this.header ? this.noteAt(at) : null;
      const isEdge = found && this.x(found.note[0] + found.note[1]) - at.x < EDGE_PIXELS;
      const idle = this.tool === "select" ? "default" : "crosshair";
      this.element.style.cursor = isEdge ? "ew-resize" : found ? "grab" : idle;
      return;
    }
    drag.to = at;
    if (drag.kind === "ruler" && Math.abs(at.x - drag.from.x) > 4) this.selectBetween(drag.from, at);
    if (drag.kind === "hit" && this.playing) {
      const seconds = secondsAt(this.playing, Math.max(0, this.place(at).tick));
      this.hit = Math.round(seconds * 10) / 10;
    }
    if (drag.kind === "move" || drag.kind === "stretch") this.shift(drag);
    this.draw();
  }

  /** @param {NonNullable<Roll["drag"]>} drag */
  shift(drag) {
    const piece = /** @type {Piece} */ (this.piece);
    const step = piece.ticks_per_quarter / this.snapOfQuarter;
    const ticks = Math.round((drag.to.x - drag.from.x) / this.pixelsPerTick / step) * step;
    const before = drag.shift?.[1] ?? 0;
    if (drag.kind === "stretch") {
      drag.shift = [0, 0, Math.max(ticks, step - (drag.note?.[1] ?? step))];
      return;
    }
    const pitches = Math.round((drag.from.y - drag.to.y) / this.rowHeight);
    drag.shift = [ticks, pitches, 0];
    if (pitches !== before && drag.note && drag.part !== undefined) {
      this.hand.onHear(drag.part, drag.note[2] + pitches);
    }
  }

  /** @param {PointerEvent} event */
  release(event) {
    const { drag } = this;
    this.drag = null;
    if (!drag || !this.piece) return;
    const at = this.at(event);
    const isClick = Math.hypot(at.x - drag.from.x, at.y - drag.from.y) < 4;
    if (drag.kind === "hit" && this.hit !== null) this.hand.onHit(this.hit);
    if (drag.kind === "ruler" && isClick) this.clickHeader(at);
    if (drag.kind === "band") {
      if (isClick) this.clear();
      else this.selectBand(drag.from, at);
    }
    if (drag.shift?.some((value) => value !== 0)) this.moveSelected(drag.shift);
    this.draw();
  }

  /** @param {{x: number, y: number}} at */
  clickHeader(at) {
    const { tick } = this.place(at);
    const bar = this.barAt(tick);
    if (this.facts && at.y > RULER + LANE && at.y < RULER + 2 * LANE) {
      this.hand.onChord(bar);
    } else if (this.playing) {
      this.hand.onSeek(secondsAt(this.playing, Math.max(0, tick)));
    }
  }

  /** @param {number} tick */
  barAt(tick) {
    const bars = this.piece?.bars ?? [];
    let bar = 1;
    bars.forEach(([start], index) => {
      if (start <= tick) bar = index + 1;
    });
    return bar;
  }

  /** @param {{x: number, y: number}} one @param {{x: number, y: number}} other */
  selectBetween(one, other) {
    const bars = [this.barAt(this.place(one).tick), this.barAt(this.place(other).tick)];
    this.selectBars({ first: Math.min(...bars), last: Math.max(...bars) });
  }

  /** @param {Bars} bars */
  selectBars(bars) {
    this.bars = bars;
    this.hand.onBars(bars);
    this.draw();
  }

  /** Select nothing. */
  clear() {
    this.selected.clear();
    this.selectBars(null);
  }

  /** @param {{x: number, y: number}} one @param {{x: number, y: number}} other */
  selectBand(one, other) {
    const [a, b] = [this.place(one), this.place(other)];
    const [from, to] = [Math.min(a.tick, b.tick), Math.max(a.tick, b.tick)];
    const [low, high] = [Math.min(a.pitch, b.pitch), Math.max(a.pitch, b.pitch)];
    this.selected.clear();
    this.piece?.parts.forEach((part, place) => {
      if (this.parts.size && !this.parts.has(place)) return;
      for (const note of part.notes) {
        const isIn = note[0] < to && note[0] + note[1] > from && note[2] >= low && note[2] <= high;
        if (isIn) this.selected.set(note, place);
      }
    });
  }

  /** @param {{x: number, y: number}} at @returns {{note: Note, part: number} | null} */
  noteAt(at) {
    const { piece } = this;
    if (!piece) return null;
    const { tick, pitch } = this.place(at);
    const order = piece.parts.map((_, place) => place).filter((place) => place !== this.activePart);
    for (const place of [this.activePart, ...order]) {
      const notes = piece.parts[place]?.notes ?? [];
      for (let at = firstFrom(notes, tick - this.longest[place]); at < notes.length; at++) {
        const note = notes[at];
        if (note[0] > tick) break;
        const end = note[0] + Math.max(note[1], 3 / this.pixelsPerTick);
        if (note[2] === pitch && tick < end) return { note, part: place };
      }
    }
    return null;
  }

  /** Move what is selected by ticks and pitches, or make it longer. @param {[number, number, number]} shift */
  moveSelected([ticks, pitches, longer]) {
    const changes = [...this.selected].map(([[onset, length, pitch, velocity], part]) => [
      "move", part, onset, pitch, Math.max(0, Math.round(onset + ticks)),
      Math.max(1, Math.round(length + longer)), pitch + pitches, velocity,
    ]);
    if (changes.length) this.hand.onChanges(changes);
  }

  removeSelected() {
    const changes = [...this.selected].map(([note, part]) => ["remove", part, note[0], note[2]]);
    if (changes.length) this.hand.onChanges(changes);
  }

  /**
   * Arrow keys: selected notes move, or else the selected bar does.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key meant something
   */
  key(event) {
    const { piece } = this;
    if (!piece) return false;
    const step = piece.ticks_per_quarter / this.snapOfQuarter;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const upwards = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (this.selected.size && (sideways || upwards)) {
      this.moveSelected([(sideways ?? 0) * step, (upwards ?? 0) * (event.shiftKey ? 12 : 1), 0]);
      return true;
    }
    if (!sideways) return false;
    const { first, last } = this.bars ?? { first: sideways > 0 ? 0 : 2, last: sideways > 0 ? 0 : 2 };
    const to = Math.max(1, Math.min(piece.bars.length, last + sideways));
    this.selectBars({ first: event.shiftKey ? Math.min(first || 1, to) : to, last: to });
    const x = this.x(piece.bars[to - 1][0]);
    if (x < GUTTER || x > this.element.clientWidth - 80) this.element.scrollLeft += x - 120;
    return true;
  }
}

/**
 * A small picture of a piece, for a card.
 * @param {HTMLCanvasElement} canvas
 * @param {Piece} piece
 * @param {number} bars how many there will be
 * @param {number} [position] 0 to 1
 */
export function paintSmall(canvas, piece, bars, position) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  const pitches = piece.parts.flatMap((part) => part.notes.map((note) => note[2]));
  const [low, high] = [least(pitches, 60) - 2, most(pitches, 72) + 2];
  const barTicks = piece.bars.at(-1)?.[1] ?? 96;
  const end = Math.max(piece.end_tick, bars * barTicks);
  const row = height / Math.max(18, high - low + 1);
  for (const [place, part] of piece.parts.entries()) {
    context.fillStyle = partColour(place);
    for (const [onset, length, pitch] of part.notes) {
      const x = (onset / end) * width;
      const y = height - (pitch - low + 1) * row;
      context.fillRect(x, y, Math.max(1.5, (length / end) * width - 0.7), Math.max(1.5, row * 0.85));
    }
  }
  if (position !== undefined) {
    context.fillStyle = getComputedStyle(canvas).color;
    context.fillRect(position * width, 0, 1.5, height);
  }
}

/** The place of the first note at or behind a tick. @param {Note[]} notes @param {number} tick */
function firstFrom(notes, tick) {
  let low = 0;
  let high = notes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (notes[middle][0] < tick) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {number[]} values @param {number} otherwise */
function least(values, otherwise) {
  return values.reduce((best, value) => Math.min(best, value), values.length ? Infinity : otherwise);
}

/** @param {number[]} values @param {number} otherwise */
function most(values, otherwise) {
  return values.reduce((best, value) => Math.max(best, value), values.length ? -Infinity : otherwise);
}
