"""Holidays and make-up workdays as editable rows, and what kind of day each one is for the demo's past."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from chinese_calendar.constants import holidays, workdays

from halls.models import CalendarDay, Hall, HoursException
from halls.rules import is_working_day
from halls.states import CalendarKind

YEARS = (2025, 2026)
SPRING_FESTIVAL = "春节"
DAYS_CLOSED = 3
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": SPRING_FESTIVAL,
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


@dataclass(frozen=True)
class DayFacts:
    """What the calendar says of one day."""

    day: date
    is_workday: bool
    holiday: str = ""
    is_closed: bool = False
    is_eve: bool = False


@cache
def rows() -> dict[date, tuple[str, str]]:
    """Day → (kind, name) for the years that are published."""
    free = {day: (CalendarKind.HOLIDAY, NAMES.get(name, name)) for day, name in holidays.items()}
    worked = {day: (CalendarKind.MAKEUP, f"{NAMES.get(name, name)}调休") for day, name in workdays.items()}
    return {day: row for day, row in sorted({**free, **worked}.items()) if day.year in YEARS}


def make_rows() -> None:
    CalendarDay.objects.bulk_create(CalendarDay(day=day, kind=kind, name=name) for day, (kind, name) in rows().items())


@cache
def closed_days() -> list[date]:
    """The first days of Spring Festival, on which halls rest; the public holiday begins on the eve."""
    firsts = [
        day
        for day, (_, name) in rows().items()
        if name == SPRING_FESTIVAL and rows().get(day - timedelta(days=1), ("", ""))[1] != SPRING_FESTIVAL
    ]
    return [first + timedelta(days=after) for first in firsts for after in range(1, DAYS_CLOSED + 1)]


def make_exceptions(halls: Iterable[Hall]) -> None:
    HoursException.objects.bulk_create(
        HoursException(hall=hall, day=day, is_closed=True, reason="春节放假") for hall in halls for day in closed_days()
    )


def facts(day: date) -> DayFacts:
    """Days of years that nobody has published yet are what their weekday says."""
    known = rows()
    kind, name = known.get(day, (None, ""))
    free = kind == CalendarKind.HOLIDAY
    tomorrow = known.get(day + timedelta(days=1))
    return DayFacts(
        day=day,
        is_workday=is_working_day(day, kind),
        holiday=name if free else "",
        is_closed=day in closed_days(),
        is_eve=not free and tomorrow is not None and tomorrow[0] == CalendarKind.HOLIDAY,
    )
