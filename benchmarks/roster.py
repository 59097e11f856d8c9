"""How well the roster solver covers what windows need, against the pattern halls make by hand, and what customers feel.

BENCH_ROSTER_SECONDS (60) and BENCH_ROSTER_SIZES (12,18,24,30) make a quick try possible. See docs/benchmarks.md.
"""

import os
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from benchmarks.harness import Result, load_average, say
from benchmarks.roster_hall import hard_violations, make, manual, need_sum, uncovered

SEED = 1
SECONDS = float(os.environ.get("BENCH_ROSTER_SECONDS", "60"))
SIZES = [int(size) for size in os.environ.get("BENCH_ROSTER_SIZES", "12,18,24,30").split(",")]
SERVICE_MINUTES, LOAD, LONG_WAIT = 8.0, 0.85, 600


def run() -> Iterator[Result]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for size in SIZES:
        yield from _measured(size)


def _measured(size: int) -> Iterator[Result]:
    from staff.rules.roster_solver import solve

    problem, before = make(size, SEED), load_average()
    by_hand, needed = manual(problem), need_sum(problem)
    say(f"{size} staff: {needed} window half hours needed, {SECONDS:g} s")
    solved = solve(problem, seconds=SECONDS)
    plan = solved.plan or {}
    floor, value = 100 * uncovered(problem, by_hand) / needed, 100 * uncovered(problem, plan) / needed
    yield Result(
        "roster",
        value,
        "% of window half hours uncovered",
        floor,
        {
            "size": f"{size} staff, 28 days",
            "better": "lower",
            "seconds": round(solved.elapsed, 1),
            "hard_violations": hard_violations(problem, plan),
            "manual_hard_violations": hard_violations(problem, by_hand),
            "gap": round(solved.gap or 0, 4) if solved.cost is not None else None,
            "cost": solved.cost,
            "bound": round(solved.bound, 1),
            "load_average_before": before,
        },
    )
    waits = [_long_waits(problem, one) for one in (by_hand, plan)]
    yield Result(
        "roster_replay",
        100 * waits[1],
        "% of customers waiting over 10 min",
        100 * waits[0],
        {"size": f"{size} staff, 28 days", "better": "lower", "customers_a_day": _customers(problem)},
    )


def _customers(problem: Any) -> int:
    needed = sum(sum(slots.values()) for slots in problem.need.values())
    return round(LOAD * needed * 30 / SERVICE_MINUTES / len(problem.days))


def _long_waits(problem: Any, plan: Any) -> float:
    """The month's customers through the product's queue and the windows of a roster; each roster sees the same ones."""
    long = everybody = 0
    for day in problem.days:
        for wait in _waits(problem, plan, day):
            everybody += 1
            long += wait is None or wait > LONG_WAIT
    return long / everybody


def _waits(problem: Any, plan: Any, day: date) -> list[float | None]:
    """Seconds from coming to the call; None for who is not called before the windows close."""
    from queueing.rules import fairness
    from queueing.rules import replay as rules

    values = dict.fromkeys(rules.HEAD_STARTS, 0) | {fairness.PRIORITY_RUN: 3}
    desks = tuple(_desks(problem, plan, day))
    waiters = rules.Replay(rules.Day(tuple(_visits(problem, day)), desks), values, gap=20.0).play()
    return [None if one.called is None else one.called - one.visit.at for one in waiters]


def _visits(problem: Any, day: date) -> Iterator[Any]:
    """Customers as many as the needed windows can serve at 85 % load, at random moments, lognormal service."""
    from queueing.rules.replay import PLAIN, Visit

    draw = random.Random(f"replay:{day}")
    came = []
    for slot, windows in problem.need[day].items():
        expected = LOAD * windows * 30 / SERVICE_MINUTES
        count = int(expected) + (draw.random() < expected % 1)
        came += [(slot * 1800 + draw.uniform(0, 1800), draw.lognormvariate(0, 0.5)) for _ in range(count)]
    scale = SERVICE_MINUTES * 60 / 1.1331  # the mean of that lognormal
    for number, (moment, share) in enumerate(sorted(came)):
        yield Visit(f"A{number:03d}", moment, PLAIN, "A", "", 1, held_window=share * scale)


def _desks(problem: Any, plan: Any, day: date) -> Iterator[Any]:
    from queueing.rules.replay import Desk

    for (worker, on), entry in sorted(plan.items()):
        if on != day:
            continue
        shift = problem.shifts[entry.shift]
        away = [shift.gap] if shift.gap else []
        if entry.meal is not None and shift.rest:
            away.append((entry.meal, entry.meal + shift.rest[0]))
        spans, since = [], shift.begins
        for begins, ends in sorted(away):
            spans.append((since * 60.0, begins * 60.0))
            since = ends
        spans.append((since * 60.0, shift.ends * 60.0))
        yield Desk(worker, frozenset({1}), "", tuple(spans))
