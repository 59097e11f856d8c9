// Follows a hall's public board: by socket while it lives, by asking while it does not.

const SILENCE_MS = 5000;
const POLL_MS = 5000;
const RETRY_MS = [500, 1000, 2000, 3000, 5000];

/**
 * Calls onBoard(document) for each new board and onLink("live" | "polling" | "away") when the way of knowing changes.
 * A socket that says nothing for five seconds counts as dead, even if nobody closed it.
 */
export class BoardLink {
  constructor(code, { onBoard, onLink = () => {} }) {
    this.address = `/api/v1/halls/${encodeURIComponent(code)}/board/`;
    this.path = `/ws/halls/${encodeURIComponent(code)}/board/`;
    this.onBoard = onBoard;
    this.onLink = onLink;
    this.state = "";
    this.version = -1;
    this.heardAt = 0;
    this.failures = 0;
    this.asked = 0;
    this.stopped = false;
  }

  start() {
    this.open();
    this.ask();
    this.watch = setInterval(() => this.check(), 1000);
    return this;
  }

  stop() {
    this.stopped = true;
    clearInterval(this.watch);
    clearTimeout(this.reopening);
    this.drop();
  }

  open() {
    this.drop();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.path}`);
    this.socket = socket;
    this.openedAt = Date.now();
    let first = true;
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      this.heardAt = Date.now();
      this.failures = 0;
      const message = JSON.parse(event.data);
      if ("heartbeat" in message) {
        if (message.newest > this.version && this.version >= 0) this.ask();
      } else {
        this.take(message, first);
        first = false;
      }
      this.report("live");
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    if (socket) socket.close();
  }

  lost() {
    this.drop();
    if (this.stopped) return;
    const pause = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    clearTimeout(this.reopening);
    this.reopening = setTimeout(() => this.open(), pause + Math.random() * 300);
    this.ask();
  }

  /** A document older than the one shown is dropped, unless a fresh connection brings it. */
  take(board, fresh = false) {
    if (!fresh && board.version < this.version) return;
    this.version = board.version;
    this.onBoard(board);
  }

  async ask() {
    if (this.asking) return;
    this.asking = true;
    this.asked = Date.now();
    try {
      const answer = await fetch(this.address, { cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (!answer.ok) throw new Error(String(answer.status));
      this.take(await answer.json());
      if (!this.isLive()) this.report("polling");
    } catch {
      if (!this.isLive()) this.report("away");
    } finally {
      this.asking = false;
    }
  }

  isLive() {
    return Boolean(this.socket) && Date.now() - this.heardAt < SILENCE_MS;
  }

  check() {
    if (this.socket && Date.now() - Math.max(this.heardAt, this.openedAt) > SILENCE_MS) this.lost();
    const pause = this.state === "away" ? 2000 : POLL_MS;
    if (!this.isLive() && Date.now() - this.asked >= pause) this.ask();
  }

  report(state) {
    if (state === this.state || this.stopped) return;
    this.state = state;
    this.onLink(state);
  }
}
