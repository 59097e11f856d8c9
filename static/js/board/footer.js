// The bottom line: what is good to know, a sentence at a time.

import { make, replay } from "./draw.js";
import { TIPS, WORDS, hoursText, neighbours, noMoreNumbers } from "./words.js";

const EVERY_S = 12;

export class Footer {
  constructor({ left, right }) {
    Object.assign(this, { left, right });
    this.leftNews = [];
    this.boardNews = [];
    this.notices = [];
    this.urgent = [];
    this.second = 0;
    this.show(this.right, { text: TIPS[0] });
  }

  /** Notices that stay until they are taken down, before all that turns. */
  setUrgent(items) {
    const texts = items.map((item) => [item.title, item.text].filter(Boolean).join(" · "));
    if (JSON.stringify(texts) === JSON.stringify(this.urgent)) return;
    this.urgent = texts;
    this.showLeft(0);
  }

  /** The titles of notices, for those who look at the bottom line only. */
  setNotices(items) {
    const titles = items.map((item) => item.title);
    if (JSON.stringify(titles) === JSON.stringify(this.notices)) return;
    this.notices = titles;
    this.renew();
  }

  /** `named`: the near halls stand elsewhere on the screen already. */
  update(board, { named, resting }) {
    const halls = named ? [] : neighbours(board);
    const title = board.open ? WORDS.near : WORDS.nearAny;
    const news = halls.map((text) => ({ title, text }));
    if (board.open && !board.issuing) news.unshift({ text: noMoreNumbers(board), warns: true });
    for (const group of board.issuing ? (board.groups ?? []) : []) {
      if (group.stopped) news.unshift({ text: WORDS.groupStopped(group), warns: true });
    }
    if (!board.open && !resting) news.unshift({ text: WORDS.afterHours, warns: true });
    else if (board.closes && hoursText(board) !== WORDS.allDay && board.issuing) news.push({ title: `今日营业到 ${board.closes}`, text: "" });
    this.boardNews = news;
    this.renew();
  }

  renew() {
    const before = JSON.stringify(this.leftNews);
    const notices = this.notices.map((text) => ({ title: WORDS.notice, text }));
    this.leftNews = [...this.boardNews, ...notices].slice(0, 6);
    if (JSON.stringify(this.leftNews) !== before) this.showLeft(0);
  }

  /** Once a second. */
  tick() {
    this.second = (this.second + 1) % (EVERY_S * 60);
    const turn = Math.floor(this.second / EVERY_S);
    if (this.second % EVERY_S) return;
    this.show(this.right, { text: TIPS[turn % TIPS.length] });
    if (this.urgent.length > 1 || (!this.urgent.length && this.leftNews.length > 1)) this.showLeft(turn);
  }

  showLeft(turn) {
    const news = this.urgent.length ? this.urgent.map((text) => ({ text, warns: true, urgent: true })) : this.leftNews;
    this.show(this.left, news[turn % Math.max(1, news.length)]);
  }

  show(place, item) {
    place.replaceChildren();
    place.classList.toggle("is-warning", Boolean(item?.warns));
    place.classList.toggle("is-urgent", Boolean(item?.urgent));
    if (!item) return;
    if (item.title) place.append(make("b", "", item.title), " ");
    place.append(item.text);
    replay(place, "is-fading-in");
  }
}
