"""自动排班: runs of the solver over a draft, with progress, best so far, and an end when somebody says so."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import time
from core.errors import Refused
from staff import live
from staff.actions import rosters
from staff.models import Roster, SolverRun, User
from staff.queries import roster_problem as reads
from staff.rules import roster_report as reports
from staff.rules.rosters import Entry, Plan
from staff.states import Post, RunState

if TYPE_CHECKING:
    from staff.rules.roster_solver import Progress, Solved

SLACK = timedelta(seconds=90)  # waiting for a worker, building, writing
SILENT = timedelta(seconds=60)  # a worker that solves shows a sign of life twice a second


@transaction.atomic
def start_run(roster_id: int, *, seconds: int, actor: User, now: datetime) -> SolverRun:
    """Ask for a roster; the caller hands the run to a worker after commit.

    Raises Refused: not_a_draft, computing, no_shifts, nobody_here.
    """
    roster = rosters._locked_draft(roster_id)
    problem = reads.problem_of(roster.hall, reads.month_days(roster.month))
    if not problem.shifts:
        raise Refused("no_shifts", "本厅还没有班次,请先在「班次与规则」里添加班次。")
    if not problem.workers:
        raise Refused("nobody_here", "本厅这个月没有可排班的人员。")
    run = SolverRun.objects.create(roster=roster, seconds=seconds, asked_by=actor, asked_at=now)
    live.solver_moved(roster.hall, run.pk)
    return run


def execute(run_id: int) -> None:
    """What the worker does. Safe twice: only who takes the run from the queue solves it.

    The solving itself is outside every transaction; each half second it leaves its figures and looks whether to stop.
    """
    from staff.rules.roster_solver import solve  # the library is large; only who solves loads it

    if SolverRun.objects.filter(pk=run_id, state=RunState.QUEUED).update(state=RunState.RUNNING) != 1:
        return
    run = SolverRun.objects.select_related("roster__hall__region__parent").get(pk=run_id)
    problem = reads.problem_of(run.roster.hall, reads.month_days(run.roster.month))
    start = reads.plan_of(run.roster)

    def keep_on(progress: "Progress") -> bool:
        _keep(run_id, progress)
        return SolverRun.objects.filter(pk=run_id, state=RunState.RUNNING, stop_asked=False).exists()

    try:
        solved = solve(problem, seconds=run.seconds, start=start, keep_on=keep_on)
    except Exception:
        _give_up(run_id)
        raise
    if solved.plan is None:
        _end(run_id, RunState.FAILED, solved, note=_why_none(solved))
        return
    report = reports.report(problem, solved.plan, cost=solved.cost, bound=solved.bound)
    with transaction.atomic():
        if SolverRun.objects.filter(pk=run_id, state=RunState.RUNNING).select_for_update().exists():
            rosters.replace_plan(run.roster_id, solved.plan, report=report)
            stopped = SolverRun.objects.filter(pk=run_id, stop_asked=True).exists()
            _end(run_id, RunState.CANCELLED if stopped else RunState.DONE, solved, uncovered=report["uncovered"])


def _keep(run_id: int, progress: "Progress") -> None:
    """The figures of a run, and each better roster the moment it is known."""
    figures: dict[str, Any] = {
        "elapsed": progress.elapsed,
        "uncovered": progress.uncovered,
        "cost": progress.cost,
        "bound": progress.bound,
        "seen_at": time.now(),
    }
    if progress.plan is not None:
        figures["best"] = _packed(progress.plan)
    SolverRun.objects.filter(pk=run_id, state=RunState.RUNNING).update(**figures)


def _packed(plan: Plan) -> list[list[Any]]:
    return [[who, day.isoformat(), one.shift, one.post, one.meal] for (who, day), one in plan.items()]


def _unpacked(rows: list[list[Any]]) -> dict[tuple[int, date], Entry]:
    return {(who, date.fromisoformat(day)): Entry(shift, Post(post), meal) for who, day, shift, post, meal in rows}


def _why_none(solved: "Solved") -> str:
    if solved.is_impossible:
        return "没有满足全部硬规则的班表:请检查请假、工时和证书。"
    return "时间内没有找到班表,请把时间加长再试。"


@transaction.atomic
def _end(
    run_id: int, state: RunState, solved: "Solved | None" = None, *, note: str = "", uncovered: int | None = None
) -> None:
    run = SolverRun.objects.select_related("roster__hall").select_for_update(of=("self",)).get(pk=run_id)
    if not run.is_running:
        return
    run.state, run.note, run.ended_at, run.best = state, note, time.now(), None
    if solved is not None:
        run.elapsed, run.cost, run.bound, run.uncovered = solved.elapsed, solved.cost, solved.bound, uncovered
    run.save()
    live.solver_moved(run.roster.hall, run.pk)


@transaction.atomic
def stop_run(run_id: int) -> SolverRun:
    """Stop at the best so far, which becomes the draft. Raises Refused("run_ended")."""
    run = SolverRun.objects.select_for_update(of=("self",)).select_related("roster__hall").get(pk=run_id)
    if not run.is_running:
        raise Refused("run_ended", "这次计算已经结束。")
    run.stop_asked = True
    run.save(update_fields=["stop_asked"])
    if run.state == RunState.QUEUED:
        _end(run_id, RunState.CANCELLED, note="还没有开始计算就停止了。")
        run.refresh_from_db()
    return run


def give_up_lost_runs(now: datetime) -> int:
    """Runs whose worker died: the best roster they had found becomes the draft, which may be edited again."""
    lost = 0
    for run in SolverRun.objects.filter(state__in=SolverRun.RUNNING):
        is_silent = run.seen_at is not None and run.seen_at + SILENT < now
        if is_silent or run.asked_at + timedelta(seconds=run.seconds) + SLACK < now:
            _give_up(run.pk)
            lost += 1
    return lost


@transaction.atomic
def _give_up(run_id: int) -> None:
    run = (
        SolverRun.objects.select_for_update(of=("self",)).select_related("roster__hall__region__parent").get(pk=run_id)
    )
    if not run.is_running:
        return
    if not run.best:
        _end(run_id, RunState.FAILED, note="计算中断,草稿没有变动。请再试一次。")
        return
    plan = _unpacked(run.best)
    problem = reads.problem_of(run.roster.hall, reads.month_days(run.roster.month))
    rosters.replace_plan(run.roster_id, plan, report=reports.report(problem, plan, cost=run.cost, bound=run.bound))
    _end(run_id, RunState.CANCELLED, note="计算中断,已采用中断前找到的最好班表。")


def latest_run(roster: Roster) -> SolverRun | None:
    return SolverRun.objects.filter(roster=roster).first()
