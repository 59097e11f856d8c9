// A machine with a touch screen has no keyboard: digits to tap, and the form goes off with the sixth.

const box = document.querySelector("#id_code");

function put(text) {
  box.value = text.slice(0, 6);
  box.dispatchEvent(new Event("input"));
}

for (const key of document.querySelectorAll("[data-digit]")) {
  key.addEventListener("click", () => put(box.value + key.dataset.digit));
}
document.querySelector("[data-erase]")?.addEventListener("click", () => put(box.value.slice(0, -1)));
document.querySelector("[data-clear]")?.addEventListener("click", () => put(""));
box?.addEventListener("input", () => {
  box.value = box.value.replace(/\D/g, "");
  if (box.value.length === 6) box.form.requestSubmit();
});
