"""When to answer a customer whose deadline falls at night."""

from datetime import datetime, time, timedelta

from complaints.states import Source
from core.parameters import register
from core.time import at, business_day, local

EVENING = register(
    "complaints.answer_until",
    "夜间到期的投诉,当天几点前答复(分钟,1230 为 20:30)",
    default=1230,
    unit="分钟",
    between=(960, 1320),
)
MORNING = register(
    "complaints.answer_from", "早上几点起可以答复(分钟,510 为 8:30)", default=510, unit="分钟", between=(360, 600)
)
BEFORE_CLOSING = register(
    "complaints.warn_before_closing", "打烊前多久提醒未答复的投诉", default=60, unit="分钟", between=(10, 240)
)


def answer_by(due_at: datetime, now: datetime, *, evening: int, morning: int) -> datetime | None:
    """The evening hour before a deadline that falls into the night; the deadline itself stays what it is.

    None when the deadline is at a decent hour, or when that evening has passed already.
    """
    clock = local(due_at)
    minutes = clock.hour * 60 + clock.minute + (1 if clock.second or clock.microsecond else 0)
    if morning <= minutes <= evening:
        return None
    day = business_day(due_at) if minutes > evening else business_day(due_at) - timedelta(days=1)
    proposed = at(day, time(evening // 60, evening % 60))
    return proposed if proposed > now else None


def book_clock_from(written_on: datetime | None, read_at: datetime) -> datetime:
    """R-C-18: from the writing; from the reading when nobody wrote the date down, or a date that is not yet."""
    return written_on if written_on is not None and written_on <= read_at else read_at


def source_word(source: str) -> str:
    return str(Source(source).label)
