// Complaints: live countdowns, the arithmetic of a refund, templates of replies.

const HOUR = 3600;

function leftText(seconds) {
  const size = Math.abs(seconds);
  const hours = Math.floor(size / HOUR);
  const minutes = Math.floor((size % HOUR) / 60);
  const text = hours >= 48 ? `${Math.floor(hours / 24)} 天 ${hours % 24} 小时` : hours ? `${hours} 小时 ${minutes} 分` : `${minutes} 分 ${String(Math.floor(size % 60)).padStart(2, "0")} 秒`;
  return seconds < 0 ? `已超时 ${text}` : `还剩 ${text}`;
}

function tick() {
  for (const place of document.querySelectorAll("[data-due]")) {
    const seconds = Math.round((Date.parse(place.dataset.due) - Date.now()) / 1000);
    place.textContent = leftText(seconds);
    place.classList.toggle("late", seconds < 0);
    place.classList.toggle("soon", seconds >= 0 && seconds < 4 * HOUR);
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSwap", tick);

// ---- 退费: 多收 12.50 元,双倍返还共 25.00 元:先退 12.50 元,查证后再退 12.50 元。 ---------------------------------

function fen(text) {
  const found = /^\s*(\d{1,8})(?:\.(\d{1,2}))?\s*$/.exec(text);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

const yuan = (amount) => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")} 元`;

function refundText(form) {
  const over = fen(form.elements.overcharge.value);
  const charged = fen(form.elements.charged.value);
  if (!over) return "填写金额后,这里显示退费计算。";
  if (charged !== null && over > charged) return `多收 ${yuan(over)}超过实际收费 ${yuan(charged)},请核对。`;
  if (form.elements.ground.value !== "promised") return `多收 ${yuan(over)},按本金退 ${yuan(over)}。`;
  const all = `多收 ${yuan(over)},双倍返还共 ${yuan(over * 2)}`;
  return form.elements.is_pre.checked ? `${all}:先退 ${yuan(over)},查证后再退 ${yuan(over)}。` : `${all}。`;
}

for (const form of document.querySelectorAll("form[data-refund]")) {
  const show = () => (form.querySelector("[data-sum]").textContent = refundText(form));
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-template]") || !event.target.value) return;
  const text = event.target.form.querySelector("textarea");
  text.value = text.value ? `${text.value}\n${event.target.value}` : event.target.value;
  text.focus();
});

// A category's name chooses it and opens what is below; a click on the name must not close it again.
for (const label of document.querySelectorAll(".case-tree summary label")) {
  label.addEventListener("click", (event) => {
    event.preventDefault();
    label.querySelector("input").checked = true;
    for (const one of document.querySelectorAll(".case-tree details")) one.open = one.contains(label);
  });
}
