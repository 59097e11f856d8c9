"""Generated halls for the roster benchmark, the manual 5-2 pattern, and a checker that shares nothing with the product.

A hall of so many clerks over 28 days. What the windows need adds up to 0.97 of the contracted hours: a day's curve with
a peak before noon and one after, weekends lower, the first days of the bill higher, every half hour with noise.
"""

import math
import random
from datetime import date, timedelta

from staff.rules.rosters import Entry, Plan, Problem, Scheme, Worker
from staff.rules.shifts import Shift
from staff.states import Post, SchemeKind

FIRST = date(2026, 6, 1)  # a Monday
DAYS, OPENS, CLOSES, LOAD = 28, 17, 38, 0.97
CURVE = (38, 62, 78, 84, 80, 66, 55, 50, 50, 52, 56, 62, 68, 70, 64, 58, 50, 44, 40, 36, 30)
WEEKDAYS = (1.05, 0.95, 0.92, 0.95, 1.05, 1.1, 0.9)
BILLING = 1.3  # of the first five days
MEAL = (60, 660, 840)
SHIFTS = (
    Shift(1, "早", 8 * 60 + 15, 17 * 60 + 15, MEAL),
    Shift(2, "中", 9 * 60 + 30, 18 * 60 + 30, MEAL),
    Shift(3, "晚", 10 * 60, 19 * 60, (60, 690, 870), is_late=True),
    Shift(4, "两头", 8 * 60 + 30, 19 * 60, gap=(13 * 60, 15 * 60 + 30), is_late=True),
)


def make(staff: int, seed: int) -> Problem:
    draw = random.Random(f"roster:{staff}:{seed}")
    days = tuple(FIRST + timedelta(days=ahead) for ahead in range(DAYS))
    workers = tuple(_worker(draw, number, days) for number in range(1, staff + 1))
    open_slots = dict.fromkeys(days, frozenset(range(OPENS, CLOSES)))
    windows = math.ceil(staff * 0.62)
    problem = Problem(
        days=days,
        shifts={shift.key: shift for shift in SHIFTS},
        workers=workers,
        need={},
        open=open_slots,
        windows=windows,
        workdays=frozenset(day for day in days if day.weekday() < 5),
        scheme=Scheme(SchemeKind.STANDARD, 40 * 60),
        weights={"noon": 0, "leader": 0, "zone": 0, "post": 0, "idle": 0, "overtime": 0},
    )
    hours = sum(problem.target(worker) for worker in workers) / 30
    return _with_need(problem, draw, LOAD * hours)


def _worker(draw: random.Random, number: int, days: tuple[date, ...]) -> Worker:
    off: dict[date, str] = {}
    if draw.random() < 0.3:
        first = draw.randrange(DAYS - 4)
        off = dict.fromkeys(days[first : first + draw.randint(1, 4)], "年假")
    free = [day for day in days if day not in off]
    wishes: dict[date, int | None] = dict.fromkeys(draw.sample(free, 1), None)
    return Worker(number, f"员工{number:02d}", Post.WINDOW, off=off, wishes=wishes)


def _with_need(problem: Problem, draw: random.Random, half_hours: float) -> Problem:
    weights = {
        (day, slot): CURVE[slot - OPENS]
        * WEEKDAYS[day.weekday()]
        * (BILLING if place < 5 else 1)
        * draw.uniform(0.9, 1.1)
        for place, day in enumerate(problem.days)
        for slot in range(OPENS, CLOSES)
    }
    factor = half_hours / sum(weights.values())
    for _ in range(40):  # windows are whole and no more than there are; the factor makes the sum right all the same
        need = {key: min(max(round(weight * factor), 1), problem.windows) for key, weight in weights.items()}
        factor *= half_hours / sum(need.values())
    by_day = {day: {slot: need[day, slot] for slot in range(OPENS, CLOSES)} for day in problem.days}
    return Problem(**{**problem.__dict__, "need": by_day})


FREE_FROM = (2, 3, 4, 5, 0, 1)  # weekday on which the two free days begin, moving on by a day each week


def manual(problem: Problem) -> dict[tuple[int, date], Entry]:
    """As made by hand: five on and two off, the free pair wandering so that everybody gets a weekend; shifts by turns
    of a week, meals by turns of a person."""
    plan: dict[tuple[int, date], Entry] = {}
    keys = sorted(problem.shifts)[:3]
    for place, worker in enumerate(problem.workers):
        for number, day in enumerate(problem.days):
            week = number // 7
            begins = FREE_FROM[(place % 4 + week) % len(FREE_FROM)]
            if day.weekday() in (begins, begins + 1) or day in worker.off:
                continue
            shift = problem.shifts[keys[(place + week) % len(keys)]]
            plan[worker.key, day] = Entry(shift.key, worker.post, shift.meals[place % len(shift.meals)])
    return plan


def need_sum(problem: Problem) -> int:
    return sum(sum(slots.values()) for slots in problem.need.values())


def uncovered(problem: Problem, plan: Plan) -> int:
    """Window half hours that are missing, counted from the minutes up."""
    missing = 0
    for day in problem.days:
        for slot, need in problem.need[day].items():
            begins, ends = slot * 30, slot * 30 + 30
            there = 0
            for (_, worked), entry in plan.items():
                shift = problem.shifts[entry.shift]
                if worked != day or begins < shift.begins or ends > shift.ends:
                    continue
                away = [shift.gap] if shift.gap else []
                if entry.meal is not None and shift.rest:
                    away.append((entry.meal, entry.meal + shift.rest[0]))
                if any(begins < till and since < ends for since, till in away):
                    continue
                there += 1
            missing += max(need - there, 0)
    return missing


def hard_violations(problem: Problem, plan: Plan) -> int:
    """Counts what may not be: the law and the contract, written once more from the rules' text."""
    count = 0
    for worker in problem.workers:
        turns = {day: problem.shifts[entry.shift] for (key, day), entry in plan.items() if key == worker.key}
        worked = [day in turns for day in problem.days]
        count += sum(day in worker.off for day in turns)
        count += sum(all(worked[at : at + 7]) for at in range(len(worked) - 6))
        for day, shift in turns.items():
            following = turns.get(day + timedelta(days=1))
            if following and 1440 - shift.ends + following.begins < 11 * 60:
                count += 1
            count += _minutes(shift) > 11 * 60
        overtime = 0
        for start in range(0, len(problem.days), 7):
            week = [_minutes(turns[day]) for day in problem.days[start : start + 7] if day in turns]
            count += sum(week) > 40 * 60
            overtime += max(sum(week) - 40 * 60, sum(max(one - 480, 0) for one in week), 0)
        count += overtime > 36 * 60
        weekends = [(5 + 7 * week, 6 + 7 * week) for week in range(len(problem.days) // 7)]
        count += not any(not worked[a] and not worked[b] for a, b in weekends)
        for key, day in plan:
            entry = plan[key, day]
            shift = problem.shifts[entry.shift]
            if key == worker.key and shift.rest and entry.meal is not None:
                count += not shift.rest[1] <= entry.meal <= shift.rest[2] - shift.rest[0]
    return count


def _minutes(shift: Shift) -> int:
    away = (shift.gap[1] - shift.gap[0] if shift.gap else 0) + (shift.rest[0] if shift.rest else 0)
    return shift.ends - shift.begins - away
