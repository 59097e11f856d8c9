// The tablet opens without a network: its page and its files come from here; what it must know comes from IndexedDB.
const {version, files, page} = {{ facts|safe }};
const CACHE = `tablet-${version}`;
const FONTS = "/static/vendor/noto-sans-sc/files/";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(files);
    await keepPage(cache);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("tablet-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

// Only the page itself, never the sign-in page it may lead to.
async function keepPage(cache) {
  const answer = await fetch(page, {credentials: "same-origin", cache: "no-store"});
  if (answer.ok && !answer.redirected) await cache.put(page, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate" && address.pathname === page) {
    event.respondWith(shell());
  } else if (files.includes(address.pathname)) {
    event.respondWith(caches.match(event.request, {ignoreSearch: true}).then((kept) => kept || fetch(event.request)));
  } else if (address.pathname.startsWith(FONTS)) {
    event.respondWith(font(event.request));
  } else if (/^\/api\/v1\/inspections\/photos\/[0-9a-f-]+\/$/.test(address.pathname)) {
    event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
  }
});

// The font comes in pieces, each when its characters are first shown; from then on it is here.
async function font(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

async function shell() {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(page);
  if (kept) {
    keepPage(cache).catch(() => null);
    return kept;
  }
  return keepPage(cache);
}
