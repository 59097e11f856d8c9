"""What waits for a hand in a hall: how urgent each thing is, in which order, and in which words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import time

SOON = timedelta(hours=4)
LATE, TODAY, WAITS = 0, 1, 2  # how urgent


@dataclass(frozen=True)
class Todo:
    """One card: what it is, whom or what it is about, where it is dealt with. `due` = until when, if by a clock."""

    kind: str
    title: str
    detail: str
    url: str
    button: str
    urgency: int
    due: datetime | None = None

    @property
    def is_late(self) -> bool:
        return self.urgency == LATE


def urgency(due: datetime, now: datetime) -> int:
    """Late once the moment has passed; urgent within hours of it, or when it is still today."""
    if due < now:
        return LATE
    return TODAY if due - now <= SOON or time.business_day(due) == time.business_day(now) else WAITS


def ordered(todos: Iterable[Todo]) -> list[Todo]:
    """Late things first, then by what is due first; what has no moment follows in its class."""
    return sorted(
        todos, key=lambda one: (one.urgency, one.due is None, one.due.timestamp() if one.due else 0, one.kind)
    )


def left(due: datetime, now: datetime) -> str:
    """还剩 3 小时 20 分(今天 18:40 前), or 已超时 2 小时 5 分(应在 11 月 22 日 18:40 前)."""
    if due < now:
        by = moment(due, now)
        return f"已超时 {span(now - due)}(应在{' ' if by[0].isdigit() else ''}{by} 前)"
    return f"还剩 {span(due - now)}({moment(due, now)} 前)"


def span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes % 60} 分" if minutes % 60 else f"{hours} 小时"
    return f"{minutes} 分钟"


def moment(at: datetime, now: datetime) -> str:
    """今天 and 明天 by name, other days by date."""
    day, clock = time.local(at), f"{time.local(at):%H:%M}"
    names = {0: "今天", 1: "明天", -1: "昨天"}
    apart = (day.date() - time.business_day(now)).days
    return f"{names[apart]} {clock}" if apart in names else f"{day.month} 月 {day.day} 日 {clock}"
