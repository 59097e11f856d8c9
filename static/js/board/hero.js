// The call that fills the left of the screen, and the six before it.

import { make, redraw, replay, setText } from "./draw.js";
import { WORDS, expected } from "./words.js";

const CALM_AFTER_MS = 90_000;
const LISTED = 6;

export class Hero {
  constructor({ root, list, now }) {
    Object.assign(this, { root, list, now });
    for (const part of ["tag", "number", "note", "window", "suffix"]) this[part] = root.querySelector(`[data-hero=${part}]`);
    this.call = null;
    this.mode = "machine";
  }

  /** Without `flash` the call is only history: shown, not announced. */
  show(call, flash) {
    this.call = call;
    const line = this.mode === "line";
    const empty = line ? WORDS.lineNobody : WORDS.nobody;
    this.root.classList.toggle("is-empty", !call);
    this.root.classList.toggle("is-long", Boolean(call) && !line && call.number.length > 4);
    this.root.classList.toggle("is-next", Boolean(call) && line);
    this.root.classList.toggle("is-wide", Boolean(call) && !call.window_number);
    setText(this.number, call ? (line ? WORDS.next : call.number) : empty);
    setText(this.window, call ? String(call.window_number || call.window) : "");
    setText(this.suffix, call?.window_number ? "号窗口" : "");
    setText(this.note, this.noteFor(call, line));
    if (call && flash) replay(this.root, "is-flashing");
    this.tick();
  }

  noteFor(call, line) {
    if (!call) return line ? WORDS.lineNobodyHint : WORDS.nobodyHint;
    if (call.moved) return WORDS.moved;
    return call.times > 1 ? WORDS.recall(call.times) : "";
  }

  /** A call of some minutes ago rests: it no longer shines, for the eyes' and the panel's sake. */
  tick() {
    const calm = !this.call || this.now() - Date.parse(this.call.called_at) > CALM_AFTER_MS;
    this.root.classList.toggle("is-calm", calm);
    setText(this.tag, this.call ? (calm ? WORDS.lastCalled : WORDS.calling) : "");
  }

  drawList(board) {
    if (board.mode === "line") return this.drawLine(board);
    this.list.parentElement.classList.toggle("is-bare", !board.calls.length);
    const taken = new Set([this.call?.number]);
    const rows = board.calls.filter((call) => !taken.has(call.number) && taken.add(call.number)).slice(0, LISTED);
    const shown = rows.map((call) => [call.number, call.window_number, call.window]);
    return redraw(this.list, ["calls", shown], () => Array.from({ length: LISTED }, (_, index) => recent(rows[index])));
  }

  drawLine(board) {
    this.list.parentElement.classList.remove("is-bare");
    const count = board.waiting.reduce((sum, row) => sum + row.count, 0);
    const known = board.waiting.map((row) => row.estimated_wait_seconds).filter((seconds) => seconds > 0);
    const highs = board.waiting.map((row) => row.estimated_wait_high_seconds).filter((seconds) => seconds > 0);
    const wait = expected(known.length ? Math.max(...known) : null, highs.length ? Math.max(...highs) : null);
    redraw(this.list, ["line", count, wait], () => [
      tile("等候人数", `${count} 人`),
      tile("预计等候", wait),
    ]);
  }
}

function recent(call) {
  const card = make("li", call ? "recent" : "recent is-blank");
  if (!call) return card;
  const place = make("span", "recent-place", `${WORDS.please} `);
  place.append(make("b", "", call.window));
  card.append(make("span", "recent-number num", call.number), place);
  return card;
}

function tile(title, text) {
  const card = make("li", "tile");
  card.append(make("span", "tile-title", title), make("b", "tile-figure num", text));
  return card;
}
