// Back to the start when nobody touches the screen any more; the last seconds are counted where people see them.

const LIMIT_MS = 20000;
const SHOWN_MS = 8000;

export class Idle {
  constructor({ onTick, onEnd }) {
    this.onTick = onTick;
    this.onEnd = onEnd;
    this.paused = true;
    this.left = LIMIT_MS;
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.touch(), { capture: true });
    setInterval(() => this.tick(), 250);
  }

  touch() {
    this.touchedAt = performance.now();
    if (!this.paused) this.onTick(null);
  }

  run() {
    this.paused = false;
    this.touch();
  }

  pause() {
    this.paused = true;
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
