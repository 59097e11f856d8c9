// One announcement after the other: what is shown large is what is being said.

import { clips, sentence, timesSpoken } from "./sentence.js";
import { wait } from "./voice.js";

const SHOWN_MS = 5_000;
const BETWEEN_MS = 450;
const AFTER_MS = 700;
const TOO_LATE_MS = 150_000;
const LONGEST_QUEUE = 24;
const WATCHDOG_MS = 45_000;

export class Announcer {
  constructor({ voice, show, speaks, now }) {
    Object.assign(this, { voice, show, speaks, now });
    this.queue = [];
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

  async run() {
    if (this.busy) return;
    this.busy = true;
    while (this.queue.length) {
      const item = this.queue.shift();
      this.show(item.call);
      if (this.now() <= item.dueBy) await this.guarded(item);
    }
    this.busy = false;
  }

  async guarded(item) {
    let timer;
    const watchdog = new Promise((giveUp) => {
      timer = setTimeout(giveUp, WATCHDOG_MS, "stuck");
    });
    const outcome = await Promise.race([this.announce(item).catch(() => "failed"), watchdog]);
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
