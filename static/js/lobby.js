// The greeter's tablet: sheets over the list, rings that run, a question before a number is cancelled, and no redraw
// under a typing hand.
import {ask} from "./app.js";

const lobby = document.getElementById("lobby");
const sheet = document.getElementById("sheet");

document.addEventListener("click", async (event) => {
  const tab = event.target.closest(".lobby-tabs [data-tab]");
  if (tab) {
    lobby.dataset.tab = tab.dataset.tab;
    mark();
  }
  if (event.target === sheet || event.target.closest("[data-close]")) sheet.close();
  const button = event.target.closest("[data-cancel]");
  if (!button) return;
  const number = button.dataset.cancel;
  const yes = await ask(`确定取消 ${number} 吗?取消后需要重新取号。`, "确定取消", "不取消");
  if (yes) window.htmx.trigger(button, "agreed");
});

/** The tab a person chose outlives a redraw. */
function mark() {
  for (const tab of lobby.querySelectorAll(".lobby-tabs [data-tab]")) {
    tab.setAttribute("aria-selected", tab.dataset.tab === lobby.dataset.tab);
  }
}

/** The number just taken is still being told to its customer: a redraw must not wipe it away. */
const TOLD_MS = 30000;
let taken = null;
let takenAt = 0;

function keepTaken() {
  const fresh = lobby.querySelector(".taken");
  if (fresh && fresh !== taken) [taken, takenAt] = [fresh, Date.now()];
  else if (!fresh && taken && Date.now() - takenAt < TOLD_MS) {
    lobby.querySelector(".lobby-head").after(taken);
    window.htmx.process(taken);
  }
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === lobby) keepTaken();
  if (event.detail.target.id === "sheet-body" && !sheet.open) sheet.showModal();
  mark();
  tick();
});

/** What was done on a sheet is done; what was refused leaves it as typed. */
document.addEventListener("htmx:afterRequest", (event) => {
  const {elt, successful, requestConfig} = event.detail;
  if (successful && requestConfig.verb === "post" && sheet.contains(elt)) sheet.close();
});

sheet.addEventListener("close", () => document.getElementById("sheet-body").replaceChildren());

sheet.addEventListener("change", () => {
  const given = sheet.querySelector("[data-given]");
  if (given) given.textContent = sheet.querySelectorAll("[data-information] :checked").length;
});

lobby.addEventListener("htmx:beforeRequest", (event) => {
  const typed = [...lobby.querySelectorAll("input, select")];
  const busy = document.querySelector("dialog[open]") || typed.some((one) => one === document.activeElement || isTouched(one));
  if (event.detail.elt === lobby && busy) event.preventDefault();
});

function isTouched(field) {
  if (field.type === "checkbox") return field.checked;
  return field.matches("select") ? field.selectedIndex > 0 : Boolean(field.value);
}

/** The rings: what is left of the minutes in which a VIP is met, then how long it is over. */
function tick() {
  for (const card of lobby.querySelectorAll("[data-vip]")) {
    const left = Math.round((Date.parse(card.dataset.due) - Date.now()) / 1000);
    const share = Math.max(0, Math.min(1, left / Number(card.dataset.seconds)));
    const late = left < 0;
    card.classList.toggle("is-late", late);
    card.querySelector(".lobby-ring-left").setAttribute("stroke-dashoffset", late ? 0 : 100 * (1 - share));
    const shown = Math.abs(left);
    const clock = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
    card.querySelector("[data-ring]").textContent = late ? `+${clock}` : clock;
  }
  for (const button of lobby.querySelectorAll("[data-until]")) {
    if (Date.parse(button.dataset.until) < Date.now()) button.closest(".lobby-said").remove();
  }
}

mark();
tick();
setInterval(tick, 1000);
