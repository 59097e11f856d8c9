// What the clerk sees, and when it may change: never under an act, an open choice or a pressed mouse button.
//
// The panel is plain HTML with data-attributes and one set of listeners on the document. It used to be htmx's: htmx
// gives a swapped-in button its listeners 20 ms later, and a key that fell into that gap pressed a dead button.

import {tick} from "./clocks.js";

const RETRY_MS = 3000;
const PATIENCE_MS = 15000;

export const panel = document.getElementById("panel");
const token = document.querySelector('meta[name="csrf-token"]').content;

let shown = null; // the server's text, as the page itself changes what it shows
let fetching = null;
let missed = false; // something happened in the hall that is not on the panel yet
let acting = false;
let pressed = false;
let release = null;

// ---- asking the server ----------------------------------------------------------------------------------------

export async function ask(url, {body = null, signal = null} = {}) {
  const headers = {"HX-Request": "true", "HX-Current-URL": location.href, "X-CSRFToken": token};
  if (!body) headers["X-Background"] = "1"; // what the page fetches by itself is no sign of life
  const ends = new AbortController(); // AbortSignal.any is too young for the browsers of some halls
  const timer = setTimeout(() => ends.abort(), PATIENCE_MS);
  signal?.addEventListener("abort", () => ends.abort());
  const answer = await fetch(url, {method: body ? "POST" : "GET", body, headers, signal: ends.signal});
  const away = answer.headers.get("HX-Redirect");
  if (away || answer.redirected || answer.status === 401) return leave(away);
  const responseText = await answer.text();
  clearTimeout(timer);
  return {status: answer.status, responseText};
}

function leave(address) {
  if (address) location.assign(address);
  else location.reload(); // signed out, here or elsewhere: the page knows where to go
  return new Promise(() => {}); // nothing more is done on this page
}

// ---- redraws --------------------------------------------------------------------------------------------------

const isChoosing = () => panel.querySelector("dialog[open]") !== null;

export async function refresh() {
  missed = true;
  if (acting || fetching || pressed || isChoosing()) return;
  missed = false;
  const mine = (fetching = new AbortController());
  let answer = null;
  try {
    answer = await ask(panel.dataset.url, {signal: mine.signal});
  } catch {
    // an act took its place, or the line is down
  }
  if (fetching === mine) fetching = null;
  if (mine.signal.aborted) return;
  if (answer?.status === 409) leave(); // the window was closed for this clerk
  else if (answer?.status !== 200) setTimeout(refresh, RETRY_MS);
  else if (acting || pressed || isChoosing()) missed = true; // it came too late: ask again afterwards
  else show(answer.responseText);
  catchUp();
}

export function catchUp() {
  if (missed) refresh();
}

/** An act begins: a fetch under way would show the time before it, and take the pressed button away. */
export function beginAct() {
  acting = true;
  if (fetching) missed = true;
  fetching?.abort();
  fetching = null;
}

export function endAct() {
  acting = false;
}

/** Resolves when no mouse button or finger is down: a click needs its button from the first to the last moment. */
export function untouched() {
  return pressed ? new Promise((done) => (release = done)) : Promise.resolve();
}

export function show(html) {
  if (html === shown) return;
  const before = panel.querySelector(".number")?.textContent;
  const places = [...panel.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, one.scrollTop]);
  panel.innerHTML = shown = html;
  for (const [name, top] of places) {
    const box = panel.querySelector(`[data-scroll="${name}"]`);
    if (box) box.scrollTop = top;
  }
  // The same number does not arrive again with every redraw.
  panel.classList.toggle("is-calm", panel.querySelector(".number")?.textContent === before);
  tick();
}

document.addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel", "blur", "dragend"]) {
  addEventListener(end, () => setTimeout(letGo), true); // after the click that follows
}

function letGo() {
  pressed = false;
  release?.();
  release = null;
  catchUp();
}

panel.addEventListener("close", catchUp, true);
panel.addEventListener("nudge", refresh);
setInterval(refresh, 30000); // the minutes waited move on by themselves
