"""First who works on which days and how many take each shift; only afterwards who takes which.

The days come from patterns of whole months (`roster_patterns`), which also give the bound. Where shifts differ in
length a model of everybody's hours then says how many can take which; it leaves out only rest between shifts and what
depends on a person's shift, so its bound holds for every roster too.
"""

import time as clock
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from staff.rules import roster_model as models
from staff.rules import roster_patterns as patterns
from staff.rules.roster_day_costs import DayCosts, day_costs
from staff.rules.rosters import Problem, Worker


@dataclass(frozen=True)
class Days:
    """`people`: how many at windows by day and shift; `works`: who serves when. `bound`: what every roster costs."""

    people: Mapping[tuple[date, int], int] = field(default_factory=dict)
    works: frozenset[tuple[int, date]] = frozenset()
    bound: float = 0.0


SHARE_PATTERNS, SHARE_CHOICE, SHARE_HOURS = 0.15, 0.25, 0.9
CLOSE = 0.001
ANY = 0  # the key under which "some shift of that day" stands


@dataclass(frozen=True)
class Means:
    """`run` does the solving and may stop it; `keep_on` is told the bound so far and says whether to go on."""

    seconds: float
    workers: int
    run: Callable[[cp_model.CpSolver, cp_model.CpModel], Any]
    keep_on: Callable[[float], bool]

    def solver(self, seconds: float) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(seconds, 0.5)
        solver.parameters.num_workers = self.workers
        solver.parameters.relative_gap_limit = CLOSE
        return solver


def solve_days(problem: Problem, means: Means) -> Days:
    """The days of those who serve; without works when nothing was found in time."""
    began = clock.monotonic()
    costs = day_costs(problem)
    seen = patterns.find_patterns(problem, costs, seconds=means.seconds * SHARE_PATTERNS, keep_on=means.keep_on)
    solver = means.solver(means.seconds * SHARE_CHOICE)
    works = patterns.choose(problem, costs, seen, lambda model: (means.run(solver, model), solver))
    if not works:
        return Days(bound=seen.bound)
    first = Days(_people(works, costs), works, seen.bound)
    if len({shift.minutes for shift in problem.shifts.values()}) == 1:
        return first  # then the numbers of people say all there is to say
    full = _Model(problem, costs)
    full.start_from(first)
    second = full.solve(means, means.seconds * SHARE_HOURS - (clock.monotonic() - began))
    return Days(second.people, second.works, max(seen.bound, second.bound))


def _people(works: frozenset[tuple[int, date]], costs: Mapping[date, DayCosts]) -> dict[tuple[date, int], int]:
    found = {}
    for day, known in costs.items():
        number = sum(on == day for _, on in works)
        found.update({(day, key): count for key, count in known.people[number].items()})
    return found


class _Model:
    """Who comes on which days, and how many of them take each shift; each person's minutes in their bounds."""

    def __init__(self, problem: Problem, costs: Mapping[date, DayCosts]) -> None:
        self.problem, self.costs = problem, costs
        self.serving = {worker.key for worker in problem.workers if worker.serves}
        self.built = built = models.Built(cp_model.CpModel())
        for worker in problem.workers:
            for day in problem.days:
                if any(problem.may_take(worker, day, shift) for shift in problem.shifts.values()):
                    built.works[worker.key, day, ANY] = built.model.new_bool_var(f"{worker.key} {day:%d}")
        built.index()
        for worker in problem.workers:
            models.bind_days(problem, built, worker)
            models.prefer_days(problem, built, worker)
        self.counts = _counts(problem, built)
        for day in costs:
            self._bind_number(day)
        _bind_minutes(problem, built, self.counts)
        models.share_days_fairly(problem, built)
        built.model.minimize(sum(built.cost))

    def _bind_number(self, day: date) -> None:
        """One variable per number of people that may come; the day costs at least what the number costs."""
        model, known = self.built.model, self.costs[day].costs
        picks = {number: model.new_bool_var(f"{day:%d} {number}") for number in known}
        model.add_exactly_one(picks.values())
        serving = [one for one in self.problem.workers if one.serves]
        came = sum(sum(self.built.of(one, day).values()) for one in serving)
        model.add(sum(number * var for number, var in picks.items()) == came)
        if day in self.built.day_cost:
            model.add(self.built.day_cost[day] >= sum(round(known[number]) * var for number, var in picks.items()))

    def start_from(self, known: Days) -> None:
        for (worker, day, _), var in self.built.works.items():
            if worker in self.serving:
                self.built.model.add_hint(var, int((worker, day) in known.works))
        for (day, shift), var in self.counts.items():
            self.built.model.add_hint(var, known.people.get((day, shift), 0))

    def solve(self, means: Means, seconds: float) -> Days:
        solver = means.solver(seconds)
        status = means.run(solver, self.built.model)
        bound = max(solver.best_objective_bound, 0.0) if status != cp_model.UNKNOWN else 0.0
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Days(bound=bound)
        works = frozenset(
            (who, day) for (who, day, _), var in self.built.works.items() if who in self.serving and solver.value(var)
        )
        return Days({key: solver.value(var) for key, var in self.counts.items()}, works, bound)


def _counts(problem: Problem, built: models.Built) -> dict[tuple[date, int], Any]:
    """How many serve on each shift of a day: together as many as come, never above those who may take it."""
    serving = [one for one in problem.workers if one.serves]
    counts: dict[tuple[date, int], Any] = {}
    for day in problem.days:
        mine = {}
        for shift in problem.shifts.values():
            most = sum(problem.may_take(one, day, shift) for one in serving)
            if most:
                mine[shift.key] = built.model.new_int_var(0, most, f"{day:%d} {shift.name}")
        if mine:
            built.model.add(sum(mine.values()) == sum(sum(built.of(one, day).values()) for one in serving))
            models.windows_of_day(problem, built, day, mine)
        counts.update({(day, key): var for key, var in mine.items()})
    return counts


def _bind_minutes(problem: Problem, built: models.Built, counts: Mapping[tuple[date, int], Any]) -> None:
    """Each person's minutes of a week or of the month lie in their bounds and add up to those of the shifts."""
    lengths = [shift.minutes for shift in problem.shifts.values()]
    spans = problem.weeks() if problem.scheme.is_standard else [problem.days]
    for span in spans:
        days = [day for day in span if day in problem.open]
        shares: list[Any] = []
        for worker in problem.workers:
            came = sum(sum(built.of(worker, day).values()) for day in days)
            if isinstance(came, int):
                continue
            share = built.model.new_int_var(0, len(days) * max(lengths), "minutes")
            built.model.add(share >= came * min(lengths))
            built.model.add(share <= came * max(lengths))
            _bind_share(problem, built, worker, span, share)
            if worker.serves and counts:
                shares.append(share)
        total = sum(problem.shifts[key].minutes * var for (day, key), var in counts.items() if day in span)
        if shares:
            built.model.add(sum(shares) == total)


def _bind_share(problem: Problem, built: models.Built, worker: Worker, span: tuple[date, ...], share: Any) -> None:
    limits, known = problem.limits, set(problem.days)
    if problem.scheme.is_standard:
        around = sum(worker.around[day].minutes for day in span if day in worker.around and day not in known)
        extra = 0 if worker.no_overtime else limits.week_overtime
        built.model.add(share <= max(worker.weekly_minutes + extra - around, 0))
        return
    most = 0 if worker.no_overtime else limits.month_overtime
    over = built.model.new_int_var(0, most // 30 + 1, "overtime half hours")
    built.model.add(share <= problem.target(worker) + most)
    built.model.add(over * 30 >= share - problem.target(worker))
    built.cost.append(problem.weight("overtime") * over)
