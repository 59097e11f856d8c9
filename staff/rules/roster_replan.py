"""Somebody is missing today: who else could move a little, so that the fewest windows stay empty. Pure.

Only that day changes, at most three other people are touched, and every hard rule keeps for them with the rest of
their month as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from staff.rules import roster_model as models
from staff.rules.roster_checks import worker_breaches
from staff.rules.rosters import MOST_TOUCHED, Entry, Plan, Problem, Worker, shortages

NOTICE_MINUTES = 60  # who is called in needs so long to come
TOUCHED_COST, CALLED_COST = 30, 60
WORKERS = 4


@dataclass(frozen=True)
class Move:
    """One person's day before and after; `before` None: called in on a day off."""

    worker: int
    name: str
    before: int | None
    after: int


@dataclass(frozen=True)
class Replanned:
    moves: tuple[Move, ...]
    plan: dict[tuple[int, date], Entry]
    missing_before: int
    missing_after: int


def replan(problem: Problem, plan: Plan, day: date, *, absent: int, minute: int, seconds: float = 8.0) -> Replanned:
    """`minute`: of the day now; who has begun keeps their start, who is called in comes in an hour or later."""
    rest = {key: entry for key, entry in plan.items() if key != (absent, day)}
    options = {
        worker.key: _options(problem, rest, worker, day, minute)
        for worker in problem.workers
        if worker.key != absent and worker.serves
    }
    built = models.Built(cp_model.CpModel())
    for worker in problem.workers:
        for shift in options.get(worker.key, ()):
            built.works[worker.key, day, shift] = built.model.new_bool_var(f"{worker.name} {shift}")
    built.index()
    touched = _touched(problem, built, rest, day)
    counts: dict[int, Any] = {}
    for (_, _, shift), var in built.works.items():
        counts[shift] = counts.get(shift, 0) + var
    models.windows_of_day(problem, built, day, counts)
    built.model.add(sum(touched) <= MOST_TOUCHED)
    built.model.minimize(sum(built.cost))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    status = solver.solve(built.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return _told(problem, rest, rest, day)
    return _told(problem, rest, _placed(problem, built, rest, day, solver), day)


def _options(problem: Problem, plan: Plan, worker: Worker, day: date, minute: int) -> set[int]:
    """Shifts that this person could take instead of theirs; theirs among them when they have one."""
    now = plan.get((worker.key, day))
    known = {(one.code, one.day) for one in worker_breaches(problem, plan, worker)}
    found = {now.shift} if now else set()
    for shift in problem.shifts.values():
        if shift.key in found or not problem.may_take(worker, day, shift):
            continue
        if now is not None and problem.shifts[now.shift].begins <= minute:
            if shift.begins != problem.shifts[now.shift].begins or shift.ends <= minute:
                continue
        elif shift.begins < minute + NOTICE_MINUTES:
            continue
        tried = {**plan, (worker.key, day): Entry(shift.key, now.post if now else worker.post)}
        if all((one.code, one.day) in known for one in worker_breaches(problem, tried, worker)):
            found.add(shift.key)
    return found


def _touched(problem: Problem, built: models.Built, plan: Plan, day: date) -> list[Any]:
    """One variable for each person whose day changes; a change costs, calling somebody in costs more."""
    touched: list[Any] = []
    for worker in problem.workers:
        mine = built.of(worker, day)
        if not mine:
            continue
        now = plan.get((worker.key, day))
        if now is None:
            built.model.add_at_most_one(mine.values())
            changed, cost = sum(mine.values()), CALLED_COST
        else:
            built.model.add_exactly_one(mine.values())
            changed, cost = sum(var for key, var in mine.items() if key != now.shift), TOUCHED_COST
        touched.append(changed)
        built.cost.append(cost * changed)
    return touched


def _placed(problem: Problem, built: models.Built, plan: Plan, day: date, solver: Any) -> dict[tuple[int, date], Entry]:
    """The day as solved. Who keeps their shift keeps their meal, too; the others take the times left over."""
    left = {key: solver.value(var) for key, var in built.meals.items()}
    found = dict(plan)
    fresh: list[tuple[Worker, int]] = []
    for worker in problem.workers:
        for shift, var in built.of(worker, day).items():
            now = plan.get((worker.key, day))
            if not solver.value(var):
                continue
            if now is not None and now.shift == shift and now.meal is not None:
                left[day, shift, now.meal] = left.get((day, shift, now.meal), 0) - 1
            elif now is None or now.shift != shift:
                fresh.append((worker, shift))
    for worker, shift in fresh:
        now = plan.get((worker.key, day))
        meals = problem.shifts[shift].meals
        meal = max(meals, key=lambda start: left.get((day, shift, start), 0), default=None)
        if meal is not None:
            left[day, shift, meal] = left.get((day, shift, meal), 0) - 1
        found[worker.key, day] = Entry(shift, now.post if now else worker.post, meal)
    return found


def _told(problem: Problem, before: Plan, after: Mapping[tuple[int, date], Entry], day: date) -> Replanned:
    moves = []
    for worker in problem.workers:
        old, new = before.get((worker.key, day)), after.get((worker.key, day))
        if new is not None and (old is None or old.shift != new.shift):
            moves.append(Move(worker.key, worker.name, old.shift if old else None, new.shift))
    lost = [sum(count for (on, _), count in shortages(problem, one).items() if on == day) for one in (before, after)]
    return Replanned(tuple(moves), dict(after), *lost)
