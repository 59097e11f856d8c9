"""Pure decisions about appointments: which half hours there are, who may check in when, and where they then stand."""

import math
from datetime import date, datetime, time, timedelta

from core.parameters import register
from core.time import at, local
from halls.rules import Hours

SLOT = timedelta(minutes=30)

CAPACITY = register("queueing.slot_places", "每半小时可预约人数", default=2, unit="人", between=(0, 50))
DAYS_AHEAD = register("queueing.book_days_ahead", "可提前几天预约", default=7, unit="天", between=(0, 60))
EARLY_MINUTES = register("queueing.check_in_early", "预约可提前多久取号", default=30, unit="分钟", between=(0, 180))
LATE_MINUTES = register("queueing.check_in_late", "预约可迟到多久", default=15, unit="分钟", between=(0, 120))
HEAD_START_BOOKED = register("queueing.head_start_booked", "预约提前", default=30, unit="分钟", between=(0, 120))


def slots(day: date, hours: Hours | None) -> list[datetime]:
    """The half hours that lie wholly inside a day's opening hours; none on a closed day."""
    if hours is None:
        return []
    opens, closes = hours.span(day)
    midnight = at(day, time(0))
    first = midnight + math.ceil((opens - midnight) / SLOT) * SLOT
    return [first + count * SLOT for count in range((closes - first) // SLOT)]


def is_bookable(slot: datetime, now: datetime) -> bool:
    """Up to the last moment before it begins."""
    return now < slot


def is_too_far(day: date, now: datetime, *, days_ahead: int) -> bool:
    return day > local(now).date() + timedelta(days=days_ahead)


def check_in_from(slot: datetime, *, early_minutes: int) -> datetime:
    return slot - timedelta(minutes=early_minutes)


def is_lapsed(slot: datetime, now: datetime, *, late_minutes: int) -> bool:
    """Fifteen minutes late exactly is still in time."""
    return now > slot + timedelta(minutes=late_minutes)


def order_at(slot: datetime, walk_in: datetime, *, head_start_minutes: int) -> datetime:
    """Appointments use their slot (DESIGN section 3): its beginning less their head start.

    Somebody who would stand better without an appointment (early, and with a class of their own) keeps that place.
    """
    return min(slot - timedelta(minutes=head_start_minutes), walk_in)
