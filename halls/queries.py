"""Reads about places."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from core import parameters, time
from halls import rules
from halls.models import CalendarDay, Device, Hall, HoursException, OpeningHours, Region
from halls.states import DeviceState


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
