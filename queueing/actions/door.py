"""Numbers that the door moves without a window: fetching papers, another business, two who swap places."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from core.time import local
from halls.models import BusinessType, Hall
from messaging import actions as messages
from messaging.states import MessageKind
from queueing.actions.floor import is_set_aside, record_visit
from queueing.actions.moves import Actor, check, locked, move
from queueing.actions.taking import Wish, take_number
from queueing.models import Ticket
from queueing.queries import layout as layouts
from queueing.queries.checklists import to_bring
from queueing.rules.door import in_words
from queueing.states import Did, HoldKind, Outcome, TicketState


@transaction.atomic
def set_aside(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """材料不齐: the number leaves the line and keeps its place for today (R-Q-11). Raises Refused: bad_move."""
    ticket = locked(ticket_id)
    check(ticket, Did.SET_ASIDE)
    move(
        ticket,
        Did.SET_ASIDE,
        TicketState.HELD,
        actor=actor,
        now=now,
        held_kind=HoldKind.PAPERS,
        held_at=now,
        window=None,
        clerk=None,
    )
    record_visit(ticket.hall, Outcome.NO_DOCUMENTS, ticket_id=ticket.pk, actor=actor, now=now)
    return ticket


@transaction.atomic
def set_aside_new(hall: Hall, wish: Wish, *, actor: Actor, now: datetime) -> Ticket:
    """The same for somebody without a number: one is taken, so that there is a place to keep."""
    ticket = take_number(hall, wish, actor=actor, now=now)
    return set_aside(ticket.pk, actor=actor, now=now)


@transaction.atomic
def come_back(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """补齐回来: waits again at the old place; the time away is no waiting.

    Raises Refused: bad_move, not_set_aside, other_day.
    """
    ticket = locked(ticket_id)
    check(ticket, Did.CAME_BACK)
    if not is_set_aside(ticket):
        where = f"在 {ticket.window.label} 暂挂,请到该窗口恢复" if ticket.window else "不是因材料不齐暂挂的"
        raise Refused("not_set_aside", f"{ticket.number} {where}。")
    if ticket.business_day != local(now).date():
        raise Refused("other_day", f"{ticket.number} 是其他日期的号码,请重新取号。")
    away = int((now - (ticket.held_at or now)).total_seconds())
    return move(
        ticket,
        Did.CAME_BACK,
        TicketState.WAITING,
        actor=actor,
        now=now,
        held_kind="",
        held_at=None,
        away_seconds=ticket.away_seconds + away,
        detail={"away_seconds": away},
    )


@transaction.atomic
def change_business(ticket_id: UUID, business: str, *, actor: Actor, now: datetime) -> Ticket:
    """Another business without queueing again: number and age stay.

    Raises Refused: bad_move, not_served_here, same_business.
    """
    ticket = locked(ticket_id)
    check(ticket, Did.CHANGED)
    layout = layouts.of(ticket.hall_id, now)
    group, code = layout.group_for(business)
    if group is None or not any(layout.windows_for(frozenset({group.id}))):
        raise Refused("not_served_here", "本厅不办理这项业务,请换一项。")
    kind = BusinessType.objects.get(code=code) if code else None
    if (group.id, kind and kind.pk) == (ticket.group_id, ticket.business_id):
        raise Refused("same_business", f"{ticket.number} 已经是这项业务,无需更改。")
    detail = {"from": ticket.about, "to": kind.name if kind else group.name}
    changes = {"group_id": group.id, "business": kind, "directed_window": None, "directed_clerk": None}
    return move(ticket, Did.CHANGED, TicketState.WAITING, actor=actor, now=now, detail=detail, **changes)


@transaction.atomic
def swap(first_id: UUID, second_id: UUID, *, actor: Actor, now: datetime) -> tuple[Ticket, Ticket]:
    """Two who both agree change places. Raises Refused: same_number, other_hall, bad_move."""
    if first_id == second_id:
        raise Refused("same_number", "请选择另一个号码互换。")
    low, high = (locked(pk) for pk in sorted((first_id, second_id)))
    if low.hall_id != high.hall_id:
        raise Refused("other_hall", "只能与本厅等候的号码互换。")
    for ticket in (low, high):
        check(ticket, Did.CHANGED)
    orders = low.call_order_at, high.call_order_at
    for ticket, order, other in ((low, orders[1], high), (high, orders[0], low)):
        detail = {"swapped_with": other.number}
        move(ticket, Did.CHANGED, TicketState.WAITING, actor=actor, now=now, call_order_at=order, detail=detail)
    return (low, high) if low.pk == first_id else (high, low)


def text_list(hall: Hall, business: BusinessType, phone: str, *, ticket: Ticket | None, now: datetime) -> None:
    """The one-time list by SMS, once per number or, without one, per phone and day. Raises Refused("bad_phone")."""
    context: dict[str, object] = {
        "business": business.name,
        "documents": in_words(to_bring(business)),
        "hall": hall.name,
    }
    if ticket is not None:
        key, template = f"bring:{ticket.pk}:{business.code}", "queue_bring"
        context["number"] = ticket.number
    else:
        key, template = f"bring:{hall.code}:{phone}:{business.code}:{local(now).date()}", "queue_bring_later"
    messages.send_sms(phone, template=template, context=context, kind=MessageKind.CALL, key=key, hall=hall.code)
