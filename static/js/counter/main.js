// The clerk's screen: one key per act, clocks that run, and a fresh panel whenever the hall moves.

import {actOf, afterActs, isUnderWay, run} from "./acts.js";
import {tick} from "./clocks.js";
import {panel} from "./panel.js";

// ---- keys -----------------------------------------------------------------------------------------------------

function inField(target) {
  return target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");
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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || inField(event.target)) return;
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
  if (opener) open(document.getElementById(opener.dataset.dialog));
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog").close();
  const button = event.target.closest("button[data-act]");
  if (button && !button.disabled) run(actOf(button));
});

function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  // No button is chosen beforehand: Space belongs to the keys. A field is.
  const field = dialog.querySelector("[data-first]");
  if (field) field.focus();
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

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
