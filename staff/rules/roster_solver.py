"""Running the solver: for so many seconds, telling how far it is, stopping when asked."""

import threading
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from staff.rules import roster_model as models
from staff.rules.roster_days import Means, solve_days
from staff.rules.rosters import Entry, Plan, Problem

WORKERS = 8  # more than the cores of a small server, and still better: the strategies differ
TICK = 0.5
NARROW_CLOSE = 0.001
SHARE_START, SHARE_DAYS, SHARE_NAMES = 0.05, 0.6, 0.2


@dataclass(frozen=True)
class Progress:
    """How far a run is: points of the best so far, the bound no roster can get below, half hours still short.

    `plan` is the best so far when it is a better one than at the look before.
    """

    elapsed: float
    cost: float | None
    bound: float | None
    uncovered: int | None
    plan: dict[tuple[int, date], Entry] | None = None


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


@dataclass(frozen=True)
class Found:
    """One solution, with the value of every variable."""

    cost: float
    uncovered: int
    values: Sequence[int]


class _Watch(cp_model.CpSolverSolutionCallback):
    """Keeps the best of all searches; what a watching thread may know of the one that runs."""

    def __init__(self, search: "_Search") -> None:
        super().__init__()
        self.search = search

    def on_solution_callback(self) -> None:
        best = self.search.best
        if best is None or self.objective_value < best.cost:
            short = sum(self.value(var) for var in self.search.built.short.values())
            self.search.best = Found(self.objective_value, short, list(self.response_proto.solution))

    def note_bound(self, bound: float) -> None:
        self.search.bound = max(self.search.bound, bound)


def solve(
    problem: Problem,
    *,
    seconds: float,
    start: Plan | None = None,
    keep_on: Callable[[Progress], bool] = lambda _: True,
    workers: int = WORKERS,
) -> Solved:
    """The best roster within some seconds. `keep_on` is asked twice a second and answers whether to go on.

    First the roster there is; then who serves on which days, for the bound and the counts; then shifts for these days;
    then freely from the best of these.
    """
    search = _Search(problem, keep_on, workers)
    if start:
        search.look(seconds * SHARE_START, lambda model: models.fix_plan(model, search.built, start))
    days = solve_days(problem, Means(seconds * SHARE_DAYS, workers, search.run, search.go_on))
    search.bound = max(search.bound, days.bound)
    if days.works:
        fixed = (days.people, days.works)
        search.look(seconds * SHARE_NAMES, lambda model: models.fix_days(model, search.built, problem, *fixed))
    return search.freely(seconds, start)


class _Search:
    """Several searches after one another under one clock, one bound, one best, and one word to stop."""

    def __init__(self, problem: Problem, keep_on: Callable[[Progress], bool], workers: int) -> None:
        self.problem, self.keep_on, self.workers = problem, keep_on, workers
        self.began, self.bound, self.is_stopped = clock.monotonic(), 0.0, False
        self.built = models.build(problem)
        self.best: Found | None = None
        self.told: Found | None = None

    @property
    def elapsed(self) -> float:
        return clock.monotonic() - self.began

    def go_on(self, bound: float = 0.0) -> bool:
        """Tell how far we are; once the answer was to stop, it stays so."""
        self.bound = max(self.bound, bound)
        best, is_new = self.best, self.best is not self.told
        self.told = best
        progress = Progress(
            self.elapsed,
            best.cost if best else None,
            self.bound or None,
            best.uncovered if best else None,
            self.plan(best) if best and is_new else None,
        )
        self.is_stopped = self.is_stopped or not self.keep_on(progress)
        return not self.is_stopped

    def plan(self, found: Found) -> dict[tuple[int, date], Entry]:
        return models.plan_of(self.problem, self.built, lambda var: found.values[var.index])

    def run(
        self, solver: cp_model.CpSolver, model: cp_model.CpModel, watch: cp_model.CpSolverSolutionCallback | None = None
    ) -> Any:
        """Solve in a thread of its own and watch; once stopped, what comes after ends at its first look."""
        search = threading.Thread(target=solver.solve, args=(model, watch), daemon=True)
        search.start()
        while search.is_alive():
            search.join(TICK)
            if not self.go_on():
                solver.stop_search()
                search.join()
        return solver.response_proto.status

    def look(self, seconds: float, fix: Callable[[cp_model.CpModel], None]) -> None:
        """The best roster of a narrowed model; it proves nothing about all rosters."""
        model = self.built.model.clone()
        fix(model)
        solver = self._solver(seconds)
        solver.parameters.relative_gap_limit = NARROW_CLOSE
        self.run(solver, model, _Watch(self))

    def freely(self, seconds: float, start: Plan | None) -> Solved:
        """Every roster, from the best so far on, as long as there is time."""
        model, watch = self.built.model, _Watch(self)
        if self.best is not None:
            models.hint_all(model, self.best.values)
        elif start:
            models.hint(self.problem, self.built, start)
        solver = self._solver(seconds - self.elapsed)
        solver.best_bound_callback = watch.note_bound
        status = self.run(solver, model, watch)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.bound = max(self.bound, solver.best_objective_bound)
        return Solved(
            plan=self.plan(self.best) if self.best else None,
            cost=self.best.cost if self.best else None,
            bound=self.bound,
            elapsed=self.elapsed,
            is_best=status == cp_model.OPTIMAL,
            is_impossible=status == cp_model.INFEASIBLE,
        )

    def _solver(self, seconds: float) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(seconds, TICK)
        solver.parameters.num_workers = self.workers
        return solver
