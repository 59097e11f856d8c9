// One act after the other, none lost and none twice.
//
// While an act is under way, the same act again is a double press and ignored (unless it counts, as + and −); another
// act waits its turn. A refusal ends the line: what was meant to come after it no longer fits.

import {say, sentence} from "../say.js";
import {ask, beginAct, catchUp, endAct, panel, refresh, show, untouched} from "./panel.js";

let underWay = "";
const waiting = [];

export const isUnderWay = () => underWay !== "";

/** What a button or form would do, as one line of text: two with the same text are the same act. */
export function actOf(element, submitter = null) {
  const values = new URLSearchParams(
    element instanceof HTMLFormElement ? new FormData(element, submitter) : JSON.parse(element.dataset.vals ?? "{}"),
  );
  return {url: element.dataset.act, values, name: `${element.dataset.act}?${values}`, counts: "counts" in element.dataset};
}

export function run(act) {
  const known = act.name === underWay || waiting.some((one) => one.name === act.name);
  if (known && !act.counts) return;
  waiting.push({name: act.name, start: () => send(act)});
  next();
}

/** Do something when the acts before it are done, with the panel that they left. */
export function afterActs(name, start) {
  if (!waiting.some((one) => one.name === name)) waiting.push({name, start});
  next();
}

async function next() {
  if (underWay) return;
  while (waiting.length) {
    const step = waiting.shift();
    underWay = step.name;
    try {
      await step.start();
    } finally {
      underWay = "";
    }
  }
  catchUp();
}

async function send(act) {
  beginAct();
  let answer = null;
  try {
    answer = await ask(act.url, {body: act.values});
    await untouched();
  } catch {
    // no answer within patience: whether it was done shows when the line is back
  } finally {
    endAct();
  }
  if (answer?.status === 200) {
    show(answer.responseText);
    return;
  }
  waiting.length = 0;
  refused(answer ? sentence(answer) : "连接中断,没有收到答复。请看过最新画面后再操作。");
}

/** Beside what was typed, so that nothing typed is lost; else at the edge, with the latest panel. */
function refused(text) {
  const form = panel.querySelector("dialog[open] form[data-act]");
  const place = form?.querySelector(".choice-said");
  if (place) {
    place.textContent = text;
    return;
  }
  panel.querySelector("dialog[open]")?.close(); // the sentence must not stand behind the choice
  say(text, "error");
  refresh();
}
