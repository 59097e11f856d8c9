"""Several businesses on one number: one clerk does all of a customer's business (R-H-15, 一台清)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from halls.models import BusinessType
from queueing.actions.moves import Actor, check, locked, move
from queueing.actions.tickets import own
from queueing.models import Ticket, TicketBusiness, TicketEvent
from queueing.queries import layout as layouts
from queueing.states import Did, TicketState


@transaction.atomic
def add_business(ticket_id: UUID, code: str, *, actor: Actor, now: datetime) -> Ticket:
    """Do one more business under the same number; no second line for the customer.

    A number taken for a group gets its first business so. Raises Refused: bad_move, not_yours, not_served_here,
    has_business.
    """
    ticket = locked(ticket_id)
    check(ticket, Did.ADDED)
    own(ticket, actor)
    business = _offered(ticket, code, now)
    more = TicketBusiness.objects.filter(ticket=ticket, business=business)
    if ticket.business_id == business.pk or more.exists():
        raise Refused("has_business", f"{ticket.number} 已经在办「{business.name}」,不用重复添加。")
    first = ticket.business_id is None
    detail = {"business": business.code, "name": business.name, "first": first}
    changes: dict[str, Any] = {"detail": detail}
    if first:
        changes["business"] = business
    else:
        TicketBusiness.objects.create(ticket=ticket, business=business, added_at=now)
    return move(ticket, Did.ADDED, TicketState(ticket.state), actor=actor, now=now, **changes)


@transaction.atomic
def drop_business(ticket_id: UUID, code: str, *, actor: Actor, now: datetime) -> Ticket:
    """Take back a business added by mistake. Raises Refused: bad_move, not_yours, not_added."""
    ticket = locked(ticket_id)
    check(ticket, Did.DROPPED)
    own(ticket, actor)
    added = TicketBusiness.objects.filter(ticket=ticket).select_related("business")
    row = next((one for one in added if one.business.code == code), None)
    if row is None:
        raise Refused("not_added", f"{ticket.number} 没有加办这项业务,请看过最新画面后再操作。")
    row.delete()
    detail = {"business": row.business.code, "name": row.business.name}
    return move(ticket, Did.DROPPED, TicketState(ticket.state), actor=actor, now=now, detail=detail)


def put_back(event: TicketEvent, ticket: Ticket) -> None:
    """Undo what adding or dropping did beside the number's own row."""
    rows = TicketBusiness.objects.filter(ticket=ticket, business__code=event.detail.get("business", ""))
    if event.did == Did.ADDED:
        rows.delete()
    elif event.did == Did.DROPPED and not rows.exists():
        business = BusinessType.objects.get(code=event.detail["business"])
        TicketBusiness.objects.create(ticket=ticket, business=business, added_at=event.at)


def _offered(ticket: Ticket, code: str, now: datetime) -> BusinessType:
    """Any business of the hall: what this window's groups do not list is done here all the same."""
    known = {one for group in layouts.of(ticket.hall_id, now).groups.values() for one in group.businesses}
    business = BusinessType.objects.filter(code=code, is_active=True).first() if code in known else None
    if business is None:
        raise Refused("not_served_here", "本厅不办理这项业务,请换一项。")
    return business
