"""What a clerk notes of a service with one key each; never needed to finish, never in its way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from halls.queries import number as parameter
from queueing.actions.moves import Actor, check, locked, move
from queueing.actions.tickets import own
from queueing.models import Offer, Ticket
from queueing.queries import floor
from queueing.queries.businesses import businesses_of
from queueing.rules import notes as rules
from queueing.states import Did, Retention, TicketState


@dataclass(frozen=True)
class Note:
    """What is left None stays as it is; `offer` "" takes a recommendation back."""

    told_online: bool | None = None
    offer: str | None = None
    accepted: bool | None = None
    retention: str | None = None


@transaction.atomic
def note(ticket_id: UUID, what: Note, *, actor: Actor, now: datetime) -> Ticket:
    """Write down what was told and offered while serving, or for some minutes after.

    Raises Refused: bad_move, not_yours, too_late, nothing_noted, no_e_channel, peak, no_offer, no_retention.
    """
    ticket = locked(ticket_id)
    check(ticket, Did.NOTED)
    own(ticket, actor)
    minutes = parameter(rules.NOTE_MINUTES, ticket.hall, now)
    if not rules.may_note(ticket.state, ticket.finished_at, now, minutes=minutes):
        raise Refused("too_late", f"{ticket.number} 办结已超过 {minutes} 分钟,不能再补小记。")
    changes = _told(ticket, what) | _recommended(ticket, what, now) | _retained(ticket, what)
    if not changes:
        raise Refused("nothing_noted", "请选择要记下的内容。")
    return move(ticket, Did.NOTED, TicketState(ticket.state), actor=actor, now=now, detail=dict(changes), **changes)


def _told(ticket: Ticket, what: Note) -> dict[str, Any]:
    if what.told_online is None:
        return {}
    if what.told_online and not any(business.e_channel for business in businesses_of(ticket)):
        raise Refused("no_e_channel", "这项业务没有线上办理方式,不用告知。")
    return {"told_online": what.told_online}


def _recommended(ticket: Ticket, what: Note, now: datetime) -> dict[str, Any]:
    if what.offer is None:
        return {}
    if what.offer == "":
        return {"recommended": "", "recommended_accepted": None}
    if not rules.may_recommend(is_peak=floor.is_peak(ticket.hall_id, now)):
        raise Refused("peak", "现在是客流高峰,办完业务后不再推荐其他业务。")
    offer = next((one for one in Offer.objects.filter(is_active=True) if one.name == what.offer), None)
    if offer is None:
        raise Refused("no_offer", "推荐项已停用,请换一项。")
    return {"recommended": offer.name, "recommended_accepted": bool(what.accepted)}


def _retained(ticket: Ticket, what: Note) -> dict[str, Any]:
    if what.retention is None:
        return {}
    if what.retention not in Retention.values:
        raise Refused("no_retention", "请选择挽留结果。")
    if what.retention and not any(business.asks_retention for business in businesses_of(ticket)):
        raise Refused("no_retention", "这项业务不需要记录挽留结果。")
    return {"retention": what.retention}
