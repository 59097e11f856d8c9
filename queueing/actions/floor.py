"""What the floor does for people before a window does: meeting VIPs, care, sending on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from core.phones import clean_phone
from core.time import business_day, day_bounds, local
from halls.models import BusinessType, Hall
from halls.queries import number as parameter
from loyalty.models import Customer
from loyalty.states import CustomerStatus
from queueing import live
from queueing.actions.moves import Actor, check, locked, move
from queueing.models import Ticket, VipArrival, Visit
from queueing.queries import layout as layouts
from queueing.rules import door as rules
from queueing.rules.numbers import VIP_LETTER, letter_for
from queueing.states import Did, HoldKind, Outcome, TicketState
from staff.models import User


@transaction.atomic
def declare_vip(hall: Hall, *, phone: str = "", actor: Actor, now: datetime) -> VipArrival:
    """A VIP says so at the door, before or without a number (R-Q-2). A V number declares by itself.

    Raises Refused: bad_phone, not_vip, declared_already.
    """
    customer = _vip(clean_phone(phone)) if phone else None
    held = Hall.objects.select_for_update(of=("self",)).get(pk=hall.pk)
    if customer is not None:
        today = VipArrival.objects.filter(
            hall=held, customer=customer, declared_at__gte=day_bounds(business_day(now))[0]
        )
        if today.filter(left_at=None).exclude(ticket__state__in=(TicketState.DONE, TicketState.NO_SHOW)).exists():
            raise Refused("declared_already", "这位 VIP 客户今天已登记到厅,请看「VIP 到厅」。")
    arrival = VipArrival.objects.create(hall=held, customer=customer, declared_at=now)
    live.floor_changed(held, "vip.declared", arrival.pk)
    return arrival


def _vip(phone: str) -> Customer | None:
    """The customer of a phone; a phone we do not know proves nothing, and the word of who says so counts."""
    customer = Customer.objects.filter(phone=phone).exclude(status=CustomerStatus.CLOSED).first()
    if customer and letter_for("", is_vip=customer.is_vip, star=customer.star, is_gotone=False) != VIP_LETTER:
        raise Refused("not_vip", "这个手机号不是全球通 VIP,请按普通客户取号。")
    return customer


@transaction.atomic
def receive_vip(arrival_id: int, *, actor: Actor, now: datetime) -> VipArrival:
    """我来接待: the clock of R-Q-2 stops; of two who press, the first one has them.

    Raises Refused: received_already, vip_left.
    """
    arrival = (
        VipArrival.objects.select_for_update(of=("self",)).select_related("hall", "received_by").get(pk=arrival_id)
    )
    if arrival.received_at is not None:
        name = arrival.received_by.name if arrival.received_by else "同事"
        raise Refused("received_already", f"{name}已在 {local(arrival.received_at):%H:%M} 接待了这位客户。")
    if arrival.left_at is not None:
        raise Refused("vip_left", "这位客户已离开,无需接待。")
    arrival.received_at, arrival.received_by = now, person_of(actor)
    arrival.save(update_fields=["received_at", "received_by"])
    live.floor_changed(arrival.hall, "vip.received", arrival.pk)
    return arrival


def person_of(actor: Actor) -> User:
    """Raises Refused("person_needed") when a machine asks: somebody stands for what is done on the floor."""
    if actor.person is None:
        raise Refused("person_needed", "请由工作人员登录后操作。")
    return actor.person


@transaction.atomic
def give_care(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """已致歉关怀 (R-Q-8), once for a number, with person and time. Raises Refused: bad_move, cared_already."""
    ticket = locked(ticket_id)
    check(ticket, Did.CARED)
    if ticket.cared_at is not None:
        raise Refused("cared_already", f"{ticket.number} 已在 {local(ticket.cared_at):%H:%M} 关怀过。")
    state = TicketState(ticket.state)
    return move(ticket, Did.CARED, state, actor=actor, now=now, cared_at=now, cared_by=person_of(actor))


@transaction.atomic
def record_visit(
    hall: Hall, outcome: str, *, business: str = "", ticket_id: UUID | None = None, actor: Actor, now: datetime
) -> Visit:
    """One tap at the door (R-Q-11). Who had a number and was sent on gives it back.

    Raises Refused: bad_move, other_hall, not_served_here.
    """
    ticket = None
    if ticket_id is not None:
        ticket = locked(ticket_id)
        if ticket.hall_id != hall.pk:
            raise Refused("other_hall", f"{ticket.number} 不是本厅的号码,请在取号的营业厅操作。")
        if outcome in rules.SENT_ON:
            check(ticket, Did.CANCELLED)
            detail = {"outcome": str(outcome)}
            move(ticket, Did.CANCELLED, TicketState.CANCELLED, actor=actor, now=now, finished_at=now, detail=detail)
    kind = business_of(hall, business, now) if business else ticket.business if ticket else None
    visit = Visit.objects.create(
        hall=hall, at=now, outcome=outcome, business=kind, ticket=ticket, person=person_of(actor)
    )
    live.floor_changed(hall, "visit.recorded", visit.pk)
    return visit


def business_of(hall: Hall, code: str, now: datetime) -> BusinessType:
    """A business of this hall by its code. Raises Refused("not_served_here")."""
    if not any(code in group.businesses for group in layouts.of(hall.pk, now).groups.values()):
        raise Refused("not_served_here", "本厅不办理这项业务,请换一项。")
    return BusinessType.objects.get(code=code)


@transaction.atomic
def undo_visit(visit_id: int, *, actor: Actor, now: datetime) -> Visit:
    """Take a tap back within seconds; a number that it ended or set aside waits again at its old place.

    Raises Refused: undone_already, not_yours, too_late, phone_has_number.
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("hall__region__parent").get(pk=visit_id)
    if visit.undone_at is not None:
        raise Refused("undone_already", "这条引导记录已经撤销。")
    if visit.person_id != person_of(actor).pk and not actor.may("queue.manage", visit.hall):
        raise Refused("not_yours", "只能撤销自己的引导记录,或请值班经理撤销。")
    if not rules.can_undo(visit.at, now, seconds=parameter(rules.UNDO_SECONDS, visit.hall, now)):
        raise Refused("too_late", "已超过可撤销的时间。如有需要,请重新登记或取号。")
    visit.undone_at = now
    visit.save(update_fields=["undone_at"])
    if visit.ticket_id is not None:
        _wait_again(visit.ticket_id, visit, actor=actor, now=now)
    live.floor_changed(visit.hall, "visit.undone", visit.pk)
    return visit


def _wait_again(ticket_id: UUID, visit: Visit, *, actor: Actor, now: datetime) -> None:
    """The number as it was before the tap, unless somebody has moved it since."""
    ticket = locked(ticket_id)
    if ticket.moved_at != visit.at or ticket.state not in (TicketState.CANCELLED, TicketState.HELD):
        return
    others = Ticket.objects.active().exclude(pk=ticket.pk)
    if ticket.phone and others.filter(phone=ticket.phone).exists():
        raise Refused("phone_has_number", "这位客户已有另一个号码在等候,请用新号码。")
    back = {"finished_at": None, "held_at": None, "held_kind": ""}
    detail = {"visit": visit.pk}
    move(ticket, Did.UNDONE, TicketState.WAITING, actor=actor, now=now, detail=detail, **back)


@transaction.atomic
def look_after(visit_id: int, *, actor: Actor, now: datetime) -> Visit:
    """Somebody went to see whoever was sent to self-service (R-Q-17). Raises Refused: bad_visit, looked_after."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("hall").get(pk=visit_id)
    if visit.outcome != Outcome.SELF_SERVICE or visit.undone_at is not None:
        raise Refused("bad_visit", "这位客户不在自助区,无需协助。")
    if visit.looked_after_at is not None:
        raise Refused("looked_after", f"同事已在 {local(visit.looked_after_at):%H:%M} 去看过。")
    visit.looked_after_at, visit.looked_after_by = now, person_of(actor)
    visit.save(update_fields=["looked_after_at", "looked_after_by"])
    live.floor_changed(visit.hall, "visit.looked_after", visit.pk)
    return visit


def is_set_aside(ticket: Ticket) -> bool:
    """Held by the door for missing papers, not by a window."""
    return ticket.state == TicketState.HELD and ticket.held_kind == HoldKind.PAPERS and ticket.window_id is None
