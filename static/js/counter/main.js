// The clerk's screen: keys, clocks, and a fresh panel whenever the hall moves.
import { atMostOncePerSecond, listen } from "../live.js";

const panel = document.getElementById("panel");
const toast = document.getElementById("toast");
const linkState = document.getElementById("link-state");
let underWay = false;

function say(text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { toast.hidden = true; }, 6000);
}

// --- fresh panel ---------------------------------------------------------------------------------------------------
function refresh() {
  const typing = document.querySelector("dialog[open]");
  if (underWay || typing) return pending();
  window.htmx.trigger(panel, "refresh");
}
const soon = atMostOncePerSecond(refresh);
function pending() { soon.again = true; }

listen([`hall.${document.body.dataset.hall}`], soon, (isUp) => { linkState.hidden = isUp; });
setInterval(soon, 30000); // minutes waited move on by themselves

document.body.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt !== panel) underWay = true; });
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt !== panel) underWay = false;
  if (soon.again) { soon.again = false; soon(); }
});
document.body.addEventListener("htmx:afterSwap", () => { tick(); document.activeElement?.blur?.(); });
document.body.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if (event.detail.elt === panel && answer.status === 409) return location.reload();
  say(sentence(answer));
  soon();
});
document.body.addEventListener("htmx:sendError", () => say("连接中断,这次操作没有完成,请稍后再按一次。"));

function sentence(answer) {
  try {
    return JSON.parse(answer.responseText).message;
  } catch {
    return answer.status === 503 ? "系统正在恢复,请几秒后再按一次。" : "这次操作没有完成,请刷新页面后重试。";
  }
}

// --- keys ----------------------------------------------------------------------------------------------------------
function inField(target) {
  return target.closest("input:not([type=radio]):not([type=checkbox]), select, textarea, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || inField(event.target)) return;
  const dialog = document.querySelector("dialog[open]");
  const scope = dialog ?? document;
  const key = event.key === "Spacebar" ? " " : event.key.toLowerCase();
  const button = [...scope.querySelectorAll("[data-key]")].find(
    (one) => one.dataset.key === key && (dialog || !one.closest("dialog")),
  );
  if (!button) return;
  event.preventDefault(); // also keeps a focused button from being pressed twice by Space
  if (event.repeat || underWay || button.disabled) return;
  button.click();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
});

// --- clocks --------------------------------------------------------------------------------------------------------
const two = (number) => String(number).padStart(2, "0");

function tick() {
  const now = new Date();
  document.getElementById("clock").textContent = `${two(now.getHours())}:${two(now.getMinutes())}`;
  for (const clock of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((now - new Date(clock.dataset.since)) / 1000));
    clock.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  }
  for (const button of document.querySelectorAll("button[data-from]")) {
    const left = Math.ceil((new Date(button.dataset.from) - now) / 1000);
    button.disabled = left > 0;
    button.dataset.wait = left > 0 ? left : "";
  }
}
tick();
setInterval(tick, 1000);

document.getElementById("open-strip")?.addEventListener("click", () => {
  window.open(location.href, "hallkeeper-strip", `popup,width=360,height=${screen.availHeight},left=${screen.availWidth - 360},top=0`);
});
