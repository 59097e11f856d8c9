// Nudges from the server: an event and an id, never content. Whoever listens fetches again, with its own rights.
//
// In a template:  <div data-listen="hall.ZJ01" hx-get="…" hx-trigger="nudge">…</div>
// A module takes `listen` from here and says: listen("hall.ZJ01", (nudge) => …);
// After a lost link every listener is called once with {event: "link.back"}: something may have been missed.

const listeners = new Map();
let socket = null;
let pause = 500;
let wasOpen = false;

export function listen(topic, tell) {
  const known = listeners.has(topic);
  if (!known) listeners.set(topic, new Set());
  listeners.get(topic).add(tell);
  if (!socket) connect();
  else if (!known && socket.readyState === WebSocket.OPEN) subscribe(topic);
  return () => listeners.get(topic)?.delete(tell);
}

function subscribe(topic) {
  socket.send(JSON.stringify({subscribe: topic}));
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/ws/live/`);
  socket.addEventListener("open", () => {
    pause = 500;
    mark("live");
    for (const topic of listeners.keys()) subscribe(topic);
    if (wasOpen) for (const topic of listeners.keys()) tellAll({topic, event: "link.back", id: ""});
    wasOpen = true;
  });
  socket.addEventListener("message", (message) => {
    const nudge = JSON.parse(message.data);
    if (nudge.event) tellAll(nudge);
  });
  socket.addEventListener("close", (closed) => {
    mark("lost");
    if (closed.code === 4401) return;  // signed out: the next page load asks for the password
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, 10000);
  });
}

function tellAll(nudge) {
  for (const tell of listeners.get(nudge.topic) ?? []) tell(nudge);
}

function mark(state) {
  document.documentElement.dataset.link = state;
}

// At most one round of fetches per page and second, however many nudges come in; a heavier page asks for a longer gap
// by data-gap, in milliseconds.
const GAP = 1000;
const due = new Set();
let last = 0;
let timer = null;

function soon(element) {
  due.add(element);
  if (timer) return;
  const gap = Math.max(GAP, ...[...due].map((one) => Number(one.dataset.gap) || 0));
  timer = setTimeout(() => {
    timer = null;
    last = Date.now();
    for (const one of due) if (one.isConnected) htmx.trigger(one, "nudge");
    due.clear();
  }, Math.max(0, last + gap - Date.now()));
}

// A swap between press and release would lose the click: what was pressed would be gone. It is fetched again after.
const LONGEST_PRESS = 1000; // a release over another window is never told
let pressedAt = -Infinity;

addEventListener("pointerdown", () => { pressedAt = performance.now(); }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { pressedAt = -Infinity; }), true);

document.addEventListener("htmx:beforeSwap", (event) => {
  const source = event.detail.requestConfig?.elt;
  if (!source?.matches?.("[data-listen]") || performance.now() - pressedAt > LONGEST_PRESS) return;
  event.detail.shouldSwap = false;
  soon(source);
});

const heard = new WeakMap();

export function attach(root = document) {
  for (const element of root.querySelectorAll("[data-listen]")) {
    const topics = element.dataset.listen;
    if (heard.get(element) === topics) continue;
    heard.set(element, topics);
    for (const topic of topics.split(" ").filter(Boolean)) {
      const stop = listen(topic, () => (element.isConnected ? soon(element) : stop()));
    }
  }
}
