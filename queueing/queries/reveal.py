"""What the queue answers about a customer: why somebody has to do with them now, and when they were here last."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core import time
from loyalty.hooks import Visit
from loyalty.rules.privacy import Ground
from loyalty.states import GroundKind
from queueing.models import Ticket
from queueing.states import ACTIVE, AT_WINDOW, TicketState
from staff.models import User


def grounds(customer_id: int, person: Any, now: datetime) -> Iterable[Ground]:
    """Numbers of today that are open in a hall where this person works; at their own window first of all."""
    rows = Ticket.objects.filter(
        customer=customer_id,
        state__in=ACTIVE,
        business_day=time.business_day(now),
        hall_id__in=person.hall_ids("customer.see"),
    )
    for row in rows.select_related("hall"):
        yield Ground(GroundKind.TICKET, row.number, _is_served_by(row, person), row.hall_id)


def _is_served_by(ticket: Ticket, person: User) -> bool:
    if ticket.state not in AT_WINDOW or ticket.window_id is None:
        return False
    here = ticket.window.sessions.filter(clerk=person, signed_out_at=None)  # type: ignore[union-attr]
    return here.exists()


def visits(customer_id: int, most: int) -> Iterable[Visit]:
    rows = Ticket.objects.filter(customer=customer_id, is_simulated=False).exclude(state__in=ACTIVE)
    for row in rows.select_related("hall", "business", "group").order_by("-taken_at")[:most]:
        waited = row.waited(row.finished_at or row.taken_at) if row.state == TicketState.DONE else None
        minutes = int(waited.total_seconds() // 60) if waited is not None else None
        yield Visit(row.business_day, row.about, row.hall.name, row.get_state_display(), minutes)
