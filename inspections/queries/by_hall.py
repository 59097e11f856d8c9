"""Scores and corrective actions of many halls at once, each a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from core import time
from inspections.models import CorrectiveAction, Visit
from inspections.states import ActionState


def last_scores(hall_ids: Iterable[int], first: date, last: date) -> dict[int, int]:
    """The score of the last ranked visit made in a span of days; a hall without one has no line."""
    start, end = time.day_bounds(first)[0], time.day_bounds(last)[1]
    rows = Visit.objects.ranked().filter(
        hall__in=list(hall_ids), started_at__gte=start, started_at__lt=end, score__isnull=False
    )
    newest = rows.order_by("hall_id", "-started_at", "-pk").distinct("hall_id")
    return {hall: score for hall, score in newest.values_list("hall_id", "score") if score is not None}


@dataclass(frozen=True)
class Actions:
    """Corrective actions that are not done, and those of them past their day (R-I-10)."""

    open: int
    late: int


def actions(hall_ids: Iterable[int], now: datetime) -> dict[int, Actions]:
    late = Q(state=ActionState.OPEN, due_on__lt=time.business_day(now))
    rows = CorrectiveAction.objects.filter(
        hall__in=list(hall_ids), state__in=[ActionState.OPEN, ActionState.RECHECK]
    ).order_by()
    counted = rows.values("hall_id").annotate(n=Count("pk"), n_late=Count("pk", filter=late))
    return {one["hall_id"]: Actions(one["n"], one["n_late"]) for one in counted}
