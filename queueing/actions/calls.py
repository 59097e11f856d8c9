"""Calling the next number to a window."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from halls.models import Window
from queueing.actions.moves import Actor, locked, move
from queueing.actions.taking import add_to_line
from queueing.actions.tickets import finished, free_session, tell_called
from queueing.models import Ticket, WindowSession
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.queries.layout import WindowFacts
from queueing.rules import fairness, notes
from queueing.rules import numbers as rules
from queueing.states import Did, TicketState


def check_caller(session: WindowSession, actor: Actor) -> None:
    """Raises Refused("not_yours") unless the clerk of the window, or the window's own hardware caller, asks."""
    if actor.person is not None and actor.person.pk == session.clerk_id:
        return
    if actor.device is not None and actor.device.window_id == session.window_id and actor.device.may("queue.call"):
        return
    raise Refused("not_yours", f"{session.window.label} 由 {session.clerk.name} 使用中,请在自己签入的窗口叫号。")


def locked_session(window: Window) -> WindowSession:
    """The window's open session, held until commit, so that two taps of one key are one after the other."""
    for session in reads.lock_session(window.pk):
        session.window = window
        return session
    raise Refused("not_signed_in", f"{window.label} 还没有签入,请先签入窗口。")


@transaction.atomic
def call_next(window: Window, *, actor: Actor, now: datetime, finishing: bool = False) -> Ticket | None:
    """Call whoever is next for this window and its clerk; None when nobody waits.

    `finishing` ends the current service first, in the same transaction. The row is taken with SKIP LOCKED: two
    windows never get the same number and never wait for each other.
    Raises Refused: not_signed_in, not_yours, window_paused, window_busy.
    """
    session = locked_session(window)
    check_caller(session, actor)
    if session.is_paused:
        raise Refused("window_paused", "本窗口已暂停服务,请先恢复服务再叫号。")
    layout = layouts.of(window.hall_id, now)
    for current in reads.lock_current(window.pk, session.clerk_id):
        if not finishing:
            raise Refused("window_busy", f"本窗口还有 {current.number} 正在办理,请先办结或暂挂。")
        current.hall = layout.hall
        finished(current, actor=actor, now=now)
    facts = layout.window(window.pk)
    if facts is None:
        raise Refused("window_closed", f"{window.label} 已停用,请换一个窗口。")
    cap = reads.cap_at(session, facts, layout)
    is_full = fairness.is_full(session.priority_run, cap)
    for ticket in reads.lock_next(facts, window.hall_id, session.clerk_id, session.reserved_now, is_full):
        ticket.hall = layout.hall
        run = _count_run(ticket, session, facts, is_full=is_full) if cap else None
        return _call(ticket, session, actor=actor, now=now, run=run)
    return None


@dataclass(frozen=True)
class Run:
    """The window's run of calls past others as it was; `is_turn`: the cap made it this number's turn."""

    before: int
    is_turn: bool


def _count_run(ticket: Ticket, session: WindowSession, facts: WindowFacts, *, is_full: bool) -> Run | None:
    """Counted per window, under the session's lock that a call holds anyway; None when nothing changes."""
    before = session.priority_run
    line = reads.callable_at(facts, ticket.hall_id, session.clerk_id)
    passed = ticket.has_head_start and reads.is_anybody_passed(ticket, line)
    after = fairness.run_after(before, ticket, passed=passed)
    if before == after:
        return None
    session.priority_run = after
    session.save(update_fields=["priority_run"])
    is_turn = is_full and line.order_by().filter(call_order_at__lt=ticket.call_order_at).exists()
    return Run(before, is_turn)


def _call(
    ticket: Ticket, session: WindowSession, *, actor: Actor, now: datetime, run: Run | None = None, reason: str = ""
) -> Ticket:
    directed = ticket.directed_window_id is not None or ticket.directed_clerk_id is not None
    waited = now - ticket.taken_at - timedelta(seconds=ticket.away_seconds)
    moved = ticket.first_called_at is not None and ticket.calls > 0
    why = rules.why_next(ticket.letter, ticket.lane, directed=directed, waited=waited, number=ticket.number)
    if run and run.is_turn:
        why = rules.why_turn(ticket.number, waited=waited)
    if reason:
        why = rules.why_chosen(ticket.number, reason)
    detail = {"times": 1, "moved": moved, "why": why, "clerk": session.clerk_id}
    detail |= ({"run": run.before} if run else {}) | ({"reason": reason} if reason else {})
    move(
        ticket,
        Did.CALLED,
        TicketState.CALLED,
        actor=actor,
        now=now,
        window=session.window,
        clerk_id=session.clerk_id,
        called_at=now,
        first_called_at=ticket.first_called_at or now,
        calls=1,
        directed_window=None,
        directed_clerk=None,
        why=why,
        detail=detail,
    )
    if ticket.phone:
        tell_called(ticket, session.window.label, now)
    return ticket


@transaction.atomic
def call_chosen(ticket_id: UUID, reason: str, *, actor: Actor, now: datetime) -> Ticket:
    """Call a number out of turn to the clerk's own window, with the reason on record.

    Raises Refused: reason_needed, reason_too_long, not_signed_in, window_paused, window_busy, not_waiting,
    not_served_here.
    """
    told = notes.reason_text(reason)
    if not told:
        raise Refused("reason_needed", "请选择或填写先叫的原因。")
    if len(told) > notes.REASON_LENGTH:
        raise Refused("reason_too_long", f"原因最多 {notes.REASON_LENGTH} 个字,请写短一些。")
    session = free_session(actor)
    if session.is_paused:
        raise Refused("window_paused", "本窗口已暂停服务,请先恢复服务再叫号。")
    ticket = locked(ticket_id)
    if ticket.state != TicketState.WAITING:
        where = f"刚被 {ticket.window.label}叫走" if ticket.state == TicketState.CALLED and ticket.window else ""
        state = where or f"现在是「{ticket.get_state_display()}」"
        raise Refused("not_waiting", f"{ticket.number} {state},请另选一位,或按「叫下一位」。")
    facts = layouts.of(ticket.hall_id, now).window(session.window_id)
    mine = reads.callable_at(facts, ticket.hall_id, session.clerk_id) if facts else Ticket.objects.none()
    if not mine.filter(pk=ticket.pk).exists():
        raise Refused("not_served_here", f"{ticket.number} 不能在 {session.window.label} 办理,请另选一位。")
    return _call(ticket, session, actor=actor, now=now, reason=told)


@transaction.atomic
def serve_next_in_line(window: Window, *, actor: Actor, now: datetime) -> Ticket:
    """One key for a hall without a machine: end the current service, and whoever steps up is being served.

    Somebody who was not counted in the line is counted now, with no wait (R-Q-16).
    """
    ticket = call_next(window, actor=actor, now=now, finishing=True)
    if ticket is None:
        add_to_line(window.hall, actor=actor, now=now, is_simulated=locked_session(window).is_simulated)
        ticket = call_next(window, actor=actor, now=now)
    if ticket is None:
        raise Refused("not_served_here", f"{window.label} 没有可办的业务,请联系店长设置。")
    return move(ticket, Did.STARTED, TicketState.SERVING, actor=actor, now=now, started_at=now)
