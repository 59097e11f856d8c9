// The pad at a window: calm until somebody has been served, five faces for a while, thanks, and calm again.

import { BoardLink } from "../customer/link.js";

const POLL_MS = 10000;
const PULSE_MS = 60000;
const THANKS_MS = 4000;
const WHY_MS = 25000;
const TIMEOUT_MS = 6000;
const HALL = document.body.dataset.hall;
const csrf = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

const $ = (id) => document.getElementById(id);
const now = { face: "calm", number: "", sending: false, askedAt: 0 };
let timer = 0;

function show(face) {
  now.face = face;
  document.body.dataset.at = face;
  for (const section of document.querySelectorAll("[data-face]")) section.hidden = section.dataset.face !== face;
}

function hear(status) {
  if (now.face === "thanks") return;
  const moved = status.number !== now.number;
  now.number = status.number || "";
  if (status.can_rate) {
    $("number").textContent = document.body.dataset.line ? "" : status.number;
    $("about").textContent = status.about;
    show("rate");
  } else if (now.face === "rate" || (now.face === "why" && moved)) {
    show("calm");
  }
}

async function ask() {
  now.askedAt = Date.now();
  try {
    const answer = await fetch("status/", { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status === 403) location.reload();
    if (answer.ok && !now.sending) hear(await answer.json());
  } catch {
    // Away for a moment: what is shown stays, and a tap says so.
  }
}

async function send(path, values) {
  if (now.sending) return null;
  now.sending = true;
  trouble("");
  const body = new FormData();
  body.set("number", now.number);
  for (const [name, value] of values) body.append(name, value);
  try {
    const answer = await fetch(path, {
      method: "POST", body, headers: { "X-CSRFToken": csrf, Accept: "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.ok) return await answer.json();
    if (answer.status === 409) trouble((await answer.json()).message);
    else trouble("现在连不上系统,请稍后再点一次。");
  } catch {
    trouble("现在连不上系统,请稍后再点一次。");
  } finally {
    now.sending = false;
  }
  return null;
}

function trouble(words) {
  $("trouble").textContent = words;
  $("trouble").hidden = !words;
  if (words) setTimeout(() => trouble(""), 6000);
}

function after(ms, act) {
  clearTimeout(timer);
  timer = setTimeout(act, ms);
}

function thank() {
  show("thanks");
  after(THANKS_MS, () => {
    show("calm");
    ask();
  });
}

function chosen() {
  return [...document.querySelectorAll("[data-reason][aria-pressed=true]")].map((one) => one.dataset.reason);
}

document.addEventListener("click", async (event) => {
  const score = event.target.closest("[data-score]")?.dataset.score;
  if (score) {
    const status = await send("score/", [["score", score]]);
    if (!status) {
      ask();
    } else if (status.can_explain) {
      for (const one of document.querySelectorAll("[data-reason]")) one.setAttribute("aria-pressed", "false");
      $("send").disabled = true;
      show("why");
      after(WHY_MS, thank);
    } else {
      thank();
    }
    return;
  }
  const reason = event.target.closest("[data-reason]");
  if (reason) {
    reason.setAttribute("aria-pressed", String(reason.getAttribute("aria-pressed") !== "true"));
    $("send").disabled = chosen().length === 0;
    after(WHY_MS, thank);
  }
});
$("skip").addEventListener("click", thank);
$("send").addEventListener("click", async () => {
  if (await send("why/", chosen().map((reason) => ["reasons", reason]))) thank();
});
addEventListener("contextmenu", (event) => event.preventDefault());

function pulse() {
  const headers = { "X-Device": "1", "Content-Type": "application/json" };
  fetch("/api/v1/devices/me/pulse/", { method: "POST", headers, body: "{}" }).catch(() => {});
}

ask();
pulse();
new BoardLink(HALL, { onBoard: ask }).start();
setInterval(() => Date.now() - now.askedAt > POLL_MS && ask(), 1000);
setInterval(pulse, PULSE_MS);
