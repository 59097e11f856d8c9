"""Pure decisions about broken equipment and about what a hall must have (R-H-2, R-H-3, R-H-4)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core import time
from core.parameters import register
from halls.states import FaultDid, FaultState

REPORT_HOURS = register("halls.fault_report_hours", "故障多久内报修并定计划", default=8, unit="小时", between=(1, 72))
FIX_DAYS = register("halls.fault_fix_days", "故障多久内修复", default=5, unit="个工作日", between=(1, 60))

MOVES: dict[str, tuple[frozenset[str], str]] = {
    FaultDid.REPORTED: (frozenset({FaultState.TO_REPORT}), FaultState.REPORTED),
    FaultDid.PLANNED: (frozenset({FaultState.REPORTED, FaultState.REPAIRING}), ""),
    FaultDid.STARTED: (frozenset({FaultState.REPORTED}), FaultState.REPAIRING),
    FaultDid.DONE: (frozenset({FaultState.REPORTED, FaultState.REPAIRING}), FaultState.TO_ACCEPT),
    FaultDid.REJECTED: (frozenset({FaultState.TO_ACCEPT}), FaultState.REPAIRING),
    FaultDid.ACCEPTED: (frozenset({FaultState.TO_ACCEPT}), FaultState.FIXED),
}


def state_after(state: str, did: str) -> str | None:
    """The state that an act leads to, from a state that allows it; None for one that does not."""
    allowed, after = MOVES[did]
    return (after or state) if state in allowed else None


def report_due(found_at: datetime, *, hours: int) -> datetime:
    """R-H-4: reported and planned within natural hours, the last moment included."""
    return found_at + timedelta(hours=hours)


def fix_due(found_at: datetime, is_working: Callable[[date], bool], *, days: int) -> datetime:
    """R-H-4: the end (exclusive) of the n-th working day after the day the fault was found."""
    day, left = time.business_day(found_at), days
    while left:
        day += timedelta(days=1)
        left -= is_working(day)
    return time.day_bounds(day)[1]


def is_report_late(due: datetime, reported_at: datetime | None, now: datetime) -> bool:
    return (reported_at or now) > due


def is_fix_late(due: datetime, fixed_at: datetime | None, now: datetime) -> bool:
    """Fixed means accepted by the hall, not said to be."""
    return (fixed_at or now) >= due


@dataclass(frozen=True)
class Requirement:
    """At least so many of these; `codes` are those of one kind of thing."""

    needed: str
    codes: tuple[str, ...]
    at_least: int


@dataclass(frozen=True)
class Gap:
    needed: str
    missing: tuple[str, ...]
    short: int


def gaps(requirements: Iterable[Requirement], *, zones: Collection[str], services: Collection[str]) -> list[Gap]:
    """R-H-2, R-H-3: what a hall lacks. `short` is how many of the missing ones would be enough."""
    found = []
    for one in requirements:
        here = zones if one.needed == "zone" else services
        missing = tuple(code for code in one.codes if code not in here)
        short = one.at_least - (len(one.codes) - len(missing))
        if short > 0:
            found.append(Gap(one.needed, missing, short))
    return found
