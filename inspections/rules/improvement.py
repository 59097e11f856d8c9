"""What follows a score: actions with a due day, appeals with a limit (R-I-10, R-I-12)."""

from collections.abc import Callable
from datetime import date, timedelta

from core.parameters import register
from inspections.states import ActionState

ACTION_DAYS = register("inspections.action_days", "整改期限", default=7, unit="天", between=(1, 60))
APPEAL_DAYS = register("inspections.appeal_days", "申诉期限", default=3, unit="个工作日", between=(1, 20))

MOVES: dict[str, frozenset[str]] = {
    ActionState.OPEN: frozenset({ActionState.RECHECK, ActionState.DONE}),
    ActionState.RECHECK: frozenset({ActionState.DONE, ActionState.OPEN}),
    ActionState.DONE: frozenset(),
    ActionState.ON_SPOT: frozenset(),
}


def can_move(before: str, after: str) -> bool:
    return after in MOVES[before]


def action_due(submitted_on: date, *, days: int) -> date:
    """R-I-10: the last day on which the action is in time."""
    return submitted_on + timedelta(days=days)


def is_overdue(state: str, due_on: date, today: date) -> bool:
    return state == ActionState.OPEN and today > due_on


def working_days_after(start: date, count: int, is_working: Callable[[date], bool]) -> date:
    """The count-th working day after a day, the day itself not counted."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_working(day)
    return day
