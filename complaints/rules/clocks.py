"""How time is counted: natural hours around the clock (R-C-6), or working hours where a policy says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from core.time import at, business_day

ZERO = timedelta(0)
ONE_DAY = timedelta(days=1)
FARTHEST = 3660  # days; a limit that no calendar can hold is a mistake, not an endless loop


class Calendar(Protocol):
    def add(self, start: datetime, span: timedelta) -> datetime:
        """The moment when `span` has been counted from `start`; backwards when it is negative."""

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """What is counted between two moments; negative when they are the wrong way round."""


@dataclass(frozen=True)
class Natural:
    """R-C-6: elapsed hours, nights and holidays included."""

    def add(self, start: datetime, span: timedelta) -> datetime:
        return start + span

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return end - start


@dataclass(frozen=True)
class Working:
    """Hours between opening and closing on working days: weekdays without holidays, and 调休 days."""

    opens: time
    closes: time
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    def span(self, day: date) -> tuple[datetime, datetime] | None:
        works = day in self.on or (day.weekday() < 5 and day not in self.off)
        return (at(day, self.opens), at(day, self.closes)) if works else None

    def add(self, start: datetime, span: timedelta) -> datetime:
        if span == ZERO:
            return start
        return self._forward(start, span) if span > ZERO else self._backward(start, -span)

    def _forward(self, start: datetime, left: timedelta) -> datetime:
        for begins, ends in self._spans(business_day(start), 1):
            begins = max(begins, start)
            if begins < ends:
                if left <= ends - begins:
                    return begins + left
                left -= ends - begins
        raise OverflowError("no working hours within ten years")

    def _backward(self, start: datetime, left: timedelta) -> datetime:
        for begins, ends in self._spans(business_day(start), -1):
            ends = min(ends, start)
            if begins < ends:
                if left <= ends - begins:
                    return ends - left
                left -= ends - begins
        raise OverflowError("no working hours within ten years")

    def _spans(self, day: date, step: int) -> Iterable[tuple[datetime, datetime]]:
        for _ in range(FARTHEST):
            if found := self.span(day):
                yield found
            day += step * ONE_DAY

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        if end < start:
            return -self.elapsed(end, start)
        total, day, last = ZERO, business_day(start), business_day(end)
        while day <= last:
            if found := self.span(day):
                total += max(ZERO, min(found[1], end) - max(found[0], start))
            day += ONE_DAY
        return total


NATURAL = Natural()


def end_of_day(moment: datetime, *, days: int) -> datetime:
    """The last second of the so-manieth Shanghai calendar day after a moment (R-C-13: the third)."""
    return at(business_day(moment) + timedelta(days=days + 1), time.min) - timedelta(seconds=1)
