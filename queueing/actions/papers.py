"""材料不齐: one tap that keeps the place or ends the wait, and says once and whole what to bring (R-Q-11)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from core.phones import clean_phone
from halls.models import BusinessType, Hall
from queueing.actions.door import set_aside, set_aside_new, text_list
from queueing.actions.floor import business_of, record_visit
from queueing.actions.moves import Actor, check, locked, move
from queueing.actions.printing import print_list
from queueing.actions.taking import Wish
from queueing.models import Ticket
from queueing.states import Did, Outcome, Source, Tell, TicketState


@dataclass(frozen=True)
class Errand:
    """Whose papers are missing for what, whether they come back today, and how they are told what to bring."""

    business: str
    ticket_id: UUID | None = None
    phone: str = ""
    is_back_today: bool = True
    tell: str = Tell.WORD


@transaction.atomic
def send_for_papers(hall: Hall, errand: Errand, *, actor: Actor, now: datetime) -> Ticket | None:
    """All or nothing: when the list can't be given as asked, the number stays where it is.

    Raises Refused: no_phone, bad_phone, other_hall, and as set_aside, take_number and print_list do.
    """
    business = business_of(hall, errand.business, now)
    ticket = _keep(hall, errand, actor, now) if errand.is_back_today else _end(hall, errand, actor, now)
    if errand.tell == Tell.PAPER:
        print_list(hall, business, ticket=ticket if errand.is_back_today else None, actor=actor, now=now)
    elif errand.tell == Tell.SMS:
        _text(hall, errand, business, ticket, now)
    return ticket


def _keep(hall: Hall, errand: Errand, actor: Actor, now: datetime) -> Ticket:
    if errand.ticket_id is None:
        wish = Wish(errand.business, Source.GREETER, phone=errand.phone)
        return set_aside_new(hall, wish, actor=actor, now=now)
    ticket = locked(errand.ticket_id)
    if ticket.hall_id != hall.pk:
        raise Refused("other_hall", f"{ticket.number} 不是本厅的号码,请在取号的营业厅操作。")
    return set_aside(ticket.pk, actor=actor, now=now)


def _end(hall: Hall, errand: Errand, actor: Actor, now: datetime) -> Ticket | None:
    """They come another day: a number they have is given back, and an undo gives it again."""
    if errand.ticket_id is not None:
        ticket = locked(errand.ticket_id)
        check(ticket, Did.CANCELLED)
        move(ticket, Did.CANCELLED, TicketState.CANCELLED, actor=actor, now=now, finished_at=now)
    visit = record_visit(
        hall, Outcome.NO_DOCUMENTS, business=errand.business, ticket_id=errand.ticket_id, actor=actor, now=now
    )
    return visit.ticket


def _text(hall: Hall, errand: Errand, business: BusinessType, ticket: Ticket | None, now: datetime) -> None:
    phone = errand.phone or (ticket.phone if ticket else "")
    if not phone:
        raise Refused("no_phone", "请输入手机号,再用短信发送告知单。")
    kept = ticket if errand.is_back_today else None
    text_list(hall, business, clean_phone(phone), ticket=kept, now=now)
