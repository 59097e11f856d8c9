// The small screen above one window: its number and what it is doing now.

import { SeenCalls, ServerClock } from "./document.js";
import { replay, setText } from "./draw.js";
import { Link } from "./link.js";
import { StaleBanner } from "./stale.js";
import { renewAtNight, shiftPixels, tellAlive } from "./upkeep.js";
import { WORDS, clockParts, purpose } from "./words.js";

const page = document.body.dataset;
const part = (name) => document.querySelector(`[data-part=${name}]`);
const STATES = ["closed", "free", "called", "serving", "paused"];
const FACES = {
  closed: () => ["", WORDS.closed],
  free: () => ["", WORDS.free],
  paused: () => ["", WORDS.paused],
  called: (number) => ["请", number],
  serving: (number) => [WORDS.serving, number],
};

const clock = new ServerClock();
const seen = new SeenCalls();
const stale = new StaleBanner({ screen: part("screen"), banner: part("stale"), age: part("age"), clock });

function draw(board) {
  clock.atLeast(board.generated_at);
  stale.good();
  const window = board.windows.find((one) => one.id === Number(page.window));
  const state = window?.state ?? "closed";
  const [word, text] = faceOf(state, window?.number, board.mode);
  for (const name of STATES) part("screen").classList.toggle(`is-${name}`, name === state);
  setText(part("word"), word);
  setText(part("number"), text);
  setText(part("purpose"), window && state !== "closed" ? purpose(window) : "");
  part("number").classList.toggle("is-word", !/^[A-Z]\d+$/.test(text));
  part("number").classList.toggle("is-long", /^[A-Z]\d{4,}$/.test(text));
  const called = seen.fresh(board.calls, clock.now()).some((call) => call.window_number === window?.window_number);
  if (called && state === "called") replay(part("screen"), "is-flashing");
  document.body.classList.remove("is-loading");
}

/** People in a line have no number: the window only says that the next one may come. */
function faceOf(state, number, mode) {
  if (mode === "line" && state === "called") return [WORDS.please, WORDS.next];
  if (mode === "line" && state === "serving") return ["", WORDS.serving];
  return FACES[state](number ?? "");
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
    stale: (old) => stale.turn(old),
  },
});

setInterval(() => stale.tick(), 1_000);
shiftPixels(part("screen"));
renewAtNight({ build: page.build, hour: () => clockParts(clock.now()).hour, idle: () => !link.stale });
link.start();
tellAlive();
