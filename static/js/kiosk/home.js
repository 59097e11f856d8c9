// Draws the groups with their live figures, and what was chosen on the screens that follow.

import { rangeText } from "../customer/wait.js";
import { named, t } from "./texts.js";

const LONG_WAIT_SECONDS = 30 * 60;
const SVG = "http://www.w3.org/2000/svg";

// A group is drawn by what it holds; a code nobody foresaw gets the sheet of paper.
const ICONS = [
  ["pay", ["pay", "payment"]],
  ["broadband", ["broadband"]],
  ["handset", ["terminal", "handset", "phone", "after_sales"]],
  ["corporate", ["corporate"]],
  ["booked", ["appointment", "booked", "reserved"]],
  ["ask", ["ask", "unsure", "enquiry", "other"]],
  ["gift", ["points", "gift"]],
];

function iconOf(group) {
  const byCode = ICONS.find(([, words]) => words.includes(group.code));
  const single = group.businesses?.length <= 4 ? group.businesses : [];
  const byBusiness = byCode || ICONS.find(([, words]) => words.some((word) => single.includes(word)));
  return byBusiness ? byBusiness[0] : "general";
}

export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function drawing(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** People waiting and minutes to expect, in words; colour only underlines them. */
function waitLine(figures) {
  if (!figures) return make("span", "wait");
  const range = rangeText(figures);
  const long = figures.estimated_wait_seconds > LONG_WAIT_SECONDS;
  const line = make(
    "span",
    `wait ${range ? (long ? "long" : "short") : "unknown"}`,
    make("span", "wait-people", figures.waiting ? t("waiting", { n: figures.waiting }) : t("nobody")),
    make("b", "wait-time", range ? t("about_minutes", { range }) : t("unknown_short")),
  );
  return line;
}

function figuresOf(board, group) {
  return board?.groups?.find((one) => one.code === group.code) || null;
}

function card(group, board) {
  const hint = named(group, "hint");
  const button = make(
    "button",
    "group",
    make("span", "group-icon", drawing(iconOf(group))),
    make("span", "group-words", make("b", "group-name", named(group)), ...(hint ? [make("small", "", hint)] : [])),
    waitLine(figuresOf(board, group)),
  );
  button.type = "button";
  button.dataset.code = group.code;
  return button;
}

/** Redraws in place: a button under a finger is never replaced, only its figures are. */
export function drawGroups(root, facts, board) {
  const drawn = JSON.stringify([document.documentElement.lang, facts.groups]);
  if (root.dataset.drawn !== drawn) {
    root.dataset.drawn = drawn;
    root.dataset.count = facts.groups.length;
    root.replaceChildren(...facts.groups.map((group) => card(group, board)));
    return;
  }
  for (const group of facts.groups) {
    root.querySelector(`[data-code="${CSS.escape(group.code)}"] .wait`)?.replaceWith(waitLine(figuresOf(board, group)));
  }
}

export function drawWaiting(root) {
  if (root.dataset.drawn) return;
  root.dataset.count = 8;
  root.replaceChildren(...Array.from({ length: 8 }, () => make("span", "group ghost")));
}

export function drawChosen(root, group, board) {
  root.replaceChildren(
    make("span", "group-icon", drawing(iconOf(group))),
    make("b", "group-name", named(group)),
    waitLine(figuresOf(board, group)),
  );
}

/** Ways without a queue, when every business of the group has one; otherwise the tip would be untrue. */
export function waysOf(group, facts) {
  const kinds = group.businesses.map((code) => facts.businesses.find((one) => one.code === code)).filter(Boolean);
  return kinds.length && kinds.every((kind) => kind.e_channel) ? kinds : [];
}

/** One line per way; businesses that share a way share the line. */
export function drawWays(root, kinds) {
  const lines = new Map();
  for (const kind of kinds) lines.set(kind.e_channel, [...(lines.get(kind.e_channel) || []), named(kind)]);
  root.replaceChildren(
    ...[...lines].map(([way, names]) => {
      const line = make("li", "", make("b", "", names.join(" · ")), make("span", "", way));
      line.lastChild.lang = "zh-Hans";
      return line;
    }),
  );
}

export function summary(board) {
  if (!board) return "";
  const people = board.waiting.reduce((sum, one) => sum + one.count, 0);
  const open = board.windows.filter((window) => window.state !== "closed").length;
  return open ? t("summary", { n: people, w: open }) : t("summary_bare", { n: people });
}
