// The frame of every staff page: live fragments, the idle lock, questions before what can't be undone, sentences for
// what went wrong.

import {ask} from "./ask.js";
import {attach} from "./live.js";
import {say, sentence} from "./say.js";
import "./leaving.js";
import "./search.js";

export {ask, say};

const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const signedIn = document.body.dataset.idle !== undefined;

// ---- htmx -----------------------------------------------------------------------------------------------------

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token;
  // What the page fetches by itself is no sign of life.
  if (event.detail.elt.matches("[data-listen], [data-background]")) event.detail.headers["X-Background"] = "1";
});

document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if (event.detail.elt.matches("[data-listen], [data-background]")) {
    if (answer.status === 401) location.reload();
    return;
  }
  say(sentence(answer), "error");
});

document.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.elt.matches("[data-listen], [data-background]")) say("连接中断,操作没有送达。请稍后重试。", "error");
});

document.addEventListener("htmx:afterSettle", () => signedIn && attach());

// ---- a question before what can't be undone: <form data-ask="…?" data-yes="确定停用" data-no="不停用"> -----------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.ask || form.dataset.answered) return;
  event.preventDefault();
  ask(form.dataset.ask, form.dataset.yes ?? "确定", form.dataset.no ?? "取消").then((yes) => {
    if (!yes) return;
    form.dataset.answered = "1";
    form.requestSubmit(event.submitter ?? undefined);
  });
}, true);

// A double click sends a form once.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.matches("[hx-post], [hx-get]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// ---- filters that send themselves: <form data-auto> -----------------------------------------------------------

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-auto]") && event.target.matches("select")) form.requestSubmit();
});

// ---- closed days have no times --------------------------------------------------------------------------------

function dimTimes(box) {
  for (const time of box.closest("[data-day]").querySelectorAll("input[inputmode]")) time.disabled = box.checked;
}
for (const box of document.querySelectorAll('[data-day] input[type="checkbox"]')) {
  dimTimes(box);
  box.addEventListener("change", () => dimTimes(box));
}

// ---- idle lock ------------------------------------------------------------------------------------------------

function keepAwake(idle) {
  let active = false;
  let lastPing = Date.now();
  const note = () => {
    active = true;
  };
  for (const type of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    addEventListener(type, note, {passive: true, capture: true});
  }
  const look = async () => {
    const busy = active || document.querySelector("[data-serving]") !== null;  // no lock while a number is served
    if (!busy && Date.now() - lastPing < idle) return;
    active = false;
    try {
      const headers = busy ? {"X-CSRFToken": token} : {"X-Background": "1"};
      const answer = await fetch("/keepalive/", {method: busy ? "POST" : "GET", headers});
      const state = await answer.json();
      if (state.locked) location.assign(`${state.page}?next=${encodeURIComponent(location.pathname + location.search)}`);
      else lastPing = Date.now() - (idle - state.seconds * 1000);
    } catch {
      active = busy;  // the server is away: say it again next time
    }
  };
  setInterval(look, Math.min(60000, idle / 4));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - lastPing >= idle) look();
  });
}

if (signedIn) {
  keepAwake(Number(document.body.dataset.idle) * 1000);
  attach();
}
