"""Running the solver: for so many seconds, telling how far it is, stopping when asked."""

import threading
import time as clock
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ortools.sat.python import cp_model

from staff.rules import roster_model as models
from staff.rules.roster_days import Days, solve_days
from staff.rules.rosters import Entry, Plan, Problem

WORKERS = 8  # more than the cores of a small server, and still better: the strategies differ
TICK = 0.5
SHARE_DAYS, SHARE_NAMES = 0.6, 0.1
GOOD_ENOUGH = 0.0001


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

    First the roster without names for its bound and its counts, then names to these counts, then freely on from there.
    """
    began = clock.monotonic()
    days = solve_days(problem, seconds=seconds * SHARE_DAYS, workers=workers)
    search = _Search(problem, days.bound, began, keep_on, workers)
    best = search.run(seconds * SHARE_NAMES, start, days) if days.works else None
    if (best and best.plan and (best.gap or 0) < GOOD_ENOUGH) or search.is_stopped:
        return best or search.run(TICK, start, None)
    left = seconds - (clock.monotonic() - began)
    final = search.run(max(left, TICK), best.plan if best and best.plan else start, None)
    return final if best is None or best.cost is None or (final.cost or best.cost + 1) <= best.cost else best


@dataclass
class _Search:
    problem: Problem
    bound: float
    began: float
    keep_on: Callable[[Progress], bool]
    workers: int
    is_stopped: bool = False

    def run(self, seconds: float, start: Plan | None, days: Days | None) -> Solved:
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
        self._watch(solver, built, best)
        return self._result(solver, built, is_free=days is None)

    def _watch(self, solver: cp_model.CpSolver, built: models.Built, best: _Best) -> None:
        search = threading.Thread(target=solver.solve, args=(built.model, best), daemon=True)
        search.start()
        while search.is_alive():
            search.join(TICK)
            bound = max(best.bound or 0, self.bound)
            if not self.keep_on(Progress(clock.monotonic() - self.began, best.cost, bound, best.uncovered)):
                self.is_stopped = True
                solver.stop_search()
                search.join()

    def _result(self, solver: cp_model.CpSolver, built: models.Built, *, is_free: bool) -> Solved:
        """Only a free search proves anything about all rosters."""
        status = solver.response_proto.status
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        if is_free and found:
            self.bound = max(self.bound, solver.best_objective_bound)
        return Solved(
            plan=models.plan_of(self.problem, built, solver.value) if found else None,
            cost=solver.objective_value if found else None,
            bound=self.bound,
            elapsed=clock.monotonic() - self.began,
            is_best=is_free and status == cp_model.OPTIMAL,
            is_impossible=is_free and status == cp_model.INFEASIBLE,
        )
