// The knowledge base over the panel: a few letters, the nearest articles; Enter or the arrows open them.

const dialog = document.getElementById("knowledge-dialog");
const box = dialog.querySelector("input");
const list = dialog.querySelector(".knowledge-found");
const WAIT_MS = 120;

let business = ""; // of the customer at the window: what is shown before anything is typed
let timer = 0;
let asking = null;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog=knowledge-dialog]");
  if (!opener) return;
  business = opener.dataset.business ?? "";
  box.value = "";
  find();
});

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(find, WAIT_MS);
});

async function find() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const query = new URLSearchParams({q: box.value.trim(), business});
  try {
    const answer = await fetch(`${dialog.dataset.url}?${query}`, {headers: {"X-Background": "1"}, signal: mine.signal});
    if (answer.redirected || !answer.ok) throw new Error(answer.status);
    list.innerHTML = await answer.text();
  } catch (error) {
    if (!mine.signal.aborted) list.textContent = "暂时查不到,请稍后再试。";
  }
}

dialog.addEventListener("keydown", (event) => {
  const found = [...list.querySelectorAll("details")];
  if (event.isComposing || !found.length) return;
  const at = found.findIndex((one) => one.open);
  const next = {ArrowDown: at + 1, ArrowUp: at - 1, Enter: Math.max(at, 0)}[event.key];
  if (next === undefined || !found[next]) return;
  event.preventDefault();
  for (const one of found) one.open = one === found[next];
  found[next].scrollIntoView({block: "nearest"});
});
