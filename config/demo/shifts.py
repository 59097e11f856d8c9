"""Who sits at which window from when to when, and when they eat. Pure."""

import math
import random
from dataclasses import dataclass
from datetime import timedelta

from config.demo.calendar import DayFacts
from config.demo.demand import is_month_start, is_term_start

FIRST_LUNCH, LUNCH_STEP = 11 * 60, 50
LUNCH_WAVES = 4
LATE_FROM, LATE_MEAL = 11 * 60 + 30, 17 * 60


@dataclass(frozen=True)
class Shift:
    """One clerk's day at a window, in minutes of the day."""

    clerk: int
    window: int
    begins: int
    ends: int
    meal: tuple[int, int] | None = None


@dataclass(frozen=True)
class Watch:
    """The shifts of a plain day, and of a day on which everybody is needed."""

    plain: tuple[tuple[int, int], ...]
    busy: tuple[tuple[int, int], ...]
    weekend: tuple[tuple[int, int], ...] = ()
    sunday: tuple[tuple[int, int], ...] = ()


def hm(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _spans(*texts: str) -> tuple[tuple[int, int], ...]:
    return tuple((hm(text.split("-")[0]), hm(text.split("-")[1])) for text in texts)


_EARLY, _FULL, _LATE = "8:25-16:15", "8:25-18:00", "10:00-18:00"
_COUNTY, _VILLAGE = "8:25-17:30", "8:25-17:00"
WATCHES = {
    "ZJ01": Watch(
        plain=_spans(_EARLY, _EARLY, _FULL, _FULL, _FULL, _LATE, _LATE),
        busy=_spans(_EARLY, _FULL, _FULL, _FULL, _FULL, _FULL, _LATE, _LATE),
    ),
    "ZJ02": Watch(
        plain=_spans("8:55-18:00", "9:25-19:00", "10:30-19:00"),
        busy=_spans("8:55-17:00", "8:55-19:00", "9:25-19:00", "11:00-19:00"),
    ),
    "ZJ03": Watch(
        plain=_spans(_FULL, _FULL, _EARLY, _LATE),
        busy=_spans(_FULL, _FULL, _FULL, _EARLY, _LATE),
        sunday=_spans(_FULL, _FULL, _LATE),
    ),
    "ZJ04": Watch(
        plain=_spans("8:55-17:00", "11:00-20:00", "13:00-21:00"),
        busy=_spans("8:55-18:30", "10:00-21:00", "11:30-21:00"),
        weekend=_spans("8:55-19:00", "10:00-21:00", "11:00-21:00"),
    ),
    "ZJ05": Watch(
        plain=_spans("8:25-16:15", _COUNTY, _COUNTY, _COUNTY, _COUNTY),
        busy=_spans(_COUNTY, _COUNTY, _COUNTY, _COUNTY, _COUNTY, _COUNTY),
        sunday=_spans("8:25-16:15", _COUNTY, _COUNTY, _COUNTY),
    ),
    "ZJ06": Watch(plain=_spans(_VILLAGE, _VILLAGE), busy=_spans(_VILLAGE, _VILLAGE)),
}


def is_rush(facts: DayFacts) -> bool:
    """Month start, month end and the eve of a holiday: everybody is needed."""
    return is_month_start(facts.day) or (facts.day + timedelta(days=1)).day == 1 or facts.is_eve


def spans_for(watch: Watch, facts: DayFacts, *, term_start: bool) -> tuple[tuple[int, int], ...]:
    if is_rush(facts) or (term_start and is_term_start(facts.day)):
        return watch.busy
    if facts.is_workday:
        return watch.plain
    return watch.sunday if facts.day.weekday() == 6 and watch.sunday else watch.weekend or watch.plain


# Weekdays off in four weeks by turns: never more than six days in a row, one full weekend in the four.
OFF_DAYS = (frozenset({5, 6}), frozenset({0, 3}), frozenset({1, 4}))
LAST_OFF = (frozenset({2, 6}), frozenset({2, 5}))


def works_on(person: int, facts: DayFacts) -> bool:
    """Five days a week by a wandering pattern; on public holidays half of the people, by turns."""
    if facts.is_closed:
        return False
    week = (facts.day.toordinal() - 1) // 7
    turn = (person + week) % 4
    off = OFF_DAYS[turn] if turn < 3 else LAST_OFF[person // 4 % 2]
    if facts.day.weekday() in off:
        return False
    return not facts.holiday or (person + facts.day.toordinal()) % 2 == 0


def plan(
    watch: Watch, facts: DayFacts, clerks: int, windows: list[int], *, draw: random.Random, term_start: bool = False
) -> list[Shift]:
    """Who is not off by the roster's turns works; windows are filled from the first of `windows`, the special ones.

    At noon at least half of all windows stay open (R-Q-7), so meals come in waves.
    """
    here = [clerk for clerk in range(clerks) if works_on(clerk, facts)]
    turn = facts.day.toordinal() % max(len(here), 1)
    here = here[turn:] + here[:turn]
    spans = spans_for(watch, facts, term_start=term_start)[: min(len(here), len(windows))]
    free = list(windows)
    shifts = []
    for clerk, (begins, ends) in zip(here, spans, strict=False):
        shifts.append(Shift(clerk, free.pop(0), begins, ends))
    away = max(min(math.ceil(len(spans) / LUNCH_WAVES), len(spans) - math.ceil(len(windows) / 2)), 1)
    return [_with_meal(shift, place, away, draw) for place, shift in enumerate(shifts)]


def _with_meal(shift: Shift, place: int, away: int, draw: random.Random) -> Shift:
    if shift.begins >= LATE_FROM:
        return Shift(shift.clerk, shift.window, shift.begins, shift.ends, (LATE_MEAL, LATE_MEAL + 35))
    wave = min(place // away, LUNCH_WAVES - 1)
    start = FIRST_LUNCH + LUNCH_STEP * wave
    minutes = draw.randint(45, 50)
    return Shift(shift.clerk, shift.window, shift.begins, shift.ends, (start, start + minutes))
