"""Alerts of past days, read off the numbers and windows that were lived through: none without a reason."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from config.demo.people import Member
from halls.models import Hall
from queueing.models import Alert, Ticket
from queueing.states import AlertAnswer, AlertKind, AlertLevel, SnoozeReason
from staff.models import User
from staff.states import Role

DAYS = 14
MOST_A_DAY = 4
LATE = timedelta(minutes=30)


def make(halls: Mapping[str, Hall], members: list[Member], *, today: date) -> int:
    """Care alerts for the longest waits of each day, answered by the duty manager within minutes."""
    managers = _managers(halls, members)
    draw = Random("alerts")
    rows = []
    for (hall_id, _), tickets in _late(halls, today).items():
        if hall_id in managers:
            rows += [_alert(hall_id, one, managers[hall_id], draw) for one in tickets[:MOST_A_DAY]]
    Alert.objects.bulk_create(rows)
    return len(rows)


def _managers(halls: Mapping[str, Hall], members: list[Member]) -> dict[int, User]:
    found: dict[int, User] = {}
    for member in members:
        if member.hall is not None and member.job.role == Role.DUTY_MANAGER:
            found.setdefault(halls[member.hall].pk, member.user)
    return found


def _late(halls: Mapping[str, Hall], today: date) -> dict[tuple[int, date], list[dict[str, Any]]]:
    rows = Ticket.objects.filter(
        hall__in=[hall.pk for hall in halls.values()], business_day__gte=today - timedelta(days=DAYS), state="done"
    )
    found: dict[tuple[int, date], list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("id", "hall_id", "business_day", "number", "taken_at", "called_at"):
        if row["called_at"] and row["called_at"] - row["taken_at"] > LATE:
            found[row["hall_id"], row["business_day"]].append({**row})
    for tickets in found.values():
        tickets.sort(key=lambda row: row["taken_at"] - row["called_at"])
    return found


def _alert(hall_id: int, row: dict[str, Any], manager: User, draw: Random) -> Alert:
    opened = row["taken_at"] + LATE + timedelta(seconds=1)
    closed: datetime = row["called_at"]
    answered = opened + (closed - opened) * draw.uniform(0.2, 0.8)
    noted = draw.random() < 0.2
    return Alert(
        hall_id=hall_id,
        kind=AlertKind.CARE,
        level=AlertLevel.YELLOW,
        subject=str(row["id"]),
        ticket_id=row["id"],
        facts={"number": row["number"], "since": row["taken_at"].isoformat()},
        opened_at=opened,
        answer=AlertAnswer.NOTED if noted else AlertAnswer.HANDLING,
        answered_at=answered,
        answered_by=manager,
        handled_by=None if noted else manager,
        snooze_reason=draw.choice([SnoozeReason.NOBODY_FREE, SnoozeReason.EASING]) if noted else "",
        closed_at=closed,
    )
