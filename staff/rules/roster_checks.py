"""The one set of checks that guards the solver's result, manual edits, swaps and publishing. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from staff.rules.rosters import LEADERS, WINDOWS, Entry, Plan, Problem, Worker, cover, overtime_of_week, too_close
from staff.rules.shifts import SLOT_MINUTES, Shift, slot_text
from staff.states import Post

ONE = timedelta(days=1)


@dataclass(frozen=True)
class Breach:
    """What is wrong where. A hard one may not be published; a soft one is shown and may."""

    code: str
    text: str
    day: date
    worker: int | None = None
    is_hard: bool = True
    slots: tuple[int, ...] = ()


Turns = Mapping[date, Shift]


def breaches(problem: Problem, plan: Plan) -> list[Breach]:
    """Everything: the law and the contract for each person, then the floor for each day."""
    found = [breach for worker in problem.workers for breach in worker_breaches(problem, plan, worker)]
    return found + [breach for day in problem.days for breach in day_breaches(problem, plan, day)]


def worker_breaches(problem: Problem, plan: Plan, worker: Worker) -> list[Breach]:
    """Hard ones of one person."""
    mine = {day: plan[worker.key, day] for day in problem.days if (worker.key, day) in plan}
    turns = dict(worker.around) | {day: problem.shifts[entry.shift] for day, entry in mine.items()}
    found = list(_personal(problem, worker, mine))
    for check in _CHECKS:
        found += check(problem, worker, turns)
    return found


def _personal(problem: Problem, worker: Worker, mine: Mapping[date, Entry]) -> Iterable[Breach]:
    """Leave, certificate, availability, private rules, length of the day."""
    for day, entry in mine.items():
        shift = problem.shifts[entry.shift]
        reason = worker.off_reason(day, entry.post)
        if reason:
            code = "on_leave" if day in worker.off else "no_certificate"
            yield Breach(code, f"{worker.name} {_day(day)} {reason},不能排班。", day, worker.key)
        elif (day, shift.key) in worker.blocked:
            yield Breach("unavailable", f"{worker.name} {_day(day)} 有不能上班的时间。", day, worker.key)
        elif shift.is_late and worker.no_late:
            yield Breach("no_late", f"{worker.name} 目前不排晚班。", day, worker.key)
        if shift.minutes > problem.longest_day(worker):
            hours = problem.longest_day(worker) / 60
            yield Breach("day_hours", f"{worker.name} {_day(day)} 超过一天 {hours:g} 小时。", day, worker.key)
        if not problem.open.get(day):
            yield Breach("closed", f"{_day(day)} 停业,不用排班。", day, worker.key)


def _rest_between(problem: Problem, worker: Worker, turns: Turns) -> Iterable[Breach]:
    for day, shift in turns.items():
        following = turns.get(day + ONE)
        if following and too_close(shift, following, problem.limits.rest) and _inside(problem, day, day + ONE):
            hours = problem.limits.rest / 60
            text = f"{worker.name} {_day(day)} 与次日两班之间不足 {hours:g} 小时。"
            yield Breach("rest_between", text, day + ONE if day + ONE in problem.days else day, worker.key)


def _rest_day(problem: Problem, worker: Worker, turns: Turns) -> Iterable[Breach]:
    """Art. 38: at least one day off in any seven."""
    run, day = 0, min(turns, default=None)
    last = max(turns, default=None)
    while day is not None and last is not None and day <= last:
        run = run + 1 if day in turns else 0
        if run > problem.limits.run and day in problem.days:
            yield Breach("no_rest_day", f"{worker.name} 到 {_day(day)} 已连上 {run} 天。", day, worker.key)
        day += ONE


def _hours(problem: Problem, worker: Worker, turns: Turns) -> Iterable[Breach]:
    """Hours by the hall's scheme, and art. 41's bound on overtime."""
    limits, overtime = problem.limits, 0
    if problem.scheme.is_standard:
        most = worker.weekly_minutes + (0 if worker.no_overtime else limits.week_overtime)
        for week in problem.weeks():
            minutes = [turns[day].minutes for day in week if day in turns]
            overtime += overtime_of_week(minutes, worker.weekly_minutes)
            if sum(minutes) > most:
                text = f"{worker.name} {_day(week[0])} 这一周排了 {sum(minutes) / 60:g} 小时,超过 {most / 60:g} 小时。"
                yield Breach("week_hours", text, _within(problem, week), worker.key)
    else:
        minutes_all = sum(turns[day].minutes for day in problem.days if day in turns)
        overtime = max(minutes_all - problem.target(worker), 0)
    most = 0 if worker.no_overtime else limits.month_overtime
    if overtime > most:
        text = f"{worker.name} 本月加班 {overtime / 60:g} 小时,超过 {most / 60:g} 小时。"
        yield Breach("month_overtime", text, problem.days[-1], worker.key)


def _weekends(problem: Problem, worker: Worker, turns: Turns) -> Iterable[Breach]:
    weekends = problem.weekends()
    least = min(problem.limits.full_weekends, len(weekends))
    free = sum(saturday not in turns and sunday not in turns for saturday, sunday in weekends)
    if free < least:
        text = f"{worker.name} 本月没有 {least} 个完整的周末休息。"
        yield Breach("no_full_weekend", text, weekends[-1][1], worker.key)


_CHECKS: tuple[Callable[[Problem, Worker, Turns], Iterable[Breach]], ...] = (
    _rest_between,
    _rest_day,
    _hours,
    _weekends,
)


def day_breaches(problem: Problem, plan: Plan, day: date) -> list[Breach]:
    """One day's floor: windows, noon (R-Q-7), a manager, the zone, trainees, no handover at a peak (R-S-3)."""
    if not problem.open.get(day):
        return []
    have = cover(problem, plan, day)
    found = list(_windows(problem, day, have))
    found += _nobody(problem, plan, day, LEADERS, ("no_manager", "没有店长或值班经理在现场"))
    if problem.has_zone:
        found += _zone(problem, plan, day)
    found += _alone(problem, plan, day)
    found += _handover_at_peak(problem, plan, day)
    return found


def _windows(problem: Problem, day: date, have: Mapping[int, int]) -> Iterable[Breach]:
    need = problem.need.get(day, {})
    short = [slot for slot in sorted(need) if need[slot] > have.get(slot, 0)]
    for span in spans(short):
        most = max(need[slot] - have.get(slot, 0) for slot in span)
        yield Breach("shortage", f"{_span(span)} 缺 {most} 个窗口。", day, is_hard=False, slots=tuple(span))
    noon = sorted(problem.noon & problem.open[day])
    few = [slot for slot in noon if have.get(slot, 0) < problem.noon_least]
    if few:
        text = f"午间 {_span(few)} 不足半数窗口(应有 {problem.noon_least} 个)。"
        yield Breach("noon_half", text, day, is_hard=False, slots=tuple(few))


def _nobody(problem: Problem, plan: Plan, day: date, posts: frozenset[Post], said: tuple[str, str]) -> Iterable[Breach]:
    there: set[int] = set()
    for worker in problem.workers:
        entry = plan.get((worker.key, day))
        if entry and entry.post in posts:
            there |= problem.shifts[entry.shift].slots
    code, text = said
    for span in spans(sorted(problem.open[day] - there)):
        yield Breach(code, f"{_span(span)} {text}。", day, is_hard=False, slots=tuple(span))


def _zone(problem: Problem, plan: Plan, day: date) -> Iterable[Breach]:
    """R-S-3: somebody who knows the 全球通 zone's work is there whenever the hall is open."""
    there: set[int] = set()
    for worker in problem.workers:
        entry = plan.get((worker.key, day))
        if entry and (entry.post == Post.ZONE or (entry.post == Post.WINDOW and Post.ZONE in worker.skills)):
            there |= problem.shifts[entry.shift].slots
    for span in spans(sorted(problem.open[day] - there)):
        yield Breach("no_zone", f"{_span(span)} 全球通专区没有专人。", day, is_hard=False, slots=tuple(span))


def _alone(problem: Problem, plan: Plan, day: date) -> Iterable[Breach]:
    """R-S-14: a trainee sits beside a certified clerk."""
    beside: set[int] = set()
    for worker in problem.workers:
        entry = plan.get((worker.key, day))
        if entry and entry.post in WINDOWS and not worker.is_trainee:
            beside |= problem.shifts[entry.shift].slots
    for worker in problem.workers:
        entry = plan.get((worker.key, day))
        if entry and worker.is_trainee and entry.post in WINDOWS:
            alone = (problem.shifts[entry.shift].slots & problem.open[day]) - beside
            if alone:
                text = f"见习的 {worker.name} {_span(sorted(alone))} 没有持证营业员带班。"
                yield Breach("trainee_alone", text, day, worker.key, slots=tuple(sorted(alone)))


def _handover_at_peak(problem: Problem, plan: Plan, day: date) -> Iterable[Breach]:
    """R-S-8: no shift of a window ends in a forecast peak while the hall goes on."""
    for worker in problem.workers:
        entry = plan.get((worker.key, day))
        if entry is None or entry.post not in WINDOWS:
            continue
        slot = (problem.shifts[entry.shift].ends - 1) // SLOT_MINUTES
        if (day, slot) in problem.peaks and slot + 1 in problem.open[day]:
            text = f"{worker.name} 在高峰 {slot_text(slot)} 前后交班。"
            yield Breach("handover_at_peak", text, day, worker.key, is_hard=False, slots=(slot,))


def spans(slots: Iterable[int]) -> list[list[int]]:
    """Neighbouring half hours together."""
    found: list[list[int]] = []
    for slot in slots:
        if found and found[-1][-1] == slot - 1:
            found[-1].append(slot)
        else:
            found.append([slot])
    return found


def _span(slots: list[int]) -> str:
    return f"{slot_text(slots[0])}–{slot_text(slots[-1] + 1)}"


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def _inside(problem: Problem, *days: date) -> bool:
    return any(problem.days[0] <= day <= problem.days[-1] for day in days)


def _within(problem: Problem, week: tuple[date, ...]) -> date:
    return next((day for day in week if day in problem.days), problem.days[0])
