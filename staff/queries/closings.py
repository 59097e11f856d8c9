"""Reads about closings: how a hall's days stand, what a daily report says, which days are overdue."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min, Q

from core import parameters, time
from halls.models import BusinessType, Fault, Hall
from halls.queries import hours as opening
from staff import hooks
from staff.models import DailyClosing, Difference, DrawerCheck, Handover, MonthClosing, SafeDrop, User
from staff.queries import money, rosters
from staff.rules import closings as rules
from staff.rules.handovers import OPEN
from staff.states import ClosingState, HandoverState


@dataclass(frozen=True)
class Day:
    """A hall's day on the list: its row if there is one, and the word for its state."""

    hall: Hall
    day: date
    closing: DailyClosing | None
    state: ClosingState


def days(hall: Hall, first: date, last: date, now: datetime) -> list[Day]:
    """The open days of a span, newest first, whether somebody has begun them or not."""
    rows = {row.day: row for row in DailyClosing.objects.filter(hall=hall, day__gte=first, day__lte=last)}
    closed = set(
        MonthClosing.objects.filter(hall=hall, month__gte=first.replace(day=1)).values_list("month", flat=True)
    )
    found = []
    for day in open_days(hall, first, last):
        row = rows.get(day)
        state = rules.shown_state(row.state if row else None, day, now, month_closed=day.replace(day=1) in closed)
        found.append(Day(hall, day, row, state))
    return found[::-1]


def open_days(hall: Hall, first: date, last: date) -> list[date]:
    """The days of a span on which the hall was open by its hours."""
    opened = opening.of_halls([hall.pk], first, last)[hall.pk]
    return [day for day in _span(first, last) if opened.on(day) is not None]


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def month_bounds(month: date) -> tuple[date, date]:
    first = month.replace(day=1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def first_day(hall: Hall) -> date | None:
    """The day from which on a hall closes its days here."""
    found: date | None = DailyClosing.objects.filter(hall=hall).aggregate(first=Min("day"))["first"]
    return found


def submitted_days(hall: Hall, first: date, last: date) -> set[date]:
    rows = DailyClosing.objects.filter(hall=hall, day__gte=first, day__lte=last, state=ClosingState.SUBMITTED)
    return set(rows.values_list("day", flat=True))


def report(hall: Hall, day: date, now: datetime) -> dict[str, Any]:
    """The 营业日报表 beside the money: as it was known at a moment, to be kept with the closing."""
    signed = Handover.objects.filter(hall=hall, day=day)
    return {
        "made_at": now.isoformat(),
        "people": [
            {"staff_no": one.person.staff_no, "name": one.person.name, "post": str(one.post.label)}
            for one in rosters.on_duty(hall, day)
        ],
        "clerks": [_clerk(one) for one in money.clerk_days(hall, day)],
        "sales": money.sales(hall, day),
        **_service(hall, day, now),
        "faults": _faults(hall, day),
        "differences": [
            {"clerk": row.clerk.name, "leg": row.get_leg_display(), "amount": str(row.amount), "reason": row.reason}
            for row in Difference.objects.filter(hall=hall, day=day).select_related("clerk").order_by("pk")
        ],
        "handovers": signed.filter(state=HandoverState.DONE).count(),
        "handovers_open": signed.filter(state__in=OPEN).count(),
        "drops": SafeDrop.objects.filter(hall=hall, day=day).count(),
        "full_drawers": DrawerCheck.objects.filter(hall=hall, day=day).exclude(sentence="").count(),
    }


LABELS = (
    ("served", "办结号码"),
    ("no_shows", "空票"),
    ("long_waits", "等候过久"),
    ("low_ratings", "不满意评价"),
    ("complaints", "投诉"),
)


def _service(hall: Hall, day: date, now: datetime) -> dict[str, Any]:
    """Volumes by business and person, waits and complaints, as the apps above count them; unknown is left out."""
    figures = hooks.service_figures([hall.pk], day, day, now)
    counts = figures.halls.get(hall.pk, {})
    lines = [{"label": label, "value": counts[name]} for name, label in LABELS if name in counts]
    if counts.get("answered"):
        minutes = counts.get("wait_seconds", 0) / counts["answered"] / 60
        lines.append({"label": "平均等候", "value": f"{minutes:.1f} 分钟"})
    names = dict(BusinessType.objects.values_list("code", "name"))
    handled = {name.partition(":")[2]: count for name, count in counts.items() if name.startswith("business:")}
    volumes = [{"business": names.get(code, code), "count": count} for code, count in handled.items()]
    people = User.objects.in_bulk([person for at, person in figures.people if at == hall.pk])
    persons = [
        {"name": people[person].name, "served": mine.get("served", 0)}
        for (at, person), mine in sorted(figures.people.items())
        if at == hall.pk and person in people
    ]
    return {"service": lines, "volumes": sorted(volumes, key=lambda one: -int(one["count"])), "persons": persons}


def _faults(hall: Hall, day: date) -> list[str]:
    """Faults that stood on a day."""
    begins, ends = time.day_bounds(day)
    rows = Fault.objects.filter(hall=hall, found_at__lt=ends).filter(Q(fixed_at=None) | Q(fixed_at__gte=begins))
    return [f"{row.equipment} {row.symptom}" for row in rows.select_related("equipment")[:20]]


def _clerk(one: money.ClerkDay) -> dict[str, str]:
    ways = one.ways
    return {
        "staff_no": one.clerk.staff_no,
        "name": one.clerk.name,
        "system": str(ways.system),
        "counted": str(ways.counted),
        "stubs": str(ways.stubs),
    }


@dataclass(frozen=True)
class Overdue:
    hall: Hall
    day: date


def overdue(now: datetime, hall_ids: Iterable[int] | None = None) -> list[Overdue]:
    """Open days of the last while that were not submitted by their 24:00, in halls that close their days here."""
    today = time.business_day(now)
    since = today - timedelta(days=parameters.number(rules.LOOK_BACK, on=today))
    return missing(since, today - timedelta(days=1), now, hall_ids)


def missing(since: date, last: date, now: datetime, hall_ids: Iterable[int] | None = None) -> list[Overdue]:
    """The same of any span of days; as many questions for one hall as for a thousand."""
    rows = DailyClosing.objects.order_by()
    if hall_ids is not None:
        rows = rows.filter(hall__in=list(hall_ids))
    first_days = dict(rows.values("hall").annotate(first=Min("day")).values_list("hall", "first"))
    submitted = rows.filter(day__gte=since, day__lte=last, state=ClosingState.SUBMITTED)
    done = set(submitted.values_list("hall", "day"))
    opened = opening.of_halls(first_days, since, last)
    span = [day for day in _span(since, last) if rules.is_overdue(day, now)]
    halls_here = Hall.objects.filter(pk__in=first_days, is_live=True).select_related("region__parent").order_by("code")
    return [
        Overdue(hall, day)
        for hall in halls_here
        for day in span
        if day >= first_days[hall.pk] and (hall.pk, day) not in done and opened[hall.pk].on(day) is not None
    ]


def months(hall: Hall, now: datetime, *, count: int = 12) -> list[dict[str, Any]]:
    """The last months of a hall: how many days are submitted, and the month's closing if there is one."""
    today = time.business_day(now)
    closed = {row.month: row for row in MonthClosing.objects.filter(hall=hall).select_related("closed_by")}
    begun = first_day(hall)
    found: list[dict[str, Any]] = []
    month = today.replace(day=1)
    while begun and month >= begun.replace(day=1) and len(found) < count:
        first, last = month_bounds(month)
        open_on = open_days(hall, max(first, begun), min(last, today))
        missing = rules.missing_days(open_on, submitted_days(hall, first, last))
        found.append(
            {"month": month, "open": len(open_on), "missing": missing, "row": closed.get(month), "over": last < today}
        )
        month = (month - timedelta(days=1)).replace(day=1)
    return found
