"""Complaints of many halls at once, each a line; the counts are those of 投诉统计 and of the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from complaints.models import Complaint, RefundPayment
from complaints.queries.figures import Row, conditions, logged_on, measures, row_of
from complaints.states import OPEN, Money
from core import time


def logged(hall_ids: Iterable[int], since: date, until: date, now: datetime) -> dict[int, Row]:
    """What was logged on some days, by hall; a hall without any has no line."""
    rows = logged_on(hall_ids, since, until).order_by().values("hall_id").annotate(**measures(now))
    return {one["hall_id"]: row_of(one, str(one["hall_id"]), "") for one in rows}


@dataclass(frozen=True)
class Standing:
    """Open cases of a hall now; those due today are not late yet."""

    open: int
    today: int
    late: int


def standing(hall_ids: Iterable[int], now: datetime) -> dict[int, Standing]:
    rows = Complaint.objects.filter(hall__in=list(hall_ids), status__in=OPEN).order_by().values("hall_id")
    pressing = _pressing(now)
    counted = rows.annotate(
        n_open=Count("pk"),
        n_today=Count("pk", filter=pressing["n_today"]),
        n_late=Count("pk", filter=pressing["n_late"]),
    )
    return {one["hall_id"]: Standing(one["n_open"], one["n_today"], one["n_late"]) for one in counted}


def _pressing(now: datetime) -> dict[str, Q]:
    tonight = time.day_bounds(time.business_day(now))[1]
    return {"n_today": Q(next_due_at__gte=now, next_due_at__lt=tonight), "n_late": Q(next_due_at__lt=now)}


BEHIND = {"complaints_logged": "n_logged", "complaints_closed": "n_closed", "complaints_late": "n_late"}
STANDING = {"complaints_open": "", "complaints_today": "n_today", "complaints_overdue": "n_late"}


def behind(hall_id: int, since: date, until: date, key: str, now: datetime) -> QuerySet[Complaint]:
    """The cases that a count of BEHIND counts on these days, or one of STANDING counts now; the newest first."""
    standing = Complaint.objects.filter(hall=hall_id, status__in=OPEN).filter(
        _pressing(now).get(STANDING.get(key, ""), Q())
    )
    on_days = logged_on([hall_id], since, until).filter(conditions(now).get(BEHIND.get(key, ""), Q()))
    rows: QuerySet[Complaint] = standing if key in STANDING else on_days
    return rows.select_related("category").order_by("-logged_at", "pk")


def paid(hall_ids: Iterable[int], since: date, until: date) -> dict[int, tuple[int, Decimal]]:
    """Refunds paid on complaints of these days, by hall: payments and yuan."""
    rows = RefundPayment.objects.filter(
        refund__complaint__in=logged_on(hall_ids, since, until), state=Money.PAID
    ).order_by()
    counted = rows.values("refund__complaint__hall_id").annotate(count=Count("pk"), total=Sum("amount"))
    return {one["refund__complaint__hall_id"]: (one["count"], one["total"]) for one in counted}
