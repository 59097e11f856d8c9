// Reading aloud for people who cannot read the screen well. Where the box has no voice there is no button.

import { isEnglish } from "./texts.js";

const DIGITS = { 0: "零", 1: "幺", 2: "二", 3: "三", 4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九" };
const engine = window.speechSynthesis;

function voice() {
  const wanted = isEnglish() ? "en" : "zh";
  const found = (engine?.getVoices() || []).filter((one) => one.lang.toLowerCase().startsWith(wanted));
  return found.find((one) => one.lang.replace("_", "-") === "zh-CN") || found[0] || null;
}

export function canSpeak() {
  return voice() !== null;
}

export function whenVoicesChange(tell) {
  engine?.addEventListener?.("voiceschanged", tell);
}

/** 「A 零幺二」: digit by digit, as numbers are called in the hall. */
export function spokenNumber(number) {
  const letters = number.replace(/\d/g, "");
  const digits = number.replace(/\D/g, "").split("");
  return isEnglish() ? `${letters} ${digits.join(" ")}` : `${letters} ${digits.map((digit) => DIGITS[digit]).join("")}`;
}

export function say(words) {
  const chosen = voice();
  if (!chosen) return;
  engine.cancel();
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.voice = chosen;
  utterance.lang = chosen.lang;
  utterance.rate = 0.9;
  engine.speak(utterance);
}

export function hush() {
  engine?.cancel();
}
