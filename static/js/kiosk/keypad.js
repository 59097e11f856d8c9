// The digit pad of step two, for fingers and for a keyboard alike.

import { t } from "./texts.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "erase"];
const LENGTH = 11;
const GAPS = new Set([3, 7]);

export class Keypad {
  constructor({ pad, typed, onChange, onEnter, gaps = GAPS }) {
    Object.assign(this, { pad, typed, onChange, onEnter, gaps });
    this.value = "";
    this.buttons = KEYS.map((key) => this.button(key));
    pad.replaceChildren(...this.buttons);
    addEventListener("keydown", (event) => this.key(event));
  }

  button(key) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = key.length === 1 ? "key" : "key word";
    button.dataset.key = key;
    button.addEventListener("click", () => this.press(key));
    return button;
  }

  press(key) {
    if (key === "clear") this.value = "";
    else if (key === "erase") this.value = this.value.slice(0, -1);
    else if (this.value.length < LENGTH) this.value += key;
    this.show();
    this.onChange(this.value);
  }

  key(event) {
    if (!this.pad.offsetParent || event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^\d$/.test(event.key)) this.press(event.key);
    else if (event.key === "Backspace") this.press("erase");
    else if (event.key === "Enter" && event.target === document.body) this.onEnter();
  }

  clear() {
    this.value = "";
    this.show();
  }

  /** Eleven places, filled from the left, so that a missing digit is seen before it is refused. */
  show() {
    for (const button of this.buttons) {
      const key = button.dataset.key;
      button.textContent = key.length === 1 ? key : t(key);
    }
    const places = Array.from({ length: LENGTH }, (_, index) => {
      const place = document.createElement("i");
      place.textContent = this.value[index] || "";
      place.classList.toggle("filled", index < this.value.length);
      place.classList.toggle("next", index === this.value.length);
      place.classList.toggle("gap", this.gaps.has(index));
      return place;
    });
    this.typed.replaceChildren(...places);
    this.typed.setAttribute("aria-label", this.value.split("").join(" "));
  }
}

/** Six digits of an appointment. */
export function isCode(digits) {
  return /^\d{6}$/.test(digits);
}

export function isMobile(digits) {
  return /^1[3-9]\d{9}$/.test(digits);
}
