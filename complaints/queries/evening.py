"""What falls due between a hall's closing and its next opening."""

from datetime import datetime, timedelta

from complaints.models import Complaint
from complaints.rules.answers import EVENING, MORNING, answer_by
from core import time
from halls import queries as halls
from halls.models import Hall


def due_tonight(hall: Hall, now: datetime) -> list[Complaint]:
    """Open cases whose customer must hear something before tomorrow morning, by that moment."""
    tomorrow = time.business_day(now) + timedelta(days=1)
    until = time.day_bounds(tomorrow)[0] + timedelta(minutes=halls.number(MORNING, hall, now))
    rows = Complaint.objects.open().filter(hall=hall, next_due_at__lt=until)
    return list(rows.select_related("handler", "category").order_by("next_due_at", "pk"))


def proposed_answer(complaint: Complaint, now: datetime) -> datetime | None:
    """When to answer although the deadline is in the night; None when its own hour will do."""
    if complaint.next_due_at is None or not complaint.is_open:
        return None
    hall = complaint.hall
    evening, morning = halls.number(EVENING, hall, now), halls.number(MORNING, hall, now)
    return answer_by(complaint.next_due_at, now, evening=evening, morning=morning)
