"""Reads about places."""

from datetime import date, datetime

from django.db.models import QuerySet

from core import parameters, time
from halls import rules
from halls.models import CalendarDay, Hall


def hours_on(hall: Hall, day: date) -> rules.Hours | None:
    """The hall's hours on a day, exceptions counted (R-H-9)."""
    exception = hall.hours_exceptions.filter(day=day).first()
    if exception is not None:
        return None if exception.is_closed else rules.Hours(exception.opens, exception.closes)
    row = hall.weekly_hours.filter(weekday=day.weekday()).first()
    return rules.Hours(row.opens, row.closes) if row else None


def is_open(hall: Hall, now: datetime) -> bool:
    return rules.is_open(hours_on(hall, time.business_day(now)), now)


def scopes(hall: Hall) -> list[str]:
    """Where a hall's parameters are looked for: itself, its district, its city …"""
    found, region = [hall.code], hall.region
    while region is not None:
        found.append(region.code)
        region = region.parent
    return found


def number(name: str, hall: Hall, now: datetime) -> int:
    """A parameter's value for a hall today."""
    return parameters.number(name, on=time.business_day(now), scopes=scopes(hall))


def visible_halls(user: object, verb: str = "hall.see") -> QuerySet[Hall]:
    return Hall.objects.filter(pk__in=user.hall_ids(verb)).select_related("region")  # type: ignore[attr-defined]


def working_day(day: date) -> bool:
    row = CalendarDay.objects.filter(day=day).values_list("kind", flat=True).first()
    return rules.is_working_day(day, row)


def known_years() -> set[int]:
    """Years whose holidays are on record; for others weekdays stand in, and the settings page says so."""
    return set(CalendarDay.objects.dates("day", "year").values_list("day__year", flat=True))

