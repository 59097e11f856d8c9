"""The figures of people and of what they sign, row by row."""

from datetime import date, datetime, timedelta
from typing import Any

from halls.models import Hall, HoursException, OpeningHours
from staff.models import Attendance, DailyClosing, Handover, Turn
from tests.overview.reference.days import day_of, days_of, midnight, number, share


def of_hall(pk: int, first: date, last: date, now: datetime) -> dict[str, Any]:
    hall = Hall.objects.get(pk=pk)
    attended = _attended(hall, first, last, now)
    standing = [one for one in Handover.objects.filter(hall=pk) if one.state not in {"done", "cancelled"}]
    if not hall.is_live and attended["shifts"] is None and not standing:
        return {**attended, "handovers_open": None, "reliefs_late": None, "closings_overdue": None}
    return {
        **attended,
        "handovers_open": len(standing),
        "reliefs_late": sum(_is_late(one, now) for one in standing),
        "closings_overdue": len(_not_closed(hall, now)) if hall.is_live else 0,
    }


def _attended(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    came: list[bool] = []
    punctual: list[bool] = []
    for turn in Turn.objects.filter(roster__hall=hall).select_related("roster", "shift"):
        begins = midnight(turn.day) + timedelta(hours=turn.shift.begins.hour, minutes=turn.shift.begins.minute)
        if turn.roster.state != "published" or not first <= turn.day <= last or begins > now:
            continue
        card = Attendance.objects.filter(hall=hall, person=turn.person_id, day=turn.day).first()
        at = card.checked_in_at if card else None
        came.append(at is not None)
        punctual.append(
            card is not None and at is not None and at + timedelta(minutes=card.early_minutes) <= card.begins_at
        )
    return {
        "shifts": len(came) or None,
        "came": sum(came) if came else None,
        "attendance_rate": share(came),
        "punctual_rate": share(punctual),
    }


def _is_late(one: Handover, now: datetime) -> bool:
    waits = one.state in {"waiting_taker", "waiting_relief"} and one.mode == "face"
    return waits and one.consent_at is None and one.relief_due_at is not None and one.relief_due_at < now


def _not_closed(hall: Hall, now: datetime) -> list[date]:
    """Open days of the last week or so, from the first that was ever closed here, without a submitted closing."""
    closings = {row.day: row for row in DailyClosing.objects.filter(hall=hall)}
    if not closings:
        return []
    today = day_of(now)
    since = max(today - timedelta(days=number("closing.look_back", hall, today)), min(closings))
    days = [day for day in days_of(since, today - timedelta(days=1)) if is_open_on(hall, day)]
    return [
        day
        for day in days
        if now > midnight(day + timedelta(days=1)) and not (day in closings and closings[day].state == "submitted")
    ]


def is_open_on(hall: Hall, day: date) -> bool:
    return hours_of(hall, day) is not None


def hours_of(hall: Hall, day: date) -> tuple[datetime, datetime] | None:
    """From opening to closing, 00:00 being the end of the day; a dated row goes before the weekday's."""
    row: Any = HoursException.objects.filter(hall=hall, day=day).first()
    if row is None:
        row = OpeningHours.objects.filter(hall=hall, weekday=day.weekday()).first()
    if row is None or row.hours is None:
        return None
    opens, closes = row.hours.opens, row.hours.closes
    begins = midnight(day) + timedelta(hours=opens.hour, minutes=opens.minute)
    ends = timedelta(hours=closes.hour, minutes=closes.minute) or timedelta(days=1)
    return begins, midnight(day) + ends
