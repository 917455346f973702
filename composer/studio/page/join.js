// The page on a phone: a dot of mood to drag, and a vote. No login; the phone makes up a name.

import { get, post } from "./api.js";
import { discOf } from "./disc.js";
import { el } from "./dom.js";
import { text } from "./texts.js";

const SAY_MILLISECONDS = 250;
const LOOK_MILLISECONDS = 4000;
const MOODS = [
  { name: "happy", valence: 0.65, arousal: 0.55 }, { name: "tense", valence: -0.55, arousal: 0.65 },
  { name: "sad", valence: -0.65, arousal: -0.55 }, { name: "calm", valence: 0.6, arousal: -0.6 },
];

function start() {
  const visitor = nameOfVisitor();
  /** @type {Record<string, number | string> | null} what is not said yet */
  let unsaid = {};
  const state = el("p", { class: "faint", role: "status" }, text("join_waits"));

  const say = async () => {
    if (!unsaid) return;
    const said = unsaid;
    unsaid = null;
    try {
      show(await post("stage/say", { visitor, ...said }));
    } catch (error) {
      unsaid = { ...said, ...(unsaid ?? {}) };
      state.textContent = error instanceof Error ? error.message : text("join_lost");
    }
  };
  const show = (/** @type {{work: string, votes: Record<string, number>}} */ told) => {
    state.textContent = text(told.work ? "join_on_air" : "join_waits");
  };

  const disc = discOf(MOODS, null, (valence, arousal) => {
    unsaid = { ...(unsaid ?? {}), valence, arousal };
  });
  const vote = (/** @type {"back" | "on"} */ what) =>
    el("button", {
      type: "button", class: "big", "data-vote": what, "aria-pressed": "false",
      onclick: (/** @type {MouseEvent} */ event) => {
        unsaid = { ...(unsaid ?? {}), vote: what };
        document.querySelectorAll("[data-vote]").forEach((one) =>
          one.setAttribute("aria-pressed", String(one === event.currentTarget)));
      },
    }, text(`join_${what}`));
  document.getElementById("main")?.append(
    el("div", { class: "join" },
      el("h1", {}, text("join_title")),
      el("p", {}, text("join_drag")),
      disc.canvas,
      el("h2", {}, text("join_vote")),
      el("div", { class: "two" }, vote("back"), vote("on")),
      state),
  );
  setInterval(() => void say(), SAY_MILLISECONDS);
  setInterval(() => {
    get("stage").then(show, () => {
      state.textContent = text("join_lost");
    });
  }, LOOK_MILLISECONDS);
}

/** A name for this phone, kept while its page is open. */
function nameOfVisitor() {
  const known = sessionStorage.getItem("visitor");
  if (known) return known;
  const name = [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem("visitor", name);
  return name;
}

start();
