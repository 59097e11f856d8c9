// The handover page without a mouse: Enter goes on to the next box, the arrows up and down to the next line, = takes
// the book's figure over, F8 saves; sums and differences are shown while one types. What counts is what the server reckons.

const page = document.querySelector("[data-handover]");

const boxes = () => [...page.querySelectorAll("input:not([type=hidden]):not([type=checkbox])")].filter((box) => !box.hasAttribute("data-skip"));

function fen(text) {
  const clean = text.trim().replaceAll(",", "");
  return /^\d+(\.\d{1,2})?$/.test(clean) ? Math.round(Number(clean) * 100) : null;
}

/** What a line's boxes say, in fen; null while there is nothing in them. */
function counted(line) {
  const carried = fen(line.dataset.carried) ?? 0;
  const notes = [...line.querySelectorAll("[data-note]")];
  if (notes.length) {
    if (notes.every((box) => box.value.trim() === "")) return null;
    return notes.reduce((sum, box) => sum + Math.round(Number(box.dataset.note) * 100) * (Number(box.value) || 0), carried);
  }
  const box = line.querySelector("[data-count]");
  const value = box ? fen(box.value) : null;
  return value === null ? null : value + carried;
}

function shown(amount, money) {
  const sign = amount > 0 ? "+" : "";
  return sign + (money ? (amount / 100).toFixed(2) : String(amount / 100));
}

function reckon(line) {
  const system = line.dataset.system === undefined ? null : fen(line.dataset.system);
  const value = counted(line);
  const cell = line.querySelector("[data-difference]");
  const reason = line.querySelector("[data-reason]");
  if (system === null) {
    cell.textContent = value === null ? "—" : line.dataset.money === undefined ? "—" : `共 ${(value / 100).toFixed(2)}`;
    return;
  }
  const differs = value !== null && value !== system;
  cell.textContent = value === null ? "—" : differs ? shown(value - system, line.dataset.money !== undefined) : "0";
  line.classList.toggle("differs", differs);
  if (reason) reason.toggleAttribute("data-skip", !differs);
}

function go(box) {
  box?.focus();
  box?.select?.();
}

function tell() {
  const status = page.querySelector("[data-status]");
  if (!status) return;
  const left = [...page.querySelectorAll("[data-line]")].filter((line) => counted(line) === null).length;
  if (left) status.textContent = `还有 ${left} 项未清点。`;
  else if (status.textContent.includes("未清点")) status.textContent = "已全部清点。";
}

if (page && page.querySelector("[data-note], [data-count]")) {
  const lines = [...page.querySelectorAll("[data-line]")];
  page.addEventListener("input", (event) => {
    const line = event.target.closest("[data-line]");
    if (line) reckon(line);
    tell();
  });
  page.addEventListener("keydown", (event) => {
    if (event.key === "F8") {
      event.preventDefault();
      page.querySelector("[data-keep]")?.click();
    } else if (event.key === "=" && event.target.matches("[data-count]")) {
      const system = event.target.closest("[data-line]").dataset.system;
      event.preventDefault();
      if (system !== undefined) {
        event.target.value = system;
        event.target.dispatchEvent(new Event("input", {bubbles: true}));
      }
    } else if (event.key === "Enter" && event.target.matches("input") && !event.target.matches("[data-last]")) {
      event.preventDefault();
      const all = boxes();
      go(all[all.indexOf(event.target) + 1]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest("[data-line]")) {
      event.preventDefault();
      const at = lines.indexOf(event.target.closest("[data-line]")) + (event.key === "ArrowDown" ? 1 : -1);
      go(lines[at]?.querySelector("[data-note], [data-count]") ?? (at > 0 ? page.querySelector("[data-last]") : null));
    }
  });
  lines.forEach(reckon);
  tell();
}
