// The board document: which one to believe, and which calls in it are news. Pure functions.

const BACKLOG_MS = 60_000;
const FIRST_LOAD_MS = 10_000;
const REMEMBER_MS = 15 * 60_000;

/** Newer versions win. The same version said later has fresher estimates; anything older is ignored. */
export function isNewer(fresh, ours) {
  if (!ours || fresh.version > ours.version) return true;
  return fresh.version === ours.version && Date.parse(fresh.generated_at) >= Date.parse(ours.generated_at);
}

export function looksRight(value) {
  return Boolean(value) && Number.isFinite(value.version) && Array.isArray(value.calls) && Array.isArray(value.windows);
}

const keyOf = (call) => `${call.id}@${call.called_at}`;

/** Remembers which calls this screen has dealt with, so that each is announced once; forgets what is long past. */
export class SeenCalls {
  constructor() {
    this.seen = new Map();
    this.first = true;
  }

  /** The calls of a document that are still to be announced, oldest first. */
  fresh(calls, now) {
    const limit = this.first ? FIRST_LOAD_MS : BACKLOG_MS;
    this.first = false;
    const news = calls.filter((call) => !this.seen.has(keyOf(call)));
    for (const call of news) this.seen.set(keyOf(call), Date.parse(call.called_at));
    for (const [key, at] of this.seen) {
      if (now - at > REMEMBER_MS && !calls.some((call) => keyOf(call) === key)) this.seen.delete(key);
    }
    return news.filter((call) => now - Date.parse(call.called_at) <= limit).reverse();
  }
}

/** The server's time, kept from what it says: the clock of a TV box is often wrong. */
export class ServerClock {
  constructor() {
    this.offset = null;
  }

  /** A heartbeat is said at this moment. */
  hear(iso) {
    const said = Date.parse(iso);
    if (Number.isFinite(said)) this.offset = said - Date.now();
  }

  /** A document may be a little old: it only proves that it is at least so late. */
  atLeast(iso) {
    const said = Date.parse(iso);
    if (Number.isFinite(said) && (this.offset === null || said > this.now())) this.offset = said - Date.now();
  }

  get known() {
    return this.offset !== null;
  }

  now() {
    return Date.now() + (this.offset ?? 0);
  }
}
