"""Pure decisions about AB duties (R-S-2) and tasks that come back (R-S-22)."""

from collections.abc import Collection
from datetime import date

from staff.states import Cycle, DutySide


def responsible(*, a_is_away: bool, b_is_away: bool) -> DutySide:
    """A; with A absent B; with both absent nobody, which calls for a manager."""
    if not a_is_away:
        return DutySide.A
    return DutySide.NOBODY if b_is_away else DutySide.B


def is_due(day: date, *, cycle: str, weekdays: Collection[int], day_of_month: int | None) -> bool:
    """Whether a task falls on a day."""
    if cycle == Cycle.DAYS:
        return day.weekday() in weekdays
    return day.day == day_of_month
