// One visit: a screen to begin, one screen per group, a screen to sign and hand in.

import {clock, h, released, sheet as dialog, show} from "./dom.js";
import {take} from "./photo.js";
import {answers, applies, entries, holds, isCounted, named, photos, read, value} from "./scoring.js";
import {drawEnd, isHandedIn} from "./finish.js";
import {now} from "./store.js";

const ANSWERS = [["pass", "合格"], ["fail", "不合格"], ["na", "不适用"], ["unseen", "未查到"]];
let ticking = null;

export async function drawVisit(place, view) {
  const {visit, card, sheet, screen} = view;
  const result = read(card, sheet, visit.hall, visit.planned_on);
  const group = card.groups.find((one) => one.code === screen);
  const locked = isHandedIn(view);
  const context = {...view, result, locked, write: (key, given, photo) => view.store.write(visit.id, key, given, photo)};
  await released();
  const keep = keepTyped(place);
  const body = group ? drawGroup(group, context) : screen === "end" ? drawEnd(context) : drawStart(context);
  show(place, head(context), ...view.notes, h(".work", {}, side(context), h("section.body", {id: "body"}, body)), foot(context));
  keep();
  await drawPictures(place, context);
  tick(place);
}

// Typing and scrolling survive a drawing that somebody else's change brought.
function keepTyped(place) {
  const focused = place.contains(document.activeElement) && document.activeElement.dataset.keep;
  const typed = focused ? {value: document.activeElement.value, at: document.activeElement.selectionStart} : null;
  const screen = location.hash, top = place.querySelector("#body")?.scrollTop || 0;
  return () => {
    if (place.dataset.screen === screen) place.querySelector("#body").scrollTop = top;
    place.dataset.screen = screen;
    const same = focused && place.querySelector(`[data-keep="${CSS.escape(focused)}"]`);
    if (!same) return;
    same.value = typed.value;
    same.focus();
    same.setSelectionRange?.(typed.at, typed.at);
  };
}

function head({visit, card, result, banner}) {
  return h("header.bar", {}, h("a.back", {href: "#/", "aria-label": "返回任务列表"}, "‹"), h("b", {}, visit.hall.name),
    h("span", {}, [card.name, visit.kind_name, result.here.peak === "peak" ? "高峰" : "非高峰"].join(" · ")), banner);
}

function side({visit, card, result, screen}) {
  const line = (code, name, extra) => h(`a.g${screen === code ? ".on" : ""}`, {href: `#/v/${visit.id}/${code}`,
    "aria-current": screen === code ? "page" : null}, h("span", {}, name), extra);
  return h("aside", {}, line("start", "开始检查", h("i", {}, "")), card.groups.map((group) => {
    const score = result.groups.find((one) => one.code === group.code);
    const open = group.items.filter((item) => result.unanswered.includes(item.code)).length;
    const cut = score.left < score.max ? ".cut" : open ? ".open" : "";
    return line(group.code, group.name, h(`i.num${cut}`, {title: open ? `还有 ${open} 项未评` : ""},
      card.total_points ? `${score.left} / ${score.max}` : `${group.items.length - open} / ${group.items.length}`));
  }), line("end", "签字与提交", h("i.num.open", {}, result.unanswered.length ? `${result.unanswered.length} 项未评` : "")));
}

function foot({visit, card, result, screen, sheet, locked, write}) {
  const order = ["start", ...card.groups.map((group) => group.code), "end"];
  const next = order[order.indexOf(screen) + 1];
  const name = next === "end" ? "签字与提交" : card.groups.find((group) => group.code === next)?.name;
  return h("footer.bar", {}, card.total_points
    ? h("span.total", {}, "当前得分", h("b.num", {id: "total"}, String(result.total)), `/ ${card.total_points}`)
    : h("span.total", {}, `还有 ${result.unanswered.length} 项未评`),
  card.veto && veto(sheet, card.veto.minutes, locked, write, result),
  next && h("a.next", {href: `#/v/${visit.id}/${next}`}, `下一步:${name}`));
}

function veto(sheet, minutes, locked, write, result) {
  const watch = value(sheet, "veto");
  if (result.vetoed) {
    return h(".veto.hit", {role: "alert"}, `前台无人满 ${minutes} 分钟,本次记 0 分`,
      !locked && h("button", {type: "button", onclick: () => write("veto", {...watch, cancelled: true})}, "误记,撤销"));
  }
  if (watch && !watch.ended_at && !watch.cancelled) {
    const started = Date.parse(watch.started_at), over = Date.now() - started >= minutes * 60000;
    return h(".veto.on", {}, "前台无人,计时 ", h("b.num", {"data-since": watch.started_at}, clock((Date.now() - started) / 1000)),
      h("button", {type: "button", onclick: () => write("veto", {...watch, ended_at: now(), returned: true})}, "有人回来了"),
      h("button.danger", {type: "button", disabled: !over, "data-after": watch.started_at, "data-minutes": String(minutes),
        onclick: () => write("veto", {...watch, ended_at: now(), returned: false})}, `满 ${minutes} 分钟仍无人`));
  }
  return !locked && h("button.veto", {type: "button", onclick: () => write("veto", {started_at: now()})}, "无人值守计时 开始");
}

function drawStart({visit, card, sheet, locked, write}) {
  const began = value(sheet, "start");
  const peak = value(sheet, "peak");
  const choice = (given, words) => h(`button.choice${peak === given ? ".on" : ""}`, {type: "button", disabled: locked,
    "aria-pressed": String(peak === given), onclick: () => write("peak", given)}, words);
  return [
    h(".gh", {}, h("h2", {}, "开始检查"), h("span", {}, `${visit.hall.address || ""}`)),
    h(".card", {}, began ? h("p", {}, `已于 ${began.at.slice(11, 16)} 开始${began.place ? ",位置已记录" : ",没有取得位置"}`)
      : h("button.primary", {type: "button", id: "begin", onclick: () => begin(write)}, "到达营业厅,开始检查")),
    visit.before.length > 0 && h(".card", {}, h("h3", {}, "上次扣分,先看这些"), visit.before.map((fault) => h("p", {},
      h("b", {}, fault.name), ` ${fault.note || ""} `, h("small", {}, `${fault.on}`),
      fault.photos.map((id) => h("img.old", {src: `/api/v1/inspections/photos/${id}/`, alt: `${fault.name}上次的照片`}))))),
    card.groups.some((group) => group.code === "B2.2") && h(".card", {}, h("h3", {}, "客流"),
      h("p.hint", {}, visit.peak ? `叫号记录显示现在是${visit.peak === "peak" ? "高峰" : "非高峰"},请按现场确认。`
        : "单列 3 人以上排队,或平均每个窗口等候多于 3 人,为高峰。"),
      h(".row", {}, choice("peak", "高峰"), choice("off_peak", "非高峰"))),
    card.facts?.length > 0 && h(".card", {}, h("h3", {}, "现场情况"), h(".row", {}, card.facts.map((fact) => {
      const on = Boolean(value(sheet, `fact:${fact.code}`));
      return h(`button.choice${on ? ".on" : ""}`, {type: "button", disabled: locked, "aria-pressed": String(on),
        onclick: () => write(`fact:${fact.code}`, !on)}, fact.name);
    }))),
    visit.questions.length > 0 && h(".card", {}, h("h3", {}, "今天要问的业务题"), visit.questions.map((question) =>
      h("p", {}, h("b", {}, question.business), ` ${question.text}`))),
  ];
}

async function begin(write) {
  const spot = await new Promise((done) => {
    if (!navigator.geolocation) return done(null);
    navigator.geolocation.getCurrentPosition(({coords}) => done({lat: coords.latitude, lon: coords.longitude,
      accuracy: Math.round(coords.accuracy)}), () => done(null), {timeout: 4000, maximumAge: 60000});
  });
  await write("start", {at: now(), place: spot});
}

function drawGroup(group, context) {
  const {result, sheet, locked, write} = context;
  const score = result.groups.find((one) => one.code === group.code);
  const shown = group.items.filter((item) => applies(item, result.here));
  const open = shown.filter((item) => result.unanswered.includes(item.code) && !isCounted(item));
  const hidden = group.items.length - shown.length;
  return [
    h(".gh", {}, h("h2", {}, group.name), h("span", {}, group.hint || ""),
      open.length > 0 && !locked && h("button", {type: "button", id: "rest", onclick: async () => {
        for (const item of open) await write(`answer:${item.code}`, "pass");
      }}, "其余都合格"),
      group.max_points > 0 && h("b.num", {id: "left"}, `本组还剩 ${score.left} 分`)),
    ...[...shown].sort((a, b) => wasFault(context, b) - wasFault(context, a)).map((item) => drawItem(item, context, answers(sheet))),
    hidden > 0 && h("p.hint", {}, `另有 ${hidden} 项对这个营业厅或此刻不适用,不扣分。`),
  ];
}

const wasFault = ({visit}, item) => Number(visit.before.some((fault) => fault.item === item.code));

function drawItem(item, context, given) {
  const {sheet, locked, write, result, visit} = context;
  const counted = isCounted(item), mine = Object.entries(entries(sheet)).filter(([, one]) => one.item === item.code);
  const answer = given[item.code] || (mine.length ? "fail" : "");
  const hit = answer === "fail";
  const evidence = visit.evidence?.[item.evidence] || [];
  const choose = (code) => write(`answer:${item.code}`, code);
  return h(`.item${hit ? ".hit" : answer ? ".done" : ""}`, {"data-item": item.code},
    h(".what", {}, h("b", {}, item.name, item.points_max > 0 && h("em", {}, item.points_min === item.points_max
      ? `${item.points_max} 分${counted ? " / 次" : ""}` : `${item.points_min}–${item.points_max} 分 / 要点`)),
    h("p", {}, item.checks.filter((check) => holds(check.when, result.here)).map((check) => check.text).join(";")),
    evidence.map((one) => h(`p.evidence${one.against ? ".against" : ""}`, {}, `系统记录:${one.text}`)),
    wasFault(context, item) > 0 && h("p.evidence.against", {}, "上次在这里扣过分")),
    h(".answers", {role: "group", "aria-label": item.name}, ANSWERS.filter(([code]) => !counted || code !== "fail").map(([code, words]) =>
      h(`button.${code}${answer === code ? ".on" : ""}`, {type: "button", disabled: locked, "aria-pressed": String(answer === code),
        onclick: () => choose(answer === code ? "" : code)}, words)),
    counted && stepper(item, mine, context)),
    counted && item.unit === "key_point" && keyPoints(item, context),
    timers(item, context),
    (hit || mine.length > 0) && details(item, context));
}

function stepper(item, mine, {locked, write}) {
  const add = (points) => write(`entry:${crypto.randomUUID()}`, {item: item.code, points});
  const total = mine.reduce((sum, [, one]) => sum + (one.points ?? item.points_min), 0);
  const prices = [];
  for (let price = item.points_min; price <= item.points_max; price += 1) prices.push(price);
  return h(".step", {}, h("button", {type: "button", disabled: locked || !mine.length, "aria-label": "减一次", onclick: () => {
    const [name, last] = mine.at(-1);
    return write(`entry:${name}`, {...last, removed: true});
  }}, "−"), h(`b.num${total ? ".neg" : ""}`, {}, total ? `−${total}` : "0"),
  prices.map((price) => h("button", {type: "button", disabled: locked, "aria-label": `扣 ${price} 分`, onclick: () => add(price)},
    prices.length > 1 ? `+${price}` : "+")));
}

function keyPoints(item, {visit, sheet, locked, write}) {
  const here = named(sheet, "entry:");
  return h(".points", {}, visit.questions.map((question) => h(".question", {}, h("b", {}, `${question.business}:${question.text}`),
    question.points.map((point, number) => {
      const name = `q${question.id}.${number}`, one = here[name], missed = Boolean(one && !one.removed);
      return h(`button.choice${missed ? ".bad" : ""}`, {type: "button", disabled: locked, "aria-pressed": String(missed),
        onclick: () => write(`entry:${name}`, {item: item.code, points: point.price, question: question.id, point: String(number),
          note: `${question.business}:${point.text}`, removed: missed})}, `${missed ? "漏答 " : ""}${point.text}(${point.price} 分)`);
    }))));
}

function timers(item, {sheet, locked, write, result}) {
  const wanted = (item.timers || []).filter((timer) => holds(timer.when, result.here));
  if (!wanted.length) return null;
  const timer = wanted.at(-1);
  const mine = Object.entries(named(sheet, "watch:")).filter(([, one]) => one.item === item.code && !one.removed);
  const running = mine.find(([, one]) => !one.ended_at);
  return h(".timers", {}, running
    ? h("button.on", {type: "button", onclick: () => write(`watch:${running[0]}`, {...running[1], ended_at: now()})},
      `停止 ${timer.label} `, h("b.num", {"data-since": running[1].started_at}, clock((Date.now() - Date.parse(running[1].started_at)) / 1000)))
    : !locked && h("button", {type: "button", onclick: () => write(`watch:${crypto.randomUUID()}`, {item: item.code, label: timer.label,
      seconds: timer.seconds, started_at: now()})}, `⏱ ${timer.label}(${timer.seconds / 60} 分钟)`),
  mine.filter(([, one]) => one.ended_at).map(([, one]) => {
    const took = (Date.parse(one.ended_at) - Date.parse(one.started_at)) / 1000;
    return h(`span.num${took > one.seconds ? ".neg" : ""}`, {}, `${clock(took)}${took > one.seconds ? " 超时" : " 未超时"}`);
  }));
}

function details(item, {store, visit, sheet, locked, write, draw}) {
  const note = value(sheet, `note:${item.code}`) || "", fixed = Boolean(value(sheet, `fixed:${item.code}`));
  const who = value(sheet, `who:${item.code}`) || {};
  const pick = h("input", {type: "file", accept: "image/*", hidden: true, "data-photo": item.code});
  pick.setAttribute("capture", "environment");
  pick.addEventListener("change", async () => {
    if (!pick.files.length) return;
    const photo = await take(pick.files[0], {item: item.code, visit: visit.id}).catch(() => undefined);
    if (photo === undefined) return dialog("照片", h("p", {}, "这个文件不是照片,请换一个。"));
    const most = await store.db.get("meta", "photo_bytes");
    if (photo && most && photo.row.size > most) return dialog("照片", h("p", {}, "照片太大,请重新拍摄。"));
    if (photo) await write(`photo:${photo.id}`, photo.value, photo.row);
    draw();
  });
  return h(".ev", {},
    h(".pictures", {"data-pictures": item.code}),
    h("input.note", {value: note, placeholder: "备注", maxLength: 500, disabled: locked, "data-keep": `note:${item.code}`,
      "aria-label": `${item.name}备注`, onchange: ({target}) => write(`note:${item.code}`, target.value)}),
    (item.phrases || []).map((phrase) => !locked && h("button.chip", {type: "button", onclick: () =>
      write(`note:${item.code}`, note ? `${note};${phrase}` : phrase)}, phrase)),
    h("input.window", {type: "number", min: 1, max: 99, value: who.window ?? "", placeholder: "窗口", disabled: locked, "data-keep": `who:${item.code}`,
      "aria-label": `${item.name}窗口号`, onchange: ({target}) => write(`who:${item.code}`, {...who, window: Number(target.value) || null})}),
    h("input.window", {value: who.person || "", placeholder: "人员", maxLength: 40, disabled: locked, "data-keep": `person:${item.code}`,
      "aria-label": `${item.name}人员`, onchange: ({target}) => write(`who:${item.code}`, {...who, person: target.value})}),
    !locked && h(`button.chip${item.photo === "wanted" ? ".wanted" : ""}`, {type: "button", onclick: () => pick.click()},
      item.photo === "wanted" ? "＋ 照片(需要)" : "＋ 照片"), pick,
    h(`button.chip${fixed ? ".on" : ""}`, {type: "button", disabled: locked, "aria-pressed": String(fixed),
      onclick: () => write(`fixed:${item.code}`, !fixed)}, "现场已改"));
}

let addresses = new Map();

async function drawPictures(place, {store, sheet, locked, write}) {
  const used = new Map();
  for (const [id, one] of Object.entries(photos(sheet))) {
    const box = place.querySelector(`[data-pictures="${CSS.escape(one.item || "")}"]`);
    if (!box) continue;
    const row = await store.db.get("photos", id);
    const address = addresses.get(id) || (row?.blob ? URL.createObjectURL(row.blob) : `/api/v1/inspections/photos/${id}/`);
    used.set(id, address);
    const words = {waiting: row?.sent ? `已传 ${Math.round(row.sent / row.size * 100)}%` : "待上传", done: "已上传", dropped: "未收下"};
    box.append(h("figure", {}, h("img", {src: address, alt: "检查照片"}), h("figcaption", {}, words[row?.status] || "已上传"),
      !locked && h("button", {type: "button", "aria-label": "删除照片", onclick: async () => {
        await write(`photo:${id}`, {...one, removed: true});
        await store.photo(id, {status: "dropped"});
      }}, "×")));
  }
  for (const [id, address] of addresses) if (!used.has(id)) URL.revokeObjectURL(address);
  addresses = used;
}

// Clocks on the screen go on without drawing anything anew.
function tick(place) {
  clearInterval(ticking);
  ticking = setInterval(() => {
    for (const one of place.querySelectorAll("[data-since]")) one.textContent = clock((Date.now() - Date.parse(one.dataset.since)) / 1000);
    for (const one of place.querySelectorAll("[data-after]")) {
      one.disabled = Date.now() - Date.parse(one.dataset.after) < Number(one.dataset.minutes) * 60000;
    }
  }, 500);
}
