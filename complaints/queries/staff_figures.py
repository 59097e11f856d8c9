"""Complaints of halls and of the clerks they are about: a part of the answer to `staff.service_figures`."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Count

from complaints.models import Complaint
from complaints.states import Kind, Status
from core import time
from staff.hooks import ServiceFigures

NOT_COUNTED = (Status.WITHDRAWN, Status.MERGED, Status.REJECTED)


def count(hall_ids: Sequence[int], since: date, until: date, now: datetime) -> ServiceFigures:
    """Those logged on the days, each in the hall that it is about; a hall without any has none, and that is known."""
    begins, ends = time.day_bounds(since)[0], time.day_bounds(until)[1]
    rows = Complaint.objects.filter(hall__in=list(hall_ids), kind=Kind.COMPLAINT, logged_at__gte=begins)
    rows = rows.filter(logged_at__lt=ends).exclude(status__in=NOT_COUNTED).order_by()
    found = ServiceFigures(halls={pk: {"complaints": 0} for pk in hall_ids})
    for row in rows.values("hall_id", "clerk_id").annotate(count=Count("pk")):
        found.halls[row["hall_id"]]["complaints"] += row["count"]
        if row["clerk_id"]:
            found.people[row["hall_id"], row["clerk_id"]] = {"complaints": row["count"]}
    return found
