// The clerk's screen: one key per act, clocks that run, and a fresh panel whenever the hall moves.

import {actOf, afterActs, isUnderWay, run} from "./acts.js";
import {tick} from "./clocks.js";
import {panel} from "./panel.js";
import "./knowledge.js";

// ---- keys -----------------------------------------------------------------------------------------------------

// A field of a dialog that has just closed keeps the focus until the next frame: a key then belongs to the panel.
function inField(target) {
  const field = target.closest?.("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");
  return field?.checkVisibility();
}

function buttonFor(key) {
  const dialog = document.querySelector("dialog[open]");
  const buttons = [...(dialog ?? panel).querySelectorAll("[data-key]")];
  return buttons.find((one) => one.dataset.key === key && !one.hidden && (dialog || !one.closest("dialog")));
}

function press(key) {
  const button = buttonFor(key);
  if (button && !button.disabled) button.click();
}

function submitOpenForm(event) {
  const form = panel.querySelector("dialog[open] form[data-act]");
  if (!form || event.target.closest?.("button")) return false;
  event.preventDefault();
  form.requestSubmit();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Enter" && !event.target.matches?.("input, textarea") && submitOpenForm(event)) return;
  if (inField(event.target)) return;
  const key = event.key.toLowerCase();
  const button = buttonFor(key);
  if (button) event.preventDefault(); // and so a focused button is not pressed a second time by Space
  if (event.repeat || key.length !== 1) return;
  // A key pressed ahead of an act's answer is meant for the panel that the answer brings: F Space, in one breath.
  if (isUnderWay() && !button?.dataset.act) afterActs(`key ${key}`, () => press(key));
  else press(key);
});

// ---- clicks and forms -----------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) open(dialog); // one that is not there now, as when nothing is to be asked, leaves the act itself
  const chooser = event.target.closest("[data-choose]");
  if (chooser) choose(chooser.dataset.choose);
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog").close();
  const button = event.target.closest("button[data-act]");
  if (button && !button.disabled && !dialog) run(actOf(button));
});

function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  // No button is chosen beforehand: Space belongs to the keys. A field is.
  const field = dialog.querySelector("[data-first]");
  if (field) field.focus();
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function choose(ticket) {
  const dialog = document.getElementById("chosen-dialog");
  if (!dialog) return;
  if (ticket) dialog.querySelector("select[name=ticket]").value = ticket;
  open(dialog);
}

// ---- a long list is filtered by typing, and Enter takes the first that is left --------------------------------

document.addEventListener("input", (event) => {
  const list = document.getElementById(event.target.dataset.filter ?? "");
  if (!list) return;
  const words = event.target.value.trim().toLowerCase();
  for (const one of list.children) one.hidden = !one.dataset.words.toLowerCase().includes(words);
  const isEmpty = [...list.children].every((one) => one.hidden);
  list.parentElement.querySelector(".choice-none").hidden = !isEmpty;
});

document.addEventListener("keydown", (event) => {
  const list = document.getElementById(event.target.dataset?.filter ?? "");
  if (!list || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  if (event.target.value.trim()) [...list.children].find((one) => !one.hidden)?.click();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.act) return;
  event.preventDefault();
  run(actOf(form, event.submitter));
});

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-act]")) run(actOf(event.target));
});

tick();

document.getElementById("open-strip").addEventListener("click", () => {
  const place = `popup,width=360,height=${screen.availHeight},left=${screen.availWidth - 360},top=0`;
  window.open(location.href, "hallkeeper-strip", place);
});
