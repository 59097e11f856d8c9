// Back to the start when nobody touches the screen any more; the last seconds are counted where people see them.

const LIMIT_MS = 20000;
const SHOWN_MS = 8000;
const LIFT_MS = 350;

export class Idle {
  constructor({ onTick, onEnd }) {
    this.onTick = onTick;
    this.onEnd = onEnd;
    this.paused = true;
    this.touch();
    for (const kind of ["pointerdown", "pointerup", "pointercancel", "keydown"]) {
      addEventListener(kind, () => this.touch(), { capture: true });
    }
    setInterval(() => this.tick(), 250);
  }

  /** The countdown leaves only after the finger has: a tap on it must not fall through to what lies below. */
  touch() {
    this.touchedAt = performance.now();
    clearTimeout(this.leaving);
    if (!this.paused) this.leaving = setTimeout(() => this.onTick(null), LIFT_MS);
  }

  run() {
    this.paused = false;
    this.touch();
    this.onTick(null);
  }

  pause() {
    this.paused = true;
    clearTimeout(this.leaving);
    this.onTick(null);
  }

  tick() {
    if (this.paused) return;
    const left = LIMIT_MS - (performance.now() - this.touchedAt);
    if (left <= 0) {
      this.pause();
      this.onEnd();
    } else if (left <= SHOWN_MS) {
      this.onTick({ seconds: Math.ceil(left / 1000), share: left / SHOWN_MS });
    }
  }
}
