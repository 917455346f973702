// A disc of valence and arousal: the mood as a point that can be dragged.

import { el } from "./dom.js";
import { text } from "./texts.js";

const SIZE = 220;
const RADIUS = 92;
const STEP = 0.1;
const SHOWN = new Set([
  "happy", "tense", "sad", "calm", "solemn", "playful", "epic", "dark", "dreamy", "tender",
]);

/**
 * @param {{name: string, valence: number, arousal: number}[]} moods
 * @param {{valence: number, arousal: number} | null} start
 * @param {(valence: number, arousal: number, nearest: string) => void} onPoint
 */
export function moodDisc(moods, start, onPoint) {
  return discOf(moods, start, onPoint).canvas;
}

/**
 * A disc that can show other people's dots too, and their middle.
 * @param {{name: string, valence: number, arousal: number}[]} moods
 * @param {{valence: number, arousal: number} | null} start
 * @param {((valence: number, arousal: number, nearest: string) => void) | null} onPoint
 */
export function discOf(moods, start, onPoint) {
  const canvas = el("canvas", {
    class: "disc", width: SIZE * 2, height: SIZE * 2, tabindex: 0, role: "slider",
    "aria-label": text("disc_label"), "aria-valuenow": 0,
  });
  let point = start;
  /** @type {[number, number][]} */
  let others = [];
  /** @type {[number, number] | null} */
  let middle = null;

  const paint = () => {
    const context = canvas.getContext("2d");
    if (!context || !canvas.isConnected) return;
    const ink = getComputedStyle(canvas);
    context.setTransform(2, 0, 0, 2, 0, 0);
    context.clearRect(0, 0, SIZE, SIZE);
    context.translate(SIZE / 2, SIZE / 2);
    const hues = context.createConicGradient(0, 0, 0);
    for (const [at, colour] of DISC_COLOURS) hues.addColorStop(at, colour);
    context.fillStyle = hues;
    context.globalAlpha = 0.75;
    context.beginPath();
    context.arc(0, 0, RADIUS, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
    const centre = context.createRadialGradient(0, 0, 0, 0, 0, RADIUS);
    centre.addColorStop(0, ink.getPropertyValue("--card"));
    centre.addColorStop(1, "transparent");
    context.fillStyle = centre;
    context.fill();
    context.fillStyle = ink.getPropertyValue("--text");
    context.font = "10.5px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const mood of moods) {
      if (SHOWN.has(mood.name)) {
        context.fillText(mood.name, mood.valence * RADIUS, -mood.arousal * RADIUS);
      }
    }
    context.font = "600 10px system-ui, sans-serif";
    context.fillStyle = ink.getPropertyValue("--faint");
    context.fillText(text("driven"), 0, -RADIUS - 8);
    context.fillText(text("still"), 0, RADIUS + 8);
    for (const [valence, arousal] of others) {
      context.beginPath();
      context.arc(valence * RADIUS, -arousal * RADIUS, 3.5, 0, 2 * Math.PI);
      context.fillStyle = "rgb(255 255 255 / .9)";
      context.fill();
      context.lineWidth = 1;
      context.strokeStyle = "rgb(0 0 0 / .5)";
      context.stroke();
    }
    if (middle) {
      context.beginPath();
      context.arc(middle[0] * RADIUS, -middle[1] * RADIUS, 9, 0, 2 * Math.PI);
      context.lineWidth = 3;
      context.strokeStyle = ink.getPropertyValue("--accent");
      context.stroke();
    }
    if (point) {
      context.beginPath();
      context.arc(point.valence * RADIUS, -point.arousal * RADIUS, 7, 0, 2 * Math.PI);
      context.fillStyle = ink.getPropertyValue("--accent");
      context.fill();
      context.lineWidth = 2.5;
      context.strokeStyle = "#fff";
      context.stroke();
    }
  };

  /** @param {number} valence @param {number} arousal */
  const set = (valence, arousal) => {
    const far = Math.hypot(valence, arousal);
    const shrink = far > 1 ? 1 / far : 1;
    point = {
      valence: Math.round(valence * shrink * 100) / 100,
      arousal: Math.round(arousal * shrink * 100) / 100,
    };
    const { name } = nearest(moods, point);
    canvas.setAttribute("aria-valuetext", `${name} (${point.valence}, ${point.arousal})`);
    paint();
    onPoint?.(point.valence, point.arousal, name);
  };

  /** @param {PointerEvent} event */
  const drag = (event) => {
    if (!event.buttons && event.type !== "pointerdown") return;
    const box = canvas.getBoundingClientRect();
    const scale = SIZE / box.width;
    set(
      ((event.clientX - box.left) * scale - SIZE / 2) / RADIUS,
      -((event.clientY - box.top) * scale - SIZE / 2) / RADIUS,
    );
  };
  /** @param {[number, number][]} dots @param {[number, number] | null} mean */
  const show = (dots, mean) => {
    others = dots;
    middle = mean;
    paint();
  };
  requestAnimationFrame(paint);
  if (!onPoint) {
    canvas.removeAttribute("tabindex");
    canvas.setAttribute("role", "img");
    canvas.removeAttribute("aria-valuenow");
    return { canvas, show };
  }
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drag(event);
  });
  canvas.addEventListener("pointermove", drag);
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const [x, y] = move[/** @type {keyof typeof move} */ (event.key)] ?? [0, 0];
    if (!x && !y) return;
    event.preventDefault();
    const from = point ?? { valence: 0, arousal: 0 };
    set(from.valence + x * STEP, from.arousal + y * STEP);
  });
  return { canvas, show };
}

/**
 * @param {{name: string, valence: number, arousal: number}[]} moods
 * @param {{valence: number, arousal: number}} point
 */
export function nearest(moods, point) {
  const distance = (/** @type {{valence: number, arousal: number}} */ mood) =>
    Math.hypot(mood.valence - point.valence, mood.arousal - point.arousal);
  return moods.reduce((best, mood) => (distance(mood) < distance(best) ? mood : best));
}

/** @type {[number, string][]} from bright (right) clockwise: calm, still, sad, dark, tense, driven, happy */
const DISC_COLOURS = [
  [0, "#f2b632"], [0.125, "#5cc98b"], [0.25, "#3fa7c9"], [0.375, "#4a6fd6"], [0.5, "#6a4fc4"],
  [0.625, "#c23b6b"], [0.75, "#ec5a3a"], [0.875, "#f58a2e"], [1, "#f2b632"],
];
