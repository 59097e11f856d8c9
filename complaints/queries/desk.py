"""The desk: open cases by the time that is left, and every other list of cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from complaints.models import Complaint
from complaints.queries.evening import proposed_answer
from complaints.states import OPEN, SETTLED, Kind, Source, Status
from core import time
from halls.models import Hall
from staff.models import User

JOINED = ("hall__region__parent", "category", "handler", "first_handler", "team")


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for. `view`: open, mine, late, tonight, follow_up, done, all."""

    view: str = "open"
    hall: Hall | None = None
    kind: str = ""
    status: str = ""
    tier: str = ""
    category: str = ""
    find: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Line:
    complaint: Complaint
    proposed: datetime | None
    is_late: bool


SORTS = {"due": "next_due_at", "-logged": "-logged_at", "logged": "logged_at", "-late": "-level"}


def cases(user: User, wanted: Wanted, now: datetime) -> QuerySet[Complaint]:
    """The cases a person sees, filtered and in order."""
    rows = Complaint.objects.visible_to(user)
    rows = rows.filter(_view(user, wanted.view, now))
    for name in ("kind", "status", "tier", "hall"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.category:
        rows = rows.filter(Q(category__code=wanted.category) | Q(category__parent__code=wanted.category))
    if wanted.find:
        rows = rows.filter(_find(wanted.find.strip()))
    return rows.select_related(*JOINED).order_by(*_order(wanted))


def _view(user: User, view: str, now: datetime) -> Q:
    is_open = Q(status__in=OPEN)
    tomorrow = time.day_bounds(time.business_day(now))[1]
    views = {
        "open": is_open,
        "mine": is_open & (Q(handler=user) | Q(first_handler=user)),
        "late": is_open & Q(next_due_at__lt=now),
        "tonight": is_open & Q(next_due_at__lt=tomorrow + (time.at(tomorrow.date(), EIGHT) - tomorrow)),
        "follow_up": Q(status=Status.FOLLOW_UP),
        "done": Q(status__in=[one for one in Status if one not in OPEN and one != Status.FOLLOW_UP]),
    }
    return views.get(view, Q())


EIGHT = datetime.min.time().replace(hour=8, minute=30)


def _find(text: str) -> Q:
    if text.isascii() and text.isdigit() and len(text) == 11:
        return Q(phone=text)
    return Q(number__icontains=text) | Q(outside_no=text) | Q(content__icontains=text)


def _order(wanted: Wanted) -> list[Any]:
    by = SORTS.get(wanted.sort) or (
        "next_due_at" if wanted.view in {"open", "mine", "late", "tonight"} else "-logged_at"
    )
    return [F("next_due_at").asc(nulls_last=True), "pk"] if by == "next_due_at" else [by, "pk"]


def lines(rows: list[Complaint], now: datetime) -> list[Line]:
    return [Line(row, proposed_answer(row, now), bool(row.next_due_at and row.next_due_at < now)) for row in rows]


def counts(user: User, now: datetime) -> dict[str, int]:
    """How many stand in each view; of open cases only, so that millions of closed ones cost nothing."""
    rows = Complaint.objects.visible_to(user)
    views = {view: Count("pk", filter=_view(user, view, now)) for view in ("mine", "late", "tonight")}
    found: dict[str, int] = rows.open().aggregate(open=Count("pk"), **views)
    return found | {"follow_up": rows.filter(_view(user, "follow_up", now)).count()}


def book(user: User, *, hall: Hall | None = None) -> QuerySet[Complaint]:
    """意见簿: what was written, the unread first."""
    rows = Complaint.objects.visible_to(user).filter(source=Source.BOOK)
    if hall is not None:
        rows = rows.filter(hall=hall)
    return rows.select_related(*JOINED).order_by("-logged_at", "pk")


def suggestions(user: User, *, hall: Hall | None = None, settled: bool | None = None) -> QuerySet[Complaint]:
    """客户建议: new, answered, adopted or not."""
    rows = Complaint.objects.visible_to(user).filter(kind=Kind.SUGGESTION)
    if hall is not None:
        rows = rows.filter(hall=hall)
    if settled is not None:
        rows = rows.filter(status__in=SETTLED if settled else OPEN)
    return rows.select_related(*JOINED).order_by("-logged_at", "pk")
