// Alerts: the seconds a VIP may still wait, and choices that stay open while the list redraws itself.

const open = new Set();

document.addEventListener("toggle", (event) => {
  const name = event.target.dataset?.keep;
  if (!name || !event.target.isConnected) return;
  if (event.target.open) open.add(name);
  else open.delete(name);
}, true);

// A redraw removes what was open without closing it; its successor opens again.
document.addEventListener("htmx:afterSwap", () => {
  for (const box of document.querySelectorAll("details[data-keep]")) box.open = open.has(box.dataset.keep);
  tick();
});

function tick() {
  for (const place of document.querySelectorAll("[data-countdown]")) {
    const left = Math.max(0, Math.round((Date.parse(place.dataset.countdown) - Date.now()) / 1000));
    place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}

tick();
setInterval(tick, 1000);
