// Fetches what stands beside the numbers, and hands on what is to be said. A push is only a hint to fetch: the answer of
// the server is what counts, so a screen that was away neither misses a poster nor speaks what is over.

const EVERY_MS = 60_000;
const GET_MS = 8_000;
const SOON_MS = 150; // screens of one hall must not all ask in the same instant
const REMEMBERED = 50;

/** Which broadcasts are still to be said: each once, and none whose minute is over. */
export class Spoken {
  constructor() {
    this.seen = [];
  }

  fresh(broadcasts, now) {
    const news = broadcasts.filter((one) => !this.seen.includes(one.id));
    this.seen = [...this.seen, ...news.map((one) => one.id)].slice(-REMEMBERED);
    return news.filter((one) => now < Date.parse(one.until));
  }
}

export class Content {
  /** `on.items(list)`, `on.broadcast(one)`; `knowsTime()` once the server has told what time it is. */
  constructor({ url, now, knowsTime, on }) {
    Object.assign(this, { url, now, knowsTime, on });
    this.spoken = new Spoken();
    this.text = "";
  }

  start() {
    this.fetch();
  }

  hint() {
    this.after(Math.random() * SOON_MS);
  }

  after(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), ms);
  }

  async fetch() {
    if (this.fetching) {
      this.again = true;
      return;
    }
    this.fetching = true;
    const abort = new AbortController();
    const limit = setTimeout(() => abort.abort(), GET_MS);
    try {
      const answer = await fetch(this.url, { cache: "no-cache", signal: abort.signal });
      if (answer.ok) this.take(await answer.text());
    } catch {
      // the server is away: what is here goes on turning
    }
    clearTimeout(limit);
    this.fetching = false;
    this.after(this.again ? SOON_MS : EVERY_MS * (0.75 + Math.random() / 2));
    this.again = false;
  }

  take(text) {
    if (text === this.text) return;
    const fresh = JSON.parse(text);
    if (!Array.isArray(fresh.items) || !Array.isArray(fresh.broadcasts)) return;
    this.text = text;
    this.on.items(fresh.items);
    if (!this.knowsTime()) {
      this.text = ""; // whether a broadcast is over can be said when the clock is right
      return;
    }
    for (const one of this.spoken.fresh(fresh.broadcasts, this.now())) this.on.broadcast(one);
  }
}
