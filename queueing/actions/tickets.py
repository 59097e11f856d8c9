"""The verbs of a number after it is taken and before or after it is served."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core.errors import Refused
from core.time import local
from halls.models import BusinessType, Window
from halls.queries import number as parameter
from messaging import actions as messages
from messaging.states import MessageKind
from queueing.actions.moves import Actor, check, locked, move
from queueing.models import PreAcceptance, Ticket, WindowSession
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.rules import numbers as rules
from queueing.states import Did, Place, TicketState
from staff.models import User

NOWHERE = {"window": None, "clerk": None}


def own(ticket: Ticket, actor: Actor) -> None:
    """Raises Refused("not_yours") unless the number is at this clerk's window, or a manager or its caller acts."""
    if actor.person is not None and (ticket.clerk_id == actor.person.pk or actor.may("queue.manage", ticket.hall)):
        return
    if actor.device is not None and actor.device.window_id == ticket.window_id:
        return
    where = f"在 {ticket.window.label} 办理" if ticket.window else "不在本窗口"
    raise Refused("not_yours", f"{ticket.number} {where},只能由该窗口操作。")


@transaction.atomic
def recall(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """Call the same number once more. Raises Refused: bad_move, not_yours, too_soon."""
    ticket = locked(ticket_id)
    check(ticket, Did.RECALLED)
    own(ticket, actor)
    wait = parameter(rules.RECALL_SECONDS, ticket.hall, now)
    if ticket.called_at and now < rules.next_call_at(ticket.called_at, seconds=wait):
        raise Refused("too_soon", f"两次叫号至少间隔 {wait} 秒,请稍候。")
    times = ticket.calls + 1
    detail = {"times": times}
    return move(
        ticket,
        Did.RECALLED,
        TicketState.CALLED,
        actor=actor,
        now=now,
        calls=times,
        called_at=now,
        detail=detail,
    )


@transaction.atomic
def start(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """The customer has come to the window."""
    ticket = locked(ticket_id)
    check(ticket, Did.STARTED)
    own(ticket, actor)
    return move(ticket, Did.STARTED, TicketState.SERVING, actor=actor, now=now, started_at=now, **_prepared(ticket))


def _prepared(ticket: Ticket) -> dict[str, Any]:
    """Handling starts from the form filled while waiting (R-Q-12): its business, where the number knew only a group."""
    if ticket.business_id is not None:
        return {}
    form = PreAcceptance.objects.filter(ticket=ticket).select_related("business").first()
    return {"business": form.business} if form else {}


@transaction.atomic
def finish(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """End the service; the window is free for the next call. A forgotten start falls back to the call."""
    ticket = locked(ticket_id)
    check(ticket, Did.FINISHED)
    own(ticket, actor)
    return finished(ticket, actor=actor, now=now)


def finished(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """The end itself, for a number whose row is held and whose clerk is known."""
    began = ticket.started_at or ticket.called_at
    return move(ticket, Did.FINISHED, TicketState.DONE, actor=actor, now=now, started_at=began, finished_at=now)


@transaction.atomic
def mark_no_show(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """Nobody came (R-Q-10). By hand at any time; the counter's key waits for `patience_until`."""
    ticket = locked(ticket_id)
    check(ticket, Did.NO_SHOW)
    own(ticket, actor)
    return move(ticket, Did.NO_SHOW, TicketState.NO_SHOW, actor=actor, now=now, finished_at=now)


def patience_until(ticket: Ticket, now: datetime) -> datetime | None:
    """From when the counter may mark 过号; None while the number has not been called often enough."""
    if ticket.called_at is None:
        return None
    calls = parameter(rules.CALLS_BEFORE_NO_SHOW, ticket.hall, now)
    seconds = parameter(rules.NO_SHOW_SECONDS, ticket.hall, now)
    return rules.no_show_at(ticket.called_at, ticket.calls, calls_needed=calls, seconds=seconds)


@transaction.atomic
def hold(ticket_id: UUID, kind: str, *, actor: Actor, now: datetime) -> Ticket:
    """Set a number aside with its kind; the window is free, the number stays with its clerk."""
    ticket = locked(ticket_id)
    check(ticket, Did.HELD)
    own(ticket, actor)
    detail = {"kind": kind}
    return move(ticket, Did.HELD, TicketState.HELD, actor=actor, now=now, held_kind=kind, held_at=now, detail=detail)


@transaction.atomic
def resume(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """Go on with a held number at the clerk's own window. Raises Refused: bad_move, not_signed_in, window_busy."""
    session = free_session(actor)
    ticket = locked(ticket_id)
    check(ticket, Did.RESUMED)
    if ticket.window_id is None:
        raise Refused("set_aside", f"{ticket.number} 在引导台登记了待补资料,请在大厅引导点「补齐回来」。")
    if session.window.hall_id != ticket.hall_id:
        raise Refused("not_yours", f"{ticket.number} 不是本厅的号码。")
    return move(
        ticket,
        Did.RESUMED,
        TicketState.SERVING,
        actor=actor,
        now=now,
        window=session.window,
        clerk=session.clerk,
        started_at=ticket.started_at or now,
        held_kind="",
        held_at=None,
        held_seconds=ticket.held_seconds + _held_in_service(ticket, now),
        detail={"clerk": session.clerk_id},
    )


def _held_in_service(ticket: Ticket, now: datetime) -> int:
    """What a hold takes out of the service; one before the service began lies outside of it anyway."""
    if ticket.started_at is None or ticket.held_at is None:
        return 0
    return int((now - ticket.held_at).total_seconds())


def _not_waited(ticket: Ticket, now: datetime) -> int:
    """Seconds that the next wait leaves out: since the last call (at a window, on hold, gone after a no-show), or since
    the door set the number aside."""
    since = ticket.held_at if ticket.window_id is None else ticket.called_at
    return 0 if since is None else int((now - since).total_seconds())


def free_session(actor: Actor) -> WindowSession:
    """The clerk's own window, held, with nobody at it."""
    mine = WindowSession.objects.select_for_update(of=("self",)).filter(signed_out_at=None)
    whose = Q(window=actor.device.window) if actor.device else Q(clerk=actor.person)
    session = mine.filter(whose).select_related("window", "clerk").first()
    if session is None:
        raise Refused("not_signed_in", "请先签入窗口,再继续办理。")
    busy = reads.at_window(session)
    if busy is not None:
        raise Refused("window_busy", f"本窗口还有 {busy.number} 正在办理,请先办结或暂挂。")
    return session


@dataclass(frozen=True)
class Target:
    """Where a number goes on: to a business, a window or a person, and to which place in that line."""

    business: str = ""
    window: Window | None = None
    clerk: User | None = None
    place: str = Place.AGE


@transaction.atomic
def transfer(ticket_id: UUID, target: Target, *, actor: Actor, now: datetime) -> Ticket:
    """Send a number on. It keeps its number. Raises Refused: bad_move, not_yours, not_served_here, no_target."""
    ticket = locked(ticket_id)
    check(ticket, Did.TRANSFERRED)
    if ticket.state != TicketState.WAITING:
        own(ticket, actor)
    changes = _destination(ticket, target, now)
    line = Ticket.objects.filter(hall_id=ticket.hall_id, state=TicketState.WAITING).exclude(pk=ticket.pk)
    orders = line.filter(group_id=changes.get("group_id", ticket.group_id)).values_list("call_order_at", flat=True)
    if target.place == Place.FRONT:
        changes["call_order_at"] = rules.order_in_front(orders, now)
    elif target.place == Place.END:
        changes["call_order_at"] = max([now, *orders])
    detail = {"from": ticket.about, "place": str(target.place), "group": changes.get("group_id", ticket.group_id)}
    if ticket.started_at is not None:  # the row goes on to the next clerk; this one's work stays on record here
        detail["served_seconds"] = int(ticket.served_for(now).total_seconds())
    detail["order"] = changes.get("call_order_at", ticket.call_order_at).isoformat()
    return move(
        ticket,
        Did.TRANSFERRED,
        TicketState.WAITING,
        actor=actor,
        now=now,
        detail=detail,
        started_at=None,
        held_at=None,
        held_kind="",
        held_seconds=0,
        away_seconds=ticket.away_seconds + _not_waited(ticket, now),
        **NOWHERE,
        **changes,
    )


def _destination(ticket: Ticket, target: Target, now: datetime) -> dict[str, Any]:
    layout = layouts.of(ticket.hall_id, now)
    to: dict[str, Any] = {"directed_window": None, "directed_clerk": None}
    group_id = ticket.group_id
    if target.business:
        group, business = layout.group_for(target.business)
        if group is None or not any(layout.windows_for(frozenset({group.id}))):
            raise Refused("not_served_here", "本厅不办理这项业务,请换一项。")
        group_id = group.id
        to |= {"group_id": group_id, "business": BusinessType.objects.filter(code=business or "").first()}
    if target.window is not None:
        facts = layout.window(target.window.pk)
        if facts is None or group_id not in facts.group_ids:
            raise Refused("not_served_here", f"{target.window.label} 不办理这项业务,请换一个窗口。")
        to["directed_window"] = target.window
    elif target.clerk is not None:
        if not target.clerk.may("queue.serve", ticket.hall):
            raise Refused("no_target", f"{target.clerk.name} 不在本厅窗口办理业务。")
        to["directed_clerk"] = target.clerk
    elif not target.business:
        raise Refused("no_target", "请选择要转到的业务、窗口或人员。")
    return to


@transaction.atomic
def cancel(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """The customer, or the floor for them, gives the number back."""
    ticket = locked(ticket_id)
    check(ticket, Did.CANCELLED)
    return move(ticket, Did.CANCELLED, TicketState.CANCELLED, actor=actor, now=now, finished_at=now)


@transaction.atomic
def requeue(ticket_id: UUID, *, actor: Actor, now: datetime) -> Ticket:
    """A missed number comes back the same day, some places down (R-Q-10).

    Raises Refused: bad_move, other_day, too_often, phone_has_number.
    """
    ticket = locked(ticket_id)
    check(ticket, Did.REQUEUED)
    if ticket.business_day != local(now).date():
        raise Refused("other_day", f"{ticket.number} 是其他日期的号码,请重新取号。")
    if ticket.requeues >= parameter(rules.REQUEUE_TIMES, ticket.hall, now):
        raise Refused("too_often", f"{ticket.number} 已补办 {ticket.requeues} 次,请重新取号。")
    if ticket.phone and Ticket.objects.active().filter(phone=ticket.phone).exists():
        raise Refused("phone_has_number", "这位客户已有另一个号码在等候,请用新号码。")
    line = Ticket.objects.filter(hall_id=ticket.hall_id, group_id=ticket.group_id, state=TicketState.WAITING)
    places = parameter(rules.REQUEUE_PLACES, ticket.hall, now)
    order = rules.order_after(line.values_list("call_order_at", flat=True), places, now)
    return move(
        ticket,
        Did.REQUEUED,
        TicketState.WAITING,
        actor=actor,
        now=now,
        requeues=ticket.requeues + 1,
        call_order_at=order,
        away_seconds=ticket.away_seconds + _not_waited(ticket, now),
        detail={"order": order.isoformat()},
        calls=0,
        finished_at=None,
        near_told_at=None,
        **NOWHERE,
    )


@transaction.atomic
def rate(ticket_id: UUID, score: int, *, actor: Actor, now: datetime) -> Ticket:
    """One tap, 5 best to 1 worst, once, after the service (R-H-19). Raises Refused: not_done, rated_already."""
    ticket = locked(ticket_id)
    if ticket.state != TicketState.DONE:
        raise Refused("not_done", "业务办结后才能评价。")
    if ticket.rating is not None:
        raise Refused("rated_already", "这次服务已经评价过了,谢谢您。")
    detail = {"score": score}
    return move(ticket, Did.RATED, TicketState.DONE, actor=actor, now=now, rating=score, rated_at=now, detail=detail)


def tell_called(ticket: Ticket, window_label: str, now: datetime) -> None:
    """Put the call's SMS into the outbox, in the transaction of the call."""
    minutes = parameter(rules.CALL_VALID_MINUTES, ticket.hall, now)
    messages.send_sms(
        ticket.phone,
        template="queue_called",
        context={"number": ticket.number, "window": window_label, "minutes": minutes},
        kind=MessageKind.CALL,
        key=f"called:{ticket.pk}:{now:%H%M%S%f}",
        hall=ticket.hall.code,
    )
