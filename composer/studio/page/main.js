// The page: which view is shown, what the keys do, what is dropped on it.

import { get, listen, upload } from "./api.js";
import { ComposeView } from "./compose.js";
import { attempt, button, el } from "./dom.js";
import { Player } from "./player.js";
import { KEY_ROWS, text } from "./texts.js";
import { StageView } from "./stage.js";
import { buildTransport } from "./transport.js";
import { WorkView } from "./work.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const top_ = /** @type {HTMLElement} */ (document.getElementById("top"));
const transport = /** @type {HTMLElement} */ (document.getElementById("transport"));

async function start() {
  const vocabulary = await get("vocabulary");
  const player = new Player();
  const composeView = new ComposeView(vocabulary, player, (id) => {
    location.hash = `work/${id}`;
  });
  const workView = new WorkView(vocabulary, player, (fields) => {
    location.hash = "";
    composeView.chips.show(fields, []);
    void attempt(() => composeView.compose());
  });
  const stageView = new StageView(vocabulary, player);
  /** @type {ComposeView | WorkView | StageView} */
  let view = composeView;

  const composeLink = el("a", { href: "#" }, text("compose"));
  const stageLink = el("a", { href: "#stage" }, text("stage"));
  top_.replaceChildren(
    el("a", { class: "brand", href: "#" }, el("img", { src: "/page/icon.svg", alt: "" }), text("studio")),
    el("nav", { "aria-label": text("studio") }, composeLink, stageLink),
    button(text("keys"), showKeys, { kind: "link" }),
  );

  const route = () => {
    const [place, id] = location.hash.slice(1).split("/");
    const isWork = place === "work" && Boolean(id);
    const isStage = place === "stage";
    stageView.leave();
    view = isWork ? workView : isStage ? stageView : composeView;
    document.body.dataset.view = isWork ? "work" : isStage ? "stage" : "compose";
    const here = isWork ? null : isStage ? stageLink : composeLink;
    for (const link of [composeLink, stageLink]) {
      if (link === here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    main.replaceChildren(view.element);
    document.title = text("studio");
    if (isWork) {
      void attempt(() => workView.open(id));
    } else if (isStage) {
      player.pause();
      void attempt(() => stageView.enter());
    } else {
      player.pause();
      composeView.enter();
    }
  };
  addEventListener("hashchange", route);
  buildTransport(transport, player, (seconds) => view.setPosition(seconds));
  addEventListener("keydown", (event) => {
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && !(event.target instanceof HTMLButtonElement)) {
      player.toggle();
      event.preventDefault();
    } else if (view.key(event)) {
      event.preventDefault();
    }
  });
  takeDropped((file) => void attempt(async () => {
    const work = await upload(file);
    location.hash = `work/${work.id}`;
  }));
  listen();
  route();
  Object.assign(window, { studio: { player, composeView, workView, stageView } }); // for tests and the curious
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  const isText = target instanceof HTMLInputElement && !["range", "checkbox"].includes(target.type);
  return isText || target.matches("textarea, select") || target.isContentEditable;
}

/** @param {(file: File) => void} take */
function takeDropped(take) {
  const sign = el("div", { class: "drop", hidden: true }, text("drop_here"));
  document.body.append(sign);
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    sign.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) sign.hidden = true;
  });
  addEventListener("drop", (event) => {
    sign.hidden = true;
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    take(file);
  });
}

function showKeys() {
  const dialog = el("dialog", { class: "editor centred", "aria-label": text("keys_title") },
    el("h2", {}, text("keys_title")),
    el("table", {}, ...KEY_ROWS.map(([key, what]) =>
      el("tr", {}, el("td", {}, el("kbd", {}, key)), el("td", {}, what)))),
    el("form", { method: "dialog" }, el("button", { class: "primary" }, text("close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

void attempt(start);
