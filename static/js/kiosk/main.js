// The kiosk: group, phone if wanted, number. Every path leads back to the start by itself.

import { clockText, dayText, rangeText, waitRange } from "../customer/wait.js";
import {
  bringWords, drawChosen, drawGroups, drawTold, drawWaiting, drawWays, figuresOf, summary, waysOf,
} from "./home.js";
import { Idle } from "./idle.js";
import { Jobs } from "./jobs.js";
import { Keypad, isCode, isMobile } from "./keypad.js";
import { Unclaimed, Wish } from "./server.js";
import { printSlip } from "./slip.js";
import { canSpeak, hush, say, spokenNumber, whenVoicesChange } from "./speech.js";
import { staffMenu } from "./staff_menu.js";
import { isEnglish, named, refusal, setLanguage, t, translate } from "./texts.js";
import { Watch } from "./watch.js";

const $ = (id) => document.getElementById(id);
const all = (query) => [...document.querySelectorAll(query)];
const HALL = document.body.dataset.hall;
const IS_DEVICE = Boolean(document.body.dataset.device);

const now = { screen: "home", group: null, green: false, large: false, reading: false, ticket: null, sms: false, refusal: null };
let wish = null;
let asking = false;

const watch = new Watch(HALL, {
  isDevice: IS_DEVICE,
  paperOut: Boolean(document.body.dataset.paperOut),
  onChange: () => settle(),
});
const idle = new Idle({ onTick: showIdle, onEnd: goHome });
const keypad = new Keypad({ pad: $("pad"), typed: $("typed"), onChange: phoneChanged, onEnter: take });
const bookedPad = new Keypad({
  pad: $("booked-pad"), typed: $("booked-typed"), onChange: bookedChanged, onEnter: arrive, gaps: new Set(),
});
const unclaimed = new Unclaimed(HALL);
const staff = staffMenu({ paperOut: watch.paperOut, onPaper: setPaper, onTrial: trialSlip });

// ---- which screen -------------------------------------------------------------------------------

function show(screen) {
  now.screen = screen;
  document.body.dataset.at = screen;
  for (const section of all("[data-screen]")) section.hidden = section.dataset.screen !== screen;
  paint();
  const untouched = screen === "home" && !now.green && !now.large && !now.reading && !isEnglish();
  if (untouched || ["closed", "line"].includes(screen)) idle.pause();
  else idle.run();
  readAloud();
}

function goHome() {
  wish?.drop();
  wish = null;
  Object.assign(now, { group: null, green: false, large: false, reading: false, ticket: null, refusal: null });
  setLanguage("zh");
  hush();
  keypad.clear();
  bookedPad.clear();
  if (staff.open) staff.close();
  forgetTrouble();
  show(restScreen());
}

function forgetTrouble() {
  $("phone-trouble").textContent = $("booked-trouble").textContent = "";
}

/** What an untouched kiosk shows: the groups, or why there are none today. */
function restScreen() {
  const facts = watch.facts;
  if (!facts) return "home";
  if (facts.mode === "line") return "line";
  return facts.issuing ? "home" : "closed";
}

/** After news from the server: never pulls a screen away from someone who is using it. */
function settle() {
  const resting = ["home", "closed", "line"].includes(now.screen);
  $("unpaired").hidden = !watch.unpaired || !resting;
  $("away").hidden = watch.unpaired || !((watch.away && resting) || (asking && wish?.inTrouble));
  if (resting && restScreen() !== now.screen) show(restScreen());
  else paint();
}

// ---- drawing ------------------------------------------------------------------------------------

function paint() {
  document.documentElement.classList.toggle("large", now.large);
  translate();
  paintTop();
  const { facts, board } = watch;
  if (facts) drawGroups($("groups"), facts, board);
  else drawWaiting($("groups"));
  if (now.group) for (const root of all(".chosen")) drawChosen(root, now.group, board);
  for (const lane of [$("lane-home"), $("lane-phone")]) lane.setAttribute("aria-pressed", now.green);
  keypad.show();
  bookedPad.show();
  if (now.group && facts) drawTold($("bring"), $("near"), now.group, watch);
  paintTake();
  paintClosed();
  if (now.ticket) paintTicket();
  if (now.refusal) paintRefusal();
}

function paintTop() {
  const moment = Date.now();
  $("clock").textContent = clockText(moment);
  $("today").textContent = dayText(moment, isEnglish());
  $("summary").textContent = now.screen === "closed" || now.screen === "line" ? "" : summary(watch.board);
  $("large").setAttribute("aria-pressed", now.large);
  $("large-words").textContent = t(now.large ? "large_off" : "large");
  $("read").hidden = !canSpeak();
  $("read").setAttribute("aria-pressed", now.reading);
  $("away-more").textContent = t(asking ? "away_holding" : "away_more");
  $("give-up").hidden = !asking;
}

function paintTake() {
  $("take").disabled = asking;
  $("take").textContent = asking ? t("taking") : t(keypad.value ? "take" : "take_plain");
  $("arrive").disabled = asking;
  $("arrive").textContent = t(asking ? "taking" : "booked_take");
}

function paintClosed() {
  const { facts, board } = watch;
  if (!facts) return;
  const until = board?.closes;
  const stopped = until ? t("stopped", { time: until }) : t("stopped_bare");
  $("closed-text").textContent = facts.open ? stopped : t("closed");
  $("closed-more").textContent = facts.open ? "" : facts.hours ? t("closed_hours", { hours: facts.hours }) : t("closed_today");
}

function paintTicket() {
  const ticket = now.ticket;
  const range = rangeText(ticket);
  $("number").textContent = ticket.number;
  $("number").classList.toggle("long", ticket.number.length > 4);
  $("about").textContent = now.group ? named(now.group) : ticket.about;
  $("ahead").textContent = t("people", { n: ticket.ahead });
  $("wait").textContent = range ? t("minutes", { range }) : "";
  $("wait-fact").hidden = !range;
  $("unknown").hidden = Boolean(range);
  $("follow-note").textContent = t(now.sms ? "follow_sms" : "follow");
  $("paper-note").textContent = watch.paperOut ? t("paper_out") : IS_DEVICE ? t("printing") : "";
  $("paper-note").classList.toggle("out", watch.paperOut);
  $("again").hidden = watch.paperOut;
  $("again").lastElementChild.textContent = t(IS_DEVICE ? "again" : "print");
}

function paintRefusal() {
  const words = now.refusal.words
    ? { text: now.refusal.words(), more: "" }
    : refusal(now.refusal.code, now.refusal.sentence);
  $("refused-text").textContent = words.text;
  $("refused-more").textContent = words.more;
}

function showIdle(left) {
  $("idle").hidden = !left;
  if (!left) return;
  $("idle-words").textContent = t("idle", { s: left.seconds });
  $("idle-fill").style.transform = `scaleX(${left.share})`;
}

// ---- the three touches --------------------------------------------------------------------------

function choose(code) {
  now.group = watch.facts.groups.find((group) => group.code === code);
  const told = figuresOf(watch.board, now.group);
  if (told?.stopped) {
    now.refusal = { words: () => t(`group_${told.stopped}_why`, { name: named(now.group), reason: told.stop_reason }) };
    show("refused");
    return;
  }
  wish = new Wish(HALL);
  const ways = waysOf(now.group, watch.facts);
  drawWays($("ways"), ways);
  show(ways.length ? "tip" : "phone");
}

function phoneChanged() {
  $("phone-trouble").textContent = "";
  paintTake();
}

async function take() {
  if (asking || !now.group) return;
  const phone = keypad.value;
  if (phone && !isMobile(phone)) {
    trouble(t("bad_phone"));
    return;
  }
  const body = { business: now.group.code, ...(phone && { phone }), ...(now.green && { lane: "green" }) };
  const answer = await askFor(wish, body);
  if (answer) answered(answer, phone);
  settle();
}

/** The answer to a wish; null when its customer has gone. A number nobody waits for any more is given back. */
async function askFor(mine, body) {
  asking = true;
  idle.pause();
  paintTake();
  const answer = await mine.ask(body, () => {
    mine.inTrouble = true;
    settle();
  });
  if (mine.isNewNumber && (mine.dropped || answer.lost)) unclaimed.add(mine.key);
  if (mine.dropped) return null;
  asking = false;
  return answer;
}

/** 「已预约」: a phone or a code against the number that was promised. */
async function arrive() {
  if (asking) return;
  const given = bookedPad.value;
  if (!isMobile(given) && !isCode(given)) {
    bookedTrouble(t("booked_short"));
    return;
  }
  const answer = await askFor(wish, { given, ...(now.green && { lane: "green" }) });
  if (answer?.status === 409) {
    const words = refusal(answer.data?.code, answer.data?.message);
    bookedTrouble([words.text, words.more].filter(Boolean).join(" "));
    paintTake();
    idle.run();
  } else if (answer) answered(answer, isMobile(given) ? given : "");
  settle();
}

function openBooked() {
  wish = new Wish(HALL, "appointments/arrive/");
  now.group = null;
  show("booked");
}

function bookedChanged() {
  $("booked-trouble").textContent = "";
}

function bookedTrouble(sentence) {
  $("booked-trouble").textContent = sentence;
  if (now.reading) say(sentence);
}

function answered({ status, data, lost }, phone) {
  if (status === 201 || status === 200) arrived(data, phone);
  else if (lost) {
    watch.lost();
    goHome();
  } else if (status === 401 || status === 403) {
    watch.probe();
    goHome();
  } else if (status === 400 && data?.phone) backToPhone(refusal("bad_phone", data.phone[0]).text);
  else if (status === 409 && ["phone_has_number", "bad_phone"].includes(data?.code)) {
    backToPhone(refusal(data.code, data.message).text);
  } else refused(status, data);
}

function arrived(ticket, phone) {
  now.ticket = ticket;
  now.sms = Boolean(phone);
  wish = null;
  $("qr").src = `/t/${ticket.id}/qr.svg`;
  show("ticket");
  if (IS_DEVICE && !watch.paperOut) printTicket();
}

/** Where printing is not silent its dialog stops the clock: the twenty seconds begin when it closes. */
async function printTicket() {
  const bring = now.group && watch.facts ? bringWords(now.group, watch.facts) : "";
  await printSlip(now.ticket, $("about").textContent, bring);
  idle.touch();
}

/** What was typed stays, and so does the screen. */
function backToPhone(sentence) {
  show("phone");
  trouble(sentence);
}

function trouble(sentence) {
  $("phone-trouble").textContent = sentence;
  if (now.reading) say(sentence);
}

function refused(status, data) {
  now.refusal = { code: status === 429 ? "busy" : data?.code, sentence: data?.message || "" };
  watch.probe();
  show("refused");
}

// ---- help for eyes and ears ---------------------------------------------------------------------

function readAloud() {
  if (!now.reading) return;
  if (now.screen === "ticket") say(ticketWords());
  else if (now.screen === "home") say([t("home_title"), ...(watch.facts?.groups || []).map((group) => named(group))].join(",").concat("。"));
  else if (now.screen === "phone") {
    const told = [named(now.group), $("bring").textContent, t("phone_title"), $("take").textContent];
    say(told.filter(Boolean).join("。").concat("。"));
  }
  else if (now.screen === "booked") say(`${t("booked_title")}。${t("booked_sub")}。`);
  else if (now.screen === "tip") say(`${t("tip_title")}。${t("tip_anyway")}。`);
  else if (now.screen === "refused") say($("refused-text").textContent);
}

function ticketWords() {
  const { number, ahead } = now.ticket;
  const range = waitRange(now.ticket);
  return [
    t("say_ticket", { number: spokenNumber(number) }),
    t("say_ahead", { n: ahead }),
    range ? t("say_wait", range) : t("unknown"),
    $("paper-note").textContent,
  ].join(" ");
}

function toggleLane() {
  now.green = !now.green;
  show(now.screen);
}

function setPaper(isOut) {
  watch.paperOut = isOut;
  if (IS_DEVICE) watch.pulse();
  paint();
}

function trialSlip() {
  const sample = { number: t("trial"), ahead: 0, estimated_wait_seconds: null, taken_at: new Date().toISOString(), id: "" };
  printSlip(sample, t("trial"));
}

// ---- wiring -------------------------------------------------------------------------------------

$("groups").addEventListener("click", (event) => {
  const code = event.target.closest("button.group")?.dataset.code;
  if (code) choose(code);
});
$("tip-anyway").addEventListener("click", () => show("phone"));
for (const id of ["tip-go", "refused-home", "done"]) $(id).addEventListener("click", goHome);
for (const button of all(".back:not(#again)")) button.addEventListener("click", goBack);
$("booked-door").addEventListener("click", openBooked);
$("arrive").addEventListener("click", arrive);
$("take").addEventListener("click", take);
$("again").addEventListener("click", printTicket);
$("stay").addEventListener("click", () => idle.run());
$("lane-home").addEventListener("click", toggleLane);
$("lane-phone").addEventListener("click", toggleLane);
$("give-up").addEventListener("click", () => {
  if (wish?.isNewNumber) unclaimed.add(wish.key);
  asking = false;
  goHome();
  settle();
});
$("large").addEventListener("click", () => {
  now.large = !now.large;
  show(now.screen);
});
$("language").addEventListener("click", () => {
  setLanguage(isEnglish() ? "zh" : "en");
  forgetTrouble();
  show(now.screen);
});
$("read").addEventListener("click", () => {
  now.reading = !now.reading;
  hush();
  show(now.screen);
});
addEventListener("contextmenu", (event) => event.preventDefault());
addEventListener("dragstart", (event) => event.preventDefault());
whenVoicesChange(paintTop);
setInterval(paintTop, 1000);
setInterval(freshenAtNight, 60000);

/** A kiosk stays on for months; once a night, unused and in touch with the server, it takes up the newest page. */
function freshenAtNight() {
  const isNight = clockText(Date.now()).startsWith("04");
  const isUnused = ["home", "closed"].includes(now.screen) && idle.paused && !watch.away && !watch.unpaired;
  if (isNight && isUnused && performance.now() > 2 * 3600 * 1000) location.reload();
}

/** One step back keeps the lane, the language and the type size; the phone is forgotten. */
function goBack() {
  if (asking) return;
  keypad.clear();
  bookedPad.clear();
  forgetTrouble();
  now.group = null;
  show(restScreen());
}

show("home");
watch.start();
if (IS_DEVICE) new Jobs(watch).start();
