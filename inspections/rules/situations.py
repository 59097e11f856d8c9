"""Which items are looked at (R-I-6, R-I-7): by the hall, the season, the peak and what was met on the spot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inspections.rules.cards import Item, When
from inspections.states import Peak

WINTER_MONTHS = frozenset({11, 12, 1, 2, 3})
MACHINE_COUNTERS = 4


@dataclass(frozen=True)
class HallFacts:
    """What a hall was on the day of the visit; kept with the visit, so that a later change moves no score."""

    type: str
    location: str
    self_operated: bool
    counter_count: int
    has_rest_area: bool = False
    has_gotone_zone: bool = False
    has_independent_frontage: bool = False
    sells_handsets: bool = False

    @property
    def needs_machine(self) -> bool:
        """A ticket machine with four counters and a rest area, else a one-metre line."""
        return self.counter_count >= MACHINE_COUNTERS and self.has_rest_area


@dataclass(frozen=True)
class Situation:
    hall: HallFacts
    day: date
    peak: str = Peak.OFF_PEAK
    facts: frozenset[str] = field(default_factory=frozenset)

    @property
    def season(self) -> str:
        """Winter is 1 November to 31 March, both inclusive."""
        return "winter" if self.day.month in WINTER_MONTHS else "summer"


def applies(item: Item, situation: Situation) -> bool:
    return holds(item.when, situation)


def holds(when: When, situation: Situation) -> bool:
    """Whether one of the alternatives holds as a whole; no alternatives = always."""
    return not when or any(_all(condition, situation) for condition in when)


def _all(condition: Mapping[str, Any], here: Situation) -> bool:
    hall = here.hall
    tests = {
        "hall_types": lambda types: hall.type in types,
        "location": lambda location: hall.location == location,
        "self_operated": lambda wanted: hall.self_operated is wanted,
        "needs_machine": lambda wanted: hall.needs_machine is wanted,
        "season": lambda season: here.season == season,
        "peak": lambda peak: here.peak == peak,
        "facts": here.facts.issuperset,
        "hall": lambda names: all(getattr(hall, name, False) for name in names),
    }
    return all(tests[name](wanted) for name, wanted in condition.items())


def hall_facts(snapshot: Mapping[str, Any]) -> HallFacts:
    names = HallFacts.__dataclass_fields__
    return HallFacts(**{name: snapshot[name] for name in names if name in snapshot})
