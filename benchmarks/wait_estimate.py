"""How far the expected wait is from the truth, against simpler ways to tell it and against what nobody could beat."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from benchmarks import wait_hall as sim
from benchmarks.harness import Result, load_average, say
from benchmarks.wait_hall import Day, State, World
from queueing.rules import means
from queueing.rules.long_lines import Block, wait_behind
from queueing.rules.means import Called, Means, Seen, Worked
from queueing.rules.waits import LONGEST_LINE, Desk, Kind, Person, Scene, Wait, outlook

SEED = 20_261_124  # of days that nobody looked at while the rules were made
TAUGHT_DAYS = 30
TESTED_DAYS = 37
SIDE_DAYS = 10  # of the other noise, and of each cell nobody knows of
CELL_DAYS = 4
FLOOR_STATES = 1200
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

    long: int = 0

    def rmse(self, name: str, places: list[int] | None = None) -> float:
        """In minutes, of all customers or of some."""
        off = np.array(getattr(self, name)) - np.array(self.truth)
        return float(np.sqrt(np.mean((off if places is None else off[places]) ** 2))) / 60

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
            wait = expected(scene, person(state.guest, state.now, kinds))
            told.seconds.append(time.perf_counter() - began)
            told.long += len(scene.line) > LONGEST_LINE
            told.ours.append(wait.low_seconds)
            told.high.append(wait.high_seconds)
            simpler(told, state, day, taught)
            if kept is not None:
                kept.append((state, world))
        told.truth += [guest.called - guest.at for guest in guests]
    return told


def expected(scene: Scene, asker: Person) -> Wait:
    """As the product tells it: by playing, or by the sum where the line is too long."""
    if len(scene.line) <= LONGEST_LINE:
        (wait,) = outlook(scene, [asker])
    else:
        ahead = [one for one in scene.line if one.order < asker.order]
        wait = wait_behind([Block(one.kind, 1) for one in ahead], scene.desks, scene.habits)
    assert wait is not None
    return wait


def simpler(told: Told, state: State, day: Day, taught: Means) -> None:
    """The people ahead by the mean over the open windows; the mean of the last ten; the longest waiting."""
    ahead = sum(guest.order < state.guest.order for guest in state.line)
    open_now = sum(busy is not None or not rests for busy, rests in zip(state.busy, state.resting, strict=True))
    told.formula.append(math.ceil(ahead * taught.groups[1].mean / open_now / 60) * 60)
    last = [guest.called - guest.at for guest in day.calls[-10:] if guest.called <= state.now]
    told.last_ten.append(sum(last) / len(last) if last else 0.0)
    told.longest.append(max((state.now - guest.at for guest in state.line), default=0.0))


@dataclass(frozen=True)
class Measured:
    """What one kind of noise gives: everything told, and the floor over some of the same moments."""

    told: Told
    places: list[int]
    floor: float
    expected: float
    day_cv: float

    @property
    def rmse(self) -> float:
        """Of ours over the moments whose future was played again."""
        return self.told.rmse("ours", self.places)

    def as_detail(self) -> dict[str, Any]:
        told = self.told
        return {
            "rmse": round(self.rmse, 2),
            "floor": round(self.floor, 2),
            "ratio": round(self.rmse / self.floor, 3),
            "ratio_of_replays": round(self.expected / self.floor, 3),
            "rmse_of_all": round(told.rmse("ours"), 2),
            "formula_rmse": round(told.rmse("formula"), 2),
            "last_ten_rmse": round(told.rmse("last_ten"), 2),
            "longest_waiting_rmse": round(told.rmse("longest"), 2),
            "p90_coverage": round(told.coverage, 3),
            "bias_minutes": round((float(np.mean(told.ours)) - float(np.mean(told.truth))) / 60, 2),
            "mean_wait_minutes": round(float(np.mean(told.truth)) / 60, 2),
            "ms_per_estimate": round(float(np.mean(told.seconds)) * 1000, 2),
            "ms_per_estimate_p95": round(float(np.quantile(told.seconds, 0.95)) * 1000, 2),
            "predictions": len(told.truth),
            "states_replayed": len(self.places),
            "lines_too_long_to_play": told.long,
            "day_cv_learned": round(self.day_cv, 3),
        }


def measured(noise: str, seed: int, days: int) -> Measured:
    """Learn on some days, tell on others, and play the true future of some moments again."""
    say(f"{noise}: learning on {TAUGHT_DAYS} days")
    taught = learn(sim.worlds(TAUGHT_DAYS, seed, noise=noise), seed + 1000)
    say(f"{noise}: telling on {days} other days")
    kept: list[tuple[State, World]] = []
    told = tell(sim.worlds(days, seed + 1, noise=noise), seed + 2000, taught, kept)
    draw = random.Random(seed + 2)
    places = sorted(draw.sample(range(len(kept)), min(FLOOR_STATES, len(kept))))
    say(f"{noise}: playing the true future of {len(places)} states again, {REPLAYS} times each")
    futures = [sim.replayed(*kept[place], draw, REPLAYS) for place in places]
    floor = np.mean([statistics.variance(waits) for waits in futures])
    # What ours would be off over all those futures instead of the one that came; the mean's own noise taken out.
    off = [(told.ours[place] - statistics.mean(waits)) ** 2 for place, waits in zip(places, futures, strict=True)]
    expected = floor * (1 - 1 / REPLAYS) + np.mean(off)
    found = Measured(told, places, math.sqrt(floor) / 60, math.sqrt(expected) / 60, taught.day_cv)
    say(f"{noise}: {found.as_detail()}")
    return found


CELLS = {
    "window_closes_early": World(early=((7, 15 * sim.HOUR),)),
    "second_business": World(second=0.2),
    "load_step": World(step=(14 * sim.HOUR, 1.4)),
}


def cells() -> dict[str, Any]:
    """What neither the means nor the play know of."""
    taught = learn(sim.worlds(TAUGHT_DAYS, SEED, noise="load"), SEED + 1000)
    found = {}
    for place, (name, cell) in enumerate(CELLS.items()):
        plain = sim.worlds(CELL_DAYS, SEED + 10 + place, noise="load")
        told = tell([replace(cell, load=world.load) for world in plain], SEED + 10_000 * (place + 1), taught)
        found[name] = {
            "rmse": round(told.rmse("ours"), 2),
            "formula_rmse": round(told.rmse("formula"), 2),
            "last_ten_rmse": round(told.rmse("last_ten"), 2),
            "longest_waiting_rmse": round(told.rmse("longest"), 2),
            "p90_coverage": round(told.coverage, 3),
            "predictions": len(told.truth),
        }
        say(f"{name}: {found[name]}")
    return found


def run() -> Iterator[Result]:
    load = load_average()
    with ProcessPoolExecutor(1) as aside:
        services = aside.submit(measured, "pace", SEED + 100_000, SIDE_DAYS)
        unknown = aside.submit(cells)
        headline = measured("load", SEED, TESTED_DAYS)
        detail = {
            "better": "lower",
            **headline.as_detail(),
            "noise": "arrivals",
            "noise_of_services": services.result().as_detail(),
            "cells": unknown.result(),
            "load_average_before": load,
        }
    yield Result("wait_estimate", headline.rmse, "min", headline.floor, detail)
