"""Running the solver: for so many seconds, telling how far it is, stopping when asked."""

import threading
import time as clock
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from staff.rules import roster_model as models
from staff.rules.roster_days import Days, solve_days
from staff.rules.rosters import Entry, Plan, Problem

WORKERS = 8  # more than the cores of a small server, and still better: the strategies differ
TICK = 0.5
SHARE_DAYS, SHARE_NAMES = 0.6, 0.1


@dataclass(frozen=True)
class Progress:
    """How far a run is: points of the best so far, the bound no roster can get below, half hours still short."""

    elapsed: float
    cost: float | None
    bound: float | None
    uncovered: int | None


@dataclass(frozen=True)
class Solved:
    """`plan` is None when there is no roster within the hard rules, or none was found in time."""

    plan: dict[tuple[int, date], Entry] | None
    cost: float | None
    bound: float
    elapsed: float
    is_best: bool
    is_impossible: bool

    @property
    def gap(self) -> float | None:
        return None if self.cost is None else max(self.cost - self.bound, 0) / max(self.cost, 1)


class _Best(cp_model.CpSolverSolutionCallback):
    """What the watching thread may know of the search so far."""

    def __init__(self, built: models.Built) -> None:
        super().__init__()
        self.built = built
        self.cost: float | None = None
        self.bound: float | None = None
        self.uncovered: int | None = None

    def on_solution_callback(self) -> None:
        self.cost = self.objective_value
        self.uncovered = sum(self.value(var) for var in self.built.short.values())

    def note_bound(self, bound: float) -> None:
        self.bound = bound


def solve(
    problem: Problem,
    *,
    seconds: float,
    start: Plan | None = None,
    keep_on: Callable[[Progress], bool] = lambda _: True,
    workers: int = WORKERS,
) -> Solved:
    """The best roster within some seconds. `keep_on` is asked twice a second and answers whether to go on.

    First who works on which days, for the bound and the counts; then shifts for these days; then freely from there.
    """
    search = _Search(problem, keep_on, workers)
    days = solve_days(problem, seconds=seconds * SHARE_DAYS, workers=workers, run=search.run)
    search.bound = days.bound
    best = search.names(seconds * SHARE_NAMES, start, days) if days.works else None
    known = best.plan if best and best.plan else start
    left = seconds - (clock.monotonic() - search.began)
    final = search.names(max(left, TICK), known, None)
    if best is None or best.cost is None or (final.cost is not None and final.cost <= best.cost):
        return final
    return replace(best, bound=search.bound, elapsed=final.elapsed)


class _Search:
    """Several searches after one another under one clock, one bound, and one word to stop."""

    def __init__(self, problem: Problem, keep_on: Callable[[Progress], bool], workers: int) -> None:
        self.problem, self.keep_on, self.workers = problem, keep_on, workers
        self.began, self.bound, self.is_stopped = clock.monotonic(), 0.0, False
        self.cost: float | None = None
        self.uncovered: int | None = None

    def run(self, solver: cp_model.CpSolver, model: cp_model.CpModel, best: _Best | None = None) -> Any:
        """Solve in a thread of its own and watch; once stopped, what comes after ends at its first look."""
        search = threading.Thread(target=solver.solve, args=(model, best), daemon=True)
        search.start()
        while search.is_alive():
            search.join(TICK)
            if best is not None and best.cost is not None:
                self.cost, self.uncovered = best.cost, best.uncovered
            bound = max(self.bound, best.bound or 0) if best else self.bound
            progress = Progress(clock.monotonic() - self.began, self.cost, bound or None, self.uncovered)
            if self.is_stopped or not self.keep_on(progress):
                self.is_stopped = True
                solver.stop_search()
                search.join()
        return solver.response_proto.status

    def names(self, seconds: float, start: Plan | None, days: Days | None) -> Solved:
        """Who takes which shift: on given days, or freely. Only a free search proves anything about all rosters."""
        built = models.build(self.problem)
        if days is not None:
            models.fix(built, self.problem, days.people, days.works)
        if start:
            models.hint(self.problem, built, start)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = self.workers
        best = _Best(built)
        if days is None:
            solver.best_bound_callback = best.note_bound
        status = self.run(solver, built.model, best)
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        if days is None and found:
            self.bound = max(self.bound, solver.best_objective_bound)
        return Solved(
            plan=models.plan_of(self.problem, built, solver.value) if found else None,
            cost=solver.objective_value if found else None,
            bound=self.bound,
            elapsed=clock.monotonic() - self.began,
            is_best=days is None and status == cp_model.OPTIMAL,
            is_impossible=days is None and status == cp_model.INFEASIBLE,
        )
