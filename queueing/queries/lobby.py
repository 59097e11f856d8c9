"""What the greeter's tablet shows."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core import time
from halls.models import BusinessType, Hall
from halls.queries import number as parameter
from queueing.models import PreAcceptance, Ticket
from queueing.queries import alerts, appointments, board, checklists, posts, preacceptance, ratings, visits
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.queries.counter import LONG_WAIT
from queueing.rules import floor as rules
from queueing.states import AlertKind, TicketState
from staff.models import User

WAITING_SHOWN = 40
MISSED_SHOWN = 12
SHOWN_HERE = (AlertKind.VIP, AlertKind.CARE, AlertKind.LINGERING)  # with acts of their own on the tablet


def panel(hall: Hall, person: User, now: datetime) -> dict[str, Any]:
    """The door, the line by longest wait, and what waits for a hand."""
    document = board.document(hall.pk, now)
    groups = layouts.of(hall.pk, now).groups.values()
    waits = {row["code"]: row for row in document["groups"]}
    waiting = _waiting(hall, now)
    standing = alerts.standing(hall, person, now)
    return {
        "hall": hall,
        "now": now,
        "board": document,
        "groups": [{"group": group, "now": waits[group.code]} for group in groups],
        "waiting": waiting,
        "waiting_count": sum(row["waiting"] for row in document["groups"]),
        "care": [row for row in waiting if row["is_due"]],
        "arrivals": visits.arrivals(hall, now),
        "lingering": visits.lingering(hall, now),
        "alerts": replace(standing, cards=[card for card in standing.cards if card.alert.kind not in SHOWN_HERE]),
        "missed": _missed(hall, now),
        "aside": visits.set_aside(hall, now),
        "appointments": appointments.today(hall, now),
        "posts": posts.board(hall, now),
        "people": posts.people_of(hall, now),
        "places": posts.PLACES,
        "undoable": visits.undoable(hall, person, now),
        "printing": visits.last_job(hall, person, now),
        "today": visits.today(hall, now),
        "call_backs": ratings.open_call_backs({hall.pk}),
        "open_windows": sum(row["state"] not in ("closed", "paused") for row in document["windows"]),
    }


def _waiting(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    line = Ticket.objects.filter(hall=hall, state=TicketState.WAITING).select_related("group", "business")
    tickets = list(line.order_by("taken_at")[:WAITING_SHOWN])
    filled = set(PreAcceptance.objects.filter(ticket__in=tickets).values_list("ticket", flat=True))
    minutes = parameter(rules.CARE_MINUTES, hall, now)
    return [_row(ticket, now, minutes) | {"is_filled": ticket.pk in filled} for ticket in tickets]


def _row(ticket: Ticket, now: datetime, care_minutes: int) -> dict[str, Any]:
    waited = now - ticket.taken_at - timedelta(seconds=ticket.away_seconds)
    is_long = rules.care_is_due(waited, minutes=care_minutes)
    return {
        "ticket": ticket,
        "minutes": int(waited.total_seconds() // 60),
        "tone": "late" if is_long else "warn" if waited > LONG_WAIT else "",
        "is_due": is_long and ticket.cared_at is None,
    }


def _missed(hall: Hall, now: datetime) -> list[Ticket]:
    rows = Ticket.objects.filter(hall=hall, state=TicketState.NO_SHOW, business_day=time.business_day(now))
    return list(rows.select_related("group", "business").order_by("-finished_at")[:MISSED_SHOWN])


def taken(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """The number just given, as it is told to the customer."""
    ahead, wait = reads.ahead_and_wait(ticket, now)
    return {"ticket": ticket, "ahead": ahead, "range": wait.text if wait else ""}


def businesses(hall: Hall, now: datetime) -> list[BusinessType]:
    """What this hall does, in words."""
    codes = {code for group in layouts.of(hall.pk, now).groups.values() for code in group.businesses}
    return list(BusinessType.objects.filter(code__in=codes, is_active=True).order_by("name"))


def sheet(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """One number under the greeter's finger."""
    others = Ticket.objects.filter(hall=ticket.hall_id, state=TicketState.WAITING).exclude(pk=ticket.pk)
    row = _row(ticket, now, parameter(rules.CARE_MINUTES, ticket.hall, now))
    return {
        "hall": ticket.hall,
        "ticket": ticket,
        "minutes": row["minutes"],
        "is_waiting": ticket.state == TicketState.WAITING,
        "form": preacceptance.of(ticket),
        "others": others.order_by("number"),
        "businesses": businesses(ticket.hall, now),
    }


def form(ticket: Ticket, business: BusinessType | None, now: datetime) -> dict[str, Any]:
    """预填单 of a number, for the business chosen, the one filled in before, or its own."""
    filled = preacceptance.of(ticket)
    chosen = business or (filled.business if filled else ticket.business)
    return {
        "hall": ticket.hall,
        "ticket": ticket,
        "businesses": businesses(ticket.hall, now),
        "form": preacceptance.form(ticket, chosen) if chosen else None,
    }


def papers(hall: Hall, ticket: Ticket | None, business: BusinessType | None, now: datetime) -> dict[str, Any]:
    """材料不齐: the ways that need no papers come first, then the list."""
    chosen = business or (ticket.business if ticket else None)
    return {
        "hall": hall,
        "ticket": ticket,
        "business": chosen,
        "businesses": businesses(hall, now),
        "bring": checklists.to_bring(chosen) if chosen else [],
    }
