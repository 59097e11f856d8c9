// What the tablet keeps: operations (one per tap, never changed), visits, cards and photos, in IndexedDB.
//
// The store belongs to one person. Two tabs share it: a number is taken inside the transaction that writes the tap, so no
// number is used twice; `strict` waits for the disk, so what is on the screen is in the store.

import {openDB} from "../../vendor/idb.js";
import {put} from "./scoring.js";
import {forgetPerson, storeName} from "./unsent.js";

const STRICT = {durability: "strict"};
const channel = new BroadcastChannel("hallkeeper.inspections");

export class Store {
  static async open(person) {
    const db = await openDB(storeName(person), 1, {
      upgrade(fresh) {
        fresh.createObjectStore("meta");
        const operations = fresh.createObjectStore("operations", {keyPath: "counter"});
        operations.createIndex("visit", "visit");
        operations.createIndex("status", "status");
        fresh.createObjectStore("visits", {keyPath: "id"});
        fresh.createObjectStore("cards", {keyPath: "id"});
        fresh.createObjectStore("photos", {keyPath: "id"}).createIndex("visit", "visit");
      },
    });
    const store = new Store(db, person);
    await store.name();
    return store;
  }

  constructor(db, person) {
    this.db = db;
    this.person = person;
    this.listeners = new Set();
    channel.addEventListener("message", ({data}) => {
      if (data === person.id) this.listeners.forEach((listener) => listener());
    });
  }

  async name() {
    const tx = this.db.transaction("meta", "readwrite", STRICT);
    this.tablet = (await tx.store.get("tablet")) || crypto.randomUUID();
    await tx.store.put(this.tablet, "tablet");
    await tx.done;
  }

  changed() {
    channel.postMessage(this.person.id);
    this.listeners.forEach((listener) => listener());
  }

  // One tap. Resolves once it is on the disk.
  async write(visit, key, value, photo = null) {
    const tx = this.db.transaction(["meta", "operations", "photos"], "readwrite", STRICT);
    const meta = tx.objectStore("meta");
    const counter = ((await meta.get("counter")) || 0) + 1, clock = ((await meta.get("clock")) || 0) + 1;
    if (value && value.before === "count") {
      value = {...value, before: await tx.objectStore("operations").index("visit").count(visit)};
    }
    meta.put(counter, "counter");
    meta.put(clock, "clock");
    tx.objectStore("operations").put({counter, clock, visit, key, value, at: now(), status: "waiting"});
    if (photo) tx.objectStore("photos").put({...photo, counter});
    await tx.done;
    this.changed();
    return counter;
  }

  // The server's sheet and what was tapped here, as one.
  async sheet(visit) {
    const sheet = {...visit.sheet};
    for (const one of await this.db.getAllFromIndex("operations", "visit", visit.id)) {
      if (one.status !== "refused") put(sheet, one.key, [one.value, one.clock, this.tablet, one.counter]);
    }
    return sheet;
  }

  waiting(count) {
    return this.db.getAllFromIndex("operations", "status", "waiting", count);
  }

  async counts() {
    const operations = await this.db.getAll("operations"), photos = await this.db.getAll("photos");
    const of = {};
    const at = (visit) => (of[visit] ??= {waiting: 0, refused: [], photos: 0, photosLeft: 0});
    for (const one of operations) {
      if (one.status === "waiting") at(one.visit).waiting += 1;
      if (one.status === "refused") at(one.visit).refused.push(one);
    }
    for (const one of photos) {
      if (one.status === "dropped") continue;
      at(one.visit).photos += 1;
      if (one.status !== "done") at(one.visit).photosLeft += 1;
    }
    return of;
  }

  async left() {
    const counts = Object.values(await this.counts());
    return counts.reduce((sum, one) => sum + one.waiting + one.photosLeft, 0);
  }

  async settle(results) {
    const tx = this.db.transaction("operations", "readwrite", STRICT);
    for (const {counter, status, code, message} of results) {
      const one = await tx.store.get(counter);
      if (!one || (status === "refused" && code === "not_yet")) continue;
      await tx.store.put({...one, status: status === "refused" ? "refused" : "done", code, message});
    }
    await tx.done;
  }

  // What the server says takes the place of what it said before; visits with work of their own stay.
  async takeAlong(bundle) {
    const busy = await this.counts();
    const tx = this.db.transaction(["meta", "visits", "cards"], "readwrite", STRICT);
    const visits = tx.objectStore("visits"), meta = tx.objectStore("meta");
    const fresh = new Set(bundle.visits.map((visit) => visit.id));
    for (const old of await visits.getAll()) {
      const over = ["submitted", "appealing", "final"].includes(old.state);
      if (!fresh.has(old.id) && !busy[old.id]?.waiting && !busy[old.id]?.photosLeft && !over) await visits.delete(old.id);
    }
    let clock = (await meta.get("clock")) || 0;
    for (const visit of bundle.visits) {
      for (const register of Object.values(visit.sheet)) clock = Math.max(clock, register[1]);
      await visits.put(visit);
    }
    for (const card of bundle.cards) await tx.objectStore("cards").put(card);
    meta.put(clock, "clock");
    meta.put(bundle.photo_bytes, "photo_bytes");
    meta.put(bundle.patrols || [], "patrols");
    meta.put(now(), "taken_at");
    await tx.done;
    this.changed();
  }

  async noteStates(states) {
    const tx = this.db.transaction("visits", "readwrite");
    for (const {id, state, score} of states) {
      const visit = await tx.store.get(id);
      if (visit) await tx.store.put({...visit, state, score});
    }
    await tx.done;
  }

  async photo(id, changes) {
    const tx = this.db.transaction("photos", "readwrite", STRICT);
    const photo = await tx.store.get(id);
    if (photo) await tx.store.put({...photo, ...changes});
    await tx.done;
  }

  // Sign-out: only when everything is with the server.
  async clear() {
    if (await this.left()) return false;
    this.db.close();
    await new Promise((done) => {
      const asked = indexedDB.deleteDatabase(storeName(this.person));
      asked.onsuccess = asked.onerror = asked.onblocked = done;
    });
    forgetPerson();
    for (const name of await caches.keys()) if (name.startsWith("before-")) await caches.delete(name);
    return true;
  }
}

export function now() {
  const at = new Date(), shift = -at.getTimezoneOffset();
  const local = new Date(at.getTime() + shift * 60000).toISOString().slice(0, 19);
  const sign = shift < 0 ? "-" : "+", minutes = Math.abs(shift);
  return `${local}${sign}${String(minutes / 60 | 0).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
