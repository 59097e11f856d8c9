"""The solver on tiny halls: it keeps every hard rule, finds what there is to find, stops when asked."""

from datetime import date, timedelta

import pytest

from benchmarks import roster_hall
from staff.rules import roster_checks as checks
from staff.rules.roster_replan import replan
from staff.rules.roster_solver import solve
from staff.rules.rosters import Entry, Problem, Worker, shortages
from staff.rules.shifts import Shift
from staff.states import Post

MONDAY = date(2026, 6, 1)
WEEK = tuple(MONDAY + timedelta(days=ahead) for ahead in range(7))
EARLY = Shift(1, "早", 8 * 60, 16 * 60)
LATE = Shift(2, "晚", 10 * 60, 18 * 60, (60, 12 * 60, 14 * 60), is_late=True)


def tiny(*workers, need=1, **fields):
    slots = dict.fromkeys(range(16, 36), need)
    return Problem(
        days=WEEK,
        shifts={1: EARLY, 2: LATE},
        workers=workers,
        need=dict.fromkeys(WEEK[:5], slots),
        open={day: frozenset(slots) for day in WEEK[:5]},
        windows=1,
        workdays=frozenset(WEEK[:5]),
        **fields,
    )


def people(count, **fields):
    return [Worker(number, f"员工{number}", **fields) for number in range(1, count + 1)]


def test_two_clerks_cover_a_week_and_break_no_rule():
    where = tiny(*people(2))

    solved = solve(where, seconds=2, workers=2)

    assert shortages(where, solved.plan) == {}
    assert [one for one in checks.breaches(where, solved.plan) if one.is_hard] == []
    assert solved.cost >= solved.bound >= 0


def test_what_cannot_be_covered_is_short_and_the_bound_knows_it():
    where = tiny(*people(1), need=1)

    solved = solve(where, seconds=2, workers=2)

    assert sum(shortages(where, solved.plan).values()) == 5 * 4
    assert solved.bound >= 5 * 4 * where.weight("shortage")


def test_leave_is_kept_and_a_wish_for_a_day_off_is_met_when_it_costs_nothing():
    tuesday = WEEK[1]
    one, two, three = people(3)
    away = Worker(1, one.name, off={MONDAY: "年假"})
    wishing = Worker(2, two.name, wishes={tuesday: None})
    where = tiny(away, wishing, three, weights={"idle": 0})

    solved = solve(where, seconds=2, workers=2)

    assert (1, MONDAY) not in solved.plan
    assert (2, tuesday) not in solved.plan


def test_it_starts_from_the_roster_there_is_and_never_gets_worse():
    where = tiny(*people(2))
    known = {}
    for number, day in enumerate(WEEK[:5]):
        known[1, day], known[2, day] = Entry(1, Post.WINDOW), Entry(2, Post.WINDOW, 13 * 60)
        assert number < 5

    assert shortages(where, solve(where, seconds=1, start=known, workers=2).plan) == {}


def test_it_stops_at_the_best_so_far_when_asked():
    where = roster_hall.make(12, 1)

    solved = solve(where, seconds=60, workers=2, keep_on=lambda progress: progress.elapsed < 0.4)

    assert solved.elapsed < 20
    assert solved.plan is None or roster_hall.hard_violations(where, solved.plan) == 0


def test_no_roster_is_said_to_be_impossible():
    worker = people(1)[0]
    around = {MONDAY - timedelta(days=back): EARLY for back in range(1, 8)}
    where = tiny(Worker(1, worker.name, around=around, weekly_minutes=0))

    solved = solve(where, seconds=1, workers=2)

    assert solved.plan == {} or solved.is_impossible


def test_the_manual_pattern_of_the_benchmark_is_judged_by_both_checkers_alike():
    where = roster_hall.make(12, 1)
    by_hand = roster_hall.manual(where)

    assert roster_hall.uncovered(where, by_hand) == sum(shortages(where, by_hand).values())
    assert roster_hall.hard_violations(where, by_hand) == 0
    assert [one for one in checks.breaches(where, by_hand) if one.is_hard] == []


@pytest.fixture
def monday():
    """Two at work, two off; the need is two."""
    where = tiny(*people(4), need=2)
    where = Problem(**{**where.__dict__, "windows": 2})
    return where, {(1, MONDAY): Entry(1, Post.WINDOW), (2, MONDAY): Entry(2, Post.WINDOW, 13 * 60)}


def test_an_absence_is_covered_by_calling_in_and_touches_at_most_three(monday):
    where, plan = monday

    found = replan(where, plan, MONDAY, absent=1, minute=6 * 60, seconds=2)

    assert sorted((move.after, move.before) for move in found.moves) == [(1, None), (2, None)]
    assert found.missing_after < found.missing_before
    assert (1, MONDAY) not in found.plan


def test_who_is_called_in_gets_an_hour_to_come(monday):
    where, plan = monday

    late = replan(where, plan, MONDAY, absent=1, minute=9 * 60 + 1, seconds=2)

    assert late.moves == ()


def test_who_has_begun_keeps_their_start():
    long = Shift(3, "全", 8 * 60, 18 * 60, (60, 11 * 60, 13 * 60))
    where = tiny(*people(2), need=1)
    where = Problem(**{**where.__dict__, "shifts": {1: EARLY, 2: LATE, 3: long}})
    plan = {(1, MONDAY): Entry(2, Post.WINDOW, 13 * 60), (2, MONDAY): Entry(1, Post.WINDOW)}

    found = replan(where, plan, MONDAY, absent=1, minute=9 * 60 + 30, seconds=2)

    assert [(move.worker, move.before, move.after) for move in found.moves] == [(2, 1, 3)]
