// One announcement after the other: what is shown large is what is being said. Calls go before broadcasts.

import { clips, sentence, timesSpoken } from "./sentence.js";
import { wait } from "./voice.js";

const SHOWN_MS = 5_000;
const BETWEEN_MS = 450;
const AFTER_MS = 700;
const TOO_LATE_MS = 150_000;
const LONGEST_QUEUE = 24;
const WATCHDOG_MS = 45_000;
const BROADCAST_SHOWN_MS = 15_000;
const BROADCAST_TIMES = 2;

export class Announcer {
  /** `banner(text)` shows a broadcast, `banner(null)` takes it away. */
  constructor({ voice, show, banner, speaks, quiet, now }) {
    Object.assign(this, { voice, show, banner, speaks, quiet, now });
    this.queue = [];
    this.broadcasts = [];
    this.busy = false;
  }

  /** `known` are the calls beside it: they tell whether this is a second call. */
  add(call, known, mode) {
    // A number that was called elsewhere meanwhile must not be sent to the old window.
    this.queue = this.queue.filter(
      (item) => item.call.number !== call.number || item.call.window === call.window,
    );
    const times = timesSpoken(call, known);
    this.queue.push({ call, mode, times, dueBy: this.now() + TOO_LATE_MS });
    this.queue = this.queue.slice(-LONGEST_QUEUE);
    this.run();
  }

  /** A sentence for everybody; said when no call waits, and not at all once its minute is over. */
  broadcast({ text, until }) {
    this.broadcasts.push({ text, dueBy: Date.parse(until) });
    this.run();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    while (this.queue.length || this.broadcasts.length) {
      if (this.queue.length) await this.next(this.queue.shift());
      else await this.tell(this.broadcasts.shift());
    }
    this.busy = false;
  }

  async next(item) {
    this.show(item.call);
    if (this.now() <= item.dueBy) await this.guarded(item, this.announce(item));
  }

  async tell(item) {
    if (this.now() > item.dueBy) return;
    this.banner(item.text);
    clearTimeout(this.bannerTimer);
    this.bannerTimer = setTimeout(() => this.banner(null), BROADCAST_SHOWN_MS);
    await this.guarded(item, this.read(item));
  }

  async read(item) {
    if (this.quiet) return;
    await this.voice.chime();
    for (let time = 0; time < BROADCAST_TIMES; time += 1) {
      // The banner is enough for the second time when somebody is being called meanwhile, or when there is no voice.
      if (item.over || (time && this.queue.length)) return;
      if (time) await wait(BETWEEN_MS);
      if (!(await this.voice.say(item.text, []))) return;
    }
    await wait(AFTER_MS);
  }

  async guarded(item, doing) {
    let timer;
    const watchdog = new Promise((giveUp) => {
      timer = setTimeout(giveUp, WATCHDOG_MS, "stuck");
    });
    const outcome = await Promise.race([doing.catch(() => "failed"), watchdog]);
    clearTimeout(timer);
    item.over = true;
    if (outcome === "stuck") this.voice.stop();
  }

  async announce(item) {
    const { call, mode, times } = item;
    if (!this.speaks(call)) return wait(SHOWN_MS);
    const began = performance.now();
    await this.voice.chime();
    for (let time = 0; time < times; time += 1) {
      if (time) await wait(BETWEEN_MS);
      if (item.over) return undefined;
      await this.voice.say(sentence(call, mode), clips(call, mode));
    }
    return wait(Math.max(AFTER_MS, SHOWN_MS - (performance.now() - began)));
  }
}
