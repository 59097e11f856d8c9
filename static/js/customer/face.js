// Draws the state of one number. Given the same status it draws the same page; it asks nobody and keeps nothing.

import { isEnglish, t, translate } from "./texts.js";
import { clockText, rangeText } from "./wait.js";

const $ = (id) => document.getElementById(id);
const SETTLED = ["done", "no_show", "cancelled", "closed"];

/** waiting splits in two, because "come back now" must not look like "relax". */
export function mood(status) {
  return status.state === "waiting" && status.ahead <= status.near_ahead ? "near" : status.state;
}

function windowName(status) {
  if (!status.window) return "";
  return isEnglish() ? `window ${status.window.number}` : status.window.label;
}

function headline(status) {
  const where = windowName(status);
  switch (mood(status)) {
    case "near": return status.ahead ? t("near", { n: status.ahead }) : t("next");
    case "called": return where ? t("called", { window: where }) : t("called_plain");
    case "serving": return where ? t("serving", { window: where }) : t("serving_plain");
    case "no_show": return t("no_show", { n: status.requeue_places });
    case "held": return t(heldWord(status));
    default: return t(status.state);
  }
}

/** Away by one's own wish, to fetch papers, or waiting for the back office: three different things to do. */
function heldWord(status) {
  return ["papers", "back_office"].includes(status.held_kind) ? `held_${status.held_kind}` : "held";
}

function advice(status) {
  switch (status.state) {
    case "called": return status.calls > 1 ? t("recalled", { n: status.calls }) : "";
    case "held": return t(`${heldWord(status)}_advice`);
    case "cancelled": return status.outage ? "" : t("cancelled_advice");
    case "closed": return t("closed_advice");
    case "done": return doneAdvice(status);
    default: return "";
  }
}

function doneAdvice(status) {
  if (!status.rating) return t("done_advice");
  const score = t(`score_${status.rating}`);
  if (status.rating > 2) return t("rated", { score });
  if (status.can_explain) return t("rated_why", { score });
  const phone = status.hall.phone ? t("rated_phone", { phone: status.hall.phone }) : "";
  return t("rated_low", { phone });
}

function title(status) {
  const { number, state, ahead } = status;
  if (state === "waiting") return t("title_waiting", { number, n: ahead });
  if (state === "called") return t("title_called", { number, window: windowName(status) }).trim();
  if (state === "no_show") return t("title_no_show", { number });
  return t("title_other", { number, state: state === "serving" ? t("serving_plain") : t(state) });
}

/** The headline breaks where its sentence does, not where the screen ends. */
function lines(node, text) {
  node.replaceChildren(
    ...text.split("|").map((line) => {
      const span = document.createElement("span");
      span.textContent = line;
      return span;
    }),
  );
}

function drawFacts(status) {
  const range = rangeText(status);
  $("facts").hidden = status.state !== "waiting";
  $("ahead").textContent = t("people", { n: status.ahead });
  $("wait").textContent = range ? t("minutes", { range }) : "";
  $("wait-fact").hidden = !range;
  $("unknown").hidden = Boolean(range);
}

function drawSteps(status) {
  $("steps").hidden = status.state !== "waiting";
  $("step-taken").textContent = t("step_taken", { time: clockText(status.taken_at) });
  $("step-waiting").textContent = t("step_waiting", { n: status.near_ahead });
  $("step-called").textContent = t("step_called");
}

/** The field for a call's phone stands only where a call is wanted. */
export function drawCallPhone(status) {
  $("call-phone").hidden = !$("wants-call").checked;
  $("call-phone").querySelector("label").textContent = t(status.phone_known ? "why_phone_kept" : "why_phone");
}

/** R-H-10: what an outage means for this number, and what its holder may do about it. */
function drawOutage(status) {
  const told = status.outage;
  $("outage").hidden = !told;
  if (!told) return;
  $("outage-title").textContent = t(`outage_${told.state}`, { what: told.label });
  $("outage-words").textContent = t(`outage_${told.state}_words`, { day: told.last_day });
  $("outage-code").hidden = !told.code || told.state === "used";
  $("outage-code").textContent = t("outage_code", { code: told.code });
  $("leave-form").hidden = told.state !== "down";
}

export function draw(status) {
  translate();
  drawOutage(status);
  document.title = `${title(status)} · ${status.hall.name}`;
  document.body.dataset.state = mood(status);
  lines($("headline"), headline(status));
  $("giant").hidden = status.state !== "called" || !status.window;
  $("giant").textContent = status.window ? status.window.number : "";
  $("number").textContent = status.number;
  const about = (isEnglish() && status.about_en) || status.about;
  $("about").textContent = status.more?.length ? t("more", { first: about, more: status.more.join("、") }) : about;
  $("slot").hidden = !status.slot;
  $("slot").textContent = status.slot ? t("slot", { time: clockText(status.slot) }) : "";
  $("why").hidden = !status.can_explain;
  $("complain").hidden = !status.rating || status.rating > 2;
  drawCallPhone(status);
  drawFacts(status);
  const words = advice(status);
  $("advice").textContent = words;
  $("advice").hidden = !words;
  drawSteps(status);
  $("rate").hidden = !status.can_rate;
  $("bring").hidden = !status.documents || SETTLED.includes(status.state);
  $("documents").textContent = status.documents;
  $("leave").hidden = !status.can_cancel;
  $("sure-words").textContent = t("sure", { number: status.number });
}
