// What the hall's tablets want on paper: fetched one by one, printed, and told as done.

import { request } from "./server.js";
import { printList, printSlip } from "./slip.js";
import { isEnglish } from "./texts.js";

const LOOK_MS = 4000;
const TELL_AGAIN_MS = [1000, 2000, 4000, 8000, 15000];

export class Jobs {
  constructor(watch) {
    this.watch = watch;
  }

  /** What is fetched must come out, and in Chinese: a customer reading English is done in some seconds. */
  mayPrint() {
    return !this.watch.paperOut && !this.watch.unpaired && !this.watch.away && !isEnglish();
  }

  start() {
    this.look();
    return this;
  }

  async look() {
    const found = this.mayPrint() && (await this.fetchOne().catch(() => false));
    setTimeout(() => this.look(), found ? 0 : LOOK_MS);
  }

  /** Print the oldest job; whether there was one. */
  async fetchOne() {
    const answer = await request("/api/v1/print-jobs/claim/", { body: {} });
    if (answer.status !== 200 || !answer.data) return false;
    const job = answer.data;
    if (job.kind === "slip" && job.ticket) await printSlip(job.ticket, job.title);
    else await printList(job.title, job.lines, job.number);
    await this.tell(job.id);
    return true;
  }

  /** Said again until it is heard: a job nobody reports as printed would come out a second time. */
  async tell(id) {
    for (const pause of [...TELL_AGAIN_MS, 0]) {
      const answer = await request(`/api/v1/print-jobs/${id}/printed/`, { body: {} });
      if (!answer.lost) return;
      await new Promise((go) => setTimeout(go, pause));
    }
  }
}
