// Keeps what the kiosk knows of its hall fresh, and notices when the server is away and when it is back.

import { BoardLink } from "../customer/link.js";
import { request } from "./server.js";

const REFRESH_MS = 30000;
const PROBE_MS = [1000, 1500, 2000, 3000, 4000];

export class Watch {
  /** `onChange(watch)` after anything changed. `facts` and `board` stay as last heard. */
  constructor(code, { isDevice, paperOut, onChange }) {
    Object.assign(this, { code, isDevice, paperOut, onChange });
    this.facts = null;
    this.board = null;
    this.away = false;
    this.unpaired = false;
    this.failures = 0;
  }

  start() {
    this.probe();
    this.link = new BoardLink(this.code, {
      onBoard: (board) => {
        this.board = board;
        this.onChange(this);
      },
      onLink: (state) => {
        if (state !== "polling") this.probe();
      },
    }).start();
    if (this.isDevice) {
      this.pulse();
      setInterval(() => this.pulse(), REFRESH_MS);
    }
    return this;
  }

  /** Ask for the hall's facts: the answer shows that web, database and pairing are all well. */
  async probe() {
    if (this.probing) return;
    this.probing = true;
    clearTimeout(this.next);
    const answer = await request(`/api/v1/halls/${encodeURIComponent(this.code)}/`);
    this.probing = false;
    this.hear(answer);
    const pause = this.away || this.unpaired ? PROBE_MS[Math.min(this.failures, PROBE_MS.length - 1)] : REFRESH_MS;
    this.next = setTimeout(() => this.probe(), pause);
  }

  hear(answer) {
    const wasAway = this.away;
    this.unpaired = answer.status === 401 || answer.status === 403;
    this.away = !this.unpaired && answer.status !== 200;
    this.failures = this.away || this.unpaired ? this.failures + 1 : 0;
    if (answer.status === 200) this.facts = answer.data;
    if (wasAway && !this.away) this.link.ask();
    // Closing time passes without a new board version, so a look at the clock is a look at the board too.
    else if (!this.away && this.board && Date.now() - this.link.asked > REFRESH_MS / 2) this.link.ask();
    this.onChange(this);
  }

  /** A wish could not be answered: the server is away until a probe says otherwise. */
  lost() {
    this.away = true;
    this.onChange(this);
    this.probe();
  }

  /** Tells the hall's staff that this machine lives, and whether it can print. */
  pulse() {
    return request("/api/v1/devices/me/pulse/", { body: { paper_out: this.paperOut } });
  }
}
