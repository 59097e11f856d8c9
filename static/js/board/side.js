// The right third: how long the lines are, and what each window is doing.

import { make, redraw } from "./draw.js";
import { WORDS, clockText, expected, mood, openNear, purpose } from "./words.js";

const HEIGHT = 52.8; // of the column, in rem
const HEAD = 4.9; // of a panel: its padding and title
const GAP = 1.4;
const TALLEST = 4.35;
const COMFORTABLE = 3.8;
const MOST_ROWS = 13;
const CLASSES_OF_PEOPLE = new Set(["V", "G"]);

/** Draws the column; true when there was room to name the near halls in it. */
export function drawSide(side, board) {
  const stopped = lettersStopped(board);
  const waiting = rowsWaiting(board).map((row) => ({ ...row, stopped: stopped.has(row.class) }));
  const windows = board.windows.filter((window) => window.state !== "closed");
  const single = board.mode === "line" && waiting.length <= 1;
  const above = single ? 0 : waiting.length;
  const double = above + windows.length > MOST_ROWS;
  const rows = above + Math.max(1, double ? Math.ceil(windows.length / 2) : windows.length);
  const panels = single ? 1 : 2;
  const near = openNear(board);
  const showsNear = near.length > 0 && rowHeight(rows + near.length, panels + 1) >= COMFORTABLE;
  const row = showsNear ? rowHeight(rows + near.length, panels + 1) : rowHeight(rows, panels);
  side.root.style.setProperty("--row", `${row.toFixed(2)}rem`);
  side.waitingPanel.hidden = single;
  side.nearPanel.hidden = !showsNear;
  side.windows.classList.toggle("is-double", double);
  redraw(side.waiting, waiting, () => waiting.map(waitingRow));
  redraw(side.near, near, () => near.map(nearRow));
  redraw(side.windows, [windows, board.mode], () =>
    windows.length ? windows.map((window) => windowRow(window, board)) : [make("li", "no-windows", WORDS.noWindows)],
  );
  return showsNear;
}

function rowHeight(rows, panels) {
  return Math.min(TALLEST, (HEIGHT - panels * HEAD - (panels - 1) * GAP) / rows);
}

/** Where many classes wait, those of VIP and 全球通 show only while somebody is in them. */
function rowsWaiting(board) {
  if (board.waiting.length <= 5) return board.waiting;
  return board.waiting.filter((row) => row.count > 0 || !CLASSES_OF_PEOPLE.has(row.class));
}

/** Letters of which no group gives numbers any more. */
function lettersStopped(board) {
  const groups = board.groups ?? [];
  const given = new Set(groups.filter((group) => !group.stopped).map((group) => group.letter));
  return new Set(groups.filter((group) => !given.has(group.letter)).map((group) => group.letter));
}

function waitingRow(row) {
  const line = make("li", "waiting-row");
  const count = make("span", "waiting-count num");
  count.append(make("b", "", String(row.count)), " 人");
  const [low, high] = [row.estimated_wait_seconds, row.estimated_wait_high_seconds];
  const closed = row.stopped && !row.count;
  line.append(
    make("span", "letter", row.class),
    make("span", "waiting-name", row.name),
    count,
    make("span", `waiting-time num is-${closed ? "stopped" : mood(low)}`, closed ? WORDS.stopped : expected(low, high)),
  );
  return line;
}

function nearRow(hall) {
  const line = make("li", "near-row");
  line.append(make("span", "near-name", hall.name), make("span", "near-facts num", `等候 ${hall.waiting} 人 · ${hall.km} 公里`));
  return line;
}

function windowRow(window, board) {
  const line = make("li", `window-row is-${window.state}`);
  line.append(
    make("b", "badge num", String(window.window_number)),
    make("span", "window-name", purpose(window)),
    make("span", "window-state num", stateText(window, board)),
  );
  return line;
}

function stateText(window, board) {
  if (window.state === "paused") return window.back_at ? WORDS.backAt(clockText(window.back_at)) : WORDS.paused;
  if (!window.number) return WORDS.free;
  if (board.mode === "line" && window.state === "called") return WORDS.nextPlease;
  return board.mode === "line" ? WORDS.serving : window.number;
}
