"""Pure decisions of the daily and monthly closing (R-S-10)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from core import time
from core.parameters import register
from staff.states import ClosingState as S

LOOK_BACK = register("closing.look_back", "超时日结追查", default=7, unit="天", between=(1, 31))


def is_overdue(day: date, now: datetime) -> bool:
    """A day is to be closed by its 24:00; at that very moment it still counts."""
    return now > time.day_bounds(day)[1]


def shown_state(stored: str | None, day: date, now: datetime, *, month_closed: bool = False) -> S:
    """The word on the screen: what is stored, or what the clock makes of nothing stored."""
    if stored == S.SUBMITTED:
        return S.LOCKED if month_closed or is_overdue(day, now) else S.SUBMITTED
    if is_overdue(day, now):
        return S.OVERDUE
    return S(stored) if stored else S.NOT_STARTED


def missing_days(open_days: Iterable[date], submitted: Collection[date]) -> list[date]:
    """Days that keep a month from being closed."""
    return [day for day in open_days if day not in submitted]
