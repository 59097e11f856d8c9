"""早报 is made once for each hall and day, and stays as it was made."""

from datetime import datetime

from core import time
from halls import queries as halls
from halls.models import Hall
from staff.models import MorningSheet
from staff.queries import mornings as queries
from staff.rules import mornings as rules


def make_sheets(now: datetime) -> int:
    """For every live hall whose hour has come and whose sheet is missing; safe to run twice and at once."""
    today = time.business_day(now)
    have = set(MorningSheet.objects.filter(day=today).values_list("hall_id", flat=True))
    made = 0
    for hall in Hall.objects.filter(is_live=True).select_related("region__parent__parent").order_by("pk"):
        due = rules.is_due(now, minute=halls.number(rules.MADE_AT, hall, now))
        if due and hall.pk not in have and halls.hours_on(hall, today) is not None:
            made += make_sheet(hall, now)
    return made


def make_sheet(hall: Hall, now: datetime) -> bool:
    """Whether it was made now; a second one of the same day is never written."""
    day = time.business_day(now)
    row = MorningSheet(hall=hall, day=day, content=queries.content(hall, day, now), made_at=now)
    MorningSheet.objects.bulk_create([row], ignore_conflicts=True)
    return MorningSheet.objects.filter(hall=hall, day=day, made_at=now).exists()
