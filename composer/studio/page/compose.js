// Compose: a sentence becomes chips, and candidates appear as they are written.

import { cancelJob, deleteWork, get, on, post, upload } from "./api.js";
import { Chips } from "./chips.js";
import { announce, attempt, button, clockTime, el, icon, partColour } from "./dom.js";
import { playingOf } from "./player.js";
import { paintSmall } from "./roll.js";
import { EXAMPLES, text } from "./texts.js";

/** @typedef {import("./types.js").Job} Job */
/** @typedef {{element: HTMLElement, canvas: HTMLCanvasElement, play: HTMLButtonElement, about: HTMLElement, piece: import("./types.js").Piece | null, candidate: import("./types.js").Candidate | null}} Card */

const CANDIDATES = 4;
const READ_DELAY_MILLISECONDS = 180;

export class ComposeView {
  /**
   * @param {import("./types.js").Vocabulary} vocabulary
   * @param {import("./player.js").Player} player
   * @param {(work: string) => void} openWork
   */
  constructor(vocabulary, player, openWork) {
    this.player = player;
    this.openWork = openWork;
    /** @type {Job | null} */
    this.job = null;
    /** @type {Card[]} */
    this.cards = [];
    this.chosen = -1;
    this.timer = 0;
    this.asked = 0;
    this.isChipsOwn = false;
    this.sentence = el("textarea", {
      id: "sentence", rows: 2, maxlength: 2000, placeholder: text("sentence_hint"),
      spellcheck: false, oninput: () => this.readSoon(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Enter" && !event.shiftKey) {
          event.preventDefault();
          void attempt(() => this.compose());
        }
      },
    });
    this.chips = new Chips(vocabulary, () => {
      this.isChipsOwn = true;
    });
    this.go = button(text("compose_button"), () => void attempt(() => this.compose()), {
      icon: "spark", kind: "primary big", attributes: { id: "compose" },
    });
    this.stop = button(text("cancel"), () => {
      if (this.job) void cancelJob(this.job.id);
    }, { attributes: { hidden: true } });
    this.state = el("p", { class: "state" });
    this.bar = el("progress", { max: 1, value: 0, hidden: true, "aria-label": text("writing") });
    this.list = el("div", { class: "candidates" });
    this.works = el("div", { class: "works" });
    const files = el("input", {
      type: "file", hidden: true, accept: ".mid,.midi,.musicxml,.xml,.mxl,.krn,.abc,.session",
      onchange: () => {
        const file = files.files?.[0];
        if (file) void attempt(() => this.open(file));
      },
    });
    this.element = el(
      "div",
      { class: "compose" },
      el(
        "section",
        { class: "ask" },
        el("label", { for: "sentence", class: "title" }, text("sentence_label")),
        el("div", { class: "sentence" }, this.sentence, this.go),
        this.chips.element,
        el(
          "p",
          { class: "examples" },
          el("span", {}, `${text("try_one")}: `),
          ...EXAMPLES.map((example) =>
            el("button", {
              type: "button", class: "link",
              onclick: () => {
                this.sentence.value = example;
                void this.read();
                this.sentence.focus();
              },
            }, example),
          ),
        ),
        el("div", { class: "row progress" }, this.bar, this.state, this.stop),
      ),
      this.list,
      el(
        "section",
        { "aria-label": text("your_works") },
        el("div", { class: "row spread" },
          el("h2", {}, text("your_works")),
          button(text("open_file"), () => files.click(), { icon: "file" }), files),
        this.works,
      ),
    );
    on("job", (job) => this.hearJob(job));
    on("partial", (partial) => this.hearPartial(partial));
    on("missed", () => void this.catchUp());
    on("work", () => void this.listWorks());
    player.addEventListener("state", () => this.mark());
  }

  enter() {
    void this.listWorks();
    if (matchMedia("(hover: hover)").matches) this.sentence.focus();
  }

  readSoon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.read(), READ_DELAY_MILLISECONDS);
  }

  /** Read the sentence into chips. */
  async read() {
    clearTimeout(this.timer);
    this.timer = 0;
    const number = ++this.asked;
    const sentence = encodeURIComponent(this.sentence.value);
    const { fields, unknown } = await get(`sentence?text=${sentence}`);
    if (number === this.asked) {
      this.isChipsOwn = false;
      this.chips.show(fields, unknown);
    }
  }

  async compose() {
    if (this.timer) await this.read();
    this.player.pause();
    const fields = this.chips.fields;
    this.showCards(CANDIDATES);
    this.chosen = -1;
    try {
      this.job = await post("compose", { fields, candidates: CANDIDATES });
    } catch (error) {
      this.showCards(0);
      throw error;
    }
    if (this.job) this.hearJob(this.job);
    announce(text("writing"), { quiet: true });
  }

  /** @param {number} count */
  showCards(count) {
    this.cards = Array.from({ length: count }, (_, number) => this.card(number));
    this.list.replaceChildren(...this.cards.map((card) => card.element));
  }

  /** @param {number} number @returns {Card} */
  card(number) {
    const canvas = el("canvas", { class: "small-roll", "aria-hidden": "true" });
    const about = el("div", { class: "about" }, el("p", { class: "faint" }, text("waiting")));
    const play = button(text("play"), () => void attempt(() => this.hear(number)), {
      icon: "play", kind: "round", quiet: true, attributes: { disabled: true },
    });
    const element = el(
      "article",
      { class: "card candidate", "aria-label": text("candidate", { number: number + 1 }) },
      el("div", { class: "row" }, el("kbd", {}, String(number + 1)), canvas, play),
      about,
    );
    return { element, canvas, play, about, piece: null, candidate: null };
  }

  /** @param {Job} job */
  hearJob(job) {
    if (job.id !== this.job?.id || job.kind !== "compose") return;
    this.job = job;
    const isOver = ["done", "failed", "cancelled"].includes(job.state);
    this.go.disabled = !isOver;
    this.stop.hidden = isOver;
    this.bar.hidden = isOver;
    if (job.total) this.bar.value = job.done / job.total;
    else this.bar.removeAttribute("value");
    const seconds = Math.ceil(job.waiting_seconds);
    if (job.state === "waiting") {
      this.state.textContent = text("waits_for", { before: job.before, seconds });
    } else {
      this.state.textContent = isOver ? "" : text("about_seconds", { seconds });
    }
    if (job.state === "failed") announce(text("failed", { error: job.error }), { isError: true });
    if (job.state === "cancelled") announce(text("cancelled"));
    if (job.state === "failed" || job.state === "cancelled") this.showCards(0);
    if (job.result) void attempt(() => this.showCandidates(job));
  }

  /** @param {{job: string, candidate: number, piece: import("./types.js").Piece}} partial */
  hearPartial({ job, candidate, piece }) {
    const card = this.cards[candidate];
    if (job !== this.job?.id || !card || card.candidate) return;
    card.piece = piece;
    card.element.dataset.bars = String(piece.bars.length);
    card.about.replaceChildren(el("p", { class: "faint" }, text("writing")));
    paintSmall(card.canvas, piece, Number(this.job.about.bars ?? piece.bars.length));
  }

  /** What was missed while the server was away. */
  async catchUp() {
    void this.listWorks();
    if (this.job) this.hearJob(await get(`jobs/${this.job.id}`));
  }

  /** @param {Job} job */
  async showCandidates(job) {
    const result = /** @type {NonNullable<Job["result"]>} */ (job.result);
    if (this.cards.length !== result.candidates.length) this.showCards(result.candidates.length);
    await Promise.all(
      result.candidates.map(async (candidate, number) => {
        const card = this.cards[number];
        card.candidate = candidate;
        card.piece = await get(`pieces/${candidate.piece}`);
        card.play.disabled = false;
        card.element.classList.toggle("best", number === result.chosen);
        card.about.replaceChildren(this.about(candidate, number, number === result.chosen));
        if (card.piece) paintSmall(card.canvas, card.piece, candidate.bars);
        void playingOf(candidate.piece);
      }),
    );
    announce(text("candidates"), { quiet: true });
  }

  /**
   * @param {import("./types.js").Candidate} candidate
   * @param {number} number
   * @param {boolean} isBest
   */
  about(candidate, number, isBest) {
    const { originality } = candidate;
    const original = !originality
      ? ""
      : originality.too_close
        ? text("too_close", { nearest: originality.nearest })
        : originality.longest_notes
          ? text("original", {
              notes: originality.longest_notes, human: originality.human_median_notes,
            })
          : text("original_none");
    return el("div", { class: "about" },
      el("h3", {}, candidate.title),
      el("p", {}, text("bars_and_length", {
        bars: candidate.bars, length: clockTime(candidate.seconds),
      })),
      el("div", { class: "shares", role: "img", "aria-label": candidate.shares
        .map(({ part, share }) => `${part} ${Math.round(share * 100)} %`).join(", ") },
      ...candidate.shares.map(({ part, share }, place) =>
        el("span", {
          style: `flex:${Math.max(0.02, share)};background:${partColour(place)}`, title: part,
        }))),
      candidate.parts.length > 1 && el("p", { class: "faint" }, candidate.parts.join(", ")),
      el("p", { class: originality?.too_close ? "warning" : "faint" }, original),
      candidate.broken.length > 0 &&
        el("p", { class: "warning" }, text("not_kept", { fields: candidate.broken.join(", ") })),
      el("div", { class: "row spread" },
        isBest ? el("span", { class: "badge" }, icon("star"), text("critics_choice")) : el("span"),
        button(text("work_on_it"), () => void attempt(() => this.begin(number)), {
          kind: isBest ? "primary" : "",
        })));
  }

  /** Hear a candidate from the bar that sounds now. @param {number} number */
  async hear(number) {
    const candidate = this.cards[number]?.candidate;
    if (!candidate) return;
    const playing = await playingOf(candidate.piece);
    if (this.chosen === number && this.player.piece === candidate.piece) {
      this.player.toggle();
      return;
    }
    const from = this.player.isPlaying && this.player.playing
      ? sameBar(this.player.playing, playing, this.player.position())
      : 0;
    this.chosen = number;
    this.player.load(candidate.piece, playing, from);
    if (!this.player.isPlaying) this.player.play();
    this.mark();
  }

  /** Show which candidate sounds. */
  mark() {
    this.cards.forEach((card, number) => {
      const isIt = card.candidate?.piece === this.player.piece;
      const isPlaying = isIt && this.player.isPlaying;
      card.element.classList.toggle("current", isIt && number === this.chosen);
      card.play.replaceChildren(icon(isPlaying ? "pause" : "play"));
      card.play.setAttribute("aria-label", text(isPlaying ? "pause" : "play"));
    });
  }

  /** @param {number} seconds */
  setPosition(seconds) {
    const card = this.cards[this.chosen];
    if (card?.piece && card.candidate?.piece === this.player.piece) {
      paintSmall(card.canvas, card.piece, card.candidate.bars, seconds / (this.player.length || 1));
    }
  }

  /** @param {number} number */
  async begin(number) {
    if (!this.job) return;
    const work = await post("works", { job: this.job.id, candidate: number });
    this.openWork(work.id);
  }

  /** @param {File} file */
  async open(file) {
    const work = await upload(file);
    this.openWork(work.id);
  }

  async listWorks() {
    /** @type {{id: string, title: string, changed: number}[]} */
    const works = await get("works");
    this.works.replaceChildren(
      ...works.slice(0, 60).map(({ id, title, changed }) =>
        el("div", { class: "work-card" },
          el("a", { class: "card work", href: `#work/${id}` },
            el("strong", {}, title || "–"),
            el("time", { class: "faint", datetime: new Date(changed * 1000).toISOString() },
              new Date(changed * 1000).toLocaleString())),
          button(text("delete_work", { title }), () => void attempt(() => this.delete(id, title)), {
            icon: "close", quiet: true, kind: "delete-work",
          })),
      ),
      works.length === 0 && el("p", { class: "faint" }, text("no_works")) || "",
    );
  }

  /** @param {string} id @param {string} title */
  async delete(id, title) {
    if (!confirm(text("delete_sure", { title }))) return;
    await deleteWork(id);
    announce(text("deleted", { title }));
    await this.listWorks();
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  key(event) {
    const number = Number(event.key);
    if (number >= 1 && number <= this.cards.length) {
      void attempt(() => this.hear(number - 1));
      return true;
    }
    return false;
  }
}

/**
 * The second in another piece at which the bar begins that sounds now.
 * @param {import("./types.js").Playing} from
 * @param {import("./types.js").Playing} to
 * @param {number} seconds
 */
export function sameBar(from, to, seconds) {
  const share = (/** @type {import("./types.js").Playing} */ playing) => playing.clock.at(-1)?.[1] ?? 1;
  if (from === to) return seconds;
  const span = from.spans.findLastIndex(([, , start]) => start <= seconds + 1e-6);
  const [first, last, start] = from.spans[Math.max(0, span)];
  const end = from.spans[span + 1]?.[2] ?? share(from);
  const bars = last - first + 1;
  const bar = Math.floor(((seconds - start) / Math.max(1e-6, end - start)) * bars);
  const other = to.spans[span];
  if (!other) return 0;
  const otherEnd = to.spans[span + 1]?.[2] ?? share(to);
  return other[2] + ((otherEnd - other[2]) * Math.max(0, bar)) / (other[1] - other[0] + 1);
}
