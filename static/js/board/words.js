// The words on the screens, and how figures become words. Pure.

export const WORDS = {
  calling: "正在叫号", lastCalled: "最近叫号", recall: (times) => `第 ${times} 次叫号`, moved: "改到新窗口",
  nobody: "请留意叫号", nobodyHint: "取号后请在等候区就座，叫到您时这里会显示号码和窗口",
  lineNobody: "请在一米线外排队", lineNobodyHint: "窗口空闲时，这里会显示您要去的窗口", next: "下一位", nextPlease: "请下一位",
  unknown: "暂无法估算", free: "空闲", paused: "暂停服务", closed: "暂未开放", serving: "办理中", please: "请到",
  noWindows: "当前没有开放的窗口", notOpen: "现在未营业", noHours: "今日不营业", allDay: "全天营业",
  quiet: "本屏不播报",
  until: (day) => `活动截止 ${day}`, mobile: "移动收费", backAt: (time) => `${time} 恢复`,
  notice: "通知", stopped: "暂停取号", groupStopped: ({ name, stopped }) => `「${name}」${stopped === "full" ? "今日的号已取完" : "暂停取号"}`,
  near: "附近较空闲的营业厅", nearAny: "附近营业厅", afterHours: "已到打烊时间，已取号码继续办理",
};

export const TIPS = [
  "交费、查询可用自助机或手机办理，无需排队",
  "长者、行动不便的客户和孕妇，请走爱心通道",
  "错过叫号请到引导台，我们为您重新安排",
  "办理业务请带好本人有效身份证件",
  "请保管好随身物品，照看好同行的孩子",
];

const SHANGHAI_MS = 8 * 3600_000;
const RESERVED = { vip: "VIP 专席", gotone: "全球通专席", green: "爱心窗口" };

/** What a window is for, in a few signs. */
export function purpose(window) {
  if (window.mobile) return WORDS.mobile;
  return RESERVED[window.reserved] ?? (window.name || "综合业务");
}

const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));

/** 720 and 1080 → 「12–18 分钟」; 1080 alone → 「约 18 分钟」; nobody can know → 「暂无法估算」, never 0. */
export function expected(seconds, high = null) {
  if (!(seconds > 0)) return WORDS.unknown;
  if (minutes(high) > minutes(seconds)) return `${minutes(seconds)}–${minutes(high)} 分钟`;
  return `约 ${minutes(seconds)} 分钟`;
}

/** How the wait feels: it picks the colour beside the words. */
export function mood(seconds) {
  if (!(seconds > 0)) return "unknown";
  return seconds < 600 ? "short" : "long";
}

export function hoursText(board) {
  if (!board.hours) return WORDS.noHours;
  if (/^0?0:00\D+(24:00|0?0:00)$/.test(board.hours)) return WORDS.allDay;
  return `营业 ${board.hours}`;
}

/** The Shanghai day of a moment, 2026-11-24. */
export function dayOf(ms) {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** 2026-11-30 → 「11 月 30 日」. */
export function dayText(day) {
  const [, month, date] = day.split("-").map(Number);
  return `${month} 月 ${date} 日`;
}

export function noMoreNumbers(board) {
  return `今日取号已结束${board.closes ? `,营业到 ${board.closes}` : ""}。交费可使用自助机`;
}

/** Near halls that really are quieter than here; a closed hall just names its neighbours. */
export function neighbours(board) {
  const here = board.waiting.reduce((sum, row) => sum + row.count, 0);
  const open = openNear(board);
  if (!board.open) return open.map((hall) => nearText(hall, false));
  return open.filter((hall) => hall.waiting < here).map((hall) => nearText(hall, true));
}

export function openNear(board) {
  return (board.near ?? []).filter((hall) => hall.open !== false);
}

function nearText(hall, withLine) {
  const facts = [withLine ? `等候 ${hall.waiting} 人` : hall.address, `${hall.km} 公里`, hall.phone];
  return `${hall.name} ${facts.filter(Boolean).join(" · ")}`;
}

const DAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

const two = (number) => String(number).padStart(2, "0");

/** The hall's wall clock, whatever zone the TV box believes it is in. */
export function clockParts(ms) {
  const there = new Date(ms + SHANGHAI_MS);
  return {
    day: `${there.getUTCMonth() + 1} 月 ${there.getUTCDate()} 日 ${DAYS[there.getUTCDay()]}`,
    minute: `${two(there.getUTCHours())}:${two(there.getUTCMinutes())}`,
    second: `${two(there.getUTCHours())}:${two(there.getUTCMinutes())}:${two(there.getUTCSeconds())}`,
    hour: there.getUTCHours(),
  };
}

/** An ISO time or 「13:05」 → 「13:05」. */
export function clockText(value) {
  const at = Date.parse(value);
  return Number.isFinite(at) ? clockParts(at).minute : String(value).slice(0, 5);
}

/** 83 000 ms → 「1 分 23 秒」. */
export function ageText(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} 秒`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} 分 ${seconds % 60} 秒`;
  return `${Math.floor(seconds / 3600)} 小时 ${Math.floor((seconds % 3600) / 60)} 分`;
}
