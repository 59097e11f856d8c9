"""One's own shifts: for the phone, and as an iCalendar text that calendar programs read (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from staff.models import Turn, User
from staff.queries.rosters import turns_in_force
from staff.states import Post

DAYS_BACK, DAYS_AHEAD = 31, 62
LINE_BYTES = 75


def my_turns(person: User, first: date, last: date) -> list[Turn]:
    rows = turns_in_force().filter(person=person, day__range=(first, last))
    return list(rows.order_by("day"))


def calendar(person: User, today: date, now: datetime) -> str:
    """The shifts of a month back and two ahead, each with its hall, post and meal."""
    turns = my_turns(person, today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Hallkeeper//Rosters//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:我的班次",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
    ]
    for turn in turns:
        lines += _event(turn, now)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(turn: Turn, now: datetime) -> Iterable[str]:
    meal = f",用餐 {turn.meal_at:%H:%M}" if turn.meal_at else ""
    yield "BEGIN:VEVENT"
    yield f"UID:turn-{turn.person_id}-{turn.day:%Y%m%d}@hallkeeper"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(turn.begins_at)}"
    yield f"DTEND:{_utc(turn.ends_at)}"
    yield f"SUMMARY:{_escaped(f'{turn.shift.name} {Post(turn.post).label}')}"
    yield f"LOCATION:{_escaped(turn.roster.hall.name)}"
    yield f"DESCRIPTION:{_escaped(f'第 {turn.roster.version} 版班表{meal}')}"
    yield f"SEQUENCE:{turn.roster.version}"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """Lines are at most 75 bytes long; what follows begins with a space. No character is cut in two."""
    part, room = "", LINE_BYTES
    for letter in line:
        size = len(letter.encode())
        if size > room:
            yield part
            part, room = " ", LINE_BYTES - 1
        part, room = part + letter, room - size
    yield part
