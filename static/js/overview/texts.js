// Texts of a report: they grow, say whether they are still as proposed, and can go back; a question before signing.

import {ask} from "../ask.js";

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 4}px`;
}

function mark(code) {
  const box = document.getElementById(`text-${code}`);
  const isProposed = box.value.trim() === document.getElementById(`seen-${code}`).value.trim();
  const badge = document.querySelector(`[data-mark="${code}"]`);
  badge.textContent = isProposed ? "系统建议" : "已修改";
  badge.classList.toggle("state-busy", !isProposed);
  document.querySelector(`[data-propose="${code}"]`).hidden = isProposed;
}

// `form` is what holds them, with a button #sign; none where the reader may not write.
export function watch(form, question, yes) {
  let changed = false;
  for (const box of document.querySelectorAll("textarea[data-grow]")) {
    grow(box);
    box.addEventListener("input", () => {
      changed = true;
      grow(box);
      mark(box.id.slice("text-".length));
    });
  }
  for (const button of document.querySelectorAll("[data-propose]")) {
    button.addEventListener("click", () => {
      const box = document.getElementById(`text-${button.dataset.propose}`);
      box.value = document.getElementById(`seen-${button.dataset.propose}`).value;
      box.dispatchEvent(new Event("input"));
      box.focus();
    });
  }
  form?.addEventListener("change", () => {
    changed = true;
  });
  form?.addEventListener("submit", (event) => {
    if (event.submitter?.id !== "sign" || form.dataset.answered) {
      changed = false;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    ask(question, yes, "再看看").then((go) => {
      if (!go) return;
      form.dataset.answered = "1";
      form.requestSubmit(document.getElementById("sign"));
    });
  }, true);
  addEventListener("beforeunload", (event) => changed && event.preventDefault());
}
