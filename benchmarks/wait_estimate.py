"""How far the expected wait is from the truth, against simpler ways to tell it and against what nobody could beat."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks import wait_hall as sim
from benchmarks.harness import Result, load_average, say
from benchmarks.wait_hall import Day, State, World
from queueing.rules import means
from queueing.rules.means import Called, Means, Seen, Worked
from queueing.rules.waits import Desk, Kind, Person, Scene, outlook

TAUGHT_DAYS = 30
TESTED_DAYS = 46
CELL_DAYS = 10
FLOOR_STATES = 2500
REPLAYS = 40
GROUP = frozenset({1})
EVERYDAY = Kind(480.0, 0.6)  # what a table would say of every kind, before the hall has a past


@dataclass
class Told:
    """Every way to tell a wait, and the truth, in seconds; one row per customer."""

    truth: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    formula: list[float] = field(default_factory=list)
    last_ten: list[float] = field(default_factory=list)
    longest: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def rmse(self, name: str) -> float:
        """In minutes."""
        off = np.array(getattr(self, name)) - np.array(self.truth)
        return float(np.sqrt(np.mean(off**2))) / 60

    @property
    def coverage(self) -> float:
        return float(np.mean(np.array(self.truth) <= np.array(self.high)))


def learn(worlds: list[World], seed: int) -> Means:
    """What the nightly task would find in the rows of these days, by the product's own rules."""
    seen: dict[int, list[float]] = {kind: [] for kind in range(len(sim.KINDS))}
    by_day: list[list[tuple[int, float]]] = []
    called: dict[int, list[bool]] = {}
    vips: list[float] = []
    for number, world in enumerate(worlds):
        day = Day(world, seed + number)
        for _ in day.states():
            pass
        for _, kind, takes in day.served:
            seen[kind].append(takes)
        by_day.append([(kind, takes) for _, kind, takes in day.served])
        for guest in day.calls:
            called.setdefault(int((guest.called - guest.at) // 300), []).append(guest.missed)
        vips += [guest.at for guest in day.guests if guest.is_vip]
    kinds = {
        kind: means.shrunk(Seen(len(all_), float(np.mean(all_)), float(np.mean(np.square(all_)))), EVERYDAY, weight=20)
        for kind, all_ in seen.items()
    }
    rates = np.histogram(vips, bins=means.SLOTS, range=(0, 86400))[0] / len(worlds) / means.SLOT_SECONDS
    return Means(
        businesses={kind + 1: found for kind, found in kinds.items()},
        groups={1: pooled([takes for all_ in seen.values() for takes in all_])},
        absent=means.absent_from(
            [Called(slot * 5 + 2.5, len(all_), sum(all_)) for slot, all_ in called.items()], weight=30
        ),
        overtakers=tuple(((sim.HEAD_START, float(rate)),) for rate in rates),
        windows=tuple(map(usual_windows, range(means.SLOTS))),
        day_cv=means.cv_of_days([worked(rows, kinds) for rows in by_day]),
    )


def pooled(seconds: list[float]) -> Kind:
    mean = float(np.mean(seconds))
    return Kind(mean, float(np.std(seconds)) / mean)


def usual_windows(slot: int) -> float:
    """What the rows of sessions and pauses would show in the middle of the half hour."""
    at = (slot + 0.5) * means.SLOT_SECONDS
    if not sim.OPENS <= at < sim.CLOSES:
        return 0.0
    return float(sim.WINDOWS - sim.RESTING * (sim.NOON[0] <= at < sim.NOON[1]))


def worked(rows: list[tuple[int, float]], kinds: dict[int, Kind]) -> Worked:
    known = [kinds[kind] for kind, _ in rows]
    expected = sum(kind.mean for kind in known)
    return Worked(sum(takes for _, takes in rows), expected, sum((kind.mean * kind.cv) ** 2 for kind in known))


def scene_of(state: State, day: Day, taught: Means) -> Scene:
    """What the product would know: its rows until now, and the habits it learned. Nothing of today's factor."""
    kinds = {kind: taught.businesses[kind + 1] for kind in range(len(sim.KINDS))}
    done = [(kind, takes) for end, kind, takes in day.served if end <= state.now]
    factor, unsure = means.today_factor(worked(done, kinds), cv=taught.day_cv)
    today = replace(taught, day=factor, day_cv=unsure)
    slot = int(state.now // means.SLOT_SECONDS)
    habits = replace(today.habits_in(slot), absent_seconds=sim.MISSED_SECONDS)
    desks = [
        Desk(
            id=window,
            groups=GROUP,
            busy=(kinds[busy.kind] if busy.kind >= 0 else Kind(sim.MISSED_SECONDS, 0.1)) if busy else None,
            elapsed=state.now - busy.since if busy else 0.0,
        )
        for window, busy in enumerate(state.busy)
        if busy or not state.resting[window]
    ]
    expected = means.changes(len(desks), taught.windows, second=state.now, closes=sim.CLOSES)
    desks += [Desk(id=sim.WINDOWS + place, groups=GROUP, opens=at) for place, at in enumerate(expected.opens)]
    line = tuple(person(guest, state.now, kinds) for guest in sorted(state.line, key=lambda one: one.order))
    return Scene(tuple(desks), line, habits, expected.closings)


def person(guest: sim.Guest, now: float, kinds: dict[int, Kind]) -> Person:
    return Person(guest.order - now, GROUP, kinds[guest.kind], waited=now - guest.at)


def tell(worlds: list[World], seed: int, taught: Means, kept: list[tuple[State, World]] | None = None) -> Told:
    """Ask at every arrival of these days; the truth is the moment of the call."""
    told = Told()
    kinds = {kind: taught.businesses[kind + 1] for kind in range(len(sim.KINDS))}
    for number, world in enumerate(worlds):
        day = Day(world, seed + number)
        guests: list[sim.Guest] = []
        for state in day.states():
            guests.append(state.guest)
            scene = scene_of(state, day, taught)
            began = time.perf_counter()
            (wait,) = outlook(scene, [person(state.guest, state.now, kinds)])
            told.seconds.append(time.perf_counter() - began)
            assert wait is not None
            told.ours.append(wait.low_seconds)
            told.high.append(wait.high_seconds)
            simpler(told, state, day, taught)
            if kept is not None:
                kept.append((state, world))
        told.truth += [guest.called - guest.at for guest in guests]
    return told


def simpler(told: Told, state: State, day: Day, taught: Means) -> None:
    """The people ahead by the mean over the open windows; the mean of the last ten; the longest waiting."""
    ahead = sum(guest.order < state.guest.order for guest in state.line)
    open_now = sum(busy is not None or not rests for busy, rests in zip(state.busy, state.resting, strict=True))
    told.formula.append(math.ceil(ahead * taught.groups[1].mean / open_now / 60) * 60)
    last = [guest.called - guest.at for guest in day.calls[-10:] if guest.called <= state.now]
    told.last_ten.append(sum(last) / len(last) if last else 0.0)
    told.longest.append(max((state.now - guest.at for guest in state.line), default=0.0))


def floor_of(kept: list[tuple[State, World]], seed: int) -> float:
    """The root of the mean variance of the wait when the true future is played again from the same state."""
    draw = random.Random(seed)
    some = draw.sample(kept, min(FLOOR_STATES, len(kept)))
    return math.sqrt(float(np.mean([sim.replayed(state, world, draw, REPLAYS) for state, world in some]))) / 60


CELLS = {
    "window_closes_early": World(early=((7, 15 * sim.HOUR),)),
    "second_business": World(second=0.2),
    "load_step": World(step=(14 * sim.HOUR, 1.4)),
}


def run() -> Iterator[Result]:
    load = load_average()
    say("learning")
    taught = learn(sim.worlds(TAUGHT_DAYS, 1, noise="pace"), 1000)
    say(f"telling on {TESTED_DAYS} other days")
    kept: list[tuple[State, World]] = []
    told = tell(sim.worlds(TESTED_DAYS, 2, noise="pace"), 2000, taught, kept)
    say(f"playing the true future of {FLOOR_STATES} states again, {REPLAYS} times each")
    floor = floor_of(kept, 3)
    cells = {}
    for place, (name, cell) in enumerate(CELLS.items()):
        say(name)
        days = [replace(cell, pace=world.pace) for world in sim.worlds(CELL_DAYS, 10 + place, noise="pace")]
        found = tell(days, 10_000 * (place + 1), taught)
        cells[name] = {
            "rmse": round(found.rmse("ours"), 2),
            "formula_rmse": round(found.rmse("formula"), 2),
            "p90_coverage": round(found.coverage, 3),
            "predictions": len(found.truth),
        }
    detail = {
        "better": "lower",
        "p90_coverage": round(told.coverage, 3),
        "ms_per_estimate": round(float(np.mean(told.seconds)) * 1000, 2),
        "ms_per_estimate_p95": round(float(np.quantile(told.seconds, 0.95)) * 1000, 2),
        "predictions": len(told.truth),
        "mean_wait_minutes": round(float(np.mean(told.truth)) / 60, 2),
        "bias_minutes": round((float(np.mean(told.ours)) - float(np.mean(told.truth))) / 60, 2),
        "formula_rmse": round(told.rmse("formula"), 2),
        "last_ten_rmse": round(told.rmse("last_ten"), 2),
        "longest_waiting_rmse": round(told.rmse("longest"), 2),
        "day_cv_learned": round(taught.day_cv, 3),
        "cells": cells,
        "load_average_before": load,
    }
    yield Result("wait_estimate", told.rmse("ours"), "min", floor, detail)
