"""What was broken, walked and left hanging in many halls at once, each a line."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import cache
from typing import Any

from django.db.models import Avg, Case, Count, Exists, F, Min, OuterRef, Q, Value, When
from django.db.models.functions import ExtractIsoWeekDay, TruncDate, TruncTime

from core import time
from halls.models import CheckList, Fault, Hall, HoursException, Round
from halls.queries import hours as opening
from halls.queries import materials
from halls.queries.faults import WORKS_AGAIN
from halls.queries.hours import Opening
from halls.rules import rounds as rules
from halls.rules.places import Hours
from halls.states import CheckKind

DAY = timedelta(days=1)
Span = tuple[date, date]
Asked = tuple[str, tuple[clock, ...]]
Slots = Callable[[str, tuple[clock, ...], Hours | None, date], list[datetime]]
ASKED = (CheckKind.OPENING, CheckKind.CLOSING, CheckKind.PATROL)


@dataclass(frozen=True)
class Faults:
    """`found` and `mean` are of a span of days, the others of now (R-H-4)."""

    found: int = 0
    mean: timedelta | None = None
    open: int = 0
    late: int = 0


def faults(hall_ids: Iterable[int], first: date, last: date, now: datetime) -> dict[int, Faults]:
    """The mean is over those of the span that work again."""
    within = Q(found_at__gte=time.day_bounds(first)[0], found_at__lt=time.day_bounds(last)[1])
    is_open = ~WORKS_AGAIN
    late = Q(reported_at=None, report_due__lt=now) | Q(reported_at__gt=F("report_due")) | Q(fix_due__lte=now)
    rows = Fault.objects.filter(within | is_open, hall__in=list(hall_ids)).order_by().values("hall_id")
    counted = rows.annotate(
        n=Count("pk", filter=within),
        mean=Avg(F("fixed_at") - F("found_at"), filter=within & WORKS_AGAIN),
        n_open=Count("pk", filter=is_open),
        n_late=Count("pk", filter=is_open & late),
    )
    return {one["hall_id"]: Faults(one["n"], one["mean"], one["n_open"], one["n_late"]) for one in counted}


@dataclass(frozen=True)
class Walks:
    """Checks of a kind whose moment has come, and those of them that were made."""

    due: int
    done: int


def walks(hall_ids: Iterable[int], first: date, last: date, now: datetime) -> dict[int, dict[str, Walks]]:
    """Opening, closing and patrol checks by kind; asked for from the day of a hall's first check on. Only a check that
    was made for a moment at which one is due counts as done."""
    ids, last = list(hall_ids), min(last, time.business_day(now))
    begun, made = _first_days(ids), _made(ids, first, last, now)
    opened = opening.of_halls(begun, first, last)
    lists, found = list(CheckList.objects.filter(is_active=True, kind__in=ASKED)), {}
    slots = cache(rules.slots)  # the moments of a list on a day, which many halls have in common
    for hall in Hall.objects.filter(pk__in=begun).only("type"):
        mine = [(one.kind, tuple(one.times)) for one in _lists_of(hall, lists)]
        span = max(first, begun[hall.pk]), last
        due = _due(opened[hall.pk], mine, span, now, slots)
        done = _done(opened[hall.pk], mine, span, made.get(hall.pk, {}), slots)
        found[hall.pk] = {kind: Walks(count, done[kind]) for kind, count in due.items()}
    return found


Made = Mapping[tuple[str, int | date, clock], int]
"""How many checks were made, by kind and the clock of their moment: of a weekday, or of a date with its own hours."""


def _made(ids: Sequence[int], first: date, last: date, now: datetime) -> dict[int, dict[Any, int]]:
    """`Made` of each hall."""
    begins, ends = time.day_bounds(first)[0], time.day_bounds(last)[1]
    at_closing = Q(kind=CheckKind.CLOSING, slot__gt=begins, slot__lte=ends)  # 24:00 is still that day's
    within = at_closing | (~Q(kind=CheckKind.CLOSING) & Q(slot__gte=begins, slot__lt=ends))
    rows = Round.objects.filter(within, hall__in=ids, kind__in=ASKED, finished_at__isnull=False, slot__lte=now)
    day_of = Case(When(kind=CheckKind.CLOSING, then=F("slot") - Value(timedelta(seconds=1))), default=F("slot"))
    dated = rows.order_by().annotate(
        day=TruncDate(day_of, tzinfo=time.SHANGHAI), clock=TruncTime("slot", tzinfo=time.SHANGHAI)
    )
    is_special = Exists(HoursException.objects.filter(hall=OuterRef("hall"), day=OuterRef("day")))
    usual = dated.exclude(is_special).annotate(weekday=ExtractIsoWeekDay("day"))
    counted = [*usual.values_list("hall_id", "kind", "weekday", "clock").annotate(n=Count("pk"))]
    special = dated.filter(is_special).values_list("hall_id", "kind", "day", "clock").annotate(n=Count("pk"))
    found: dict[int, dict[Any, int]] = defaultdict(dict)
    for hall, kind, day, at, n in [*counted, *special]:
        found[hall][kind, day, at] = n
    return found


def _done(opened: Opening, lists: Sequence[Asked], span: Span, made: Made, slots: Slots) -> Counter[str]:
    """The checks made for the moments that the hours of each day ask for."""
    found: Counter[str] = Counter()
    for days in _days(opened, *span) if made else ():
        key = days.example if days.is_dated else days.example.isoweekday()
        for kind, times in lists:
            for slot in slots(kind, times, days.hours, days.example):
                found[kind] += made.get((kind, key, slot.time()), 0)
    return found


def _first_days(ids: Sequence[int]) -> dict[int, date]:
    rows = Round.objects.filter(hall__in=ids).order_by().values("hall_id").annotate(first=Min("slot"))
    return {one["hall_id"]: time.business_day(one["first"]) for one in rows}


def _lists_of(hall: Hall, lists: Iterable[CheckList]) -> list[CheckList]:
    """Of each kind the hall's own before its type's before the general one."""
    best: dict[str, CheckList] = {}
    mine = [
        one for one in lists if one.hall_id == hall.pk or (one.hall_id is None and one.hall_type in ("", hall.type))
    ]
    for one in sorted(mine, key=lambda row: (row.hall_id is not None, bool(row.hall_type))):
        best[one.kind] = one
    return list(best.values())


def _due(opened: Opening, lists: Sequence[Asked], span: Span, now: datetime, slots: Slots) -> Counter[str]:
    """How many checks of each kind the days ask for; whole days by their hours, the last one up to this moment."""
    found: Counter[str] = Counter()
    today = time.business_day(now)
    for days in _days(opened, *span):
        for kind, times in lists:
            found[kind] += days.count * len(slots(kind, times, days.hours, days.example))
    if span[0] <= today <= span[1]:
        for kind, times in lists:
            found[kind] -= sum(slot > now for slot in slots(kind, times, opened.on(today), today))
    return found


@dataclass(frozen=True)
class Days:
    """Hours with how many days of a span have them, and a day of that weekday; a dated exception is a day by itself."""

    hours: Hours | None
    count: int
    example: date
    is_dated: bool = False


def _days(opened: Opening, first: date, last: date) -> Iterator[Days]:
    """A span of years costs no more than a week."""
    if first > last:
        return
    length = (last - first).days + 1
    dated = {day: hours for day, hours in opened.dated.items() if first <= day <= last}
    special: Counter[int] = Counter(day.weekday() for day in dated)
    for weekday, hours in opened.weekly.items():
        offset = (weekday - first.weekday()) % 7
        count = max((length - offset + 6) // 7, 0) - special[weekday]
        yield Days(hours, count, first + offset * DAY)
    for day, exception in dated.items():
        yield Days(exception, 1, day, is_dated=True)


def expired_materials(hall_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """R-H-8: what is past its last day and still hangs in a hall, also what a region gave it to hang."""
    found = materials.expired(list(hall_ids), time.business_day(now))
    return {pk: len(rows) for pk, rows in found.items()}
