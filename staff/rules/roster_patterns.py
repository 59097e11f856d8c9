"""Whole months of one person as columns: a bound near what rosters really cost, and days to start from.

Every person takes one pattern of days at work; a day costs what its number of people costs at best. Prices of the days
couple the two. For any prices, the cheapest pattern of each person plus the cheapest number of each day is a bound that
holds for every roster; good prices come from a linear program over the patterns seen so far.
"""

import time as clock
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from staff.rules.roster_day_costs import DayCosts
from staff.rules.rosters import Problem, Worker

ONE = timedelta(days=1)
LONG_OFF, FIRST_OFF, FIRST_ON = 0, 1, 2  # places of the run: off for longer, off since today, at work since today
CLOSE = 0.0005
SMOOTH = 0.5  # share of the best prices known in those that are tried next
Floats = NDArray[np.float64]
Pattern = tuple[int, ...]
KeepOn = Callable[[float], bool]
Run = Callable[[cp_model.CpModel], tuple[Any, cp_model.CpSolver]]
Works = frozenset[tuple[int, date]]


@dataclass
class Patterns:
    """`bound`: points that every roster costs. `seen`: by person, patterns with what wishes and lone days cost."""

    days: tuple[date, ...]
    bound: float = 0.0
    seen: dict[int, dict[Pattern, float]] = field(default_factory=dict)


def find_patterns(problem: Problem, costs: Mapping[date, DayCosts], *, seconds: float, keep_on: KeepOn) -> Patterns:
    """Generate patterns until the bound meets the program's value, the time is over, or `keep_on(bound)` says no."""
    began = clock.monotonic()
    crew = _Crew(problem, [one for one in problem.workers if one.serves], tuple(costs))
    found = Patterns(crew.days, seen={worker.key: {} for worker in crew.people})
    if not crew.people or not crew.days:
        return found
    master = _Master(crew, costs)
    best = np.zeros(len(crew.days))
    wanted = best
    while True:
        patterns, values = crew.cheapest(wanted)
        bound = float(values.sum()) + master.cheapest_numbers(wanted)
        if bound > found.bound:
            found.bound, best = float(bound), wanted
        for worker, row in zip(crew.people, patterns, strict=True):
            pattern = tuple(int(one) for one in row)
            if pattern not in found.seen[worker.key]:
                found.seen[worker.key][pattern] = crew.cost_of(worker, row)
                master.add(worker, pattern, found.seen[worker.key][pattern])
        value, prices = master.solve()
        is_over = clock.monotonic() - began > seconds or not keep_on(found.bound)
        if is_over or value - found.bound <= CLOSE * max(value, 1.0):
            return found
        wanted = SMOOTH * best + (1 - SMOOTH) * prices


class _Crew:
    """The cheapest month of everybody for given prices, by going backwards through the days, all people at once.

    What matters of the past: the run (`LONG_OFF` … days at work), days worked in the week or month, weekends off.
    """

    def __init__(self, problem: Problem, people: list[Worker], days: tuple[date, ...]) -> None:
        self.problem, self.people, self.days = problem, people, problem.days
        self.able = np.array([[self._able(one, day) and day in days for day in self.days] for one in people])
        self.wish = np.array([[self._wish(one, day) for day in self.days] for one in people])
        self.lone = float(problem.weight("isolated"))
        self.least = min(problem.limits.full_weekends, len(problem.weekends()))
        self.sundays = {self.days.index(sunday) for _, sunday in problem.weekends()}
        self.starts, self.most = self._spans()

    def _able(self, worker: Worker, day: date) -> bool:
        return any(self.problem.may_take(worker, day, shift) for shift in self.problem.shifts.values())

    def _wish(self, worker: Worker, day: date) -> float:
        wants_off = day in worker.wishes and worker.wishes[day] is None
        return float(self.problem.weight("wish")) if wants_off else 0.0

    def _spans(self) -> tuple[set[int], NDArray[np.int64]]:
        """Where a week (or the month) begins, and how many days a person may work in the one that a day lies in."""
        problem, known = self.problem, set(self.days)
        shortest = min(shift.minutes for shift in problem.shifts.values())
        spans = problem.weeks() if problem.scheme.is_standard else [problem.days]
        most = np.zeros((len(self.people), len(self.days)), dtype=np.int64)
        starts = set()
        for span in spans:
            places = [self.days.index(day) for day in span if day in known]
            starts.add(places[0])
            for row, worker in enumerate(self.people):
                most[row, places] = max(self._minutes(worker, span), 0) // shortest
        return starts, most

    def _minutes(self, worker: Worker, span: tuple[date, ...]) -> int:
        problem, limits = self.problem, self.problem.limits
        if not problem.scheme.is_standard:
            return problem.target(worker) + (0 if worker.no_overtime else limits.month_overtime)
        known = set(self.days)
        around = sum(worker.around[day].minutes for day in span if day in worker.around and day not in known)
        return worker.weekly_minutes + (0 if worker.no_overtime else limits.week_overtime) - around

    def cheapest(self, prices: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Each person's pattern of least cost less the prices of its days, and that value."""
        run, most = self.problem.limits.run, int(self.most.max())
        shape = (len(self.people), FIRST_ON + run, most + 1, self.least + 1)
        ahead = np.full(shape, np.inf)
        ahead[..., self.least] = 0.0
        chosen = np.zeros((len(self.days), *shape), dtype=bool)
        for place in reversed(range(len(self.days))):
            off, on = self._off(place, ahead), self._on(place, ahead, prices)
            chosen[place] = on < off
            ahead = np.minimum(on, off)
            if place in self.starts:
                ahead = np.broadcast_to(ahead[:, :, :1, :], shape)
                chosen[place] = chosen[place][:, :, :1, :]
        rows, first = np.arange(len(self.people)), self._before()
        return self._walk(chosen), ahead[rows, first, 0, 0]

    def _off(self, place: int, ahead: Floats) -> Floats:
        value = np.empty_like(ahead)
        then = ahead
        if place in self.sundays:  # a Saturday off too makes a weekend; more than are asked for count no more
            then = np.concatenate([ahead[..., 1:], ahead[..., -1:]], axis=-1)
        value[:, LONG_OFF] = value[:, FIRST_OFF] = then[:, LONG_OFF]
        value[:, FIRST_ON:] = ahead[:, FIRST_OFF][:, None]
        if place >= 2:
            value[:, FIRST_ON] += self.lone
        return value

    def _on(self, place: int, ahead: Floats, prices: Floats) -> Floats:
        value = np.full_like(ahead, np.inf)
        value[:, :FIRST_ON, :-1] = ahead[:, FIRST_ON, 1:][:, None]
        value[:, FIRST_ON:-1, :-1] = ahead[:, FIRST_ON + 1 :, 1:]
        if place >= 2:
            value[:, FIRST_OFF] += (self.lone * self.able[:, place - 1])[:, None, None]
        full = np.arange(ahead.shape[2])[None, :] >= self.most[:, place][:, None]
        cost = np.where(self.able[:, place], self.wish[:, place] - prices[place], np.inf)
        value += cost[:, None, None, None]
        return np.where(full[:, None, :, None], np.inf, value)

    def _before(self) -> NDArray[np.int64]:
        """The run that each person comes with from the days before."""
        found = []
        for worker in self.people:
            length, day = 0, self.days[0] - ONE
            while day in worker.around and length < self.problem.limits.run:
                length, day = length + 1, day - ONE
            found.append(FIRST_ON + length - 1 if length else LONG_OFF)
        return np.array(found)

    def _walk(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        rows, run = np.arange(len(self.people)), self._before()
        count, weekends = np.zeros_like(run), np.zeros_like(run)
        found = np.zeros((len(self.people), len(self.days)), dtype=bool)
        for place in range(len(self.days)):
            if place in self.starts:
                count[:] = 0
            works = chosen[place][rows, run, count, weekends]
            if place in self.sundays:
                weekends = np.where(~works & (run < FIRST_ON), np.minimum(weekends + 1, self.least), weekends)
            on = np.where(run < FIRST_ON, FIRST_ON, run + 1)
            run = np.where(works, on, np.where(run < FIRST_ON, LONG_OFF, FIRST_OFF))
            count = count + works
            found[:, place] = works
        return found

    def cost_of(self, worker: Worker, row: NDArray[np.bool_]) -> float:
        """Points of a pattern by itself: wished days worked and lone days."""
        place = self.people.index(worker)
        cost = float((self.wish[place] * row).sum())
        for day in range(1, len(row) - 1):
            is_lone = row[day - 1] != row[day] != row[day + 1]
            cost += self.lone * bool(is_lone and self.able[place, day])
        return cost


class _Master:
    """The linear program: a mix of patterns for everybody, a mix of numbers for each day."""

    def __init__(self, crew: _Crew, costs: Mapping[date, DayCosts]) -> None:
        self.days, self.costs = crew.days, costs
        self.solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        self.whole = {worker.key: solver.Constraint(1, 1) for worker in crew.people}
        self.came = [solver.Constraint(0, 0) for _ in crew.days]
        self.solver.Objective().SetMinimization()
        for place, day in enumerate(crew.days):
            if day not in costs:
                continue
            one = solver.Constraint(1, 1)
            for number, cost in costs[day].costs.items():
                var = self._var(cost)
                one.SetCoefficient(var, 1)
                self.came[place].SetCoefficient(var, -number)

    def _var(self, cost: float) -> Any:
        var = self.solver.NumVar(0, self.solver.infinity(), "")
        self.solver.Objective().SetCoefficient(var, cost)
        return var

    def add(self, worker: Worker, pattern: Pattern, cost: float) -> None:
        var = self._var(cost)
        self.whole[worker.key].SetCoefficient(var, 1)
        for place, works in enumerate(pattern):
            if works:
                self.came[place].SetCoefficient(var, 1)

    def solve(self) -> tuple[float, Floats]:
        """The value, and what one more person on each day is worth."""
        self.solver.Solve()
        return self.solver.Objective().Value(), np.array([row.dual_value() for row in self.came])

    def cheapest_numbers(self, prices: Floats) -> float:
        return sum(
            min(cost + prices[place] * number for number, cost in self.costs[day].costs.items())
            for place, day in enumerate(self.days)
            if day in self.costs
        )


def choose(problem: Problem, costs: Mapping[date, DayCosts], found: Patterns, run: Run) -> Works:
    """One of the patterns seen for each person, so that days and weekends fit best. Empty when time was too short."""
    model = cp_model.CpModel()
    picks = {who: {one: model.new_bool_var("") for one in patterns} for who, patterns in found.seen.items()}
    cost: list[Any] = []
    for who, mine in picks.items():
        model.add_exactly_one(mine.values())
        for place, var in enumerate(reversed(mine.values())):  # the last ones fit the best prices
            model.add_hint(var, int(place == 0))
        cost += [round(found.seen[who][pattern]) * var for pattern, var in mine.items()]
    for place, day in enumerate(found.days):
        if day in costs:
            came = [var for mine in picks.values() for pattern, var in mine.items() if pattern[place]]
            cost += _number_cost(model, costs[day], came)
    cost += _weekend_spread(problem, model, found.days, picks)
    model.minimize(sum(cost))
    status, solver = run(model)
    if not picks or status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return frozenset()
    chosen = {who: next(one for one, var in mine.items() if solver.value(var)) for who, mine in picks.items()}
    return frozenset(
        (who, day) for who, pattern in chosen.items() for day, works in zip(found.days, pattern, strict=True) if works
    )


def _number_cost(model: cp_model.CpModel, known: DayCosts, came: list[Any]) -> list[Any]:
    numbers = {number: model.new_bool_var("") for number in known.costs}
    model.add_exactly_one(numbers.values())
    model.add(sum(number * var for number, var in numbers.items()) == sum(came))
    return [round(known.costs[number]) * var for number, var in numbers.items()]


def _weekend_spread(problem: Problem, model: cp_model.CpModel, days: tuple[date, ...], picks: Any) -> list[Any]:
    weekend = [place for place, day in enumerate(days) if day.weekday() >= 5]
    high, low = model.new_int_var(0, len(weekend), ""), model.new_int_var(0, len(weekend), "")
    for mine in picks.values():
        worked = sum(sum(pattern[place] for place in weekend) * var for pattern, var in mine.items())
        model.add(high >= worked)
        model.add(low <= worked)
    return [problem.weight("weekend") * (high - low)]
