// Draws the groups with their live figures, and what was chosen on the screens that follow.

import { rangeText } from "../customer/wait.js";
import { isEnglish, named, t } from "./texts.js";

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
  if (figures.stopped) return make("span", "wait stopped", make("b", "wait-time", t(`group_${figures.stopped}`)));
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

export function figuresOf(board, group) {
  return board?.groups?.find((one) => one.code === group.code) || null;
}

function card(group, board) {
  const hint = named(group, "hint");
  const button = make(
    "button",
    figuresOf(board, group)?.stopped ? "group is-stopped" : "group",
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
    const button = root.querySelector(`[data-code="${CSS.escape(group.code)}"]`);
    button?.querySelector(".wait")?.replaceWith(waitLine(figuresOf(board, group)));
    button?.classList.toggle("is-stopped", Boolean(figuresOf(board, group)?.stopped));
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
  if (board.outage) return isEnglish() ? t("outage") : board.outage.text;
  const people = board.waiting.reduce((sum, one) => sum + one.count, 0);
  const open = board.windows.filter((window) => window.state !== "closed").length;
  return open ? t("summary", { n: people, w: open }) : t("summary_bare", { n: people });
}

/** Papers to bring for a group: what most of its businesses want. "" when none want any. */
export function bringWords(group, facts) {
  const wanted = group.businesses.map((code) => facts.businesses.find((one) => one.code === code)?.documents || "");
  const counts = new Map();
  for (const papers of wanted.filter(Boolean)) counts.set(papers, (counts.get(papers) || 0) + 1);
  const [most] = [...counts].sort((one, other) => other[1] - one[1]);
  if (!most) return "";
  return t(counts.size === 1 && wanted.every(Boolean) ? "bring" : "bring_most", { what: most[0] });
}

/** Open halls nearby with shorter lines, when the wait here is long (R-Q-18). "" otherwise. */
function nearWords(group, board) {
  const here = figuresOf(board, group);
  const wait = here?.estimated_wait_high_seconds ?? here?.estimated_wait_seconds ?? 0;
  if (wait <= LONG_WAIT_SECONDS) return "";
  const people = board.waiting.reduce((sum, one) => sum + one.count, 0);
  const better = (board.near || []).filter((hall) => hall.open && hall.waiting < people / 2).slice(0, 2);
  if (!better.length) return "";
  const halls = better.map((hall) => t("near_hall", { name: hall.name, km: hall.km, n: hall.waiting }));
  return t("near", { halls: halls.join(isEnglish() ? ", " : "、") });
}

/** What to bring, and where it is quicker: said before the number is taken. */
export function drawTold(bring, near, group, { facts, board }) {
  for (const [node, words] of [[bring, bringWords(group, facts)], [near, board ? nearWords(group, board) : ""]]) {
    node.textContent = words;
    node.hidden = !words;
  }
}
