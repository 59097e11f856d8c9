// The lobby TV: joins the link, the drawing and the voice.

import { Announcer } from "./announcer.js";
import { Carousel } from "./carousel.js";
import { Content } from "./content.js";
import { SeenCalls, ServerClock } from "./document.js";
import { setText } from "./draw.js";
import { Footer } from "./footer.js";
import { Hero } from "./hero.js";
import { Link } from "./link.js";
import { ALL_CLIPS } from "./sentence.js";
import { drawSide } from "./side.js";
import { StaleBanner } from "./stale.js";
import { renewAtNight, shiftPixels, tellAlive } from "./upkeep.js";
import { Voice } from "./voice.js";
import { WORDS, clockParts, dayOf, hoursText } from "./words.js";

const page = document.body.dataset;
const part = (name) => document.querySelector(`[data-part=${name}]`);
const asked = new URLSearchParams(location.search);
let zone = asked.get("zone") ?? "";
const quiet = asked.get("mute") === "1";
const WARM_AFTER_MS = 3_000;

const clock = new ServerClock();
const seen = new SeenCalls();
const now = () => clock.now();
const hero = new Hero({ root: part("hero"), list: part("recent"), now });
const footer = new Footer({ left: part("news"), right: part("tip") });
const side = {
  root: part("side"),
  waitingPanel: part("waiting-panel"),
  waiting: part("waiting"),
  windows: part("windows"),
  nearPanel: part("near-panel"),
  near: part("near"),
};
const stale = new StaleBanner({ screen: part("screen"), banner: part("stale"), age: part("age"), clock });
const clipUrls = Object.fromEntries(ALL_CLIPS.map((name) => [name, `${page.audio}${name}.ogg`]));
const voice = new Voice({ clipUrls, changed: () => markSound() });
let board = null;

const announcer = new Announcer({
  voice,
  now,
  quiet,
  banner: (text) => {
    setText(part("broadcast-text"), text ?? "");
    part("broadcast").hidden = !text;
  },
  speaks: (call) => !quiet && (!zone || call.zone === zone),
  show: (call) => {
    hero.show(call, true);
    if (board) hero.drawList(board);
  },
});

const carousel = new Carousel({
  root: part("carousel"),
  icons: page.icons,
  today: () => dayOf(now()),
  changed: () => {
    part("left").classList.toggle("has-slides", Boolean(carousel.shown));
    part("carousel").hidden = !carousel.shown;
  },
});

const content = new Content({
  url: page.content,
  now,
  knowsTime: () => clock.known,
  on: {
    items: (items) => {
      carousel.update(items);
      drawNotices();
    },
    broadcast: (one) => announcer.broadcast(one),
  },
});

function drawNotices() {
  footer.setUrgent(carousel.urgent);
  footer.setNotices(carousel.showing.filter((item) => item.kind === "notice"));
}

function markSound() {
  part("muted").hidden = quiet || !voice.silent;
  part("built-in").hidden = quiet || voice.silent || !voice.usesClips;
}

function markZone(name) {
  zone = name;
  setText(part("zone"), quiet ? WORDS.quiet : zone);
  part("zone").hidden = !quiet && !zone;
}

function draw(fresh) {
  board = fresh;
  clock.atLeast(board.generated_at);
  stale.good();
  document.title = board.name;
  setText(part("name"), board.name);
  setText(part("hours"), hoursText(board));
  hero.mode = board.mode;
  const news = seen.fresh(board.calls, now());
  for (const call of news) announcer.add(call, board.calls, board.mode);
  if (!announcer.busy) hero.show(board.calls[0] ?? null, false);
  hero.drawList(board);
  const resting = !board.open && board.windows.every((window) => window.state === "closed");
  footer.update(board, { named: drawSide(side, board) && !resting, resting });
  drawClosed(resting);
  document.body.classList.remove("is-loading");
}

/** After hours, once the last customer has been served, the screen only says when to come back. */
function drawClosed(resting) {
  part("screen").classList.toggle("is-closed", resting);
  part("closed").hidden = !resting;
  part("main").hidden = resting;
  setText(part("closed-hours"), board.hours ? `营业时间 ${board.hours}` : WORDS.noHours);
}

let minuteShown = "";

function tick() {
  const time = clockParts(now());
  if (time.minute !== minuteShown) {
    minuteShown = time.minute;
    setText(part("time"), time.minute);
    setText(part("day"), time.day);
  }
  stale.tick();
  hero.tick();
  footer.tick();
  carousel.tick();
  drawNotices();
}

const link = new Link({
  socketUrl: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${page.socket}`,
  boardUrl: page.board,
  on: {
    document: draw,
    alive: (time) => {
      clock.hear(time);
      stale.good();
    },
    stale: (old) => {
      stale.turn(old);
      if (!old) content.hint();
    },
    content: () => content.hint(),
  },
});

for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => voice.unlock());
markZone(zone);
markSound();
tick();
setInterval(tick, 1_000);
setTimeout(() => quiet || voice.warm(), WARM_AFTER_MS);
shiftPixels(part("screen"));
renewAtNight({ build: page.build, hour: () => clockParts(now()).hour, idle: () => !announcer.busy && !link.stale });
link.start();
content.start();
tellAlive((device) => asked.has("zone") || markZone(device.zone));
