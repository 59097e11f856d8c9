"""Before a hall closes: what is not answered yet and falls due before it opens again."""

from collections import defaultdict
from datetime import datetime, timedelta

from complaints.models import Complaint
from complaints.queries.evening import due_tonight
from complaints.queries.people import Recipients
from complaints.rules.answers import BEFORE_CLOSING
from core import time
from halls import queries as halls
from halls.models import Hall
from messaging import actions as messages
from staff.models import User

ALWAYS_OPEN_CLOSES_AT = 20  # a hall that never closes is warned in the evening, like its neighbours


def warn_before_closing(now: datetime) -> int:
    """A warning to each handler, and the evening's list to the duty manager, once a day. Returns the halls told."""
    told = 0
    open_halls = Complaint.objects.open().values("hall").distinct()
    for hall in Hall.objects.filter(pk__in=open_halls).select_related("region__parent"):
        if _is_time(hall, now) and (rows := due_tonight(hall, now)):
            _warn(hall, rows, now)
            told += 1
    return told


def _is_time(hall: Hall, now: datetime) -> bool:
    day = time.business_day(now)
    hours = halls.hours_on(hall, day)
    if hours is None:
        return False
    _, closes = hours.span(day)
    evening = time.at(day, datetime.min.time().replace(hour=ALWAYS_OPEN_CLOSES_AT))
    closes = min(closes, evening + timedelta(minutes=30))
    return closes - timedelta(minutes=halls.number(BEFORE_CLOSING, hall, now)) <= now < closes


def _warn(hall: Hall, rows: list[Complaint], now: datetime) -> None:
    """The notices' keys carry the day, so that a second sweep says nothing twice."""
    day = time.business_day(now)
    by_handler: dict[User, list[Complaint]] = defaultdict(list)
    for row in rows:
        if row.handler is not None and row.handler.is_active:
            by_handler[row.handler].append(row)
    for user, own in by_handler.items():
        messages.alert(
            [user],
            title=f"打烊前请答复 {len(own)} 位客户",
            body=_listed(own),
            url="/complaints/?view=tonight",
            key=f"complaints-closing:{hall.pk}:{day}",
        )
    messages.alert(
        Recipients(now).duty(hall),
        title=f"今晚到期的投诉 {len(rows)} 件",
        body=_listed(rows),
        url=f"/complaints/?view=tonight&hall={hall.code}",
        key=f"complaints-evening:{hall.pk}:{day}",
    )


def _listed(rows: list[Complaint]) -> str:
    parts = [f"{row.number}({time.local(row.next_due_at):%H:%M})" for row in rows[:8] if row.next_due_at]
    return "、".join(parts) + (f" 等 {len(rows)} 件" if len(rows) > len(parts) else "")
