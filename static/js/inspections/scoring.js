// The score of a sheet: the same arithmetic as inspections/rules on the server, without network. Pure; a test runs both
// on the same cases. A sheet maps registers to [value, clock, device, counter].

const MACHINE_COUNTERS = 4;
const WINTER = new Set([11, 12, 1, 2, 3]);
const SHANGHAI_MINUTES = 480;

export function later(one, other) {
  for (const at of [1, 2, 3]) {
    if (one[at] !== other[at]) return one[at] > other[at];
  }
  return false;
}

export function put(sheet, key, register) {
  if (!(key in sheet) || later(register, sheet[key])) sheet[key] = register;
}

export const value = (sheet, key, otherwise = null) => (key in sheet ? sheet[key][0] : otherwise);

export function named(sheet, prefix) {
  const found = {};
  for (const key of Object.keys(sheet).sort()) {
    if (key.startsWith(prefix)) found[key.slice(prefix.length)] = sheet[key][0];
  }
  return found;
}

export const answers = (sheet) =>
  Object.fromEntries(Object.entries(named(sheet, "answer:")).filter(([, given]) => given));
export const entries = (sheet) =>
  Object.fromEntries(Object.entries(named(sheet, "entry:")).filter(([, one]) => !one.removed));
export const photos = (sheet) =>
  Object.fromEntries(Object.entries(named(sheet, "photo:")).filter(([, one]) => !one.removed));

function shanghai(moment) {
  return new Date(moment.getTime() + SHANGHAI_MINUTES * 60000);
}

export function situation(sheet, hall, plannedOn) {
  const began = (value(sheet, "start") || {}).at;
  const month = began ? shanghai(new Date(began)).getUTCMonth() + 1 : Number(plannedOn.slice(5, 7));
  const facts = new Set(Object.entries(named(sheet, "fact:")).filter(([, holds]) => holds).map(([name]) => name));
  return {hall, season: WINTER.has(month) ? "winter" : "summer", peak: value(sheet, "peak") || "off_peak", facts};
}

export function holds(when, here) {
  return !when || !when.length || when.some((condition) => Object.entries(condition).every((one) => test(one, here)));
}

function test([name, wanted], {hall, season, peak, facts}) {
  switch (name) {
    case "hall_types": return wanted.includes(hall.type);
    case "location": return hall.location === wanted;
    case "self_operated": return hall.self_operated === wanted;
    case "needs_machine": return (hall.counter_count >= MACHINE_COUNTERS && hall.has_rest_area) === wanted;
    case "season": return season === wanted;
    case "peak": return peak === wanted;
    case "facts": return wanted.every((fact) => facts.has(fact));
    case "hall": return wanted.every((fact) => hall[fact]);
    default: return false;
  }
}

export const applies = (item, here) => holds(item.when, here);
export const isCounted = (item) => (item.unit || "item") !== "item";

function findings(sheet, card) {
  const given = answers(sheet), found = [];
  const units = new Map(card.groups.flatMap((group) => group.items).map((item) => [item.code, item]));
  const counted = new Set();
  for (const [name, one] of Object.entries(entries(sheet))) {
    if (given[one.item] === "na") continue;
    found.push({item: one.item, points: one.points ?? null, event: one.event || `own:${name}`});
    counted.add(one.item);
  }
  for (const [code, answer] of Object.entries(given)) {
    if (answer !== "fail") continue;
    if (counted.has(code) && units.has(code) && isCounted(units.get(code))) continue;
    found.push({item: code, points: null, event: ""});
  }
  return found;
}

function groupScore(group, byItem, here) {
  const lookedAt = group.items.filter((item) => applies(item, here) && byItem.has(item.code));
  const price = (item, found) => found.points ?? item.points_min;
  const prices = new Map(lookedAt.map((item) => [item.code, []])), highest = new Map();
  for (const item of lookedAt) {
    for (const found of byItem.get(item.code)) {
      const points = price(item, found);
      if (item.unit !== "level" || !found.event) {
        prices.get(item.code).push(points);
        continue;
      }
      const best = highest.get(found.event);
      if (!best || points > best.points || (points === best.points && item.code > best.code)) {
        highest.set(found.event, {points, code: item.code});
      }
    }
  }
  for (const {points, code} of highest.values()) prices.get(code).push(points);
  const lines = lookedAt.filter((item) => prices.get(item.code).length).map((item) => ({
    item: item.code,
    points: isCounted(item) ? prices.get(item.code).reduce((sum, one) => sum + one, 0) : item.points_max,
  }));
  const deducted = lines.reduce((sum, line) => sum + line.points, 0);
  return {code: group.code, name: group.name, max: group.max_points, deducted,
    left: Math.max(0, group.max_points - deducted), lines};
}

export function isVetoed(sheet, hall, minutes) {
  const watch = value(sheet, "veto");
  if (!minutes || !watch || watch.cancelled || !watch.started_at || !watch.ended_at) return false;
  const began = new Date(watch.started_at), ended = new Date(watch.ended_at);
  if (!opensDuring(hall, began, minutes)) return false;
  const waited = ended - began, limit = minutes * 60000;
  return watch.returned ? waited > limit : waited >= limit;
}

function opensDuring(hall, began, minutes) {
  const here = shanghai(began), hours = hall.hours || {};
  const day = here.toISOString().slice(0, 10), weekday = String((here.getUTCDay() + 6) % 7);
  const span = day in hours ? hours[day] : hours[weekday];
  if (!span) return false;
  const minute = here.getUTCHours() * 60 + here.getUTCMinutes() + here.getUTCSeconds() / 60;
  return span[0] <= minute && minute + minutes <= span[1];
}

export function read(card, sheet, hall, plannedOn) {
  const here = situation(sheet, hall, plannedOn), byItem = new Map();
  for (const found of findings(sheet, card)) {
    if (!byItem.has(found.item)) byItem.set(found.item, []);
    byItem.get(found.item).push(found);
  }
  const groups = card.groups.map((group) => groupScore(group, byItem, here));
  const vetoed = isVetoed(sheet, hall, card.veto?.minutes);
  const given = answers(sheet);
  const wanted = card.groups.flatMap((group) => group.items).filter((item) => applies(item, here)).map((item) => item.code);
  return {
    total: vetoed ? 0 : groups.reduce((sum, group) => sum + group.left, 0),
    groups, vetoed, here,
    unanswered: wanted.filter((code) => !given[code] && !byItem.has(code)),
    unseen: wanted.filter((code) => given[code] === "unseen" && !byItem.has(code)),
  };
}
