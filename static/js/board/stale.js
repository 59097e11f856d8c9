// The banner that says the picture is old, and how old.

import { ageText, clockParts } from "./words.js";

export class StaleBanner {
  constructor({ screen, banner, age, clock }) {
    Object.assign(this, { screen, banner, age, clock });
    this.goodAt = null;
    this.stale = false;
  }

  /** The data was right at this moment. */
  good() {
    this.goodAt = this.clock.now();
  }

  turn(stale) {
    this.stale = stale;
    this.banner.hidden = !stale;
    this.screen.classList.toggle("is-stale", stale);
    this.tick();
  }

  tick() {
    if (!this.stale) return;
    const text =
      this.goodAt === null
        ? "正在连接服务器…"
        : `数据停在 ${clockParts(this.goodAt).second}，已过 ${ageText(this.clock.now() - this.goodAt)}，正在重新连接…`;
    if (this.age.textContent !== text) this.age.textContent = text;
  }
}
