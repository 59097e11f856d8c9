"""Pure decisions about places: opening hours, issuing, queue mode, working days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.parameters import register
from core.time import at, local
from halls.states import CalendarKind, DeviceState, QueueMode, Weekday

DEVICE_SILENT_MINUTES = register(
    "halls.device_silent_minutes", "设备多久无联系算静默", default=5, unit="分钟", between=(1, 120)
)


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
