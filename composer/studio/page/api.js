// Talking with the server: requests, and the stream of what happens.

import { announce } from "./dom.js";
import { text } from "./texts.js";

/**
 * @param {string} method
 * @param {string} address under /api/
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
async function ask(method, address, body) {
  let response;
  try {
    response = await fetch(`/api/${address}`, {
      method,
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    });
  } catch {
    throw new Error(text("lost_server"));
  }
  const told = await response.json();
  if (!response.ok) throw new Error(told.error);
  return told;
}

/** @param {string} address @returns {Promise<any>} */
export const get = (address) => ask("GET", address);

/** @param {string} address @param {unknown} [body] @returns {Promise<any>} */
export const post = (address, body = {}) => ask("POST", address, body);

/** @param {string} id @returns {Promise<import("./types.js").Job>} */
export const cancelJob = (id) => ask("DELETE", `jobs/${id}`);

/** @param {string} id @returns {Promise<{id: string}>} */
export const deleteWork = (id) => ask("DELETE", `works/${id}`);

/** @param {File} file @returns {Promise<import("./types.js").Work>} */
export const upload = (file) =>
  ask("POST", `uploads?name=${encodeURIComponent(file.name)}`, file);

/** @param {string} address @returns {Promise<ArrayBuffer>} */
export async function bytes(address) {
  const response = await fetch(`/api/${address}`);
  if (!response.ok) throw new Error((await response.json()).error);
  return response.arrayBuffer();
}

/**
 * What happens, by kind: "job", "work", "partial", "stage".
 * @type {EventTarget}
 */
export const happenings = new EventTarget();

/** Listen to the server from now on; after a break everything is asked for again. */
export function listen() {
  const stream = new EventSource("/api/events");
  let isLost = false;
  for (const kind of ["job", "work", "partial", "stage", "missed"]) {
    stream.addEventListener(kind, (event) => {
      const detail = JSON.parse(/** @type {MessageEvent} */ (event).data);
      happenings.dispatchEvent(new CustomEvent(kind, { detail }));
    });
  }
  stream.addEventListener("error", () => {
    if (!isLost) announce(text("lost_server"), { isError: true });
    isLost = true;
  });
  stream.addEventListener("hello", () => {
    if (isLost) {
      announce(text("back_again"));
      happenings.dispatchEvent(new CustomEvent("missed"));
    }
    isLost = false;
  });
}

/**
 * Call `hear` with each value of a kind until the returned function is called.
 * @param {string} kind
 * @param {(value: any) => void} hear
 * @returns {() => void}
 */
export function on(kind, hear) {
  const listener = (/** @type {Event} */ event) => hear(/** @type {CustomEvent} */ (event).detail);
  happenings.addEventListener(kind, listener);
  return () => happenings.removeEventListener(kind, listener);
}
