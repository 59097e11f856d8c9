"""A roster that explains itself: why windows are short, and why somebody's wish could not be met. Pure."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from staff.rules.roster_checks import spans, worker_breaches
from staff.rules.rosters import Entry, Plan, Problem, Worker, shortages
from staff.rules.shifts import slot_text

WHY = {
    "on_leave": "请假",
    "no_certificate": "无有效上岗证",
    "unavailable": "另有安排",
    "no_late": "不排晚班",
    "rest_between": "两班间隔不足",
    "no_rest_day": "连上天数已满",
    "week_hours": "本周工时已满",
    "month_overtime": "本月工时已满",
    "no_full_weekend": "须留完整周末",
    "day_hours": "单日工时超限",
}


@dataclass(frozen=True)
class Short:
    """A span of half hours in which windows are missing, and why nobody else could come."""

    day: date
    begins: str
    ends: str
    missing: int
    reason: str


@dataclass(frozen=True)
class Denied:
    worker: int
    name: str
    day: date
    wish: str
    reason: str


def report(problem: Problem, plan: Plan, *, cost: float | None = None, bound: float | None = None) -> dict[str, Any]:
    """Everything a manager needs to believe the roster, as plain JSON."""
    missing = shortages(problem, plan)
    return {
        "needed": sum(sum(slots.values()) for slots in problem.need.values()),
        "uncovered": sum(missing.values()),
        "shortages": [_json(one) for one in _shorts(problem, plan, missing)],
        "denied": [_json(one) for one in denied(problem, plan)],
        "cost": cost,
        "bound": bound,
    }


def _json(row: Short | Denied) -> dict[str, Any]:
    return {**asdict(row), "day": row.day.isoformat()}


def _shorts(problem: Problem, plan: Plan, missing: dict[tuple[date, int], int]) -> list[Short]:
    found = []
    for day in problem.days:
        mine = {slot: count for (on, slot), count in missing.items() if on == day}
        for span in spans(sorted(mine)):
            most = max(mine[slot] for slot in span)
            reason = why_short(problem, plan, day, set(span))
            found.append(Short(day, slot_text(span[0]), slot_text(span[-1] + 1), most, reason))
    return found


def why_short(problem: Problem, plan: Plan, day: date, slots: set[int]) -> str:
    """For each who is off and serves at windows: the first rule that keeps them away."""
    reasons: Counter[str] = Counter()
    free: list[str] = []
    for worker in problem.workers:
        if not worker.serves or (worker.key, day) in plan:
            continue
        reason = why_not(problem, plan, worker, day, slots)
        if reason is None:
            free.append(worker.name)
        else:
            reasons[reason] += 1
    said = [f"{reason} {count} 人" for reason, count in reasons.most_common()]
    if free:
        said.append(f"还可排 {'、'.join(free[:3])}")
    return ",".join(said) or "当天人员已全部上班"


def why_not(problem: Problem, plan: Plan, worker: Worker, day: date, slots: set[int] | None = None) -> str | None:
    """The first reason against every shift that would help; None when one of them is possible."""
    reason = worker.off_reason(day, worker.post)
    if reason:
        return reason
    first = None
    known = {(one.code, one.day) for one in worker_breaches(problem, plan, worker)}
    for shift in problem.shifts.values():
        if slots and not shift.slots & slots:
            continue
        if not problem.may_take(worker, day, shift):
            first = first or ("不排晚班" if shift.is_late and worker.no_late else "另有安排")
            continue
        tried = dict(plan) | {(worker.key, day): Entry(shift.key, worker.post)}
        broken = [one for one in worker_breaches(problem, tried, worker) if (one.code, one.day) not in known]
        if not broken:
            return "合同工时已满" if _is_full(problem, plan, worker) else None
        first = first or WHY.get(broken[0].code, broken[0].text)
    return first or "没有合适的班次"


def _is_full(problem: Problem, plan: Plan, worker: Worker) -> bool:
    """Another shift would be overtime, where hours are added up over the month."""
    minutes = [problem.shifts[entry.shift].minutes for (key, _), entry in plan.items() if key == worker.key]
    shortest = min(shift.minutes for shift in problem.shifts.values())
    return not problem.scheme.is_standard and sum(minutes) + shortest > problem.target(worker)


def denied(problem: Problem, plan: Plan) -> list[Denied]:
    """Wishes that the roster does not meet, each with the reason."""
    found = []
    for worker in problem.workers:
        for day, wanted in sorted(worker.wishes.items()):
            entry = plan.get((worker.key, day))
            if (entry.shift if entry else None) == wanted:
                continue
            wish = "休息" if wanted is None else problem.shifts[wanted].name if wanted in problem.shifts else "班次"
            found.append(Denied(worker.key, worker.name, day, wish, _why_denied(problem, plan, worker, day)))
    return found


def _why_denied(problem: Problem, plan: Plan, worker: Worker, day: date) -> str:
    """What would follow if the wish were met and nothing else changed."""
    wanted = worker.wishes[day]
    changed = dict(plan)
    changed.pop((worker.key, day), None)
    if wanted is not None:
        reason = worker.off_reason(day, worker.post)
        if reason:
            return reason
        if wanted not in problem.shifts or not problem.may_take(worker, day, problem.shifts[wanted]):
            return "当天不能上这个班次"
        changed[worker.key, day] = Entry(wanted, worker.post)
        known = {(one.code, one.day) for one in worker_breaches(problem, plan, worker)}
        broken = [one for one in worker_breaches(problem, changed, worker) if (one.code, one.day) not in known]
        if broken:
            return WHY.get(broken[0].code, broken[0].text)
    before, after = shortages(problem, plan), shortages(problem, changed)
    worse = sorted(slot for (on, slot), count in after.items() if on == day and count > before.get((day, slot), 0))
    if worse:
        span = spans(worse)[0]
        return f"当天 {slot_text(span[0])}–{slot_text(span[-1] + 1)} 会缺窗口"
    return "为均衡晚班、周末与工时"
