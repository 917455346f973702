// Sound in the page: each part is a stream of spans that the studio's own audio path renders.
//
// A span is some bars of a part, begun at its own time and left to ring; spans add up to the
// whole. They are kept by the name of what they sound like, so a change fetches only what it changed,
// and mute, solo and volume cost nothing.

import { bytes, get } from "./api.js";

const LOOKAHEAD_SECONDS = 8;
const TICK_MILLISECONDS = 200;
const FADE_SECONDS = 0.03;
const MOST_BUFFER_BYTES = 400e6;
const MASTER_GAIN = 3;
const RING_SECONDS = 4;

/**
 * @typedef {object} Mix
 * @property {number} volume 0 to 1
 * @property {boolean} mute
 * @property {boolean} solo
 *
 * @typedef {{source: AudioBufferSourceNode, fade: GainNode, key: string}} Sounding
 */

/** Plays one piece at a time; tells "state" when it starts, stops or changes piece. */
export class Player extends EventTarget {
  constructor() {
    super();
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {AnalyserNode | null} */
    this.analyser = null;
    /** @type {GainNode | null} */
    this.master = null;
    /** @type {string} */
    this.piece = "";
    /** @type {import("./types.js").Playing | null} */
    this.playing = null;
    this.isPlaying = false;
    this.startedAt = 0;
    this.offset = 0;
    /** @type {Map<string, AudioBuffer>} */
    this.buffers = new Map();
    this.bufferBytes = 0;
    /** @type {Map<string, Promise<AudioBuffer>>} */
    this.loading = new Map();
    /** @type {Map<string, Sounding>} by "part/span" */
    this.sounding = new Map();
    /** @type {GainNode[]} */
    this.channels = [];
    /** @type {Mix[]} */
    this.mixes = [];
    this.timer = 0;
    /** @type {Map<string, AudioBuffer>} */
    this.notes = new Map();
  }

  /** The context, made at the first touch as browsers want it. */
  wake() {
    if (!this.context) {
      this.context = new AudioContext();
      this.master = new GainNode(this.context, { gain: MASTER_GAIN });
      this.analyser = new AnalyserNode(this.context, { fftSize: 2048 });
      const limiter = new DynamicsCompressorNode(this.context, {
        threshold: -3, ratio: 20, knee: 0, attack: 0.002, release: 0.1,
      });
      this.master.connect(limiter).connect(this.analyser).connect(this.context.destination);
    }
    void this.context.resume();
    return this.context;
  }

  /**
   * Play another piece, or an edited one, from the same second on (or from `seconds`).
   * @param {string} piece its name
   * @param {import("./types.js").Playing} playing
   * @param {number} [seconds]
   */
  load(piece, playing, seconds) {
    const position = seconds ?? this.position();
    const isSame = seconds === undefined && this.playing !== null;
    this.piece = piece;
    this.playing = playing;
    while (this.mixes.length < playing.keys.length) {
      this.mixes.push({ volume: 1, mute: false, solo: false });
    }
    if (this.isPlaying) {
      this.silence(isSame ? this.sameKeys() : undefined);
      this.startAt(Math.min(position, this.length));
    } else {
      this.offset = Math.min(position, this.length);
    }
    this.applyMix();
    this.tell();
  }

  /** Places ("part/span") whose sound has not changed. */
  sameKeys() {
    const same = new Set();
    for (const [place, one] of this.sounding) {
      const [part, span] = place.split("/").map(Number);
      if (this.playing?.keys[part]?.[span] === one.key) same.add(place);
    }
    return same;
  }

  get length() {
    return this.playing ? (this.playing.clock.at(-1)?.[1] ?? 0) : 0;
  }

  /** Where it is, in seconds. */
  position() {
    if (!this.isPlaying || !this.context) return this.offset;
    return Math.min(this.length, this.context.currentTime - this.startedAt);
  }

  play() {
    if (!this.playing) return;
    this.wake();
    if (this.offset >= this.length - 0.05) this.offset = 0;
    this.isPlaying = true;
    this.startAt(this.offset);
    this.tell();
  }

  pause() {
    this.offset = this.position();
    this.isPlaying = false;
    clearInterval(this.timer);
    this.silence();
    this.tell();
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /** @param {number} seconds */
  seek(seconds) {
    const to = Math.max(0, Math.min(this.length, seconds));
    if (this.isPlaying) {
      this.silence();
      this.startAt(to);
    } else {
      this.offset = to;
    }
    this.tell();
  }

  /** @param {number} seconds */
  startAt(seconds) {
    const context = this.wake();
    this.startedAt = context.currentTime - seconds;
    clearInterval(this.timer);
    this.timer = window.setInterval(() => this.schedule(), TICK_MILLISECONDS);
    this.schedule();
  }

  /** Begin to fetch what sounds soon, and to play what is there. */
  schedule() {
    const { playing, context } = this;
    if (!playing || !context || !this.isPlaying) return;
    const now = this.position();
    if (now >= this.length && context.currentTime - this.startedAt > this.length + 0.3) {
      this.pause();
      this.offset = 0;
      this.tell();
      return;
    }
    playing.spans.forEach(([, , start], span) => {
      const end = (playing.spans[span + 1]?.[2] ?? this.length) + RING_SECONDS;
      if (start > now + LOOKAHEAD_SECONDS || end < now) return;
      playing.keys.forEach((keys, part) => {
        if (keys[span]) void this.ring(part, span, keys[span], start);
      });
    });
  }

  /**
   * Let a span sound at its time.
   * @param {number} part
   * @param {number} span
   * @param {string} key
   * @param {number} start in seconds
   */
  async ring(part, span, key, start) {
    const place = `${part}/${span}`;
    if (this.sounding.has(place)) return;
    const piece = this.piece;
    const buffer = this.buffers.get(key) ?? (await this.fetchSpan(part, span, key));
    const { context } = this;
    const isGone = this.piece !== piece || this.playing?.keys[part]?.[span] !== key;
    if (!context || !this.isPlaying || isGone || this.sounding.has(place)) return;
    const when = this.startedAt + start;
    const late = context.currentTime - when;
    if (late > buffer.duration) return;
    const source = new AudioBufferSourceNode(context, { buffer });
    const fade = new GainNode(context, { gain: 1 });
    source.connect(fade).connect(this.channel(part));
    if (late > 0.005) {
      fade.gain.setValueAtTime(0, context.currentTime);
      fade.gain.linearRampToValueAtTime(1, context.currentTime + FADE_SECONDS);
    }
    source.start(Math.max(when, context.currentTime), Math.max(0, late));
    this.sounding.set(place, { source, fade, key });
  }

  /**
   * @param {number} part
   * @param {number} span
   * @param {string} key
   * @returns {Promise<AudioBuffer>}
   */
  fetchSpan(part, span, key) {
    const known = this.loading.get(key);
    if (known) return known;
    const loading = bytes(`pieces/${this.piece}/sound/${part}/${span}`)
      .then((data) => this.wake().decodeAudioData(data))
      .then((buffer) => {
        this.keep(key, buffer);
        return buffer;
      })
      .finally(() => this.loading.delete(key));
    this.loading.set(key, loading);
    return loading;
  }

  /** @param {string} key @param {AudioBuffer} buffer */
  keep(key, buffer) {
    this.buffers.set(key, buffer);
    this.bufferBytes += buffer.length * buffer.numberOfChannels * 4;
    for (const [oldest, old] of this.buffers) {
      if (this.bufferBytes <= MOST_BUFFER_BYTES) break;
      this.buffers.delete(oldest);
      this.bufferBytes -= old.length * old.numberOfChannels * 4;
    }
  }

  /** Stop what sounds, but for `places`. @param {Set<string>} [places] */
  silence(places = new Set()) {
    const now = this.context?.currentTime ?? 0;
    for (const [place, { source, fade }] of this.sounding) {
      if (places.has(place)) continue;
      fade.gain.cancelScheduledValues(now);
      fade.gain.setValueAtTime(fade.gain.value, now);
      fade.gain.linearRampToValueAtTime(0, now + FADE_SECONDS);
      source.stop(now + FADE_SECONDS);
      this.sounding.delete(place);
    }
  }

  /** @param {number} part @returns {GainNode} */
  channel(part) {
    const context = this.wake();
    if (!this.channels[part]) {
      this.channels[part] = new GainNode(context, { gain: this.gainOf(part) });
      this.channels[part].connect(/** @type {GainNode} */ (this.master));
    }
    return this.channels[part];
  }

  /** @param {number} part */
  gainOf(part) {
    const mix = this.mixes[part];
    if (!mix) return 1;
    const isOff = mix.mute || (this.mixes.some((one) => one.solo) && !mix.solo);
    return isOff ? 0 : mix.volume ** 2;
  }

  applyMix() {
    const now = this.context?.currentTime ?? 0;
    this.channels.forEach((channel, part) => {
      channel?.gain.setTargetAtTime(this.gainOf(part), now, 0.01);
    });
  }

  /**
   * Let one note sound at once.
   * @param {import("./types.js").Part} part
   * @param {number} pitch
   */
  async hear(part, pitch) {
    const context = this.wake();
    const address = `note?program=${part.program}&pitch=${pitch}&drums=${part.is_drums ? 1 : 0}`;
    let buffer = this.notes.get(address);
    if (!buffer) {
      buffer = await context.decodeAudioData(await bytes(address));
      this.notes.set(address, buffer);
    }
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(/** @type {GainNode} */ (this.master));
    source.start();
  }

  /** The loudest sample that goes to the speakers now, 0 to 1. */
  peak() {
    if (!this.analyser) return 0;
    const samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }

  tell() {
    this.dispatchEvent(new Event("state"));
  }
}

/** @type {Map<string, Promise<import("./types.js").Playing>>} */
const known = new Map();

/** @param {string} piece @returns {Promise<import("./types.js").Playing>} */
export function playingOf(piece) {
  let playing = known.get(piece);
  if (!playing) {
    playing = get(`pieces/${piece}/playing`);
    known.set(piece, playing);
    playing.catch(() => known.delete(piece));
  }
  return playing;
}

/**
 * Seconds at a tick.
 * @param {import("./types.js").Playing} playing
 * @param {number} tick
 */
export function secondsAt(playing, tick) {
  return between(playing.clock, 0, 1, tick);
}

/**
 * The tick at a second.
 * @param {import("./types.js").Playing} playing
 * @param {number} seconds
 */
export function tickAt(playing, seconds) {
  return between(playing.clock, 1, 0, seconds);
}

/**
 * @param {[number, number][]} points
 * @param {0 | 1} from
 * @param {0 | 1} to
 * @param {number} value
 */
function between(points, from, to, value) {
  let low = 0;
  let high = points.length - 1;
  if (high < 1) return points[0]?.[to] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][from] <= value) low = middle;
    else high = middle;
  }
  const [before, after] = [points[low], points[high]];
  const span = after[from] - before[from] || 1;
  return before[to] + ((after[to] - before[to]) * (value - before[from])) / span;
}
