// The bar at the bottom: play, where it is, how loud it is just now.

import { button, clockTime, el, icon } from "./dom.js";
import { text } from "./texts.js";

/**
 * @param {HTMLElement} element
 * @param {import("./player.js").Player} player
 * @param {(seconds: number) => void} onPosition called in every frame while something moves
 */
export function buildTransport(element, player, onPosition) {
  const play = button(text("play"), () => player.toggle(), {
    icon: "play", quiet: true, kind: "round primary", attributes: { id: "play" },
  });
  const slider = el("input", {
    type: "range", min: 0, max: 1, step: "any", value: 0, class: "position",
    "aria-label": text("position"),
    oninput: () => player.seek(Number(slider.value)),
  });
  const time = el("output", { class: "time", "aria-label": text("time") }, "0:00");
  const meter = el("div", { class: "meter", "aria-hidden": "true" }, el("i"));
  element.replaceChildren(play, time, slider, meter);

  let last = -1;
  const frame = () => {
    const seconds = player.position();
    if (seconds !== last) {
      last = seconds;
      slider.value = String(seconds);
      time.textContent = `${clockTime(seconds)} / ${clockTime(player.length)}`;
      onPosition(seconds);
    }
    const lamp = /** @type {HTMLElement} */ (meter.firstChild);
    lamp.style.width = "0";
    if (player.isPlaying) {
      const level = Math.max(0, Math.min(1, 1 + Math.log10(player.peak() + 1e-4) / 2.5));
      lamp.style.width = `${level * 100}%`;
      requestAnimationFrame(frame);
    }
  };
  player.addEventListener("state", () => {
    element.hidden = !player.playing;
    slider.max = String(player.length || 1);
    play.replaceChildren(icon(player.isPlaying ? "pause" : "play"));
    const label = text(player.isPlaying ? "pause" : "play");
    play.setAttribute("aria-label", label);
    play.title = label;
    last = -1;
    requestAnimationFrame(frame);
  });
}
