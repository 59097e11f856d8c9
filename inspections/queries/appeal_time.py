"""How long a hall may appeal (R-I-12)."""

from datetime import date, datetime

from core import time
from halls.models import CalendarDay
from halls.queries import number
from halls.rules import is_working_day
from inspections.models import Visit
from inspections.rules.improvement import APPEAL_DAYS, working_days_after
from inspections.states import VisitState


def appeal_until(visit: Visit, now: datetime) -> date | None:
    """The last day on which the hall may appeal; None for a visit that was not handed in."""
    if visit.submitted_at is None:
        return None
    days = number(APPEAL_DAYS, visit.hall, now)
    kinds = dict(CalendarDay.objects.values_list("day", "kind"))
    begins = time.business_day(visit.submitted_at)
    return working_days_after(begins, days, lambda day: is_working_day(day, kinds.get(day)))


def can_appeal(visit: Visit, now: datetime) -> bool:
    until = appeal_until(visit, now)
    return visit.state == VisitState.SUBMITTED and until is not None and time.business_day(now) <= until
