"""What a day's windows cost at best when so many people come: the strength of the roster's bound.

One small model per day and number of people, solved to the end; alike days are solved once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from staff.rules import roster_model as models
from staff.rules.rosters import Problem

SECONDS = 1.0


@dataclass
class DayCosts:
    """`costs[n]`: points that n people at least cost; `people[n]`: how they then share the shifts."""

    costs: dict[int, float] = field(default_factory=dict)
    people: dict[int, dict[int, int]] = field(default_factory=dict)


def day_costs(problem: Problem) -> dict[date, DayCosts]:
    """By day, for every number of people that could come."""
    known: dict[Any, DayCosts] = {}
    found = {}
    for day in problem.days:
        if not problem.open.get(day):
            continue
        most = _most(problem, day)
        alike = (tuple(sorted(problem.need.get(day, {}).items())), problem.open[day], tuple(sorted(most.items())))
        if alike not in known:
            known[alike] = _costs(problem, day, most)
        found[day] = known[alike]
    return found


def _most(problem: Problem, day: date) -> dict[int, int]:
    """How many of those who serve may take each shift; under 0 how many may come at all."""
    serving = [one for one in problem.workers if one.serves]
    able = {key: [problem.may_take(one, day, shift) for one in serving] for key, shift in problem.shifts.items()}
    anybody = sum(any(row) for row in zip(*able.values(), strict=True)) if serving else 0
    return {key: sum(row) for key, row in able.items() if any(row)} | {0: anybody}


def _costs(problem: Problem, day: date, most: Mapping[int, int]) -> DayCosts:
    found = DayCosts()
    for number in range(most[0], -1, -1):
        found.costs[number], found.people[number] = _cost(problem, day, most, number)
    return found


def _cost(problem: Problem, day: date, most: Mapping[int, int], number: int) -> tuple[float, dict[int, int]]:
    built = models.Built(cp_model.CpModel())
    counts = {key: built.model.new_int_var(0, top, f"{key}") for key, top in most.items() if key}
    built.model.add(sum(counts.values()) == number)
    models.windows_of_day(problem, built, day, counts)
    built.model.minimize(sum(built.cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = SECONDS
    status = solver.solve(built.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return (0.0 if status == cp_model.UNKNOWN else 10.0**6), {}
    return max(solver.best_objective_bound, 0.0), {key: solver.value(var) for key, var in counts.items()}
