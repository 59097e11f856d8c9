// Keeps a screen joined to its hall: socket first, GET to heal, for ever. Knows nothing about what is drawn.

import { isNewer, looksRight } from "./document.js";

const SILENCE_MS = 4_600; // two heartbeats missed, and the banner stands before the fifth second is over
const DEAD_SOCKET_MS = 12_000;
const CONNECT_MS = 8_000;
const GET_MS = 8_000;
const LONGEST_WAIT_MS = 10_000;
const POLL_STALE_MS = 4_000;
const POLL_WELL_MS = 60_000;
const BEATS_BEHIND = 5;

/** Between half and all of 0.5 s, 1 s, 2 s … 10 s: a hundred screens do not come back in the same instant. */
export function retryDelay(attempt, random = Math.random()) {
  return Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(attempt, 10)) * (0.5 + random / 2);
}

export class Link {
  /** `on.document(document)`, `on.alive(heartbeat iso)`, `on.stale(boolean)`, and perhaps `on.content()` */
  constructor({ socketUrl, boardUrl, on }) {
    Object.assign(this, { socketUrl, boardUrl, on });
    this.document = null;
    this.attempt = 0;
    this.behind = 0;
    this.stale = true;
    this.timers = {};
  }

  start() {
    this.after("silence", SILENCE_MS, () => this.heardNothing());
    this.connect();
    this.fetch();
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
    window.addEventListener("online", () => this.wake());
  }

  /** The page was hidden or the cable is back: do not wait for the next timer. */
  wake() {
    this.fetch();
    if (!this.socket) this.connect();
  }

  after(name, ms, act) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, ms);
  }

  connect() {
    clearTimeout(this.timers.connect);
    this.drop();
    const socket = new WebSocket(this.socketUrl);
    this.socket = socket;
    this.after("dead", CONNECT_MS, () => this.lost(socket));
    socket.onopen = () => {
      this.after("dead", DEAD_SOCKET_MS, () => this.lost(socket));
      this.fetch();
    };
    socket.onmessage = (event) => socket === this.socket && this.hear(event.data);
    socket.onclose = () => this.lost(socket);
  }

  lost(socket) {
    if (socket !== this.socket) return;
    this.drop();
    this.after("connect", retryDelay(this.attempt++), () => this.connect());
  }

  drop() {
    clearTimeout(this.timers.dead);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  hear(text) {
    let said;
    try {
      said = JSON.parse(text);
    } catch {
      return;
    }
    if (said && said.heartbeat) this.beat(said);
    else if (said && said.content) this.on.content?.();
    else if (looksRight(said)) this.accept(said);
  }

  beat({ heartbeat, newest }) {
    const socket = this.socket;
    this.attempt = 0;
    this.after("dead", DEAD_SOCKET_MS, () => this.lost(socket));
    this.after("silence", SILENCE_MS, () => this.heardNothing());
    this.on.alive(heartbeat);
    const ours = this.document?.version ?? -1;
    // The document is often a few milliseconds behind the pulse that tells of it.
    if (newest !== null && newest > ours) this.after("heal", 150 + Math.random() * 350, () => this.heal(newest));
    this.behind = newest !== null && newest < ours ? this.behind + 1 : 0;
    if (this.stale && this.document) this.turn(false);
    else if (!this.document) this.fetch();
  }

  heal(newest) {
    if (newest > (this.document?.version ?? -1)) this.fetch();
  }

  heardNothing() {
    this.turn(true);
    this.fetch();
  }

  turn(stale) {
    this.stale = stale;
    this.on.stale(stale);
    if (!stale) this.fetch();
  }

  accept(fresh) {
    // A database that was restored counts from an earlier number: believe it once the pulse has said so for a while.
    const restored = this.behind >= BEATS_BEHIND;
    if (!restored && !isNewer(fresh, this.document)) return;
    if (restored) this.behind = 0;
    this.document = fresh;
    this.on.document(fresh);
  }

  /** One GET at a time; it also brings estimates and opening hours up to date, which change without a push. */
  async fetch() {
    if (this.fetching) {
      this.again = true;
      return;
    }
    this.fetching = true;
    const abort = new AbortController();
    this.after("get", GET_MS, () => abort.abort());
    try {
      const answer = await fetch(this.boardUrl, { cache: "no-store", signal: abort.signal });
      const fresh = answer.ok ? await answer.json() : null;
      if (looksRight(fresh)) this.accept(fresh);
    } catch {
      // the server is away; the next turn asks again
    }
    clearTimeout(this.timers.get);
    this.fetching = false;
    const pause = this.stale ? POLL_STALE_MS : POLL_WELL_MS;
    this.after("poll", this.again ? 400 : pause * (0.75 + Math.random() / 2), () => this.fetch());
    this.again = false;
  }
}
