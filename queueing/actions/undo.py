"""Taking back the last move while it is fresh."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from core.time import business_day
from messaging import actions as messages
from messaging.states import MessageKind
from queueing.actions.businesses import put_back
from queueing.actions.moves import Actor, facts_from, locked, move
from queueing.models import Ticket, TicketEvent, WindowSession
from queueing.queries import undo as reads
from queueing.queries.undo import Act
from queueing.states import ACTIVE, AT_WINDOW, Did, TicketState


@transaction.atomic
def undo_last(*, actor: Actor, now: datetime) -> list[Ticket]:
    """Take back what this person's, or this hardware caller's, last key did to numbers.

    Raises Refused: nothing_to_undo, undo_too_late, moved_since, other_day, window_busy, window_paused, not_signed_in,
    phone_has_number.
    """
    who = actor.person or actor.device
    act = reads.last_act(who, now) if who else None
    if act is None:
        raise Refused("nothing_to_undo", "没有可以撤销的操作。")
    return _undone(act, actor, now)


@transaction.atomic
def undo(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """Take back the last move of a number, with what the same key did to others; only by who made it.

    Raises Refused as `undo_last` does.
    """
    act = reads.last_act_on(ticket_id)
    if act is None or act.events[0].did in reads.NOT_UNDOABLE:
        raise Refused("nothing_to_undo", "这个号码没有可以撤销的操作。")
    last = act.events[0]
    if (actor.person, actor.device) != (last.person, last.device) or actor == Actor():
        raise Refused("moved_since", f"{last.ticket.number} 已由别人操作过,不能撤销,请在现在的状态上继续。")
    return next(ticket for ticket in _undone(act, actor, now) if ticket.pk == ticket_id)


def _undone(act: Act, actor: Actor, now: datetime) -> list[Ticket]:
    _check_fresh(act, now)
    sessions = _sessions_of(act)
    tickets = {pk: locked(pk) for pk in sorted({event.ticket_id for event in act.events})}
    if not act.is_untouched:
        raise Refused("moved_since", f"「{act.what}」之后号码又有变动,不能撤销,请在现在的状态上继续。")
    for event in act.events:
        _check_room(event, tickets[event.ticket_id], sessions, now)
        _take_back(event, tickets[event.ticket_id], actor, now)
        _set_run_back(event, sessions)
    return list(tickets.values())


def _check_fresh(act: Act, now: datetime) -> None:
    """What can be refused before any lock."""
    if act.is_undone or any("was" not in event.detail for event in act.events if event.did != Did.TAKEN):
        raise Refused("nothing_to_undo", "上一步已经撤销过了。" if act.is_undone else "这一步不能撤销。")
    if now > act.until:
        seconds = int((act.until - act.at).total_seconds())
        raise Refused("undo_too_late", f"「{act.what}」已超过 {seconds} 秒,不能撤销,请在现在的状态上继续。")
    for event in act.events:
        if event.ticket.business_day != business_day(now):
            raise Refused("other_day", f"{event.ticket.number} 是其他日期的号码,不能撤销。")


def _sessions_of(act: Act) -> dict[int, WindowSession]:
    """Who sits at the windows of the act, held before the numbers are, as `call_next` does."""
    windows = {event.window_id for event in act.events if event.window_id}
    rows = WindowSession.objects.select_for_update().filter(window_id__in=windows, signed_out_at=None)
    return {session.window_id: session for session in rows.order_by("pk")}


def _check_room(event: TicketEvent, ticket: Ticket, sessions: dict[int, WindowSession], now: datetime) -> None:
    """Where the number goes back to must be free for it."""
    if event.before in AT_WINDOW:
        _check_window(facts_from(event.detail["was"]), ticket, sessions)
    if ticket.phone and event.before in ACTIVE and not ticket.is_active:
        others = Ticket.objects.active().filter(phone=ticket.phone).exclude(pk=ticket.pk)
        if others.exists():
            raise Refused("phone_has_number", "这位客户已有另一个号码在等候,请用新号码。")


def _check_window(was: dict[str, Any], ticket: Ticket, sessions: dict[int, WindowSession]) -> None:
    window_id, clerk_id = was.get("window_id", ticket.window_id), was.get("clerk_id", ticket.clerk_id)
    session = sessions.get(window_id or 0)
    if session is None or session.clerk_id != clerk_id:
        raise Refused("not_signed_in", f"{ticket.number} 的窗口已经签出,不能撤销。")
    if session.is_paused:
        raise Refused("window_paused", "本窗口已暂停服务,请先恢复服务再撤销。")
    there = Ticket.objects.filter(window=session.window_id) | Ticket.objects.filter(clerk=session.clerk_id)
    busy = there.filter(state__in=AT_WINDOW).exclude(pk=ticket.pk).first()
    if busy is not None:
        raise Refused("window_busy", f"本窗口已在办理 {busy.number},不能撤销。")


def _take_back(event: TicketEvent, ticket: Ticket, actor: Actor, now: datetime) -> None:
    """Restore the facts of one move. A number that the same key had made (R-Q-16's uncounted person) is given back."""
    undid = {"undid": event.did, "event": event.pk}
    if event.did == Did.TAKEN:
        move(ticket, Did.UNDONE, TicketState.CANCELLED, actor=actor, now=now, finished_at=now, detail=undid)
        return
    put_back(event, ticket)
    facts = facts_from(event.detail["was"])
    move(ticket, Did.UNDONE, TicketState(event.before), actor=actor, now=now, detail=undid, **facts)
    if event.did == Did.CALLED and ticket.phone:
        _tell_undone(event, ticket)


def _set_run_back(event: TicketEvent, sessions: dict[int, WindowSession]) -> None:
    """A call that did not happen does not count towards the cap on priority."""
    session = sessions.get(event.window_id or 0)
    if event.did == Did.CALLED and session is not None and "run" in event.detail:
        session.priority_run = event.detail["run"]
        session.save(update_fields=["priority_run"])


def _tell_undone(event: TicketEvent, ticket: Ticket) -> None:
    """The call may have been texted already; a text cannot be unsent, so another one puts it right."""
    messages.send_sms(
        ticket.phone,
        template="queue_undone",
        context={"number": ticket.number, "hall": ticket.hall.name},
        kind=MessageKind.CALL,
        key=f"undone:{event.pk}",
        hall=ticket.hall.code,
    )
