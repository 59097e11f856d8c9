"""What a hall looks like today: windows, groups, hours, near halls. Changes rarely and is read with every event."""

import math
import time as clock
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from core import parameters, time
from core.sql import kept_rows, kept_values
from halls import queries as halls
from halls import rules as hall_rules
from halls.models import BusinessGroup, Hall, Region, Window
from halls.queries import hours
from halls.states import Reserved
from queueing.queries import issuing, outages
from queueing.queries import means as learned
from queueing.rules.means import Means, mixed, planned
from queueing.rules.numbers import GOTONE_LETTER, HEAD_START_GOTONE, HEAD_START_GREEN, HEAD_START_VIP, VIP_LETTER
from queueing.rules.outages import is_affected
from queueing.rules.waits import Kind
from queueing.states import Lane

TTL_SECONDS = 1.0
NEAR_KM = 8
KM_OF_DEGREE = 111.2  # of latitude
EDGE = 0.001  # degrees that a box is wider than needed, so that no rounding leaves a hall out
NEAR_MOST = 3
HEAD_STARTS = {VIP_LETTER: HEAD_START_VIP, GOTONE_LETTER: HEAD_START_GOTONE, str(Lane.GREEN): HEAD_START_GREEN}


@dataclass(frozen=True)
class WindowFacts:
    id: int
    number: int
    label: str
    name: str
    zone: str
    reserved: str
    group_ids: frozenset[int]
    is_mobile: bool = False


@dataclass(frozen=True)
class GroupFacts:
    id: int
    code: str
    name: str
    name_en: str
    hint: str
    hint_en: str
    letter: str
    mean_minutes: Decimal
    businesses: tuple[str, ...]


@dataclass(frozen=True)
class NearHall:
    id: int
    code: str
    name: str
    address: str
    phone: str
    km: float
    hours: hall_rules.Hours | None


@dataclass(frozen=True)
class Layout:
    hall: Hall
    day: date
    scopes: tuple[str, ...]
    hours: hall_rules.Hours | None
    windows: tuple[WindowFacts, ...]
    groups: dict[int, GroupFacts]
    means: Means
    near: tuple[NearHall, ...]
    stops: tuple[issuing.Standing, ...] = ()
    outage: outages.Down | None = None

    def number(self, name: str) -> int:
        return parameters.number(name, on=self.day, scopes=self.scopes)

    def is_open(self, now: datetime) -> bool:
        return hall_rules.is_open(self.hours, now)

    def is_issuing(self, now: datetime) -> bool:
        return hall_rules.is_issuing(self.hours, now, stop_minutes=self.hall.stop_issuing_minutes)

    @property
    def window_ids(self) -> tuple[int, ...]:
        return tuple(window.id for window in self.windows)

    def is_down(self, group: GroupFacts, business: str | None = None) -> bool:
        """Whether an outage leaves nothing of what somebody wants."""
        return self.outage is not None and is_affected(business, group.businesses, self.outage.codes)

    def kind_of(self, group_id: int, business_id: int | None) -> Kind:
        """How long a service takes, by the business when it is known, else by the group."""
        return self.means.kind_of(group_id, business_id)

    def pace_of(self, clerk_id: int) -> float:
        return self.means.clerks.get(clerk_id, 1.0)

    def window(self, window_id: int | None) -> WindowFacts | None:
        return next((window for window in self.windows if window.id == window_id), None)

    def windows_for(self, group_ids: frozenset[int]) -> Iterator[WindowFacts]:
        return (window for window in self.windows if window.group_ids & group_ids)

    def groups_with(self, letter: str) -> frozenset[int]:
        """The groups whose numbers carry a letter; the letters of classes may belong to any group."""
        own = frozenset(pk for pk, group in self.groups.items() if group.letter == letter)
        return own or frozenset(self.groups)

    def group_for(self, code: str) -> tuple[GroupFacts | None, str | None]:
        """The group meant by a group or business code, and the business when that was named."""
        for group in self.groups.values():
            if group.code == code:
                return group, None
        for group in self.groups.values():
            if code in group.businesses:
                return group, code
        return None, None


_kept: dict[int, tuple[float, Layout]] = {}


def forget(hall_id: int | None = None) -> None:
    """What is kept of one hall, or of all."""
    learned.forget()
    if hall_id is None:
        _kept.clear()
    else:
        _kept.pop(hall_id, None)


def of(hall_id: int, now: datetime) -> Layout:
    """Today's layout, at most TTL_SECONDS old. Raises Hall.DoesNotExist."""
    day = time.business_day(now)
    kept = _kept.get(hall_id)
    if kept and clock.monotonic() - kept[0] < TTL_SECONDS and kept[1].day == day:
        return kept[1]
    fresh = _read(hall_id, day)
    _kept[hall_id] = (clock.monotonic(), fresh)
    return fresh


def _read(hall_id: int, day: date) -> Layout:
    hall = _hall(hall_id)
    groups, served = _group_rows(hall_id), defaultdict(set)
    for window_id, group_id in _served(hall_id):
        served[window_id].add(group_id)
    businesses: dict[int, list[Business]] = defaultdict(list)
    for group_id, *one in _businesses(hall_id):
        businesses[group_id].append(Business(*one))
    scopes, near = tuple(halls.scopes(hall)), _near(hall)
    opened = hours.of_halls([hall_id, *(one.pk for _, one in near)], day, day)
    return Layout(
        hall=hall,
        day=day,
        scopes=scopes,
        hours=opened[hall_id].on(day),
        windows=tuple(_window(window, frozenset(served[window.pk])) for window in _window_rows(hall_id)),
        groups={group.pk: _group(group, businesses[group.pk]) for group in groups},
        means=_means(hall_id, day, {group.pk: businesses[group.pk] for group in groups}, scopes),
        near=tuple(_near_hall(km, one, opened[one.pk].on(day)) for km, one in near),
        stops=issuing.standing(hall_id, day),
        outage=outages.running(hall_id),
    )


class Business(NamedTuple):
    """A business of a group."""

    id: int
    code: str
    minutes: Decimal
    is_active: bool


def _hall(pk: int) -> Hall:
    """With the regions above it. Raises Hall.DoesNotExist."""
    for hall in _hall_rows(pk):
        (region,) = _region_rows(hall.region_id)
        hall.region = region
        while region.parent_id:
            (region.parent,) = _region_rows(region.parent_id)
            region = region.parent
        return hall
    raise Hall.DoesNotExist


# The text of each is kept (core.sql): a layout is read with every event of a hall where little happens.
@kept_rows
def _hall_rows(pk: int) -> QuerySet[Hall, Hall]:
    return Hall.objects.filter(pk=pk).order_by()


@kept_rows
def _region_rows(pk: int) -> QuerySet[Region, Region]:
    return Region.objects.filter(pk=pk).order_by()


@kept_rows
def _window_rows(hall_id: int) -> QuerySet[Window, Window]:
    return Window.objects.filter(hall_id=hall_id, is_active=True).order_by("number")


@kept_values
def _served(hall_id: int) -> QuerySet[Any, Any]:
    """Each window with each group it serves."""
    links = Window.groups.through.objects.filter(window__hall_id=hall_id, window__is_active=True)
    return links.filter(businessgroup__is_active=True).values_list("window_id", "businessgroup_id")


@kept_rows
def _group_rows(hall_id: int) -> QuerySet[BusinessGroup, BusinessGroup]:
    return BusinessGroup.objects.filter(hall_id=hall_id, is_active=True).order_by("order", "code")


@kept_values
def _businesses(hall_id: int) -> QuerySet[Any, Any]:
    links = BusinessGroup.businesses.through.objects.filter(businessgroup__hall_id=hall_id)
    names = ("id", "code", "minutes", "is_active")
    return links.order_by("businesstype__code").values_list(
        "businessgroup_id", *(f"businesstype__{name}" for name in names)
    )


def _window(window: Window, served: frozenset[int]) -> WindowFacts:
    reserved = window.reserved or Reserved.NONE
    names = (window.label, window.name, window.zone, reserved)
    return WindowFacts(window.pk, window.number, *names, served, window.is_mobile)


def _group(group: BusinessGroup, businesses: Sequence[Business]) -> GroupFacts:
    active = [one for one in businesses if one.is_active]
    minutes = [one.minutes for one in active]
    mean = sum(minutes, Decimal(0)) / len(minutes) if minutes else Decimal(8)
    codes = tuple(one.code for one in active)
    names = (group.name, group.name_en, group.hint, group.hint_en)
    return GroupFacts(group.pk, group.code, *names, group.letter, mean, codes)


def _means(hall_id: int, day: date, groups: Mapping[int, Sequence[Business]], scopes: tuple[str, ...]) -> Means:
    plan = {one.id: planned(float(one.minutes)) for businesses in groups.values() for one in businesses}
    starts = {name: parameters.number(number, on=day, scopes=scopes) for name, number in HEAD_STARTS.items()}
    known = learned.of(hall_id, day, plan, starts)
    active = {
        pk: [known.businesses[one.id] for one in businesses if one.is_active] for pk, businesses in groups.items()
    }
    return replace(known, groups={pk: mixed(found) for pk, found in active.items()})


def _near(hall: Hall) -> list[tuple[float, Hall]]:
    """The nearest live halls within NEAR_KM (R-Q-18, R-H-20), by distance; a city's others are not read."""
    if hall.latitude is None or hall.longitude is None:
        return []
    north, east = float(hall.latitude), float(hall.longitude)
    high = NEAR_KM / KM_OF_DEGREE + EDGE
    wide = NEAR_KM / (KM_OF_DEGREE * math.cos(math.radians(north))) + EDGE
    others = _halls_between(north - high, north + high, east - wide, east + wide)
    found = [(_distance_km(hall, other), other) for other in others if other.pk != hall.pk]
    return sorted((one for one in found if one[0] <= NEAR_KM), key=lambda pair: pair[0])[:NEAR_MOST]


@kept_rows
def _halls_between(south: float, north: float, west: float, east: float) -> QuerySet[Hall, Hall]:
    return Hall.objects.filter(is_live=True, latitude__range=(south, north), longitude__range=(west, east))


def _near_hall(km: float, hall: Hall, opened: hall_rules.Hours | None) -> NearHall:
    return NearHall(hall.pk, hall.code, hall.name, hall.address, hall.phone, round(km, 1), opened)


def _distance_km(one: Hall, other: Hall) -> float:
    """Great-circle distance; the halls of a city are close enough for the flat formula."""
    north = (float(other.latitude or 0) - float(one.latitude or 0)) * KM_OF_DEGREE
    east = (float(other.longitude or 0) - float(one.longitude or 0)) * KM_OF_DEGREE
    return math.hypot(north, east * math.cos(math.radians(float(one.latitude or 0))))
