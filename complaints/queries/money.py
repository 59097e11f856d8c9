"""Reads about refunds and compensation: limits, who may agree, the lists."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from complaints.models import Compensation, RefundPayment
from complaints.rules import refunds as rules
from complaints.states import Money
from halls import queries as halls
from halls.models import Hall
from staff.models import User

VERB = {"duty": "refund.duty", "hall": "refund.hall", "team": "refund.team", "city": "refund.city"}


@dataclass(frozen=True)
class Limits:
    """Yuan, in force at a hall today."""

    duty: int
    hall: int
    team: int
    small: int
    free: int
    times: int


def numbers_of(hall: Hall, now: datetime) -> Limits:
    names = (rules.DUTY_YUAN, rules.HALL_YUAN, rules.TEAM_YUAN, rules.SMALL_YUAN, rules.FREE_YUAN, rules.LOSS_TIMES)
    return Limits(*(halls.number(name, hall, now) for name in names))


def may_agree(person: User, rung: str, hall: Any) -> bool:
    """Whether a person stands on this rung or on a higher one at a hall."""
    return any(person.may(VERB[one], hall) for one in rules.rungs_from(rung))


def payments(person: User, *, state: str = "", hall: Hall | None = None, find: str = "") -> QuerySet[RefundPayment]:
    """The payments of one's halls."""
    rows = RefundPayment.objects.filter(refund__complaint__hall__in=person.hall_ids("complaint.see"))
    if state:
        rows = rows.filter(state=state)
    if hall is not None:
        rows = rows.filter(refund__complaint__hall=hall)
    if find:
        rows = rows.filter(Q(refund__complaint__number__icontains=find) | Q(refund__item__icontains=find))
    joined = ("refund__complaint__hall__region__parent", "refund__asked_by", "decided_by")
    return rows.select_related(*joined).order_by("-refund__asked_at", "pk")


def compensations(person: User, *, state: str = "", hall: Hall | None = None, find: str = "") -> QuerySet[Compensation]:
    rows = Compensation.objects.filter(hall__in=person.hall_ids("complaint.see"))
    if state:
        rows = rows.filter(state=state)
    if hall is not None:
        rows = rows.filter(hall=hall)
    if find:
        rows = rows.filter(Q(complaint__number__icontains=find) | Q(reason__icontains=find))
    joined = ("hall__region__parent", "complaint", "asked_by", "decided_by")
    return rows.select_related(*joined).order_by("-asked_at", "pk")


def totals(rows: QuerySet[RefundPayment]) -> dict[str, Decimal]:
    """Yuan by state of a list."""
    found = rows.order_by().values("state").annotate(total=Sum("amount"))
    return {Money(one["state"]).label: one["total"] for one in found}
