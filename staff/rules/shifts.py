"""A shift as plain values: when somebody is there, and when on a break. Minutes of the day, half hours as slots."""

from dataclasses import dataclass
from datetime import time

SLOT_MINUTES = 30


def minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def slot_text(slot: int) -> str:
    return f"{slot // 2:02d}:{slot % 2 * 30:02d}"


@dataclass(frozen=True)
class Shift:
    """`rest`: minutes of the meal, its earliest start and its latest end. `gap`: the middle of a split shift."""

    key: int
    name: str
    begins: int
    ends: int
    rest: tuple[int, int, int] | None = None
    gap: tuple[int, int] | None = None
    is_late: bool = False

    @property
    def minutes(self) -> int:
        """Working time: without the meal and the gap."""
        gap = self.gap[1] - self.gap[0] if self.gap else 0
        return self.ends - self.begins - gap - (self.rest[0] if self.rest else 0)

    @property
    def slots(self) -> frozenset[int]:
        """Half hours wholly within the shift, the meal not yet taken out."""
        first, last = -(-self.begins // SLOT_MINUTES), self.ends // SLOT_MINUTES
        return frozenset(slot for slot in range(first, last) if not self.gap or not _touches(slot, *self.gap))

    @property
    def meals(self) -> tuple[int, ...]:
        """Possible starts of the meal, by the half hour."""
        if self.rest is None:
            return ()
        length, earliest, latest = self.rest
        first = -(-earliest // SLOT_MINUTES) * SLOT_MINUTES
        return tuple(range(first, latest - length + 1, SLOT_MINUTES)) or (earliest,)

    def meal_slots(self, start: int) -> frozenset[int]:
        """Half hours in which somebody is at table who begins at `start`."""
        length = self.rest[0] if self.rest else 0
        return frozenset(slot for slot in self.slots if _touches(slot, start, start + length))

    def touches(self, begins: int, ends: int) -> bool:
        """Whether any of the shift lies between two minutes of the day."""
        parts = [(self.begins, self.gap[0]), (self.gap[1], self.ends)] if self.gap else [(self.begins, self.ends)]
        return any(start < ends and begins < end for start, end in parts)


def _touches(slot: int, begins: int, ends: int) -> bool:
    return slot * SLOT_MINUTES < ends and begins < (slot + 1) * SLOT_MINUTES
