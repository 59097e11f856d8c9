// 排班表: cells are moved by dragging or by keys; after each change the server sends the grid anew.
import { say } from "../say.js";

const roster = document.getElementById("roster");
const menu = document.getElementById("roster-menu");
const token = document.querySelector('meta[name="csrf-token"]').content;
let here = null; // {person, day} of the cell that has the focus
let held = null; // of the cell that was picked up by key
let busy = false;

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
for (const button of document.querySelectorAll("[data-confirm]")) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.confirm)) event.preventDefault();
  });
}

const cells = () => [...roster.querySelectorAll("button.turn")];
const at = (place) => place && roster.querySelector(`button.turn[data-person="${place.person}"][data-day="${place.day}"]`);
const placeOf = (cell) => ({ person: cell.dataset.person, day: cell.dataset.day });

function rove() {
  const first = at(here) || cells()[0];
  for (const cell of cells()) cell.tabIndex = cell === first ? 0 : -1;
  at(held)?.classList.add("held");
}

async function send(address, values) {
  if (busy) return;
  busy = true;
  const body = new URLSearchParams(values);
  try {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token, Accept: "application/json, text/html", "HX-Request": "true" },
    });
    if (answer.status === 409) {
      say((await answer.json()).message, "error");
    } else if (!answer.ok) {
      say("没有保存成功,请刷新页面后再试。", "error");
    } else {
      roster.innerHTML = await answer.text();
    }
  } catch {
    say("连接中断,没有保存。请稍后再试。", "error");
  } finally {
    busy = false;
    rove();
    at(here)?.focus();
  }
}

const put = (place, shift, post = "") => send(roster.dataset.cell, { ...place, shift, post });
const shifts = () => [...menu.querySelectorAll("[data-shift]")].map((button) => button.dataset.shift).filter(Boolean);

function move(from, to) {
  held = null;
  here = to;
  return send(roster.dataset.move, { ...from, to_person: to.person, to_day: to.day });
}

function step(cell, down, right) {
  const row = cell.closest("tr");
  const rows = [...row.parentElement.children];
  const column = [...row.children].indexOf(cell.parentElement);
  const next = rows[rows.indexOf(row) + down]?.children[column + right]?.querySelector("button.turn");
  if (!next) return;
  here = placeOf(next);
  rove();
  next.focus();
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function openMenu(cell) {
  menu.querySelector("[data-title]").textContent = `${cell.dataset.name} ${cell.dataset.day}`;
  menu.querySelector("select").value = "";
  menu.showModal();
}

function pressed(event) {
  const cell = event.target.closest("button.turn");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  here = placeOf(cell);
  if (ARROWS[event.key]) {
    event.preventDefault();
    step(cell, ...ARROWS[event.key]);
  } else if (!roster.dataset.edit) {
    return;
  } else if (event.key === "Escape") {
    at(held)?.classList.remove("held");
    held = null;
  } else if (event.key === " ") {
    event.preventDefault();
    if (held) move(held, here);
    else if (cell.textContent.trim()) {
      held = here;
      cell.classList.add("held");
    }
  } else if (event.key === "Enter") {
    event.preventDefault();
    openMenu(cell);
  } else if (event.key === "0" || event.key === "Delete") {
    put(here, "");
  } else if (/^[1-9]$/.test(event.key) && shifts()[event.key - 1]) {
    put(here, shifts()[event.key - 1]);
  }
}

roster.addEventListener("keydown", pressed);
roster.addEventListener("focusin", (event) => {
  const cell = event.target.closest("button.turn");
  if (cell) here = placeOf(cell);
});

if (roster.dataset.edit) {
  roster.addEventListener("click", (event) => {
    const cell = event.target.closest("button.turn");
    if (cell && event.detail > 0) {
      here = placeOf(cell);
      openMenu(cell);
    }
  });
  menu.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-shift]");
    if (chosen) {
      menu.close();
      put(here, chosen.dataset.shift, menu.querySelector("select").value);
    } else if (event.target.closest("[data-close]")) menu.close();
  });
  let dragged = null;
  roster.addEventListener("dragstart", (event) => {
    dragged = placeOf(event.target.closest("button.turn"));
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "turn");
  });
  roster.addEventListener("dragover", (event) => {
    const cell = event.target.closest("button.turn");
    if (!cell || !dragged) return;
    event.preventDefault();
    for (const other of roster.querySelectorAll(".target")) other.classList.remove("target");
    cell.classList.add("target");
  });
  roster.addEventListener("drop", (event) => {
    const cell = event.target.closest("button.turn");
    if (!cell || !dragged) return;
    event.preventDefault();
    const from = dragged;
    dragged = null;
    if (cell !== at(from)) move(from, placeOf(cell));
  });
  roster.addEventListener("dragend", () => {
    dragged = null;
    for (const other of roster.querySelectorAll(".target")) other.classList.remove("target");
  });
}

async function follow() {
  const run = document.querySelector("[data-run]");
  if (!run) return;
  try {
    const answer = await fetch(run.dataset.run, { headers: { "X-Background": "1" } });
    if (answer.headers.get("X-Run") === "ended") {
      window.location.reload();
      return;
    }
    if (answer.ok) document.getElementById("roster-run").outerHTML = await answer.text();
  } catch {
    // the next look comes soon
  }
  setTimeout(follow, 1500);
}

rove();
follow();
