// The customer's own page: follows one number, buzzes when it is near, lets it be cancelled and rated.

import { draw, drawCallPhone, mood } from "./face.js";
import { BoardLink } from "./link.js";
import { pickLanguage, switchLanguage, t } from "./texts.js";
import { clockText } from "./wait.js";

const POLL_MS = 15000;
const STALE_MS = 22000;
const AT_MOST_EVERY_MS = 1000;
const SPREAD_MS = 700;
const BUZZ = { near: [300, 150, 300], called: [600, 200, 600, 200, 600] };

const $ = (id) => document.getElementById(id);
let status = JSON.parse($("status").textContent);
let heardAt = Date.now();
let askedAt = 0;
let timer = 0;
let failed = false;

// ---- following ----------------------------------------------------------------------------------

async function refresh() {
  clearTimeout(timer);
  timer = 0;
  askedAt = Date.now();
  try {
    const answer = await fetch("status/", {
      cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8000),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    hear(await answer.json());
  } catch {
    failed = true;
  }
  showLink();
}

/** Soon, but at most once a second, and not in the same instant as every other phone in the hall. */
function refreshSoon() {
  if (timer) return;
  const rest = Math.max(0, askedAt + AT_MOST_EVERY_MS - Date.now());
  timer = setTimeout(refresh, rest + Math.random() * SPREAD_MS);
}

function hear(next) {
  if (next.as_of < status.as_of) return;
  buzz(status, next);
  status = next;
  heardAt = Date.now();
  failed = false;
  draw(status);
  if (isOver()) link.stop();
}

function isOver() {
  return ["cancelled", "closed"].includes(status.state) || (status.state === "done" && !status.can_rate && !status.can_explain);
}

/** Once per change, and again for each repeated call. Browsers without a motor, or untouched pages, stay quiet. */
function buzz(before, after) {
  const calledAgain = after.state === "called" && after.calls > before.calls;
  if (mood(before) === mood(after) && !calledAgain) return;
  try {
    navigator.vibrate?.(BUZZ[mood(after)] || 0);
  } catch {
    // Refused without a touch; the page itself still says it.
  }
}

function showLink() {
  const old = !isOver() && (failed || Date.now() - heardAt > STALE_MS);
  $("stale").hidden = !old;
  $("stale").textContent = old ? t("stale", { time: clockText(heardAt, { seconds: true }) }) : "";
  $("live").textContent = isOver() ? "" : old ? t("waking") : t("live");
  $("live").classList.toggle("on", !old && !isOver());
}

// ---- acting -------------------------------------------------------------------------------------

async function send(form, extra = {}) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  $("problem").textContent = "";
  const buttons = [...form.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8000),
    });
    await answered(answer);
  } catch {
    $("problem").textContent = t("offline");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

async function answered(answer) {
  if (answer.ok) {
    hear(await answer.json());
    showLink();
    return;
  }
  if (answer.status === 403) $("problem").textContent = t("reload");
  else if (answer.status === 409) $("problem").textContent = (await answer.json()).message;
  else $("problem").textContent = t("offline");
  refreshSoon();
}

$("leave").addEventListener("click", () => $("sure").showModal());
$("keep").addEventListener("click", () => $("sure").close());
$("cancel-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await send(event.target);
  $("sure").close();
});
$("rate-form").addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, { score: event.submitter.value });
});
$("leave-form").addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target);
});
$("why-form").addEventListener("change", () => drawCallPhone(status));
$("why-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.querySelector("input:checked")) send(event.target);
  else $("problem").textContent = t("why_none");
});
$("language").addEventListener("click", () => {
  switchLanguage();
  draw(status);
  showLink();
});

// ---- starting -----------------------------------------------------------------------------------

const link = new BoardLink(status.hall.code, { onBoard: refreshSoon });
$("problem").textContent = $("problem").textContent.trim();
pickLanguage();
draw(status);
showLink();
if (!isOver()) {
  link.start();
  setInterval(() => {
    if (isOver()) return;
    if (Date.now() - askedAt > POLL_MS) refresh();
    showLink();
  }, 1000);
  // A phone that slept wakes with old figures: ask before they are read.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && !isOver() && refresh());
}
