"""Pure decisions about what a clerk notes of a service, and about customers who keep coming back."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from core.parameters import register
from queueing.states import TicketState as S

REASON_LENGTH = 80
OFFERS_SHOWN = 6  # one digit key each, beside the three of the retention talk

NOTE_MINUTES = register("queueing.note_minutes", "办结后多久内可补小记", default=10, unit="分钟", between=(0, 120))
REPEAT_DAYS = register("queueing.repeat_days", "多次到厅:看几天", default=7, unit="天", between=(1, 60))
REPEAT_VISITS = register("queueing.repeat_visits", "多次到厅:第几次起提示", default=3, unit="次", between=(2, 20))


def reason_text(text: str) -> str:
    """One line without control characters; its length is the caller's to judge."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def may_note(state: str, finished_at: datetime | None, now: datetime, *, minutes: int) -> bool:
    """While the customer is there, and some minutes after; a note never holds up the end of a service."""
    if state == S.DONE:
        return finished_at is not None and now - finished_at <= timedelta(minutes=minutes)
    return state in {S.CALLED, S.SERVING, S.HELD}


def may_recommend(*, is_peak: bool) -> bool:
    """R-Q-14: at a peak, once the need is met, nothing else is recommended. Telling of e-channels is always wanted."""
    return not is_peak


def first_day(today: date, *, days: int) -> date:
    """A week ends today: the same weekday of last week is not in it."""
    return today - timedelta(days=days - 1)


def visit_number(earlier: Iterable[date], today: date, *, days: int) -> int:
    """The how manieth visit of the last days the present one is."""
    since = first_day(today, days=days)
    return 1 + sum(since <= day <= today for day in earlier)
