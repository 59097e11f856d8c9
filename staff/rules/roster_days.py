"""First who works on which days and how many take each shift; only afterwards who takes which.

This model is far smaller than the whole one and leaves out only rest between shifts and what depends on a person's
shift, so its bound holds for every roster, and putting names to its counts mostly succeeds at once.
"""

import time as clock
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from staff.rules import roster_model as models
from staff.rules.roster_day_costs import DayCosts, day_costs
from staff.rules.rosters import Problem, Worker


@dataclass(frozen=True)
class Days:
    """`people`: how many at windows by day and shift; `works`: who comes when. `bound`: what every roster costs."""

    people: Mapping[tuple[date, int], int] = field(default_factory=dict)
    works: frozenset[tuple[int, date]] = frozenset()
    bound: float = 0.0


SHARE_BOUND, SHARE_NEAR = 0.25, 0.6
NEAR = 1
ANY = 0  # the key under which "some shift of that day" stands


Run = Callable[[cp_model.CpSolver, cp_model.CpModel], Any]


def solve_days(problem: Problem, *, seconds: float, workers: int, run: Run) -> Days:
    """The days of everybody; empty when nothing was found in time.

    How many should come each day is found at once when nobody has a name; near these numbers names are found soon.
    The bound is of the model without that limit. `run` does the solving, watches it, and may stop it.
    """
    began = clock.monotonic()
    costs = day_costs(problem, _usual(problem))
    bound = _Model(problem, costs).solve(seconds * SHARE_BOUND, workers, run).bound
    near = _Model(problem, costs)
    near.stay_near(best_numbers(problem, costs), NEAR)
    first = near.solve(seconds * SHARE_NEAR, workers, run)
    if not first.works:
        return Days(bound=bound)
    lengths = {shift.minutes for shift in problem.shifts.values()}
    if len(lengths) == 1:  # then the numbers of people say all there is to say
        return Days(first.people, first.works, bound)
    full = _Model(problem, costs, has_shifts=True)
    full.start_from(first)
    second = full.solve(max(seconds - (clock.monotonic() - began), 0.5), workers, run)
    return Days(second.people, second.works, max(bound, second.bound))


def best_numbers(problem: Problem, costs: Mapping[date, DayCosts]) -> dict[date, int]:
    """How many come on each day if only the weeks and the weekends of all together are bound."""
    model = cp_model.CpModel()
    serving = [one for one in problem.workers if one.serves]
    numbers: dict[date, Any] = {}
    cost: list[Any] = []
    for day, known in costs.items():
        picks = {number: model.new_bool_var("") for number in known.costs}
        model.add_exactly_one(picks.values())
        numbers[day] = sum(number * var for number, var in picks.items())
        cost += [round(known.costs[number]) * var for number, var in picks.items()]
    length = min(shift.minutes for shift in problem.shifts.values())
    for week in problem.weeks():
        most = sum(
            min(one.weekly_minutes // length, sum(day in costs and not one.off_reason(day, one.post) for day in week))
            for one in serving
        )
        mine = [numbers[day] for day in week if day in numbers]
        if mine:
            model.add(sum(mine) <= most)
    weekends = [day for weekend in problem.weekends() for day in weekend if day in numbers]
    if weekends:
        least = min(problem.limits.full_weekends, len(problem.weekends()))
        model.add(sum(numbers[day] for day in weekends) <= (len(weekends) - 2 * least) * len(serving))
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = 2.0
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {}
    return {day: solver.value(number) for day, number in numbers.items()}


def _usual(problem: Problem) -> float:
    minutes = sum(problem.target(one) for one in problem.workers if one.serves)
    lengths = [shift.minutes for shift in problem.shifts.values()]
    return minutes / (sum(lengths) / len(lengths)) / len(problem.days)


class _Model:
    """Who comes on which days. Without shifts a day costs what its number of people costs at best."""

    def __init__(self, problem: Problem, costs: Mapping[date, DayCosts], *, has_shifts: bool = False) -> None:
        self.problem, self.costs = problem, costs
        self.built = built = models.Built(cp_model.CpModel())
        for worker in problem.workers:
            for day in problem.days:
                if any(problem.may_take(worker, day, shift) for shift in problem.shifts.values()):
                    built.works[worker.key, day, ANY] = built.model.new_bool_var(f"{worker.key} {day:%d}")
        built.index()
        for worker in problem.workers:
            models.bind_days(problem, built, worker)
            models.prefer_days(problem, built, worker)
        self.counts = _counts(problem, built) if has_shifts else {}
        self.numbers = {day: self._number(day) for day in costs}
        _bind_minutes(problem, built, self.counts)
        models.share_days_fairly(problem, built)
        built.model.minimize(sum(built.cost))

    def _number(self, day: date) -> dict[int, Any]:
        """One variable per number of people that may come; the day costs at least what the number costs."""
        model, known = self.built.model, self.costs[day].costs
        picks = {number: model.new_bool_var(f"{day:%d} {number}") for number in known}
        model.add_exactly_one(picks.values())
        serving = [one for one in self.problem.workers if one.serves]
        came = sum(sum(self.built.of(one, day).values()) for one in serving)
        model.add(sum(number * var for number, var in picks.items()) == came)
        least = sum(round(known[number]) * var for number, var in picks.items())
        if self.counts:
            model.add(self.built.day_cost[day] >= least)
        else:
            self.built.cost.append(least)
        return picks

    def stay_near(self, wanted: Mapping[date, int], near: int) -> None:
        for day, number in wanted.items():
            for other, var in self.numbers[day].items():
                if abs(other - number) > near:
                    self.built.model.add(var == 0)

    def start_from(self, known: Days) -> None:
        model = self.built.model
        for (worker, day, _), var in self.built.works.items():
            model.add_hint(var, int((worker, day) in known.works))
        for (day, shift), var in self.counts.items():
            model.add_hint(var, known.people.get((day, shift), 0))

    def solve(self, seconds: float, workers: int, run: Run) -> Days:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        solver.parameters.relative_gap_limit = 0.001
        status = run(solver, self.built.model)
        bound = max(solver.best_objective_bound, 0.0) if status != cp_model.UNKNOWN else 0.0
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Days(bound=bound)
        works = frozenset((who, day) for (who, day, _), var in self.built.works.items() if solver.value(var))
        people = {key: solver.value(var) for key, var in self.counts.items()}
        if not self.counts:
            for day, picks in self.numbers.items():
                number = next(number for number, var in picks.items() if solver.value(var))
                people.update({(day, key): count for key, count in self.costs[day].people.get(number, {}).items()})
        return Days(people, works, bound)


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
