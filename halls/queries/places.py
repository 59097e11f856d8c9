"""Reads about places."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from core import parameters, time
from halls import rules
from halls.models import Broadcast, CalendarDay, Device, Hall, HoursException, Material, OpeningHours, Region
from halls.queries.faults import notes_for_tv
from halls.states import Carrier, DeviceState, MaterialKind, MaterialState


def hours_on(hall: Hall, day: date) -> rules.Hours | None:
    """The hall's hours on a day, exceptions counted (R-H-9)."""
    exception = hall.hours_exceptions.filter(day=day).first()
    if exception is not None:
        return exception.hours
    row = hall.weekly_hours.filter(weekday=day.weekday()).first()
    return row.hours if row else None


def is_open(hall: Hall, now: datetime) -> bool:
    return rules.is_open(hours_on(hall, time.business_day(now)), now)


def scopes(hall: Hall) -> list[str]:
    """Where a hall's parameters are looked for: itself, its district, its city …"""
    found = [hall.code]
    region: Region | None = hall.region
    while region is not None:
        found.append(region.code)
        region = region.parent
    return found


def number(name: str, hall: Hall, now: datetime) -> int:
    """A parameter's value for a hall today."""
    return parameters.number(name, on=time.business_day(now), scopes=scopes(hall))


def visible_halls(user: object, verb: str = "hall.see") -> QuerySet[Hall]:
    return Hall.objects.filter(pk__in=user.hall_ids(verb)).select_related("region")  # type: ignore[attr-defined]


def halls_by_id(ids: Collection[int]) -> dict[int, Hall]:
    """With all regions above them, each read once: joined, a city would come again with every hall."""
    regions, halls = Region.objects.in_bulk(), Hall.objects.in_bulk(list(ids))
    for region in regions.values():
        region.parent = regions[region.parent_id] if region.parent_id else None
    for hall in halls.values():
        hall.region = regions[hall.region_id]
    return halls


def known_years() -> set[int]:
    """Years whose holidays are on record; for others weekdays stand in, and the settings page says so."""
    return {day.year for day in CalendarDay.objects.dates("day", "year")}


def missing_years(today: date) -> list[int]:
    """This year when nobody has entered it; from November on, when the official list is out, the next one too."""
    needed = [today.year] if today.month < 11 else [today.year, today.year + 1]
    known = known_years()
    return [year for year in needed if year not in known]


def weekly_hours(hall: Hall) -> dict[int, rules.Hours]:
    return {row.weekday: rules.Hours(row.opens, row.closes) for row in hall.weekly_hours.all()}


@dataclass(frozen=True)
class HallToday:
    hall: Hall
    hours: rules.Hours | None
    is_open: bool
    windows: int


def halls_with_hours(user: object, verb: str, now: datetime) -> list[HallToday]:
    """The halls of a person with today's hours; as many questions for one hall as for a hundred."""
    day = time.business_day(now)
    rows = visible_halls(user, verb).prefetch_related(
        Prefetch("weekly_hours", OpeningHours.objects.filter(weekday=day.weekday())),
        Prefetch("hours_exceptions", HoursException.objects.filter(day=day)),
    )
    counted = rows.annotate(window_count=Count("windows", filter=Q(windows__is_active=True))).order_by("code")
    found = []
    for hall in counted:
        exceptions = {row.day: row.hours for row in hall.hours_exceptions.all()}
        hours = rules.hours_on(day, weekly_hours(hall), exceptions)
        found.append(HallToday(hall, hours, rules.is_open(hours, now), hall.window_count))
    return found


@dataclass(frozen=True)
class Machine:
    device: Device
    state: DeviceState


def devices_with_state(hall: Hall, now: datetime) -> list[Machine]:
    """The hall's machines; what is in use first, what is revoked last."""
    minutes = number(rules.DEVICE_SILENT_MINUTES, hall, now)
    found = [Machine(one, device_state(one, now, minutes)) for one in hall.devices.select_related("window", "hall")]
    return sorted(found, key=lambda one: one.state == DeviceState.REVOKED)


def device_state(device: Device, now: datetime, minutes: int) -> DeviceState:
    return rules.device_state(
        is_paired=bool(device.token_hash),
        is_revoked=device.revoked_at is not None,
        is_valid=device.is_valid(now),
        is_silent=rules.is_silent(device.heard_at, now, minutes=minutes),
        paper_out=device.paper_out,
    )


def regions_above(hall: Hall) -> list[int]:
    """The hall's region and those it lies in."""
    found: list[int] = []
    region: Region | None = hall.region
    while region is not None:
        found.append(region.pk)
        region = region.parent
    return found


def materials_of(hall: Hall) -> QuerySet[Material]:
    """The hall's own and those of every region it lies in."""
    return Material.objects.filter(Q(hall=hall) | Q(region__in=regions_above(hall)))


def halls_showing(material: Material) -> QuerySet[Hall]:
    """Where a material is seen."""
    live = Hall.objects.filter(is_live=True)
    if material.hall_id is not None:
        return live.filter(pk=material.hall_id)
    below, todo = set[int](), {pk for pk in [material.region_id] if pk is not None}
    while todo:
        below |= todo
        todo = set(Region.objects.filter(parent__in=todo).values_list("pk", flat=True)) - below
    return live.filter(region__in=below)


def content(hall: Hall, now: datetime) -> dict[str, Any]:
    """What a lobby TV shows beside the numbers, and what it is to say.

    Tomorrow's materials come along with their days, so that a screen changes over at midnight even without a link.
    """
    today = time.business_day(now)
    rows = materials_of(hall).filter(
        on_tv=True, retired_at=None, valid_from__lte=today + timedelta(days=1), valid_to__gte=today
    )
    spoken = Broadcast.objects.filter(hall=hall, said_at__gt=now - rules.SPOKEN_WITHIN, said_at__lte=now)
    return {
        "hall": hall.code,
        "items": [*(_slide(row) for row in rows), *(_fault_slide(pk, says, today) for pk, says in notes_for_tv(hall))],
        "broadcasts": [
            {
                "id": row.pk,
                "text": row.text,
                "said_at": time.local(row.said_at).isoformat(),
                "until": time.local(row.said_at + rules.SPOKEN_WITHIN).isoformat(),
            }
            for row in spoken.order_by("said_at", "id")
        ],
    }


def _slide(row: Material) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "label": MaterialKind(row.kind).heading,
        "title": row.title,
        "text": row.text,
        "image": f"/halls/tv/pictures/{row.image}" if row.image else "",
        "seconds": row.seconds,
        "from": row.valid_from.isoformat(),
        "to": row.valid_to.isoformat(),
    }


def _fault_slide(fault_id: int, says: str, today: date) -> dict[str, Any]:
    """R-H-4: while something is broken the TV says what to do instead."""
    day = today.isoformat()
    slide = {"kind": MaterialKind.NOTICE, "label": MaterialKind.NOTICE.heading, "title": "设备维修", "text": says}
    return {"id": -fault_id, **slide, "image": "", "seconds": 8, "from": day, "to": day}


def content_tag(shown: dict[str, Any]) -> str:
    """A fingerprint for If-None-Match: most of the minutely questions are answered by it alone."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def is_picture_public(name: str, today: date) -> bool:
    """Whether a picture is on some TV now, or will be from midnight on."""
    rows = Material.objects.filter(image=name, on_tv=True, retired_at=None)
    return rows.filter(valid_from__lte=today + timedelta(days=1), valid_to__gte=today).exists()


def manageable(user: Any, verb: str = "tv.manage") -> QuerySet[Material]:
    """Materials this person may change: of the own halls, and of regions whose every hall is theirs."""
    return Material.objects.filter(Q(hall__in=user.hall_ids(verb)) | Q(region__in=user.rights.region_ids(verb)))


@dataclass(frozen=True)
class ShownMaterial:
    row: Material
    state: MaterialState
    ends_soon: bool
    days_left: int
    is_mine: bool


def materials_with_state(hall: Hall, user: Any, today: date) -> list[ShownMaterial]:
    """What is or will be on the hall's TV in its order; then what has expired and waits to be taken down."""
    mine = set(manageable(user).values_list("pk", flat=True))
    rows = materials_of(hall).filter(Q(on_tv=True) | Q(carrier=Carrier.SCREEN), retired_at=None)
    rows = rows.select_related("hall", "region", "made_by", "keeper")
    found = [_shown(row, today, row.pk in mine) for row in rows]
    return sorted(found, key=lambda one: one.state == MaterialState.EXPIRED)


def _shown(row: Material, today: date, is_mine: bool) -> ShownMaterial:
    state = rules.material_state(row.valid_from, row.valid_to, today, on_tv=row.on_tv)
    return ShownMaterial(row, state, rules.ends_soon(row.valid_to, today), (row.valid_to - today).days, is_mine)


def last_order(rows: QuerySet[Material]) -> int:
    return rows.aggregate(last=Max("order"))["last"] or 0


def broadcasts_within_hour(hall: Hall, now: datetime) -> int:
    return Broadcast.objects.filter(hall=hall, said_at__gt=now - timedelta(hours=1)).count()


def regions_for(user: Any, hall: Hall) -> list[Region]:
    """The regions around a hall for whose every hall this person may speak."""
    allowed = user.rights.region_ids("tv.manage")
    by_pk = Region.objects.in_bulk(pk for pk in regions_above(hall) if pk in allowed)
    return [by_pk[pk] for pk in regions_above(hall) if pk in by_pk]
