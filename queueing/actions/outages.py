"""Pausing and resuming businesses in a hall, and numbers for those who come back (R-H-10).

The whole act, with its incident and its notices, is `overview.actions.system_down`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import BusinessType, Hall, Incident, Material
from halls.queries import number as parameter
from messaging import actions as messages
from messaging.states import MessageKind
from queueing.actions.appointments import check_in, find_appointment
from queueing.actions.moves import Actor
from queueing.actions.taking import Wish, take_number
from queueing.actions.tickets import cancel
from queueing.live import issuing_changed
from queueing.models import Outage, ReturnNumber, Ticket
from queueing.queries import outages as reads
from queueing.queries.customer import link
from queueing.queries.outages import Down
from queueing.rules import outages as rules
from queueing.states import ACTIVE, Source, TicketState
from staff.models import User


@dataclass(frozen=True)
class Pause:
    """What is down, and the rows that tell of it."""

    kind: str
    businesses: Sequence[BusinessType]
    incident: Incident
    notice: Material


def begin(hall: Hall, pause: Pause, *, by: User, now: datetime) -> Outage:
    """Businesses get no new numbers from now on. The hall's row is held by the caller."""
    row = Outage.objects.create(
        hall=hall, kind=pause.kind, incident=pause.incident, notice=pause.notice, began_at=now, began_by=by
    )
    return widen(row, pause.businesses, now=now)


def widen(row: Outage, businesses: Sequence[BusinessType], *, now: datetime) -> Outage:
    """More businesses are concerned; who waits for them is told."""
    row.businesses.add(*businesses)
    tell_waiting(row, now=now)
    issuing_changed(row.hall)
    return row


def end(row: Outage, *, by: User, now: datetime) -> Outage:
    """Numbers are given again; everybody who was told of the outage is told of its end."""
    days = parameter(rules.RETURN_DAYS, row.hall, now)
    row.ended_at, row.ended_by = now, by
    row.save(update_fields=["ended_at", "ended_by"])
    row.returns.update(last_day=rules.last_day(time.business_day(now), days=days))
    for offer in reads.returns_of(row):
        _tell_back(offer, row.hall)
    issuing_changed(row.hall)
    return row


@transaction.atomic
def tell_waiting(row: Outage, *, now: datetime) -> int:
    """Offer a 回厅号 to everybody who waits for something that is down and has none yet; by SMS where there is a phone.

    Called by the sweep too: who was sent on to a paused business, or came with an appointment, is found there.
    """
    down = reads.down_of(row)
    days = parameter(rules.RETURN_DAYS, row.hall, now)
    fresh = reads.untold(row, down.codes)
    for ticket in fresh:
        _tell_down(_offer(row, ticket, now), down, days)
    return len(fresh)


def tend(now: datetime) -> int:
    """Tell those who have come to wait since; safe to run twice."""
    return sum(_tend(pk, now) for pk in Outage.objects.filter(ended_at=None).values_list("pk", flat=True))


@transaction.atomic
def _tend(pk: int, now: datetime) -> int:
    row = _held(pk)
    return tell_waiting(row, now=now) if row.ended_at is None else 0


def _held(pk: int) -> Outage:
    return Outage.objects.select_for_update(of=("self",)).select_related("hall__region__parent__parent").get(pk=pk)


def _offer(row: Outage, ticket: Ticket, now: datetime) -> ReturnNumber:
    taken = set(ReturnNumber.objects.filter(hall=row.hall, used_at=None).values_list("code", flat=True))
    code = next(code for code in iter(_random_code, "") if code not in taken)
    facts = {"group": ticket.group, "business": ticket.business, "code": code, "offered_at": now}
    return ReturnNumber.objects.create(outage=row, hall=row.hall, ticket=ticket, **facts)


def _random_code() -> str:
    return f"{secrets.randbelow(10**6):06d}"


def _tell_down(offer: ReturnNumber, down: Down, days: int) -> None:
    ticket, hall = offer.ticket, offer.outage.hall
    if not ticket.phone:
        return
    told = {"hall": hall.name, "what": down.label, "number": ticket.number, "code": offer.code}
    messages.send_sms(
        ticket.phone,
        template="system_down",
        context={**told, "days": days, "link": link(ticket)},
        kind=MessageKind.CALL,
        key=f"system-down:{offer.pk}",
        hall=hall.code,
    )


def _tell_back(offer: ReturnNumber, hall: Hall) -> None:
    """Who still waits stays; who has gone may come back; who was served needs nothing."""
    ticket = offer.ticket
    if not ticket.phone or offer.used_at is not None or ticket.state == TicketState.DONE or offer.last_day is None:
        return
    if ticket.state in ACTIVE:
        template, kind = "system_up", MessageKind.CALL
    else:
        template, kind = "return_number", MessageKind.NOTICE
    until = f"{offer.last_day.month} 月 {offer.last_day.day} 日"
    context = {"hall": hall.name, "number": ticket.number, "code": offer.code, "until": until}
    messages.send_sms(
        ticket.phone, template=template, context=context, kind=kind, key=f"system-up:{offer.pk}", hall=hall.code
    )


@transaction.atomic
def leave_for_now(ticket_id: UUID, *, actor: Actor, now: datetime) -> ReturnNumber:
    """The customer goes and keeps a 回厅号; the waiting number ends. Twice is once.

    Raises Refused: not_down, bad_move.
    """
    ticket = Ticket.objects.select_related("hall").get(pk=ticket_id)
    row = Outage.objects.select_for_update(of=("self",)).filter(hall=ticket.hall, ended_at=None).first()
    offer = ReturnNumber.objects.filter(ticket=ticket).first()
    if offer is not None and offer.accepted_at is not None:
        return offer
    if row is None:
        raise Refused("not_down", "系统已经恢复,请在大厅留意叫号。")
    if offer is None:
        if all(one.pk != ticket.pk for one in reads.untold(row, reads.down_of(row).codes)):
            raise Refused("not_down", f"{ticket.number} 可以照常办理,请在大厅留意叫号。")
        offer = _offer(row, ticket, now)
    cancel(ticket.pk, actor=actor, now=now)
    offer.accepted_at = now
    offer.save(update_fields=["accepted_at"])
    return offer


@transaction.atomic
def come_back_with(hall: Hall, given: str, *, actor: Actor, now: datetime) -> Ticket:
    """A 回厅号, or the phone that waited, becomes a number with a head start; once.

    Raises Refused: no_return, still_down, still_waiting, served_already, return_used, return_over, and what taking a
    number raises. Doors throttle the asking.
    """
    digits = "".join(given.split())
    found = reads.found_by(hall, digits) if digits.isascii() and digits.isdigit() else None
    if found is None:
        raise Refused("no_return", "没有找到这个回厅号。请核对后再试,也可以直接取号。")
    offer = (
        ReturnNumber.objects.select_for_update(of=("self",))
        .select_related("ticket", "group", "business")
        .get(pk=found.pk)
    )
    _check_return(offer, now)
    minutes = parameter(rules.HEAD_START_RETURN, hall, now)
    wish = Wish(
        business=offer.business.code if offer.business else offer.group.code,
        source=Source.RETURNED,
        phone=offer.ticket.phone,
        lane=offer.ticket.lane,
        owed=timedelta(minutes=minutes),
    )
    offer.new_ticket = take_number(hall, wish, actor=actor, now=now)
    offer.used_at = now
    offer.save(update_fields=["new_ticket", "used_at"])
    return offer.new_ticket


def _check_return(offer: ReturnNumber, now: datetime) -> None:
    if offer.used_at is not None:
        raise Refused("return_used", "这个回厅号已经用过,请留意叫号。")
    if offer.ticket.state in ACTIVE:
        raise Refused("still_waiting", f"原号码 {offer.ticket.number} 仍然有效,不用重新取号,请留意叫号。")
    if offer.ticket.state == TicketState.DONE:
        raise Refused("served_already", f"原号码 {offer.ticket.number} 已经办结,请直接取号。")
    if offer.last_day is None:
        raise Refused("still_down", "系统还没有恢复,恢复后会发短信通知,请稍后再来。")
    if time.business_day(now) > offer.last_day:
        last = f"{offer.last_day.month} 月 {offer.last_day.day} 日"
        raise Refused("return_over", f"这个回厅号只保留到 {last},请直接取号。")


@transaction.atomic
def arrive(hall: Hall, given: str, *, lane: str, actor: Actor, now: datetime) -> Ticket:
    """Somebody with a promise is here and names a phone or a code: an appointment of today, else a 回厅号.

    Raises Refused: no_appointment, and what checking in or coming back raises.
    """
    try:
        booked = find_appointment(hall, given, now=now)
    except Refused as none:
        try:
            return come_back_with(hall, given, actor=actor, now=now)
        except Refused as no:
            raise (none if no.code == "no_return" else no) from None
    return check_in(booked.pk, actor=actor, now=now, lane=lane)
