// An expected wait is a guess: it is shown as a range, never as one minute, and never as nothing.

/** {low, high} in whole minutes of a ticket, a status or a row of the board, or null when nobody can know. */
export function waitRange({ estimated_wait_seconds: low, estimated_wait_high_seconds: high }) {
  if (low === null || low === undefined) return null;
  const minutes = Math.max(1, Math.round(low / 60));
  return { low: minutes, high: Math.max(minutes, Math.ceil((high ?? low) / 60)) };
}

/** The range as people write it, 「12–20」. */
export function rangeText(facts) {
  const range = waitRange(facts);
  if (!range) return null;
  return range.low === range.high ? String(range.low) : `${range.low}–${range.high}`;
}

const CLOCK = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const CLOCK_SECONDS = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

export function clockText(moment, { seconds = false } = {}) {
  return (seconds ? CLOCK_SECONDS : CLOCK).format(new Date(moment));
}

export function dayText(moment, english) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat(english ? "en-GB" : "zh-CN", {
      timeZone: "Asia/Shanghai", month: english ? "short" : "numeric", day: "numeric", weekday: "short",
    }).formatToParts(new Date(moment)).map((part) => [part.type, part.value]),
  );
  return english
    ? `${parts.weekday} ${parts.day} ${parts.month}`
    : `${parts.month.replace("月", "")} 月 ${parts.day.replace("日", "")} 日 ${parts.weekday}`;
}
