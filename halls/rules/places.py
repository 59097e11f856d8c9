"""Pure decisions about places: opening hours, issuing, queue mode, working days."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.parameters import register
from core.time import at, local
from halls.states import CalendarKind, DeviceState, MaterialState, QueueMode, Weekday

DEVICE_SILENT_MINUTES = register(
    "halls.device_silent_minutes", "设备多久无联系算静默", default=5, unit="分钟", between=(1, 120)
)
BROADCASTS_PER_HOUR = register(
    "halls.broadcasts_per_hour", "每厅每小时最多广播几次", default=6, unit="次", between=(1, 60)
)
SPOKEN_WITHIN = timedelta(seconds=60)  # a TV that hears of a broadcast later than this keeps silent
ENDING_DAYS = 7
BLANK = re.compile(r"\{([^{}]{1,8})\}")
LONGEST_BROADCAST = 80


@dataclass(frozen=True)
class Hours:
    """One day's opening hours; `closes` 00:00 is midnight at the day's end."""

    opens: time
    closes: time

    def span(self, day: date) -> tuple[datetime, datetime]:
        end = at(day + timedelta(days=1), time(0)) if self.closes == time(0) else at(day, self.closes)
        return at(day, self.opens), end

    @property
    def text(self) -> str:
        return f"{self.opens:%H:%M}–{'24:00' if self.closes == time(0) else f'{self.closes:%H:%M}'}"

    @property
    def closes_text(self) -> str:
        return self.text.split("–")[1]


def hours_on(day: date, weekly: Mapping[int, Hours], exceptions: Mapping[date, Hours | None]) -> Hours | None:
    """The hours in force on a day: a dated exception before the weekday's row (R-H-9); None = closed."""
    return exceptions[day] if day in exceptions else weekly.get(day.weekday())


def is_open(hours: Hours | None, now: datetime) -> bool:
    """Open from the first moment, closed at the last."""
    if hours is None:
        return False
    start, end = hours.span(local(now).date())
    return start <= now < end


def is_issuing(hours: Hours | None, now: datetime, *, stop_minutes: int) -> bool:
    """Whether numbers are given: while open, up to `stop_minutes` before closing."""
    if hours is None or not is_open(hours, now):
        return False
    _, end = hours.span(local(now).date())
    return now < end - timedelta(minutes=stop_minutes)


def queue_mode_for(counters: int, has_rest_area: bool) -> QueueMode:
    """R-Q-16: a ticket machine with four counters and a rest area, else a one-metre line."""
    return QueueMode.MACHINE if counters >= 4 and has_rest_area else QueueMode.LINE


def is_working_day(day: date, kind: str | None) -> bool:
    """A calendar row decides; a day without one is what its weekday says."""
    if kind is not None:
        return kind == CalendarKind.MAKEUP
    return day.weekday() < Weekday.SATURDAY


def is_silent(heard_at: datetime | None, now: datetime, *, minutes: int) -> bool:
    return heard_at is None or now - heard_at >= timedelta(minutes=minutes)


def silence_counts(hours: Hours | None, now: datetime, *, minutes: int) -> bool:
    """Machines may sleep while the hall is closed, and get `minutes` after opening to wake up."""
    if hours is None or not is_open(hours, now):
        return False
    start, _ = hours.span(local(now).date())
    return now - start >= timedelta(minutes=minutes)


def device_state(*, is_paired: bool, is_revoked: bool, is_valid: bool, is_silent: bool, paper_out: bool) -> DeviceState:
    if is_revoked:
        return DeviceState.REVOKED
    if not is_paired:
        return DeviceState.UNPAIRED
    if not is_valid:
        return DeviceState.EXPIRED
    if is_silent:
        return DeviceState.SILENT
    return DeviceState.PAPER_OUT if paper_out else DeviceState.ONLINE


def is_showing(valid_from: date, valid_to: date, today: date) -> bool:
    """R-H-8: from the first day to the end of the last; nothing expired is ever shown."""
    return valid_from <= today <= valid_to


def material_state(
    valid_from: date, valid_to: date, today: date, *, on_tv: bool = True, is_retired: bool = False
) -> MaterialState:
    if is_retired:
        return MaterialState.RETIRED
    if today > valid_to:
        return MaterialState.EXPIRED
    if not on_tv:
        return MaterialState.OFF_TV
    return MaterialState.COMING if today < valid_from else MaterialState.SHOWING


def ends_soon(valid_to: date, today: date) -> bool:
    return today <= valid_to < today + timedelta(days=ENDING_DAYS)


def blanks(template: str) -> list[str]:
    """The names of what is to be filled in, each once, in order."""
    return list(dict.fromkeys(BLANK.findall(template)))


def filled(template: str, given: Mapping[str, str]) -> str | None:
    """The sentence with its blanks filled; None when one is missing, or the whole is too long to be listened to."""
    if any(not given.get(name, "").strip() for name in blanks(template)):
        return None
    text = BLANK.sub(lambda found: given[found.group(1)].strip(), template)
    return text if len(text) <= LONGEST_BROADCAST else None
