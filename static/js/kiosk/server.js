// All talk with the server: asking, and taking a number so that one wish can never become two.

const TIMEOUT_MS = 6000;
const PAUSES_MS = [400, 1000, 2000, 3000];
const GIVE_UP_MS = 60000;

const device = document.body.dataset.device;
const csrf = document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";

/**
 * One request. `lost` means nobody knows what became of it (no answer, or the server was not well), so it may be
 * repeated with the same key; every other answer is final.
 */
export async function request(path, { body, headers = {} } = {}) {
  try {
    const answer = await fetch(path, {
      method: body ? "POST" : "GET",
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        Accept: "application/json",
        ...(device ? { "X-Device": "1" } : { "X-CSRFToken": csrf }),
        ...(body ? { "Content-Type": "application/json" } : {}),
        ...headers,
      },
      body: body ? JSON.stringify(body) : undefined,
    });
    const data = await answer.json().catch(() => null);
    return { status: answer.status, data, lost: answer.status >= 500 };
  } catch {
    return { status: 0, data: null, lost: true };
  }
}

/** randomUUID does not exist on plain http intranet addresses; random bytes do. */
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A customer's wish: the same wish keeps its key, a changed one gets a new key, so a repeat is never a second number. */
export class Wish {
  constructor(code, door = "tickets/") {
    this.path = `/api/v1/halls/${encodeURIComponent(code)}/${door}`;
    this.isNewNumber = door === "tickets/";
    this.said = "";
    this.key = "";
    this.dropped = false;
  }

  /** Ask until there is an answer; `onTrouble()` is called from the second lost try on. */
  async ask(body, onTrouble) {
    const said = JSON.stringify(body);
    if (said !== this.said) {
      this.said = said;
      this.key = freshKey();
    }
    const began = Date.now();
    for (let lost = 0; ; lost += 1) {
      const answer = await request(this.path, { body, headers: { "Idempotency-Key": this.key } });
      if (!answer.lost) return answer;
      if (this.dropped || Date.now() - began > GIVE_UP_MS) return answer;
      if (lost >= 1) onTrouble();
      await new Promise((go) => setTimeout(go, PAUSES_MS[Math.min(lost, PAUSES_MS.length - 1)]));
      if (this.dropped) return answer;
    }
  }

  /** The customer stopped waiting: no further try is made. */
  drop() {
    this.dropped = true;
  }
}

const KEPT_AS = "hallkeeper.kiosk.unclaimed";
const GIVE_BACK_MS = [1000, 3000, 10000, 30000];

/** Wishes whose answer nobody waited for: a number given for one is given back, however late the server is heard. */
export class Unclaimed {
  constructor(code) {
    this.path = `/api/v1/halls/${encodeURIComponent(code)}/tickets/give-back/`;
    this.tries = 0;
    this.keys = this.read();
    if (this.keys.length) this.send();
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT_AS) || "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  keep() {
    try {
      localStorage.setItem(KEPT_AS, JSON.stringify(this.keys));
    } catch {
      // Storage may be refused; then they are kept as long as the page is.
    }
  }

  add(key) {
    if (!key || this.keys.includes(key)) return;
    this.keys.push(key);
    this.keep();
    this.tries = 0;
    this.send();
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending || !this.keys.length) return;
    this.sending = true;
    const key = this.keys[0];
    const answer = await request(this.path, { body: { key } });
    this.sending = false;
    if (answer.lost || answer.status === 401 || answer.status === 403 || answer.status === 429) {
      const pause = GIVE_BACK_MS[Math.min(this.tries, GIVE_BACK_MS.length - 1)];
      this.tries += 1;
      this.timer = setTimeout(() => this.send(), pause);
      return;
    }
    this.tries = 0;
    this.keys = this.keys.filter((one) => one !== key);
    this.keep();
    this.send();
  }
}
