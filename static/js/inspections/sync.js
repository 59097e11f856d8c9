// Tells the server what was tapped, when there is a network: operation by operation, then the photos in parts.
//
// Nothing is given up: a lost answer, a 500 or a reload only means that the same is told again, and the server takes each
// operation once. One tab does it at a time.

const BATCH = 200;
const PART = 512 * 1024;
const API = "/api/v1/inspections/";
const TIMEOUT = 20000;
const OTHER_TAB = 2000;
const RETRY = [1000, 2000, 5000, 15000, 30000];

export class SignedOut extends Error {}
export class Away extends Error {}

function cookie(name) {
  return document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) || "";
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(API + path, {...options, signal: AbortSignal.timeout(TIMEOUT), cache: "no-store",
      headers: {Accept: "application/json", "X-CSRFToken": cookie("csrftoken"), ...options.headers}});
  } catch {
    throw new Away();
  }
  if (answer.status === 401 || answer.status === 403) throw new SignedOut();
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Away();
  return answer;
}

const readJson = async (answer) => {
  try {
    return await answer.json();
  } catch {
    throw new Away();
  }
};

export async function bundle() {
  return readJson(await ask("tablet/"));
}

// A patrol or self-check is the only visit that begins on the tablet itself; the server gives it its number.
export async function beginPatrol(hall, kind) {
  const answer = await ask("patrols/", {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({hall, kind})});
  const told = await readJson(answer);
  return answer.ok ? {id: told.id} : {refused: told.message || "现在不能开始,请稍后再试。"};
}

export class Sync {
  constructor(store, tell) {
    this.store = store;
    this.tell = tell;
    this.tries = 0;
    this.state = navigator.onLine ? "idle" : "offline";
    addEventListener("online", () => {
      this.tries = 0;
      this.soon(0);
    });
    addEventListener("offline", () => this.say("offline"));
    setInterval(() => this.soon(0), 30000);
    store.listeners.add(() => this.soon(200));
  }

  say(state) {
    if (this.state === state) return;
    this.state = state;
    this.tell();
  }

  soon(wait) {
    const at = Date.now() + wait;
    if (this.timer && this.at <= at) return;
    clearTimeout(this.timer);
    this.at = at;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.run();
    }, wait);
  }

  async run() {
    if (this.running) return;
    this.running = true;
    try {
      const mine = await navigator.locks.request(`inspections-sync-${this.store.person.id}`, {ifAvailable: true}, async (lock) => {
        if (lock) await this.round();
        return Boolean(lock);
      });
      if (mine) {
        this.tries = 0;
        this.say("idle");
      } else {
        this.soon(OTHER_TAB);  // another tab is at it; then this one looks what is left
      }
    } catch (error) {
      if (error instanceof SignedOut) this.say("signed-out");
      else if (error instanceof Away) {
        this.say("offline");
        this.soon(RETRY[Math.min(this.tries++, RETRY.length - 1)]);
      } else {
        this.say("offline");
        this.soon(RETRY.at(-1));
        console.error(error);
      }
    } finally {
      this.running = false;
    }
  }

  async round() {
    if (!(await this.store.left())) return;
    this.say("busy");
    await this.operations();
    await this.photos();
  }

  async operations() {
    for (let before = -1; ;) {
      const waiting = await this.store.waiting(BATCH);
      if (!waiting.length || waiting[0].counter === before) return;
      const told = waiting.map(({visit, counter, clock, key, value, at}) => ({visit, counter, clock, key, value, at}));
      const answer = await ask("operations/", {method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({tablet: this.store.tablet, operations: told})});
      if (answer.status === 400) return this.oneByOne(told);
      const {results, visits} = await readJson(answer);
      await this.store.settle(results);
      await this.store.noteStates(visits);
      this.store.changed();
      before = results.some((one) => one.code === "not_yet") ? waiting[0].counter : -1;
    }
  }

  // A batch that could not be read: each alone, so that one bad tap holds nothing up.
  async oneByOne(told) {
    for (const one of told) {
      const answer = await ask("operations/", {method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({tablet: this.store.tablet, operations: [one]})});
      if (answer.status === 400) {
        await this.store.settle([{counter: one.counter, status: "refused", code: "unreadable",
          message: "这条内容服务器无法识别,没有记入。"}]);
        continue;
      }
      const {results, visits} = await readJson(answer);
      await this.store.settle(results);
      await this.store.noteStates(visits);
    }
    this.store.changed();
  }

  async photos() {
    const waiting = (await this.store.db.getAll("photos")).filter((one) => one.status === "waiting");
    for (const one of waiting) {
      const announced = await this.store.db.get("operations", one.counter || 0);
      if (announced && announced.status === "waiting") continue;
      await this.photo(one);
      this.store.changed();
    }
  }

  // From where it was left; the server says when it has less or more.
  async photo({id, visit, blob, sent}) {
    const address = `photos/${id}/upload/`;
    let here = {received: sent, is_complete: false};
    for (let tries = 0; !here.is_complete && tries < 60; tries += 1) {
      const part = blob.slice(here.received, here.received + PART);
      const answer = part.size ? await ask(address, {method: "PATCH", body: part,
        headers: {"Content-Type": "application/octet-stream", "Upload-Offset": String(here.received)}}) : await ask(address);
      if (answer.status === 404) return this.store.photo(id, {status: "dropped"});
      const told = await readJson(answer);
      if (answer.ok) {
        here = told;
        if (!here.is_complete) await this.store.photo(id, {sent: here.received});
        this.tell();
      } else if (["wrong_offset", "photo_broken"].includes(told.code)) {
        here = await readJson(await ask(address));
      } else {
        return this.store.photo(id, {status: "dropped", message: told.message});
      }
    }
    if (!here.is_complete) return;
    await this.store.photo(id, {status: "done", sent: here.size});
    if (!(await this.store.counts())[visit]?.photosLeft) await this.refreshState(visit);
  }

  // The last photo may have put its visit on record.
  async refreshState(visit) {
    const answer = await ask(`visits/${visit}/`);
    if (answer.ok) await this.store.noteStates([await readJson(answer)]);
  }
}
