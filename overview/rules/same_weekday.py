"""Today against the same weekday of last week, as far as today has come. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from queueing.rules.figures import SLOT_MINUTES, rate


class HalfHour(Protocol):
    """What a half hour of a day was; see `queueing.queries.figures.Flow`."""

    @property
    def slot(self) -> int: ...
    @property
    def arrived(self) -> int: ...
    @property
    def served(self) -> int: ...
    @property
    def answered(self) -> int: ...
    @property
    def mean_open_windows(self) -> float: ...
    @property
    def mean_wait_minutes(self) -> float | None: ...


@dataclass(frozen=True)
class Line:
    """`unit` 人, 分 or 个; None where nothing can be said."""

    name: str
    unit: str
    today: float | None
    before: float | None
    better: str = ""

    @property
    def change(self) -> float | None:
        return None if self.today is None or self.before is None else round(self.today - self.before, 1)

    @property
    def outlook(self) -> str:
        """good or bad; empty where neither can be said."""
        if not self.change or not self.better:
            return ""
        return "good" if (self.change < 0) == (self.better == "low") else "bad"


def compared(today: Sequence[HalfHour], before: Sequence[HalfHour], *, before_slot: int) -> list[Line]:
    """The half hours before a slot of both days; no lines while neither day has any."""
    one, other = _until(today, before_slot), _until(before, before_slot)
    if not one and not other:
        return []
    return [
        Line("到达", "人", sum(row.arrived for row in one), sum(row.arrived for row in other)),
        Line("办结", "人", sum(row.served for row in one), sum(row.served for row in other)),
        Line("平均等候", "分", _mean_wait(one), _mean_wait(other), "low"),
        Line("开窗", "小时", _open_hours(one), _open_hours(other)),
    ]


def _until(rows: Sequence[HalfHour], slot: int) -> list[HalfHour]:
    return [row for row in rows if row.slot < slot]


def _mean_wait(rows: Sequence[HalfHour]) -> float | None:
    minutes = sum((row.mean_wait_minutes or 0) * row.answered for row in rows)
    mean = rate(minutes, sum(row.answered for row in rows))
    return None if mean is None else round(mean, 1)


def _open_hours(rows: Sequence[HalfHour]) -> float:
    return round(sum(row.mean_open_windows for row in rows) * SLOT_MINUTES / 60, 1)
