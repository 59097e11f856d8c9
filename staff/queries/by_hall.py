"""Who was there, and what waits for a signature: many halls at once, each a line."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Value

from core import time
from staff.models import Attendance, Handover, Turn
from staff.queries import closings
from staff.rules.handovers import WAITING
from staff.states import HandoverMode, RosterState


@dataclass(frozen=True)
class Attended:
    """Shifts of published rosters that have begun, who came to them, and who came in time (R-S-4)."""

    shifts: int
    came: int
    punctual: int


def attended(hall_ids: Iterable[int], first: date, last: date, now: datetime) -> dict[int, Attended]:
    """A hall without a published roster on these days has no line."""
    today = time.business_day(now)
    begun = Q(day__lt=today) | Q(day=today, shift__begins__lte=time.local(now).time())
    turns = Turn.objects.filter(
        begun, roster__state=RosterState.PUBLISHED, roster__hall__in=list(hall_ids), day__range=(first, last)
    )
    mine = {"hall": OuterRef("roster__hall"), "person": OuterRef("person"), "day": OuterRef("day")}
    came = Attendance.objects.filter(**mine, checked_in_at__isnull=False)
    early = ExpressionWrapper(F("early_minutes") * Value(timedelta(minutes=1)), output_field=DurationField())
    rows = (
        turns.order_by()
        .values("roster__hall_id")
        .annotate(
            n=Count("pk"),
            n_came=Count("pk", filter=Exists(came)),
            n_punctual=Count("pk", filter=Exists(came.filter(checked_in_at__lte=F("begins_at") - early))),
        )
    )
    return {one["roster__hall_id"]: Attended(one["n"], one["n_came"], one["n_punctual"]) for one in rows}


@dataclass(frozen=True)
class Handing:
    """Handovers that are not signed off yet; late are those whose relief has not come in time (R-S-7)."""

    open: int
    late: int


def handing(hall_ids: Iterable[int], now: datetime) -> dict[int, Handing]:
    late = Q(state__in=WAITING, mode=HandoverMode.FACE, consent_at=None, relief_due_at__lt=now)
    rows = Handover.objects.open().filter(hall__in=list(hall_ids)).order_by().values("hall_id")
    counted = rows.annotate(n=Count("pk"), n_late=Count("pk", filter=late))
    return {one["hall_id"]: Handing(one["n"], one["n_late"]) for one in counted}


def closings_overdue(hall_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """R-S-10: days that were not submitted by their 24:00."""
    return dict(Counter(one.hall.pk for one in closings.overdue(now, hall_ids)))
