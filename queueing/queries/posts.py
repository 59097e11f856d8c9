"""The post board: who is at which window, who stands where on the floor, who is at lunch until when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from core import time
from halls.models import Hall
from queueing.models import FloorPost, WindowSession
from queueing.states import PauseReason
from staff.models import Employment, User
from staff.queries.people import in_force

PLACES = ("引导台", "自助区", "等候区", "门口", "值班台")


@dataclass(frozen=True)
class Post:
    """`until` is when lunch or the post ends; `is_over` says that it should have by now."""

    place: str
    name: str
    since: datetime
    until: datetime | None = None
    away: str = ""
    is_over: bool = False
    post_id: int | None = None


def board(hall: Hall, now: datetime) -> list[Post]:
    """The floor first, then the windows in their order."""
    return [*_floor(hall, now), *_windows(hall, now)]


def _floor(hall: Hall, now: datetime) -> list[Post]:
    today, _ = time.day_bounds(time.business_day(now))
    rows = FloorPost.objects.filter(hall=hall, ended_at=None, since__gte=today).select_related("person")
    return [
        Post(
            place=row.place,
            name=row.person.name,
            since=row.since,
            until=row.until,
            is_over=row.until is not None and row.until <= now,
            post_id=row.pk,
        )
        for row in rows.order_by("place", "since")
    ]


def _windows(hall: Hall, now: datetime) -> list[Post]:
    rows = WindowSession.objects.filter(window__hall=hall, signed_out_at=None).select_related("window", "clerk")
    return [
        Post(
            place=row.window.label,
            name=row.clerk.name,
            since=row.paused_at or row.signed_in_at,
            until=row.back_at if row.is_paused else None,
            away=str(PauseReason(row.pause_reason or PauseReason.OTHER).label) if row.is_paused else "",
            is_over=bool(row.is_paused and row.back_at and row.back_at <= now),
        )
        for row in rows.order_by("window__number")
    ]


def people_of(hall: Hall, now: datetime) -> QuerySet[User]:
    """Everybody who works at a hall today."""
    jobs = Employment.objects.filter(in_force(time.business_day(now)), hall=hall)
    return User.objects.filter(pk__in=jobs.values("user"), is_active=True).order_by("name")
