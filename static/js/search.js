// "/" goes to the search box from wherever nobody is typing, Escape leaves it.

const box = document.querySelector("[data-search]");

document.addEventListener("keydown", (event) => {
  if (!box || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
  const shown = box.offsetParent !== null;
  event.preventDefault();
  if (shown) box.select();
  else location.assign(box.form.action);
});

box?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") box.blur();
});
