"""What a hall's past teaches: how long services take, who does not come, who will overtake. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.time import local
from queueing.rules.waits import Habits, Kind

TURNOVER_SECONDS = 40.0  # from the call to the first word, and from the last word to the next call
USUAL_CV = 0.6
USUAL_SERVICE = Kind(8 * 60.0 + TURNOVER_SECONDS, USUAL_CV)
ABSENT_SECONDS = 90.0  # three calls
USUAL_PATIENCE = 240.0  # minutes after which 63 of 100 are gone, where nothing is known yet
ABSENT_MINUTES = 180
SLOTS = 48


def absent_curve(patience: float) -> tuple[float, ...]:
    """Share that does not come when called, by whole minutes waited."""
    return tuple(1 - math.exp(-minute / patience) for minute in range(ABSENT_MINUTES + 1))


@dataclass(frozen=True)
class Means:
    """Of one hall. `overtakers[slot]`: (head start in seconds, people per second); `windows[slot]`: open as a rule."""

    businesses: Mapping[int, Kind] = field(default_factory=dict)
    groups: Mapping[int, Kind] = field(default_factory=dict)
    clerks: Mapping[int, float] = field(default_factory=dict)
    absent: tuple[float, ...] = absent_curve(USUAL_PATIENCE)
    leaving: float = 0.0
    overtakers: tuple[tuple[tuple[float, float], ...], ...] = ((),) * SLOTS
    windows: tuple[float, ...] = ()
    day: float = 1.0
    day_cv: float = 0.0

    def kind_of(self, group_id: int, business_id: int | None) -> Kind:
        found = self.businesses.get(business_id) if business_id else None
        return found or self.groups.get(group_id, USUAL_SERVICE)

    def habits_at(self, now: datetime) -> Habits:
        return Habits(
            absent=self.absent,
            absent_seconds=ABSENT_SECONDS,
            leaving=self.leaving,
            overtakers=self.overtakers[slot_of(now)],
            overtaker_kind=mixed(list(self.groups.values())),
            day=self.day,
            day_cv=self.day_cv,
        )


def slot_of(moment: datetime) -> int:
    """The half hour of the day."""
    here = local(moment)
    return here.hour * 2 + here.minute // 30


def mixed(kinds: list[Kind]) -> Kind:
    """One kind in place of several that come equally often."""
    if not kinds:
        return USUAL_SERVICE
    mean = sum(kind.mean for kind in kinds) / len(kinds)
    second = sum(kind.mean**2 * (1 + kind.cv**2) for kind in kinds) / len(kinds)
    return Kind(mean, math.sqrt(max(second / mean**2 - 1, 0.0)))


def planned(minutes: float) -> Kind:
    """What the table of businesses says, before the hall has a past."""
    return Kind(minutes * 60 + TURNOVER_SECONDS, USUAL_CV)
