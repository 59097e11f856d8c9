"""What a customer's own page may know of the number: where it stands, never whose it is."""

from datetime import datetime
from typing import Any

from django.conf import settings

from core import time
from halls.queries import number as parameter
from queueing.models import Appointment, Ticket
from queueing.queries import layout as layouts
from queueing.queries import outages
from queueing.queries import tickets as reads
from queueing.queries.ratings import can_explain
from queueing.rules import numbers as rules
from queueing.states import Did, Source, TicketState

SHARED = (
    "number",
    "state",
    "about",
    "taken_at",
    "called_at",
    "finished_at",
    "calls",
    "window",
    "ahead",
    "estimated_wait_seconds",
    "estimated_wait_high_seconds",
    "rating",
)


def status(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """The number for its holder. A list of what is shown, so that a new fact stays private until it is wanted here."""
    facts = reads.facts(ticket, now)
    kind, hall = ticket.business or ticket.group, ticket.hall
    return {
        **{name: facts[name] for name in SHARED},
        "about_en": kind.name_en,
        "documents": ticket.business.documents if ticket.business else "",
        "hall": {"code": hall.code, "name": hall.name, "phone": hall.phone, "address": hall.address},
        "near_ahead": parameter(rules.NEAR_AHEAD, hall, now),
        "requeue_places": parameter(rules.REQUEUE_PLACES, hall, now),
        "can_cancel": rules.can_do(Did.CANCELLED, ticket.state),
        "can_rate": ticket.state == TicketState.DONE and ticket.rating is None,
        "can_explain": can_explain(ticket),
        "phone_known": bool(ticket.phone),
        "held_kind": ticket.held_kind,
        "more": [one.business.name for one in ticket.more_businesses.select_related("business")],
        "slot": _slot(ticket),
        "outage": outages.told_to(ticket, layouts.of(hall.pk, now).outage),
        "as_of": time.local(now).isoformat(),
    }


def _slot(ticket: Ticket) -> str | None:
    """The half hour that was promised to somebody with an appointment."""
    if ticket.source != Source.BOOKED:
        return None
    slot = Appointment.objects.filter(ticket=ticket).values_list("slot_at", flat=True).first()
    return time.local(slot).isoformat() if slot else None


def link(ticket: Ticket) -> str:
    return f"{settings.PUBLIC_URL}/t/{ticket.pk}/"
