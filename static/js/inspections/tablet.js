// 现场检查 on a tablet: the list of visits and one visit, drawn from the store; the network only fills and empties it.

import {day, h, released, sheet as dialog, show} from "./dom.js";
import {Store} from "./store.js";
import {Away, SignedOut, Sync, beginPatrol, bundle} from "./sync.js";
import {lastPerson, rememberPerson} from "./unsent.js";
import {drawVisit} from "./visit.js";

const STATES = {planned: "未开始", running: "检查中", signing: "待签字", uploading: "待上传", submitted: "已提交",
  appealing: "申诉中", final: "已定分"};
const OWN = {patrol: "值班巡视", self_check: "厅内自查"};
const app = document.getElementById("tablet");
const QUOTA_WARNING = 0.8;
let store = null, sync = null, full = false;

async function start() {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return noHttps();
  navigator.serviceWorker.register(app.dataset.worker, {scope: app.dataset.scope}).catch(console.error);
  const known = lastPerson();
  if (known) await open(known);
  else show(app, h("p.empty", {}, "正在准备检查内容…"));
  await refresh();
  setInterval(refresh, 10 * 60000);
}

function noHttps() {
  show(app, h(".plain", {}, h("h1", {}, "请用安全地址打开"),
    h("p", {}, "现场检查要在没有网络时也能用,需要 https 地址。请向管理员索取 https 开头的地址,在平板上打开后「添加到主屏幕」。"),
    h("p", {}, "已经保存在安全地址下的内容不受影响。")));
}

async function open(person) {
  store = await Store.open(person);
  sync = new Sync(store, draw);
  store.listeners.add(draw);
  navigator.storage?.persist?.();
  await watchSpace();
  await draw();
  sync.soon(0);
}

async function watchSpace() {
  const told = await navigator.storage?.estimate?.();
  full = Boolean(told?.quota) && told.usage / told.quota > QUOTA_WARNING;
}

// Takes along what the server has; somebody else signed in gets a store of their own.
async function refresh() {
  let fresh;
  try {
    fresh = await bundle();
  } catch (error) {
    if (!store) show(app, h(".plain", {}, h("h1", {}, error instanceof SignedOut ? "请先登录" : "现在没有网络"),
      h("p", {}, "第一次使用需要联网登录,把检查任务存到平板上。"),
      h("a.button.primary", {href: "/login/?next=" + encodeURIComponent(location.pathname)}, "去登录")));
    else if (error instanceof SignedOut) sync.say("signed-out");
    else if (error instanceof Away) sync.say("offline");
    else throw error;
    return;
  }
  if (!store || store.person.id !== fresh.person.id) {
    rememberPerson(fresh.person);
    if (store) return location.reload();
    await open(fresh.person);
  }
  await store.takeAlong(fresh);
  await keepOldPhotos(fresh);
  await watchSpace();
  sync.soon(0);
}

async function keepOldPhotos(fresh) {
  const wanted = fresh.visits.flatMap((visit) => visit.before.flatMap((fault) => fault.photos));
  const cache = await caches.open(`before-${fresh.person.id}`);
  for (const id of wanted) {
    const address = `/api/v1/inspections/photos/${id}/`;
    if (!(await cache.match(address))) await cache.add(address).catch(() => null);
  }
}

function banner(left) {
  const words = {
    idle: left ? `待同步 ${left} 项` : "已全部上传",
    busy: `正在上传,还有 ${left} 项`,
    offline: `已离线,内容保存在本机${left ? ` · 待同步 ${left} 项` : ""}`,
  };
  if (sync.state === "signed-out") {
    return h("a.sync.warn", {href: "/login/?next=" + encodeURIComponent(location.pathname)},
      `登录已过期,内容都在本机${left ? `(待同步 ${left} 项)` : ""} · 重新登录`);
  }
  return h(`span.sync.${sync.state === "offline" ? "warn" : left ? "some" : "ok"}`, {role: "status", id: "sync"}, words[sync.state]);
}

let drawing = null, again = false;

// One drawing at a time; whatever changed meanwhile is drawn next.
function draw() {
  if (drawing) {
    again = true;
    return drawing;
  }
  drawing = drawOnce().finally(() => {
    drawing = null;
    if (again) {
      again = false;
      draw();
    }
  });
  return drawing;
}

async function drawOnce() {
  const counts = await store.counts();
  const left = Object.values(counts).reduce((sum, one) => sum + one.waiting + one.photosLeft, 0);
  const [, id, screen] = location.hash.match(/^#\/v\/([0-9a-f-]+)\/?(.*)$/) || [];
  const visit = id && (await store.db.get("visits", id));
  const notes = [full && h("p.space", {role: "alert"}, "平板空间快满了,请尽快联网上传照片,并清理其他文件。")];
  if (!visit) {
    const rows = await list(counts);
    await released();
    return show(app, header(left), ...notes, rows);
  }
  const card = await store.db.get("cards", visit.card);
  const sheet = await store.sheet(visit);
  await drawVisit(app, {store, visit, card: card.content, sheet, screen: screen || "start", counts: counts[id], banner: banner(left),
    notes, draw});
}

function header(left) {
  return h("header.bar", {}, h("b", {}, "现场检查"), h("span", {}, `${store.person.name} ${store.person.staff_no}`), banner(left),
    h("button", {type: "button", onclick: () => sync.soon(0)}, "立即同步"),
    h("button", {type: "button", onclick: refresh}, "更新任务"), h("button", {type: "button", onclick: () => leave(left)}, "退出"));
}

async function leave(left) {
  if (left || !(await store.clear())) {
    const box = dialog("还不能退出", h("p", {}, `还有 ${left} 项内容没有上传。请联网同步完再退出,否则会丢失。`),
      h("footer", {}, h("button.primary", {type: "button", onclick: () => box.close()}, "知道了")));
    return;
  }
  const form = h("form", {method: "post", action: "/logout/"}, h("input", {type: "hidden", name: "csrfmiddlewaretoken",
    value: document.cookie.match(/csrftoken=([^;]+)/)?.[1] || ""}));
  document.body.append(form);
  form.submit();
}

async function list(counts) {
  const visits = (await store.db.getAll("visits")).sort(byWay);
  const patrols = ((await store.db.get("meta", "patrols")) || []).flatMap((one) => Object.entries(OWN).map(([kind, words]) =>
    h(`button${kind === "patrol" ? ".primary" : ""}`, {type: "button", onclick: () => patrol(one.hall, kind)}, `开始${words} · ${one.name}`)));
  if (!visits.length) {
    return h("main.list", {}, h(".row", {}, patrols),
      h("p.empty", {}, patrols.length ? "还没有进行中的巡视或自查。" : "还没有分配给您的检查。安排好后联网点「更新任务」。"));
  }
  const days = [...new Set(visits.map((visit) => visit.planned_on))];
  return h("main.list", {}, patrols.length > 0 && h(".row", {}, patrols), days.map((one) => [h("h2", {}, day(one)), visits.filter((visit) => visit.planned_on === one)
    .map((visit) => row(visit, counts[visit.id]))]).flat(2));
}

// By day, and within one along the shortest way; a hall whose place is not known comes last.
function byWay(a, b) {
  if (a.planned_on !== b.planned_on) return a.planned_on < b.planned_on ? -1 : 1;
  return (a.way?.stop ?? 99) - (b.way?.stop ?? 99);
}

function fromLast({way}) {
  return way?.metres ? `第 ${way.stop} 站,离上一站直线 ${(way.metres / 1000).toFixed(1)} 公里` : "";
}

async function patrol(hall, kind) {
  let told;
  try {
    told = await beginPatrol(hall, kind);
  } catch {
    told = {refused: "开始巡视或自查需要网络,请连上后再试。开始以后没有网络也能填。"};
  }
  if (told.refused) return dialog(OWN[kind], h("p", {}, told.refused));
  await refresh();
  location.hash = `#/v/${told.id}/`;
}

function row(visit, count = {waiting: 0, refused: [], photos: 0, photosLeft: 0}) {
  const parts = [];
  if (count.waiting) parts.push(`待同步 ${count.waiting} 项`);
  if (count.photos) parts.push(`照片 ${count.photos - count.photosLeft} / ${count.photos} 张已上传`);
  if (count.refused.length) parts.push(`${count.refused.length} 项未采纳`);
  return h("a.visit", {href: `#/v/${visit.id}/`, "data-visit": visit.id}, h("b", {}, visit.hall.name),
    h("span", {}, `${visit.hall.type_name} · ${visit.kind_name}`), h("small", {}, [visit.hall.address, fromLast(visit)].filter(Boolean).join(" · ")),
    h(`em.state.${visit.state}`, {}, STATES[visit.state] || visit.state),
    visit.score !== null && visit.score !== undefined && h("strong.num", {}, `${visit.score} 分`),
    h("small.sync-state", {}, parts.join(" · ")));
}

addEventListener("hashchange", () => store && draw());
start();
