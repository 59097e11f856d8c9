// What stands beside the numbers: posters, tips and notices, one after the other, each only on its own days.
// Two slides and two pictures are made once and used for ever: days without a reload must not grow the page.

import { make, setText } from "./draw.js";
import { WORDS, dayText } from "./words.js";

const MARKS = { poster: "gift", tip: "bulb", notice: "megaphone", urgent: "megaphone" };
const LOADS_WITHIN_MS = 6_000;
const SVG = "http://www.w3.org/2000/svg";

/** Days are compared as texts, 2026-11-24: the first and the last one count (R-H-8). */
export function onDay(items, day) {
  return items.filter((item) => item.from <= day && day <= item.to);
}

export class Carousel {
  constructor({ root, icons, today, changed }) {
    Object.assign(this, { today, changed });
    this.items = [];
    this.slides = [slide(icons), slide(icons)];
    this.front = 0;
    this.shown = null;
    this.tried = null;
    this.left = 0;
    root.append(...this.slides.map((one) => one.root));
  }

  /** What may be shown now; asked every time, so that nothing outlives its last day. */
  get showing() {
    return onDay(this.items, this.today()).filter((item) => item.kind !== "urgent");
  }

  get urgent() {
    return onDay(this.items, this.today()).filter((item) => item.kind === "urgent");
  }

  update(items) {
    this.items = items;
    this.tick();
  }

  /** Once a second. */
  tick() {
    const showing = this.showing;
    if (this.shown && !showing.some((item) => same(item, this.shown))) this.turn(null);
    this.left -= 1;
    if (this.loading || (this.shown && this.left > 0) || !showing.length) return;
    const place = showing.findIndex((item) => item.id === this.tried);
    this.turnTo(showing[(place + 1) % showing.length]);
  }

  /** A picture that cannot be had is passed over; its turn comes again. */
  async turnTo(item) {
    this.tried = item.id;
    this.left = item.seconds;
    if (same(item, this.shown)) return;
    this.loading = true;
    const ready = await this.slides[1 - this.front].fill(item);
    this.loading = false;
    if (ready) this.turn(item);
    else this.left = 0;
  }

  turn(item) {
    this.slides[this.front].root.classList.remove("is-front");
    this.shown = item;
    if (item) {
      this.front = 1 - this.front;
      this.slides[this.front].root.classList.add("is-front");
      this.left = item.seconds;
    }
    this.changed();
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** One of the two places a material is drawn in. */
function slide(icons) {
  const root = make("article", "slide");
  const mark = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  const [label, title, text, until] = ["label", "title", "text", "until"].map((part) => make("p", `slide-${part}`));
  const picture = make("img", "slide-picture");
  mark.setAttribute("class", "slide-mark");
  mark.append(use);
  picture.alt = "";
  picture.hidden = true;
  root.append(mark, label, title, text, until, picture);

  async function fill(item) {
    if (item.image && !(await loaded(picture, item.image))) return false;
    if (!item.image) picture.removeAttribute("src");
    picture.hidden = !item.image;
    root.className = `slide slide-${item.kind}`;
    use.setAttribute("href", `${icons}#${MARKS[item.kind] ?? "gift"}`);
    setText(label, item.label);
    setText(title, item.title);
    setText(text, item.text);
    setText(until, item.kind === "poster" ? WORDS.until(dayText(item.to)) : "");
    return true;
  }
  return { root, fill };
}

async function loaded(picture, address) {
  if (picture.getAttribute("src") !== address) picture.src = address;
  let timer;
  const late = new Promise((giveUp) => {
    timer = setTimeout(giveUp, LOADS_WITHIN_MS, false);
  });
  const ready = await Promise.race([picture.decode().then(() => true, () => false), late]);
  clearTimeout(timer);
  if (!ready) picture.removeAttribute("src");
  return ready;
}
