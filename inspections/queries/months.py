"""The scores of a month, hall by hall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F

from core import parameters, time
from inspections.models import Visit
from inspections.rules.months import LEAST_VISITS


@dataclass(frozen=True)
class HallScores:
    """`scores` of the ranked visits in the order of their days; the class is the one the hall had at the last."""

    hall: int
    hall_type: str
    scores: Sequence[int]
    is_vetoed: bool


def bounds(month: date) -> tuple[date, date]:
    """First day of the month and of the next one."""
    return month, (month + timedelta(days=32)).replace(day=1)


def scores_of(month: date) -> list[HallScores]:
    """One question for any number of halls. A visit belongs to the month in which it was made."""
    since, until = bounds(month)
    start, end = time.day_bounds(since)[0], time.day_bounds(until)[0]
    rows = (
        Visit.objects.ranked()
        .filter(started_at__gte=start, started_at__lt=end, score__isnull=False)
        .values("hall", hall_type=F("hall__type"))
        .annotate(scores=ArrayAgg("score", order_by=("started_at", "id")), vetoes=ArrayAgg("is_vetoed"))
        .order_by("hall")
    )
    return [HallScores(row["hall"], row["hall_type"], row["scores"], any(row["vetoes"])) for row in rows]


def least_visits(month: date) -> int:
    return parameters.number(LEAST_VISITS, on=month)
