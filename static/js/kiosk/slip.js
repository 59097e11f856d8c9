// Paper: fills the slip and prints it on a page exactly as long as its words.

import { clockText, dayText, rangeText } from "../customer/wait.js";
import { isEnglish, t } from "./texts.js";

const MM_PER_PX = 25.4 / 96;
const FEED_MM = 6;
const QR_PATIENCE_MS = 3000;
const page = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, page];

const $ = (id) => document.getElementById(id);

function fill(ticket, about, bring) {
  const range = rangeText(ticket);
  $("slip-number").textContent = ticket.number;
  $("slip-business").textContent = about;
  $("slip-ahead").textContent = t("people", { n: ticket.ahead });
  $("slip-wait").textContent = range ? t("minutes", { range }) : t("slip_wait_unknown");
  $("slip-taken").textContent = `${dayText(ticket.taken_at, isEnglish())} ${clockText(ticket.taken_at)}`;
  $("slip-bring").textContent = bring;
  $("slip-bring").hidden = !bring;
  $("slip-qr").hidden = !ticket.id;
  if (ticket.id) $("slip-qr").src = `/t/${ticket.id}/qr.svg`;
}

/** The roll has no page length of its own: without this every slip would be as long as the driver's default. */
function cutToLength(paper) {
  const height = Math.ceil(paper.getBoundingClientRect().height * MM_PER_PX) + FEED_MM;
  page.replaceSync(`@page { size: 80mm ${height}mm; margin: 0; }`);
}

/** One paper after the other: a second one must not be written over the first before it is out. */
let line = Promise.resolve();

function inTurn(work) {
  const done = line.then(work);
  line = done.catch(() => {});
  return done;
}

function putOut(paper) {
  for (const one of document.querySelectorAll(".slip")) one.classList.toggle("kept", one !== paper);
  cutToLength(paper);
  window.print();
}

export function printSlip(ticket, about, bring = "") {
  return inTurn(async () => {
    fill(ticket, about, bring);
    if (ticket.id) {
      const patience = new Promise((go) => setTimeout(go, QR_PATIENCE_MS));
      await Promise.race([$("slip-qr").decode().catch(() => {}), patience]);
    }
    putOut($("slip"));
  });
}

/** What to bring for a business, a box before each line to tick at home. */
export function printList(title, lines, number) {
  return inTurn(() => {
    $("list-title").textContent = title;
    $("list-lines").replaceChildren(...lines.map((text) => {
      const row = document.createElement("li");
      row.textContent = text;
      return row;
    }));
    $("list-nothing").hidden = lines.length > 0;
    $("list-number").textContent = number;
    $("list-keep").hidden = !number;
    putOut($("list-paper"));
  });
}
