// Everything on the page that moves with the seconds: clocks, waits before a key, countdowns.

const two = (number) => String(number).padStart(2, "0");
const hallTime = new Intl.DateTimeFormat("zh-CN", {timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit"});

export function tick() {
  const now = new Date();
  document.getElementById("clock").textContent = hallTime.format(now);
  for (const clock of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((now - new Date(clock.dataset.since)) / 1000));
    clock.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  }
  for (const button of document.querySelectorAll("button[data-from]")) {
    const left = Math.ceil((new Date(button.dataset.from) - now) / 1000);
    button.disabled = left > 0;
    button.dataset.wait = left > 0 ? left : "";
  }
  for (const count of document.querySelectorAll("[data-until]")) {
    const left = Math.ceil((new Date(count.dataset.until) - now) / 1000);
    count.textContent = Math.max(0, left);
    const offer = count.closest("[data-offer]");
    if (offer) offer.hidden = left <= 0;
  }
}

setInterval(tick, 1000);
