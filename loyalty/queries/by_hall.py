"""Redemptions of many halls at once, each a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from core import time
from loyalty.models import Redemption
from loyalty.states import RedemptionState


@dataclass(frozen=True)
class Redeemed:
    count: int
    points: int


def redeemed(hall_ids: Iterable[int], first: date, last: date) -> dict[int, Redeemed]:
    """Redemptions of a span of days that stand; cancelled ones are not counted."""
    rows = Redemption.objects.filter(
        hall__in=list(hall_ids),
        state=RedemptionState.DONE,
        at__gte=time.day_bounds(first)[0],
        at__lt=time.day_bounds(last)[1],
    )
    counted = rows.order_by().values("hall_id").annotate(n=Count("pk"), points=Sum("points"))
    return {one["hall_id"]: Redeemed(one["n"], one["points"]) for one in counted}
