"""Targets as a tree: what a place is to reach, what it has reached, and how much of it is given to those below."""

from dataclasses import dataclass, field
from datetime import date, datetime

from core import time
from halls.models import BusinessType, Hall, Region
from halls.states import RegionLevel
from staff import hooks
from staff.access import halls_in, regions_below
from staff.hooks import ServiceFigures
from staff.models import Target, User
from staff.queries.month_figures import people_of
from staff.rules import performance as rules
from staff.states import TargetMeasure

Place = Region | Hall


@dataclass(frozen=True)
class Line:
    """A place or person of the tree. `key` names its field in the form."""

    key: str
    name: str
    value: int | None
    reached: int
    expected: int | None
    code: str = ""

    @property
    def percent(self) -> int | None:
        return None if not self.value else 100 * self.reached // self.value

    @property
    def is_behind(self) -> bool:
        return self.expected is not None and self.reached < self.expected


@dataclass(frozen=True)
class Sheet:
    place: Place
    month: date
    measure: str
    whole: Line
    parts: list[Line] = field(default_factory=list)

    @property
    def undivided(self) -> int | None:
        """What is not given to anybody below yet; negative = more than there is. None without a target."""
        if self.whole.value is None:
            return None
        return rules.undivided(self.whole.value, (line.value or 0 for line in self.parts))


def measures() -> list[tuple[str, str]]:
    """What may be a target: all that is served, accepted recommendations, and each business."""
    rows = BusinessType.objects.filter(is_active=True).order_by("name")
    return [*TargetMeasure.choices, *((f"business:{one.code}", one.name) for one in rows)]


def places(user: User) -> list[Place]:
    """Where this person stands in the tree: the tops of what they lead, else the halls they work at."""
    rights = user.rights
    regions = rights.region_ids("target.set")
    tops = Region.objects.filter(pk__in=regions).exclude(parent__in=regions).exclude(level=RegionLevel.PROVINCE)
    if rights.everything:
        tops = Region.objects.filter(level=RegionLevel.CITY)
    if found := list(tops.order_by("code")):
        return [*found]
    return list(Hall.objects.filter(pk__in=rights.hall_ids("target.set")).order_by("code"))


def may_see(user: User, place: Place) -> bool:
    if isinstance(place, Hall):
        return user.may("target.set", place)
    return place.pk in user.rights.region_ids("target.set")


def sheet(place: Place, month: date, measure: str, now: datetime) -> Sheet:
    """One place with its target and those directly below it, as counted up to now."""
    regions = set() if isinstance(place, Hall) else regions_below(place.pk)
    halls = [place.pk] if isinstance(place, Hall) else sorted(halls_in(regions))
    today = time.business_day(now)
    until = min(rules.last_day(month), today)
    counted = hooks.service_figures(halls, month, until, now) if month <= today else ServiceFigures()
    set_ = {_key_of(row): row.value for row in Target.objects.filter(month=month, measure=measure)}
    pace = rules.pace(month, today)

    def line(key: str, name: str, reached: int, code: str = "") -> Line:
        value = set_.get(key)
        return Line(key, name, value, reached, None if value is None else int(value * pace), code)

    def of_halls(ids: set[int]) -> int:
        return sum(counted.halls.get(pk, {}).get(measure, 0) for pk in ids)

    whole = line(key_of(place), str(place), of_halls(set(halls)), place.code)
    if isinstance(place, Hall):
        parts = [
            line(
                f"hall{place.pk}-person{one.pk}",
                one.name,
                counted.people.get((place.pk, one.pk), {}).get(measure, 0),
            )
            for one in people_of(place, month)
        ]
        return Sheet(place, month, measure, whole, parts)
    below = Region.objects.filter(parent=place).order_by("code")
    parts = [line(key_of(one), one.name, of_halls(halls_in(regions_below(one.pk))), one.code) for one in below]
    own = Hall.objects.filter(region=place, is_live=True).order_by("code")
    parts += [line(key_of(one), one.name, of_halls({one.pk}), one.code) for one in own]
    return Sheet(place, month, measure, whole, parts)


def key_of(place: Place) -> str:
    return f"{'hall' if isinstance(place, Hall) else 'region'}{place.pk}"


def _key_of(row: Target) -> str:
    if row.region_id:
        return f"region{row.region_id}"
    return f"hall{row.hall_id}-person{row.person_id}" if row.person_id else f"hall{row.hall_id}"


def own(person: User, month: date, now: datetime) -> list[tuple[str, Line]]:
    """A person's own targets of a month with what they have reached: label and line."""
    rows = list(Target.objects.filter(person=person, month=month))
    halls = sorted({row.hall_id for row in rows if row.hall_id})
    today = time.business_day(now)
    counted = hooks.service_figures(halls, month, min(rules.last_day(month), today), now) if rows else ServiceFigures()
    names, pace = dict(measures()), rules.pace(month, today)
    found = []
    for row in rows:
        reached = counted.people.get((row.hall_id or 0, person.pk), {}).get(row.measure, 0)
        name = names.get(row.measure, row.measure)
        found.append((name, Line(_key_of(row), name, row.value, reached, int(row.value * pace))))
    return found
