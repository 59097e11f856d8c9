"""The month grid as it is shown: people by days, with what is wrong where it is wrong."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from core import time
from halls.models import CalendarDay, Hall
from halls.states import CalendarKind, Weekday
from staff.models import PrivateRule, Roster, ShiftType, Turn, User
from staff.queries import roster_problem as problems
from staff.queries.people import in_force
from staff.queries.rosters import published
from staff.rules import roster_checks as checks
from staff.rules.roster_checks import Breach
from staff.rules.rosters import Problem, Worker, cover, shortages
from staff.rules.shifts import slot_text
from staff.states import Post, RosterState

POST_ORDER = (Post.MANAGER, Post.DUTY, Post.ZONE, Post.WINDOW, Post.FLOOR, Post.SALES, Post.BACK)


@dataclass(frozen=True)
class Day:
    day: date
    weekday: str
    kind: str
    is_today: bool
    short: int
    needed: int
    said: tuple[str, ...]

    @property
    def share(self) -> int:
        """Per cent of the day's window half hours that are missing."""
        return round(100 * self.short / self.needed) if self.needed else 0


@dataclass(frozen=True)
class Cell:
    day: date
    mark: str = ""
    title: str = ""
    tone: str = ""
    post: str = ""
    said: str = ""
    is_hard: bool = False
    off: str = ""
    wish: str = ""
    is_weekend: bool = False


@dataclass(frozen=True)
class Row:
    person: User
    post: Post
    cells: tuple[Cell, ...]
    hours: float
    target: float
    lates: int
    weekends: int
    private: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grid:
    hall: Hall
    month: date
    roster: Roster | None
    days: tuple[Day, ...]
    rows: tuple[Row, ...]
    shifts: tuple[ShiftType, ...]
    breaches: tuple[Breach, ...]
    short: int
    needed: int

    @property
    def legend(self) -> list[tuple[ShiftType, str]]:
        return [(shift, tone_of(shift, place)) for place, shift in enumerate(self.shifts)]

    @property
    def hard(self) -> list[Breach]:
        return [one for one in self.breaches if one.is_hard]

    @property
    def soft(self) -> list[Breach]:
        return [one for one in self.breaches if not one.is_hard and one.code != "shortage"]

    @property
    def share(self) -> float:
        return round(100 * self.short / self.needed, 1) if self.needed else 0

    @property
    def previous(self) -> date:
        return (self.month - timedelta(days=1)).replace(day=1)

    @property
    def following(self) -> date:
        return (self.month + timedelta(days=32)).replace(day=1)


def shown_roster(hall: Hall, month: date, *, wants_draft: bool) -> Roster | None:
    """The draft for who makes rosters, else what is published."""
    draft = Roster.objects.filter(hall=hall, month=month, state=RosterState.DRAFT).first()
    return draft if draft is not None and wants_draft else published(hall, month)


def grid(hall: Hall, month: date, roster: Roster | None, *, now: datetime, sees_private: bool = False) -> Grid:
    problem = problems.problem_of(hall, problems.month_days(month))
    plan = problems.plan_of(roster) if roster else {}
    found = tuple(checks.breaches(problem, plan)) if plan else ()
    missing = shortages(problem, plan) if roster else {}
    view = _View(hall, problem, found, roster)
    private = _private(problem, month) if sees_private else {}
    rows = [view.row(worker, private.get(worker.key, ())) for worker in problem.workers]
    ordered = sorted(rows, key=lambda row: (POST_ORDER.index(row.post), row.person.staff_no))
    return Grid(
        hall=hall,
        month=month,
        roster=roster,
        days=tuple(_days(problem, found, missing, time.business_day(now))),
        rows=tuple(ordered),
        shifts=tuple(view.shifts.values()),
        breaches=found,
        short=sum(missing.values()),
        needed=sum(sum(slots.values()) for slots in problem.need.values()),
    )


def _private(problem: Problem, month: date) -> dict[int, tuple[str, ...]]:
    rows = PrivateRule.objects.filter(in_force(month), user__in=[one.key for one in problem.workers])
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        text = f"{row.get_kind_display()}({row.reason})" if row.reason else row.get_kind_display()
        found[row.user_id] = (*found.get(row.user_id, ()), text)
    return found


def _days(
    problem: Problem, found: Iterable[Breach], missing: dict[tuple[date, int], int], today: date
) -> Iterable[Day]:
    named = {row.day: row for row in CalendarDay.objects.filter(day__range=(problem.days[0], problem.days[-1]))}
    said: dict[date, list[str]] = defaultdict(list)
    for breach in found:
        if breach.worker is None:
            said[breach.day].append(breach.text)
    for day in problem.days:
        row = named.get(day)
        kind = "weekend" if day.weekday() >= 5 else ""
        if row is not None:
            kind = "holiday" if row.kind == CalendarKind.HOLIDAY else "makeup"
        short = sum(count for (on, _), count in missing.items() if on == day)
        needed = sum(problem.need.get(day, {}).values())
        label = Weekday(day.weekday()).label[-1]
        yield Day(day, label, kind, day == today, short, needed, tuple(said[day]))


@dataclass
class _View:
    hall: Hall
    problem: Problem
    found: tuple[Breach, ...]
    roster: Roster | None
    shifts: dict[int, ShiftType] = field(init=False)

    def __post_init__(self) -> None:
        self.shifts = {row.pk: row for row in ShiftType.objects.filter(pk__in=list(self.problem.shifts))}
        self.people = User.objects.in_bulk([one.key for one in self.problem.workers])
        turns = self.roster.turns.all() if self.roster else Turn.objects.none()
        self.turns = {(turn.person_id, turn.day): turn for turn in turns}
        self.said: dict[tuple[int, date], list[Breach]] = defaultdict(list)
        for breach in self.found:
            if breach.worker is not None:
                self.said[breach.worker, breach.day].append(breach)

    def row(self, worker: Worker, private: tuple[str, ...]) -> Row:
        mine = [self.turns[worker.key, day] for day in self.problem.days if (worker.key, day) in self.turns]
        return Row(
            person=self.people[worker.key],
            post=worker.post,
            cells=tuple(self._cell(worker, day) for day in self.problem.days),
            hours=round(sum(self.shifts[turn.shift_id].minutes for turn in mine) / 60, 1),
            target=round(self.problem.target(worker) / 60, 1),
            lates=sum(self.shifts[turn.shift_id].is_late for turn in mine),
            weekends=sum(turn.day.weekday() >= 5 for turn in mine),
            private=private,
            said=tuple(one.text for one in self.found if one.worker == worker.key and one.is_hard),
        )

    def _cell(self, worker: Worker, day: date) -> Cell:
        turn, said = self.turns.get((worker.key, day)), self.said.get((worker.key, day), [])
        common: dict[str, Any] = {
            "said": " ".join(one.text for one in said),
            "is_hard": any(one.is_hard for one in said),
            "wish": self._wish(worker, day),
            "is_weekend": day.weekday() >= 5,
            "off": worker.off.get(day, ""),
        }
        if turn is None:
            return Cell(day, **common)
        shift = self.shifts[turn.shift_id]
        label = Post(turn.post).label
        meal = f" 用餐 {turn.meal_at:%H:%M}" if turn.meal_at else ""
        tone = tone_of(shift, list(self.shifts).index(shift.pk))
        return Cell(day, shift.mark, f"{shift} {label}{meal}", tone, _sign(worker, turn), **common)

    def _wish(self, worker: Worker, day: date) -> str:
        if day not in worker.wishes:
            return ""
        wanted = worker.wishes[day]
        return "想休息" if wanted is None else f"想上{self.shifts[wanted].name}" if wanted in self.shifts else ""


def tone_of(shift: ShiftType, place: int) -> str:
    return "late" if shift.is_late else f"tone-{place % 4}"


def _sign(worker: Worker, turn: Turn) -> str:
    """What is not somebody's usual post is marked in the cell."""
    if turn.post == worker.post:
        return ""
    return {Post.ZONE: "专", Post.DUTY: "值", Post.FLOOR: "引", Post.WINDOW: "窗"}.get(Post(turn.post), "岗")


@dataclass(frozen=True)
class HalfHourOfDay:
    slot: int
    text: str
    need: int
    have: int

    @property
    def missing(self) -> int:
        return max(self.need - self.have, 0)


@dataclass(frozen=True)
class DaySheet:
    """One day by half hours, and everybody who works it."""

    day: date
    slots: tuple[HalfHourOfDay, ...]
    turns: tuple[Turn, ...]
    said: tuple[str, ...]


def day_sheet(hall: Hall, roster: Roster, day: date) -> DaySheet:
    problem = problems.problem_of(hall, problems.month_days(roster.month))
    plan = problems.plan_of(roster)
    have, need = cover(problem, plan, day), problem.need.get(day, {})
    slots = [HalfHourOfDay(slot, slot_text(slot), need.get(slot, 0), have.get(slot, 0)) for slot in sorted(have)]
    turns = roster.turns.filter(day=day).select_related("shift", "person")
    said = [one.text for one in checks.day_breaches(problem, plan, day)]
    return DaySheet(day, tuple(slots), tuple(turns), tuple(said))
