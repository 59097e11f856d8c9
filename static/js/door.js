// Appointments, issuing limits, call-backs: a question before what can't be undone, a slot chosen by its row, and no
// redraw under a typing hand.
import {ask} from "./app.js";

document.addEventListener("click", async (event) => {
  const asking = event.target.closest("[data-agree]");
  if (asking) {
    const yes = await ask(asking.dataset.agree, asking.dataset.yes, asking.dataset.no);
    if (yes) window.htmx.trigger(asking, "agreed");
    return;
  }
  const chosen = event.target.closest("[data-slot]");
  if (!chosen) return;
  document.getElementById("door-slot").value = chosen.dataset.slot;
  document.getElementById("door-business").focus();
  document.getElementById("door-form").scrollIntoView({block: "nearest"});
});

/** A nudge or the clock redraws only what nobody is filling in; a person's own act always does. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const listening = event.detail.elt;
  if (!listening.matches("[data-listen]")) return;
  const fields = [...listening.querySelectorAll("input:not([type=hidden]), select")];
  const busy = fields.some((field) => field.value || field === document.activeElement);
  if (busy || document.querySelector("dialog[open]") || listening.querySelector(".door-phone")) event.preventDefault();
});
