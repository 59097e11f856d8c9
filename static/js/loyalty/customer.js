// The customer's page and the log of looks: dialogs that open and shut, a number that hides itself again, 全选.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-dialog]");
  if (opener) document.getElementById(opener.dataset.opensDialog)?.showModal();
  if (event.target.closest("[data-shuts]")) event.target.closest("dialog").close();
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("input[type=radio][name=reason]")) {
    const note = document.getElementById("reveal-note");
    note.hidden = box.dataset.opens !== note.id;
    if (!note.hidden) note.focus();
  }
  if (box.dataset.all) {
    for (const one of document.querySelectorAll(`input[name="${box.dataset.all}"]`)) one.checked = box.checked;
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || !event.detail.elt.matches("form[data-closes]")) return;
  event.detail.elt.closest("dialog")?.close();
  event.detail.elt.reset();
});

// A whole number does not stay on a screen that others walk past.
document.addEventListener("htmx:afterSwap", () => {
  const shown = document.querySelector("[data-hide-after]");
  if (shown) setTimeout(() => location.reload(), Number(shown.dataset.hideAfter) * 1000);
});
