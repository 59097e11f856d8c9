"""R-S-18: how a staff suggestion moves, and when its answer is due."""

from datetime import datetime

from core.parameters import register
from staff.states import SuggestionState as S

ANSWER_DAYS = register("staff.suggestion_days", "员工建议答复期限", default=7, unit="天", between=(1, 60))

MOVES: dict[str, set[str]] = {
    S.NEW: {S.ANSWERED},
    S.ANSWERED: {S.ADOPTED, S.DECLINED},
    S.ADOPTED: set(),
    S.DECLINED: set(),
}


def can_move(before: str, after: str) -> bool:
    return after in MOVES[before]


def days_open(made_at: datetime, now: datetime) -> int:
    return max((now - made_at).days, 0)


def is_overdue(made_at: datetime, now: datetime, *, days: int) -> bool:
    return days_open(made_at, now) > days
