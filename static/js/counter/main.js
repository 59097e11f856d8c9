// The clerk's screen: one key per act, clocks that run, and a fresh panel whenever the hall moves.

const panel = document.getElementById("panel");
let underWay = false;
let missedNudge = false;

// ---- fresh panel: not while an act is under way or a choice is open, but then at once -------------------------
// An act also ends a fetch of the panel (hx-sync in the template): its answer would take the pressed button away.

panel.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt !== panel) {
    underWay = true;
  } else if (underWay || panel.querySelector("dialog[open]")) {
    event.preventDefault();
    missedNudge = true;
  }
});

panel.addEventListener("htmx:afterRequest", (event) => {
  // The pressed button is gone when its answer has replaced the panel: htmx then tells the panel instead.
  if (event.detail.requestConfig.elt !== panel) underWay = false;
  if (event.detail.xhr.status === 409) missedNudge = true; // what the clerk saw was not the latest
  catchUp();
});

panel.addEventListener("close", catchUp, true);

function catchUp() {
  if (!missedNudge || underWay || panel.querySelector("dialog[open]")) return;
  missedNudge = false;
  window.htmx.trigger(panel, "nudge");
}

document.addEventListener("htmx:responseError", (event) => {
  document.querySelector("dialog[open]")?.close(); // the sentence must not stand behind the choice
  if (event.detail.elt === panel && event.detail.xhr.status === 409) location.reload(); // signed out elsewhere
});

panel.addEventListener("htmx:afterSwap", () => {
  tick();
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
});
setInterval(() => window.htmx.trigger(panel, "nudge"), 30000); // the minutes waited move on by themselves

// ---- keys -----------------------------------------------------------------------------------------------------

function inField(target) {
  return target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");
}

function buttonFor(key) {
  const dialog = document.querySelector("dialog[open]");
  const buttons = [...(dialog ?? panel).querySelectorAll("[data-key]")];
  return buttons.find((one) => one.dataset.key === key && (dialog || !one.closest("dialog")));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || inField(event.target)) return;
  const button = buttonFor(event.key.toLowerCase());
  if (!button) return;
  event.preventDefault(); // and so a focused button is not pressed a second time by Space
  if (!event.repeat && !button.disabled) button.click();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
});

// ---- clocks ---------------------------------------------------------------------------------------------------

const two = (number) => String(number).padStart(2, "0");
const hallTime = new Intl.DateTimeFormat("zh-CN", {timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit"});

function tick() {
  const now = new Date();
  document.getElementById("clock").textContent = hallTime.format(now);
  for (const clock of panel.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((now - new Date(clock.dataset.since)) / 1000));
    clock.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  }
  for (const button of panel.querySelectorAll("button[data-from]")) {
    const left = Math.ceil((new Date(button.dataset.from) - now) / 1000);
    button.disabled = left > 0;
    button.dataset.wait = left > 0 ? left : "";
  }
}
tick();
setInterval(tick, 1000);

document.getElementById("open-strip").addEventListener("click", () => {
  const place = `popup,width=360,height=${screen.availHeight},left=${screen.availWidth - 360},top=0`;
  window.open(location.href, "hallkeeper-strip", place);
});
