// What lies on this device and is not with the server yet. Asked before anybody signs out on it.

const WHO = "hallkeeper.inspections.person";

export const storeName = (person) => `hallkeeper-inspections-${person.id}`;

export function lastPerson() {
  return JSON.parse(localStorage.getItem(WHO) || "null");
}

export function rememberPerson(person) {
  localStorage.setItem(WHO, JSON.stringify(person));
}

export function forgetPerson() {
  localStorage.removeItem(WHO);
}

// Photos that still have to go: neither uploaded nor dropped.
export const toSend = (photo) => photo.status !== "done" && photo.status !== "dropped";

// How many taps and photos wait, and whose; reads the store without making one.
export async function unsent() {
  const person = lastPerson();
  const known = person ? await indexedDB.databases() : [];
  if (!known.some((one) => one.name === storeName(person))) return {count: 0};
  const db = await answer(indexedDB.open(storeName(person)));
  try {
    const tx = db.transaction(["operations", "photos"]);
    const [taps, photos] = await Promise.all([answer(tx.objectStore("operations").index("status").count("waiting")),
      answer(tx.objectStore("photos").getAll())]);
    return {count: taps + photos.filter(toSend).length, name: person.name};
  } finally {
    db.close();
  }
}

function answer(asked) {
  return new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}
