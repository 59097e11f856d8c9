"""What the greeter's tablet shows."""

from datetime import datetime
from typing import Any

from core import time
from halls.models import Hall
from queueing.models import Ticket
from queueing.queries import board
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.queries.counter import CARE_WAIT, LONG_WAIT
from queueing.states import TicketState

WAITING_SHOWN = 40
MISSED_SHOWN = 12


def panel(hall: Hall, now: datetime) -> dict[str, Any]:
    """Groups to take numbers for, the line by longest wait, today's missed numbers, the windows."""
    document = board.document(hall.pk, now)
    line = Ticket.objects.filter(hall=hall, state=TicketState.WAITING).select_related("group", "business")
    missed = Ticket.objects.filter(hall=hall, state=TicketState.NO_SHOW, business_day=time.business_day(now))
    waiting = [_row(ticket, now) for ticket in line.order_by("taken_at")[:WAITING_SHOWN]]
    groups = layouts.of(hall.pk, now).groups.values()
    waits = {row["code"]: row for row in document["groups"]}
    return {
        "hall": hall,
        "board": document,
        "groups": [{"group": group, "now": waits[group.code]} for group in groups],
        "waiting": waiting,
        "waiting_count": sum(row["waiting"] for row in document["groups"]),
        "missed": missed.select_related("group", "business").order_by("-finished_at")[:MISSED_SHOWN],
        "open_windows": sum(row["state"] not in ("closed", "paused") for row in document["windows"]),
    }


def _row(ticket: Ticket, now: datetime) -> dict[str, Any]:
    waited = now - ticket.taken_at
    tone = "late" if waited > CARE_WAIT else "warn" if waited > LONG_WAIT else ""
    return {"ticket": ticket, "minutes": int(waited.total_seconds() // 60), "tone": tone}


def taken(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """The number just given, as it is told to the customer."""
    ahead, wait = reads.ahead_and_wait(ticket, now)
    return {"ticket": ticket, "ahead": ahead, "range": wait.text if wait else ""}
