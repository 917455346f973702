// The wall of a show: the music as it goes on, the mood of the hall, and a code to join.

import { get, on, post } from "./api.js";
import { discOf, nearest } from "./disc.js";
import { attempt, button, el } from "./dom.js";
import { playingOf, tickAt } from "./player.js";
import { Roll } from "./roll.js";
import { ScoreView } from "./score.js";
import { text } from "./texts.js";

/**
 * @typedef {object} Show
 * @property {string} work
 * @property {number} visitors
 * @property {[number, number][]} dots
 * @property {[number, number] | null} mean
 * @property {{back: number, on: number}} votes
 * @property {boolean} is_writing
 * @property {boolean} is_dreaming
 * @property {number} late_phrases
 * @property {number} phrase_bars
 */

const TELL_MILLISECONDS = 1000;
const BARS_ON_THE_WALL = 8;

export class StageView {
  /**
   * @param {import("./types.js").Vocabulary} vocabulary
   * @param {import("./player.js").Player} player
   */
  constructor(vocabulary, player) {
    this.vocabulary = vocabulary;
    this.player = player;
    /** @type {Show | null} */
    this.show_ = null;
    this.workId = "";
    this.piece = "";
    /** @type {import("./types.js").Piece | null} */
    this.notes = null;
    this.timer = 0;
    this.isHere = false;
    const nothing = () => {};
    this.roll = new Roll({
      onSeek: nothing, onBars: nothing, onChanges: nothing, onHear: nothing, onChord: nothing,
      onHit: nothing,
    });
    this.roll.tool = "select";
    this.score = new ScoreView(nothing);
    this.disc = discOf(vocabulary.moods, null, null);
    this.sentence = el("input", {
      id: "show-sentence", type: "text", maxlength: 400, placeholder: text("stage_hint"),
      "aria-label": text("sentence_label"),
    });
    this.begin = button(text("stage_start"), () => void attempt(() => this.start()), {
      kind: "primary", attributes: { id: "begin-show" },
    });
    this.end = button(text("stage_stop"), () => void attempt(() => post("stage/stop")));
    this.dream = button(text("stage_dream"), () => void attempt(() => post("stage/dream")), {
      icon: "moon",
    });
    this.state = el("p", { class: "state", role: "status" });
    this.mood = el("p", { class: "faint" });
    this.visitors = el("strong", {});
    this.votes = el("p", { class: "faint" });
    this.code = el("img", { class: "code", alt: text("stage_join"), src: "/api/stage/code" });
    this.element = el("div", { class: "stage-view" },
      el("div", { class: "stage-bar row" }, this.sentence, this.begin, this.end, this.dream,
        this.state),
      el("div", { class: "wall" }, this.roll.element, this.score.element),
      el("aside", { class: "hall" },
        el("h2", {}, text("stage_join")), this.code, this.visitors,
        this.disc.canvas, this.mood, this.votes));
    on("stage", (show) => this.hear(show));
    on("work", ({ id }) => {
      if (this.isHere && id === this.workId) void attempt(() => this.grow());
    });
    on("missed", () => {
      if (this.isHere) void attempt(async () => this.hear(await get("stage")));
    });
  }

  async enter() {
    this.isHere = true;
    this.timer = window.setInterval(() => this.tellPosition(), TELL_MILLISECONDS);
    this.hear(await get("stage"));
  }

  leave() {
    this.isHere = false;
    clearInterval(this.timer);
  }

  tellPosition() {
    if (this.workId && this.player.isPlaying) {
      void post("stage/at", { seconds: this.player.position() }).catch(() => undefined);
    }
  }

  async start() {
    this.player.wake();
    await post("stage/start", { text: this.sentence.value || text("stage_hint") });
  }

  /** @param {Show} show */
  hear(show) {
    this.show_ = show;
    const { mean } = show;
    this.visitors.textContent = text("stage_visitors", { count: show.visitors });
    this.disc.show(show.dots, mean);
    this.mood.textContent = mean
      ? text("stage_mood", {
          mood: nearest(this.vocabulary.moods, { valence: mean[0], arousal: mean[1] }).name,
        })
      : text("stage_nobody");
    this.votes.textContent =
      `${text("join_back")}: ${show.votes.back} · ${text("join_on")}: ${show.votes.on}`;
    this.dream.setAttribute("aria-pressed", String(show.is_dreaming));
    if (!this.isHere) return;
    if (show.work !== this.workId) {
      this.workId = show.work;
      this.piece = "";
      if (show.work) void attempt(() => this.grow());
      else this.player.pause();
    }
    this.tellState();
  }

  tellState() {
    const show = this.show_;
    if (!show) return;
    this.end.disabled = !show.work && !show.is_writing;
    this.begin.disabled = show.is_writing && !show.work;
    if (!show.work) {
      this.state.textContent = show.is_writing ? text("stage_opening") : "";
    } else {
      const ahead = text("stage_ahead", { phrases: this.ahead() });
      this.state.textContent = show.is_writing ? `${ahead} · ${text("stage_writing")}` : ahead;
    }
  }

  /** How many whole phrases are written behind the one that sounds. */
  ahead() {
    const bars = this.notes?.bars.length ?? 0;
    const phrase = this.show_?.phrase_bars ?? 4;
    return Math.max(0, Math.ceil(bars / phrase) - 1 - Math.floor((this.barNow() - 1) / phrase));
  }

  /** The bar that sounds, from 1. */
  barNow() {
    const { playing } = this.player;
    return playing ? this.roll.barAt(tickAt(playing, this.player.position())) : 1;
  }

  /** The work has grown: go on playing it where it is. */
  async grow() {
    const work = await get(`works/${this.workId}`);
    const name = work.versions[work.current].piece;
    if (name === this.piece) return;
    const isFirst = this.piece === "";
    this.piece = name;
    const [notes, playing] = await Promise.all([get(`pieces/${name}`), playingOf(name)]);
    if (this.piece !== name) return;
    this.notes = notes;
    this.roll.show(notes, playing);
    if (isFirst) this.player.mixes = [];
    this.player.load(name, playing, isFirst ? 0 : undefined);
    if (isFirst) {
      this.roll.fit(BARS_ON_THE_WALL);
      this.player.play();
    }
    this.tellState();
    void attempt(() => this.score.show(name, notes, playing));
  }

  /** @param {number} seconds */
  setPosition(seconds) {
    const phrase = this.show_?.phrase_bars ?? 4;
    const next = Math.ceil(this.barNow() / phrase) * phrase;
    this.roll.dimFrom = this.notes?.bars[next]?.[0] ?? null;
    this.roll.setPosition(seconds);
    this.score.setPosition(seconds, this.player.isPlaying);
  }

  /** @param {KeyboardEvent} _ @returns {boolean} */
  key(_) {
    return false;
  }
}
