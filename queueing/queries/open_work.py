"""What the queue tells the shift handover: numbers left open, and whether the hall is at its peak."""

from datetime import datetime

from core import time
from halls.models import Hall
from queueing.models import Ticket
from queueing.queries import floor
from queueing.states import AT_WINDOW, HoldKind, TicketState
from staff.hooks import OpenItem
from staff.models import User

KIND = "号码"


def open_work(hall: Hall, person: User, now: datetime) -> list[OpenItem]:
    """The person's numbers of today at the window or on hold (R-S-5)."""
    rows = Ticket.objects.filter(hall=hall, clerk=person, business_day=time.business_day(now))
    rows = (
        rows.filter(state__in=[*AT_WINDOW, TicketState.HELD]).select_related("group", "business").order_by("taken_at")
    )
    return [OpenItem(f"ticket:{one.pk}", KIND, f"{one.number} {_business(one)}", _detail(one)) for one in rows]


def _business(ticket: Ticket) -> str:
    return ticket.business.name if ticket.business else ticket.group.name


def _detail(ticket: Ticket) -> str:
    if ticket.state != TicketState.HELD:
        return ticket.get_state_display()
    reason = HoldKind(ticket.held_kind).label if ticket.held_kind else ""
    return f"{ticket.get_state_display()} {reason}".strip()


def is_peak(hall: Hall, now: datetime) -> bool:
    return floor.is_peak(hall.pk, now)
