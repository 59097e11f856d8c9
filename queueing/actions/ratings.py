"""What follows a low rating (R-H-19): its reasons, and the call that the customer asked for."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from core.phones import clean_phone
from messaging import actions as messages
from queueing.actions.moves import Actor, locked
from queueing.live import call_backs_changed
from queueing.models import LowRating, Ticket, TicketEvent
from queueing.rules import ratings as rules
from queueing.states import Did, LowReason
from staff.models import User
from staff.queries.people import managers_of


@transaction.atomic
def explain_low_rating(
    ticket_id: UUID, reasons: Collection[str], *, wants_call: bool, phone: str = "", actor: Actor, now: datetime
) -> LowRating:
    """Note what was wrong, once. Raises Refused: not_low, explained_already, bad_reason, phone_needed, bad_phone."""
    ticket = locked(ticket_id)
    if not rules.is_low(ticket.rating):
        raise Refused("not_low", "只有评价为不满意时才需要说明原因。")
    if LowRating.objects.filter(ticket=ticket).exists():
        raise Refused("explained_already", "原因已经收到,谢谢您。")
    chosen = [reason for reason in LowReason.values if reason in set(reasons)]
    if len(chosen) != len(set(reasons)) or not (chosen or wants_call):
        raise Refused("bad_reason", "请点选一项或几项原因。")
    row = LowRating(ticket=ticket, hall=ticket.hall, reasons=chosen, wants_call=wants_call, noted_at=now)
    if wants_call:
        row.phone = clean_phone(phone) if phone else ticket.phone
        if not row.phone:
            raise Refused("phone_needed", "请留下手机号,方便我们联系您。")
    row.save(force_insert=True)
    _note(ticket, Did.EXPLAINED, actor, now, {"reasons": chosen, "wants_call": wants_call})
    if wants_call:
        messages.alert(
            managers_of(ticket.hall_id),
            title=f"{ticket.number} 客户希望有人联系",
            body=row.reason_words or "客户没有说明原因",
            url=f"/call-backs/{ticket.hall.code}/",
            key=f"call-back:{ticket.pk}",
        )
    call_backs_changed(row, ticket.hall)
    return row


@transaction.atomic
def reveal_phone(ticket_id: UUID, *, actor: Actor, now: datetime) -> str:
    """The whole number, to ring the customer; who looked stays on record. Raises Refused("called_already")."""
    ticket, row = _open_call(ticket_id)
    _note(ticket, Did.REVEALED, actor, now, {"for": "call_back"})
    return row.phone


@transaction.atomic
def note_call(ticket_id: UUID, note: str, *, manager: User, now: datetime) -> LowRating:
    """Somebody has rung the customer. Raises Refused: called_already, note_needed."""
    ticket, row = _open_call(ticket_id)
    note = " ".join(note.split())[:200]
    if not note:
        raise Refused("note_needed", "请写一句联系的结果。")
    row.called_at, row.called_by, row.note = now, manager, note
    row.save(update_fields=["called_at", "called_by", "note"])
    _note(ticket, Did.CALLED_BACK, Actor(person=manager), now, {"note": note})
    call_backs_changed(row, ticket.hall)
    return row


def _open_call(ticket_id: UUID) -> tuple[Ticket, LowRating]:
    ticket = locked(ticket_id)
    row = LowRating.objects.filter(ticket=ticket, wants_call=True).select_for_update(of=("self",)).first()
    if row is None:
        raise Refused("no_call_wanted", f"{ticket.number} 没有待联系的客户。")
    if row.called_at is not None:
        raise Refused("called_already", f"{ticket.number} 的客户已经联系过了。")
    return ticket, row


def _note(ticket: Ticket, did: Did, actor: Actor, now: datetime, detail: dict[str, object]) -> None:
    """An event that leaves the number's state as it is."""
    TicketEvent.objects.create(
        ticket=ticket,
        hall_id=ticket.hall_id,
        did=did,
        at=now,
        before=ticket.state,
        after=ticket.state,
        window_id=ticket.window_id,
        person=actor.person,
        device=actor.device,
        detail=detail,
    )
