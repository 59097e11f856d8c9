// The greeter's tablet: ask before a number is cancelled, and do not redraw under a typing hand.
import {ask} from "./app.js";

const lobby = document.getElementById("lobby");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-cancel]");
  if (!button) return;
  const number = button.dataset.cancel;
  const yes = await ask(`确定取消 ${number} 吗?取消后需要重新取号。`, "确定取消", "不取消");
  if (yes) window.htmx.trigger(button, "agreed");
});

lobby.addEventListener("htmx:beforeRequest", (event) => {
  const phone = lobby.querySelector('input[name="phone"]');
  const busy = document.querySelector("dialog[open]") || phone?.value || phone === document.activeElement;
  if (event.detail.elt === lobby && busy) event.preventDefault();
});
