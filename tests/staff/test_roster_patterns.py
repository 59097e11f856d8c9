"""Patterns of a month: the cheapest one is found, and the bound they give is below every roster there is."""

from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import roster_hall
from staff.rules.roster_day_costs import day_costs
from staff.rules.roster_patterns import _Crew, find_patterns
from staff.rules.roster_solver import solve
from staff.rules.rosters import Limits, Problem, Scheme, Worker
from staff.rules.shifts import Shift
from staff.states import SchemeKind

THURSDAY = date(2026, 6, 4)
DAYS = tuple(THURSDAY + timedelta(days=ahead) for ahead in range(11))  # two weekends, one week whole
SHIFT = Shift(1, "全", 9 * 60, 17 * 60)
LONG = Shift(2, "长", 8 * 60, 18 * 60)


def problem(worker, *, run=3, weekends=1, shifts=(SHIFT,), scheme=Scheme(), need=1):
    slots = dict.fromkeys(range(18, 34), need)
    return Problem(
        days=DAYS,
        shifts={shift.key: shift for shift in shifts},
        workers=(worker,) if isinstance(worker, Worker) else tuple(worker),
        need=dict.fromkeys(DAYS, slots),
        open=dict.fromkeys(DAYS, frozenset(slots)),
        windows=2,
        workdays=frozenset(day for day in DAYS if day.weekday() < 5),
        limits=Limits(run=run, full_weekends=weekends),
        scheme=scheme,
        weights={"isolated": 4, "wish": 60, "noon": 0},
    )


def by_hand(where, worker, prices):
    """The least over all patterns, each judged by the rules' own words."""
    least = None
    for pattern in product((False, True), repeat=len(DAYS)):
        came = {day for day, works in zip(DAYS, pattern, strict=True) if works}
        everything = came | set(worker.around)
        runs = [
            sum(day + timedelta(days=ahead) in everything for ahead in range(where.limits.run + 1))
            for day in (
                DAYS[0] + timedelta(days=back) for back in range(-where.limits.run, len(DAYS) - where.limits.run)
            )
        ]
        weeks = [sum(day in came for day in week) for week in where.weeks()]
        caps = [
            (worker.weekly_minutes - sum(worker.around[day].minutes for day in week if day in worker.around)) // 480
            for week in where.weeks()
        ]
        free = sum(not (a in came or b in came) for a, b in where.weekends())
        if came & set(worker.off) or max(runs) > where.limits.run or free < where.limits.full_weekends:
            continue
        if any(count > max(cap, 0) for count, cap in zip(weeks, caps, strict=True)):
            continue
        lone = sum(
            pattern[at - 1] != pattern[at] != pattern[at + 1] and DAYS[at] not in worker.off
            for at in range(1, len(DAYS) - 1)
        )
        cost = (
            4 * lone
            + 60 * sum(day in worker.wishes for day in came)
            - sum(price for price, works in zip(prices, pattern, strict=True) if works)
        )
        least = cost if least is None else min(least, cost)
    return least


@settings(max_examples=15)
@given(
    prices=st.lists(st.integers(-5, 90), min_size=len(DAYS), max_size=len(DAYS)),
    off=st.sets(st.sampled_from(DAYS), max_size=3),
    wish=st.sampled_from(DAYS),
    before=st.integers(0, 3),
    hours=st.sampled_from([16, 24, 40]),
)
def test_the_cheapest_pattern_is_the_cheapest_of_all(prices, off, wish, before, hours):
    around = {THURSDAY - timedelta(days=back): SHIFT for back in range(1, before + 1)}
    worker = Worker(
        1, "小李", off=dict.fromkeys(off, "年假"), wishes={wish: None}, around=around, weekly_minutes=hours * 60
    )
    where = problem(worker)
    crew = _Crew(where, [worker], DAYS)

    patterns, values = crew.cheapest(np.array(prices, dtype=float))

    paid = sum(price for price, works in zip(prices, patterns[0], strict=True) if works)
    assert values[0] == crew.cost_of(worker, patterns[0]) - paid == by_hand(where, worker, prices)


@pytest.mark.parametrize("scheme", [Scheme(), Scheme(SchemeKind.COMPREHENSIVE, 40 * 60)], ids=["week", "month"])
@pytest.mark.parametrize("shifts", [(SHIFT,), (SHIFT, LONG)], ids=["one length", "two lengths"])
def test_no_roster_costs_less_than_the_bound(scheme, shifts):
    crew = [Worker(1, "小李", wishes={DAYS[4]: None}), Worker(2, "小王", off={DAYS[1]: "年假"}), Worker(3, "小赵")]
    where = problem(crew, shifts=shifts, scheme=scheme, need=2)

    bound = find_patterns(where, day_costs(where), seconds=5, keep_on=lambda _: True).bound
    best = solve(where, seconds=8, workers=4)

    assert best.is_best
    assert 0 < bound <= best.cost
    assert best.bound >= bound


def test_rosters_are_told_as_they_get_better_until_the_bound_is_near():
    where, told = roster_hall.make(12, 1), []

    def keep_on(progress):
        if progress.plan is not None:
            told.append((progress.cost, roster_hall.uncovered(where, progress.plan)))
        return not told or progress.cost > 1.02 * progress.bound

    solved = solve(where, seconds=60, workers=2, keep_on=keep_on)

    assert solved.gap <= 0.02
    assert roster_hall.hard_violations(where, solved.plan) == 0
    assert sorted(told, key=lambda one: -one[0]) == told
    assert told[-1][1] <= roster_hall.uncovered(where, roster_hall.manual(where)) / 2


def test_the_roster_there_is_comes_first_and_the_result_is_no_worse():
    where, told = roster_hall.make(12, 1), []
    start = roster_hall.manual(where)

    def keep_on(progress):
        told.extend([progress] if progress.plan is not None else [])
        return not told

    solved = solve(where, seconds=30, workers=4, start=start, keep_on=keep_on)

    assert told[0].plan is not None
    assert solved.cost <= told[0].cost
    assert roster_hall.uncovered(where, solved.plan) <= roster_hall.uncovered(where, start)
