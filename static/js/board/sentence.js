// What is said for a call. Pure: words in, words out. Halls that want other wording change the tables here.

export const DIGITS = {
  0: "零", 1: "幺", 2: "二", 3: "三", 4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九",
};

const COUNTING = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

// Each word that is spoken as one piece → the file in static/audio/ that says it. Letters are `letter-a` … `letter-z`.
const CLIPS = {
  请: "please", 号: "number", 到: "to", 改到: "moved-to", 号窗口办理: "at-window", 请下一位: "next-please",
  零: "0", 幺: "1", 二: "2", 三: "3", 四: "4", 五: "5", 六: "6", 七: "7", 八: "8", 九: "9", 一: "one", 十: "ten",
};

export const ALL_CLIPS = [...Object.values(CLIPS), ..."abcdefghijklmnopqrstuvwxyz"].map((name) =>
  /^[a-z]$/.test(name) ? `letter-${name}` : name,
);

/** 3 → ["三"], 12 → ["十", "二"], 20 → ["二", "十"]: window numbers are said as normal numbers. */
export function counted(number) {
  const tens = Math.floor(number / 10);
  const rest = number % 10;
  return [tens > 1 ? COUNTING[tens] : "", tens ? "十" : "", COUNTING[rest]].filter(Boolean);
}

/** "A012" → ["A", "零", "幺", "二"]: one by one, as over a telephone. */
export function spelled(number) {
  return [...number.toUpperCase()].map((sign) => DIGITS[sign] ?? sign);
}

function windowWords(call) {
  return call.window_number ? counted(call.window_number) : [];
}

/** 「请 A 零幺二号,到三号窗口办理」; in a hall without numbers 「请下一位,到三号窗口办理」. */
export function sentence(call, mode = "machine") {
  const place = call.window_number ? `${windowWords(call).join("")}号窗口` : call.window;
  if (mode === "line") return `请下一位,到${place}办理`;
  const [letters, digits] = call.number.match(/^([A-Za-z]*)(.*)$/).slice(1);
  const name = [letters.toUpperCase(), spelled(digits).join("")].filter(Boolean).join(" ");
  return `请 ${name}号,${call.moved ? "改到" : "到"}${place}办理`;
}

/** The same sentence as a row of clip names; null stands for a short breath. */
export function clips(call, mode = "machine") {
  const where = call.window_number ? [call.moved && mode !== "line" ? "改到" : "到", ...windowWords(call), "号窗口办理"] : [];
  const who = mode === "line" ? ["请下一位"] : ["请", ...spelled(call.number), "号"];
  return [...who, null, ...where].map((word) => (word === null ? null : clipName(word))).filter((name) => name !== undefined);
}

function clipName(word) {
  return /^[A-Z]$/.test(word) ? `letter-${word.toLowerCase()}` : CLIPS[word];
}

/** Every call is spoken twice; calling the same number to the same window again, once more. */
export function timesSpoken(call, known) {
  if (call.times <= 1) return 2;
  if (!call.moved) return 1;
  const before = (other) => other.number === call.number && other.called_at < call.called_at;
  return known.filter(before).some((other) => other.window_number === call.window_number) ? 1 : 2;
}
