"""月度资料包: a hall's month that is over, put together from what every app holds; and a region's, a line a hall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from complaints.models import Complaint
from complaints.queries.figures import late, logged_on
from core import time
from halls.models import Hall
from inspections.models import MonthResult, Visit
from inspections.queries.months import bounds
from overview.queries import figures
from overview.queries.month_open import Item, still_open
from overview.queries.week_queue import complaints as complaint_counts
from overview.rules.figures import ALL, Figure, Value, outlook
from overview.rules.months import is_over, last_day, month_before
from queueing.queries import figures as queue
from queueing.queries.figures import Sums
from staff.models import DailyClosing, MonthClosing, MonthSheet
from staff.queries import closings
from staff.queries.closings import Day
from staff.queries.month_lines import Lines

MOST_COMPLAINTS = 200


@dataclass(frozen=True)
class Line:
    """One figure of the month beside the month before."""

    figure: Figure
    value: Value
    before: Value

    @property
    def text(self) -> str:
        return self.figure.text(self.value)

    @property
    def before_text(self) -> str:
        return self.figure.text(self.before)

    @property
    def outlook(self) -> str:
        return outlook(self.figure, self.before, self.value)


@dataclass(frozen=True)
class DayLine:
    """A day of the hall: numbers of the queue, and its closing where the hall was open."""

    day: date
    sums: Sums
    closing: Day | None


@dataclass(frozen=True)
class Pack:
    hall: Hall
    month: date
    is_over: bool
    lines: list[Line]
    days: list[DayLine]
    month_closing: MonthClosing | None
    complaints: Mapping[str, Any]
    cases: list[tuple[Complaint, bool]]
    visits: list[Visit]
    result: MonthResult | None
    sheets: list[tuple[MonthSheet, Lines]]
    open: list[Item]

    @property
    def groups(self) -> list[tuple[str, list[Line]]]:
        names = dict.fromkeys(one.figure.group for one in self.lines)
        return [(name, [one for one in self.lines if one.figure.group == name]) for name in names]


def of_hall(hall: Hall, month: date, user: Any, now: datetime) -> Pack:
    """`user` decides what may be shown of people's month sheets; a running month is told up to now."""
    first, last = month, min(last_day(month), time.business_day(now))
    result = MonthResult.objects.filter(hall=hall, month=month).first()
    return Pack(
        hall=hall,
        month=month,
        is_over=is_over(month, time.business_day(now)),
        lines=_lines(hall, month, last, now),
        days=_days(hall, first, last, now),
        month_closing=MonthClosing.objects.filter(hall=hall, month=month).select_related("closed_by").first(),
        complaints=complaint_counts(hall, first, last, now),
        cases=_cases(hall, first, last, now),
        visits=_visits(hall, month),
        result=result,
        sheets=_sheets(hall, month, user),
        open=still_open([hall], month, now)[hall.pk],
    )


def _lines(hall: Hall, month: date, last: date, now: datetime) -> list[Line]:
    """Figures of spans only: what is true of this very moment is no part of a month."""
    before = month_before(month)
    after = figures.of_hall(hall, month, last, now)
    past = figures.of_hall(hall, before, last_day(before), now)
    return [Line(one, after[one.key], past[one.key]) for one in ALL.values() if not one.is_now]


def _days(hall: Hall, first: date, last: date, now: datetime) -> list[DayLine]:
    """Days on which something was counted or the hall was to be closed: from its first closed day on; before it nobody
    closed days here."""
    sums = queue.by_day_of([hall.pk], first, last, now)
    begun = closings.first_day(hall)
    closed = {one.day: one for one in closings.days(hall, max(first, begun), last, now)} if begun else {}
    span = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return [
        DayLine(day, sums.get((hall.pk, day), Sums()), closed.get(day))
        for day in span
        if (hall.pk, day) in sums or day in closed
    ]


def _cases(hall: Hall, first: date, last: date, now: datetime) -> list[tuple[Complaint, bool]]:
    """Each with whether it is late."""
    rows = logged_on([hall.pk], first, last).select_related("category").order_by("logged_at", "pk")
    behind = set(rows.filter(late(now)).values_list("pk", flat=True))
    return [(one, one.pk in behind) for one in rows[:MOST_COMPLAINTS]]


def _visits(hall: Hall, month: date) -> list[Visit]:
    since, until = bounds(month)
    start, end = time.day_bounds(since)[0], time.day_bounds(until)[0]
    rows = Visit.objects.over().filter(hall=hall, second_of=None, started_at__gte=start, started_at__lt=end)
    return list(rows.select_related("version__card").prefetch_related("findings").order_by("started_at"))


def _sheets(hall: Hall, month: date, user: Any) -> list[tuple[MonthSheet, Lines]]:
    """Of the hall, for who signs them there; one's own sheet is not what a pack is for."""
    if not user.may("sheet.sign", hall):
        return []
    rows = MonthSheet.objects.filter(hall=hall, month=month).select_related("person", "signed_by")
    return [(one, Lines(one)) for one in rows.order_by("person__staff_no")]


@dataclass(frozen=True)
class HallLine:
    """A hall on the list of packs."""

    hall: Hall
    open: list[Item]
    month_closing: MonthClosing | None
    closings: int
    score: Any

    @property
    def late(self) -> int:
        return sum(one.is_late for one in self.open)


def overview(halls: Sequence[Hall], month: date, now: datetime) -> list[HallLine]:
    """As many questions for any number of halls."""
    left = still_open(halls, month, now)
    closed = {
        one.hall_id: one for one in MonthClosing.objects.filter(hall__in=halls, month=month).select_related("closed_by")
    }
    scores = dict(MonthResult.objects.filter(hall__in=halls, month=month).values_list("hall", "score"))
    days: dict[int, int] = {}
    submitted = DailyClosing.objects.filter(hall__in=halls, day__range=(month, last_day(month)), state="submitted")
    for pk in submitted.values_list("hall", flat=True):
        days[pk] = days.get(pk, 0) + 1
    return [
        HallLine(hall, left[hall.pk], closed.get(hall.pk), days.get(hall.pk, 0), scores.get(hall.pk)) for hall in halls
    ]


def figures_of(halls: Sequence[Hall], month: date, now: datetime) -> dict[int, figures.Values]:
    return figures.of_halls([hall.pk for hall in halls], month, last_day(month), now)
