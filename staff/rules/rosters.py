"""What a roster is made of, as plain values, and the numbers that bound and weigh it. No tables, no clock."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.parameters import register
from staff.rules.shifts import Shift
from staff.states import Post, SchemeKind

REST_HOURS = register("roster.rest_hours", "两班之间至少休息", default=11, unit="小时", between=(8, 24))
RUN_DAYS = register("roster.run_days", "最多连续上班", default=6, unit="天", between=(3, 6))
DAY_OVERTIME = register("roster.day_overtime_hours", "每天最多加班", default=3, unit="小时", between=(0, 3))
MONTH_OVERTIME = register("roster.month_overtime_hours", "每月最多加班", default=36, unit="小时", between=(0, 36))
WEEK_OVERTIME = register("roster.week_overtime_hours", "每周最多安排加班", default=0, unit="小时", between=(0, 9))
FULL_WEEKENDS = register("roster.full_weekends", "每月至少完整休周末", default=1, unit="个", between=(0, 4))
NOON_FROM = register("roster.noon_from", "班表午间开始(零点起)", default=690, unit="分钟", between=(600, 840))
NOON_TO = register("roster.noon_to", "班表午间结束(零点起)", default=810, unit="分钟", between=(600, 960))
SOLVE_SECONDS = register("roster.solve_seconds", "自动排班最多计算", default=60, unit="秒", between=(5, 240))

WEIGHTS = {
    "shortage": register("roster.weight_shortage", "权重:缺一个窗口半小时", default=100, unit="分", between=(0, 1000)),
    "noon": register("roster.weight_noon", "权重:午间不足半数窗口", default=100, unit="分", between=(0, 1000)),
    "leader": register("roster.weight_leader", "权重:现场无店长或值班经理", default=40, unit="分", between=(0, 1000)),
    "zone": register("roster.weight_zone", "权重:全球通专区无人", default=40, unit="分", between=(0, 1000)),
    "post": register("roster.weight_post", "权重:其他岗位无人", default=5, unit="分", between=(0, 1000)),
    "wish": register("roster.weight_wish", "权重:未满足一条意愿", default=60, unit="分", between=(0, 1000)),
    "late": register("roster.weight_late", "权重:晚班多少不均", default=20, unit="分", between=(0, 1000)),
    "weekend": register("roster.weight_weekend", "权重:周末班多少不均", default=20, unit="分", between=(0, 1000)),
    "holiday": register("roster.weight_holiday", "权重:假日班多少不均", default=40, unit="分", between=(0, 1000)),
    "isolated": register("roster.weight_isolated", "权重:单独一天上班或休息", default=4, unit="分", between=(0, 1000)),
    "overtime": register("roster.weight_overtime", "权重:加班半小时", default=20, unit="分", between=(0, 1000)),
    "idle": register("roster.weight_idle", "权重:少排合同工时半小时", default=2, unit="分", between=(0, 1000)),
}
DAY_MINUTES = 8 * 60
MOST_TOUCHED = 3  # other people whose day may change when somebody is missing
WINDOWS = frozenset({Post.WINDOW, Post.ZONE})
LEADERS = frozenset({Post.DUTY, Post.MANAGER})


@dataclass(frozen=True)
class Limits:
    """Hard bounds, minutes and days (Labour Law art. 36, 38, 41)."""

    rest: int = 11 * 60
    run: int = 6
    day_overtime: int = 3 * 60
    month_overtime: int = 36 * 60
    week_overtime: int = 0
    full_weekends: int = 1


@dataclass(frozen=True)
class Scheme:
    kind: str = SchemeKind.STANDARD
    weekly_minutes: int = 40 * 60

    @property
    def is_standard(self) -> bool:
        return self.kind == SchemeKind.STANDARD


@dataclass(frozen=True)
class Worker:
    """Somebody to be rostered, with what is known of them.

    `off`: days that can't be worked, with the reason as people read it. `uncertified`: days not at a window (R-S-14).
    `blocked`: shifts that can't be worked on a day. `wishes`: a shift's key, or None for a day off.
    `around`: shifts just before and after the span. The `…_before` count what fairness already owes or is owed.
    """

    key: int
    name: str
    post: Post = Post.WINDOW
    also_window: bool = False
    skills: frozenset[Post] = frozenset()
    weekly_minutes: int = 40 * 60
    no_late: bool = False
    no_overtime: bool = False
    is_trainee: bool = False
    off: Mapping[date, str] = field(default_factory=dict)
    uncertified: Mapping[date, str] = field(default_factory=dict)
    blocked: frozenset[tuple[date, int]] = frozenset()
    wishes: Mapping[date, int | None] = field(default_factory=dict)
    around: Mapping[date, Shift] = field(default_factory=dict)
    late_before: int = 0
    holiday_before: int = 0

    @property
    def serves(self) -> bool:
        """Whether their usual post counts as an open window; a trainee learns beside somebody."""
        return (self.post in WINDOWS or self.also_window) and not self.is_trainee

    def off_reason(self, day: date, post: Post) -> str | None:
        if day in self.off:
            return self.off[day]
        return self.uncertified.get(day) if post in WINDOWS and not self.is_trainee else None


@dataclass(frozen=True)
class Entry:
    """One shift of one person's day; `meal` is its start in minutes of the day."""

    shift: int
    post: Post
    meal: int | None = None


Plan = Mapping[tuple[int, date], Entry]


@dataclass(frozen=True)
class Problem:
    """A hall and a span of days. `need`: windows by day and half hour, never more than there are."""

    days: tuple[date, ...]
    shifts: Mapping[int, Shift]
    workers: tuple[Worker, ...]
    need: Mapping[date, Mapping[int, int]]
    open: Mapping[date, frozenset[int]]
    windows: int
    has_zone: bool = False
    peaks: frozenset[tuple[date, int]] = frozenset()
    noon: frozenset[int] = frozenset(range(23, 27))
    workdays: frozenset[date] = frozenset()
    holidays: frozenset[date] = frozenset()
    scheme: Scheme = Scheme()
    limits: Limits = Limits()
    weights: Mapping[str, int] = field(default_factory=dict)

    def weight(self, name: str) -> int:
        return self.weights.get(name, _DEFAULTS[name])

    def worker(self, key: int) -> Worker:
        return next(one for one in self.workers if one.key == key)

    @property
    def noon_least(self) -> int:
        """R-Q-7: half of the windows, rounded up."""
        return math.ceil(self.windows / 2)

    def may_take(self, worker: Worker, day: date, shift: Shift) -> bool:
        """What the person, the day and the shift alone forbid or allow."""
        if worker.off_reason(day, worker.post) or (day, shift.key) in worker.blocked or not self.open.get(day):
            return False
        if shift.is_late and worker.no_late:
            return False
        return shift.minutes <= self.longest_day(worker)

    def longest_day(self, worker: Worker) -> int:
        return DAY_MINUTES + (0 if worker.no_overtime else self.limits.day_overtime)

    def target(self, worker: Worker) -> int:
        """Contract minutes of the span: a fifth of the week for each workday not on leave."""
        days = sum(day in self.workdays and day not in worker.off for day in self.days)
        return worker.weekly_minutes * days // 5

    def weeks(self) -> list[tuple[date, ...]]:
        """Calendar weeks that the span touches, whole, so that days around it count."""
        mondays = sorted({day - timedelta(days=day.weekday()) for day in self.days})
        return [tuple(monday + timedelta(days=ahead) for ahead in range(7)) for monday in mondays]

    def weekends(self) -> list[tuple[date, date]]:
        known = set(self.days)
        return [
            (day, day + timedelta(days=1))
            for day in self.days
            if day.weekday() == 5 and day + timedelta(days=1) in known
        ]


_DEFAULTS = {
    "shortage": 100,
    "noon": 100,
    "leader": 40,
    "zone": 40,
    "post": 5,
    "wish": 60,
    "late": 20,
    "weekend": 20,
    "holiday": 40,
    "isolated": 4,
    "overtime": 20,
    "idle": 2,
}


def too_close(first: Shift, second: Shift, rest: int) -> bool:
    """Whether there is less than `rest` minutes between a shift and the next day's."""
    return second.begins + 24 * 60 - first.ends < rest


def overtime_of_week(days: list[int], weekly: int) -> int:
    """Art. 41, standard hours: what is above eight hours of a day or above the week, whichever is more."""
    return max(sum(max(minutes - DAY_MINUTES, 0) for minutes in days), sum(days) - weekly, 0)


def cover(problem: Problem, plan: Plan, day: date) -> dict[int, int]:
    """Windows that are staffed in each half hour of a day, meals taken out."""
    found: dict[int, int] = dict.fromkeys(problem.open.get(day, ()), 0)
    for worker in problem.workers:
        entry = plan.get((worker.key, day))
        if entry is None or not at_window(worker, entry):
            continue
        for slot in present(problem.shifts[entry.shift], entry.meal):
            if slot in found:
                found[slot] += 1
    return found


def at_window(worker: Worker, entry: Entry) -> bool:
    if worker.is_trainee:
        return False
    return entry.post in WINDOWS or (worker.also_window and entry.post == worker.post)


def present(shift: Shift, meal: int | None) -> frozenset[int]:
    return shift.slots if meal is None else shift.slots - shift.meal_slots(meal)


def shortages(problem: Problem, plan: Plan) -> dict[tuple[date, int], int]:
    """Windows missing by half hour."""
    missing = {}
    for day in problem.days:
        have = cover(problem, plan, day)
        for slot, need in problem.need.get(day, {}).items():
            if need > have.get(slot, 0):
                missing[day, slot] = need - have.get(slot, 0)
    return missing
