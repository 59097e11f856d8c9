"""What the clerk's screen shows: my queue, the current customer, my day."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet, Sum

from core import time
from halls.models import Hall, Window
from queueing.models import Ticket, WindowSession
from queueing.queries import board
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.queries.layout import Layout
from queueing.rules import numbers as rules
from queueing.states import TicketState, WindowState
from staff.models import User

QUEUE_SHOWN = 12
LONG_WAIT = timedelta(minutes=15)
CARE_WAIT = timedelta(minutes=30)


def window_choices(halls: QuerySet[Hall]) -> list[dict[str, Any]]:
    """Windows to sign in to, by hall, with who sits there."""
    windows = Window.objects.filter(hall__in=halls, is_active=True).order_by("hall__code", "number")
    taken = WindowSession.objects.filter(window__hall__in=halls, signed_out_at=None).select_related("clerk")
    by_window = {session.window_id: session.clerk.name for session in taken}
    found: dict[int, dict[str, Any]] = {hall.pk: {"hall": hall, "windows": []} for hall in halls}
    for window in windows.prefetch_related("groups"):
        names = "、".join(group.name for group in window.groups.all() if group.is_active)
        row = {"window": window, "taken_by": by_window.get(window.pk), "serves": names}
        found[window.hall_id]["windows"].append(row)
    return list(found.values())


def panel(session: WindowSession, now: datetime) -> dict[str, Any]:
    """Everything that changes on the counter page."""
    layout = layouts.of(session.window.hall_id, now)
    window = layout.window(session.window_id)
    line = reads.callable_at(window, layout.hall.pk, session.clerk_id) if window else Ticket.objects.none()
    waiting = list(line.select_related("group", "business")[: QUEUE_SHOWN + 1])
    current = reads.at_window(session)
    return {
        "session": session,
        "hall": layout.hall,
        "now": now,
        "state": _state(session, current),
        "serves": "、".join(layout.groups[pk].name for pk in _served(layout, session.window_id)),
        "queue": [_queued(ticket, now) for ticket in waiting[:QUEUE_SHOWN]],
        "more": line.count() - QUEUE_SHOWN if len(waiting) > QUEUE_SHOWN else 0,
        "waiting_count": line.count() if len(waiting) > QUEUE_SHOWN else len(waiting),
        "held": _held(layout.hall, session),
        "current": _current(current, layout, now) if current else None,
        "today": today(session.clerk, now),
        "hall_waiting": board.waiting_by_hall([layout.hall.pk]).get(layout.hall.pk, 0),
        "hall_windows": board.open_windows_by_hall([layout.hall.pk]).get(layout.hall.pk, 0),
        "transfer_to": _targets(layout, session) if current else None,
    }


def _state(session: WindowSession, current: Ticket | None) -> WindowState:
    if current is not None:
        return WindowState(current.state)
    return WindowState.PAUSED if session.is_paused else WindowState.FREE


def _served(layout: Layout, window_id: int) -> list[int]:
    window = layout.window(window_id)
    return [pk for pk in layout.groups if window and pk in window.group_ids]


def _queued(ticket: Ticket, now: datetime) -> dict[str, Any]:
    waited = now - ticket.taken_at
    tone = "late" if waited > CARE_WAIT else "warn" if waited > LONG_WAIT else ""
    return {"ticket": ticket, "minutes": int(waited.total_seconds() // 60), "tone": tone}


def _held(hall: Hall, session: WindowSession) -> list[dict[str, Any]]:
    mine = Q(window_id=session.window_id) | Q(clerk_id=session.clerk_id)
    held = Ticket.objects.filter(mine, hall=hall, state=TicketState.HELD).select_related("group", "business")
    return [{"ticket": ticket, "since": ticket.held_at} for ticket in held.order_by("held_at")]


def _current(ticket: Ticket, layout: Layout, now: datetime) -> dict[str, Any]:
    recall_wait = layout.number(rules.RECALL_SECONDS)
    called_at = ticket.called_at or now
    patience = rules.no_show_at(
        called_at,
        ticket.calls,
        calls_needed=layout.number(rules.CALLS_BEFORE_NO_SHOW),
        seconds=layout.number(rules.NO_SHOW_SECONDS),
    )
    group = layout.groups.get(ticket.group_id)
    minutes = ticket.business.minutes if ticket.business else group.mean_minutes if group else None
    return {
        "ticket": ticket,
        "customer": ticket.customer,
        "waited_minutes": int(ticket.waited(now).total_seconds() // 60),
        "is_serving": ticket.state == TicketState.SERVING,
        "since": _served_since(ticket),
        "usual_minutes": round(minutes) if minutes else None,
        "next_call": rules.next_call_at(called_at, seconds=recall_wait),
        "next_call_number": ticket.calls + 1,
        "no_show_at": patience,
        "documents": [part for part in (ticket.business.documents if ticket.business else "").split("、") if part],
    }


def _served_since(ticket: Ticket) -> datetime | None:
    """The moment from which the shown clock runs: service without what it was held, or the last call."""
    if ticket.state != TicketState.SERVING or ticket.started_at is None:
        return ticket.called_at
    return ticket.started_at + timedelta(seconds=ticket.held_seconds)


def _targets(layout: Layout, session: WindowSession) -> dict[str, Any]:
    """Where the current number can go: groups, other open windows, colleagues at work."""
    seated = WindowSession.objects.filter(window__hall=layout.hall, signed_out_at=None).exclude(pk=session.pk)
    rows = list(seated.select_related("window", "clerk").order_by("window__number"))
    return {"groups": layout.groups.values(), "sessions": rows}


def today(clerk: User, now: datetime) -> dict[str, Any]:
    """The clerk's own day: served, mean handling time, rating, 空票; numbers shown by a demo run do not count."""
    mine = Ticket.objects.filter(clerk=clerk, business_day=time.business_day(now), is_simulated=False)
    done = mine.filter(state=TicketState.DONE)
    span = done.aggregate(
        served=Count("id"),
        mean=Avg(F("finished_at") - F("started_at")),
        held=Sum("held_seconds"),
        rating=Avg("rating"),
    )
    seconds = 0
    if span["served"]:
        seconds = int(span["mean"].total_seconds() - (span["held"] or 0) / span["served"]) if span["mean"] else 0
    return {
        "served": span["served"],
        "mean": f"{seconds // 60}:{seconds % 60:02d}" if span["served"] else "—",
        "rating": f"{span['rating']:.1f}" if span["rating"] else "—",
        "no_shows": mine.filter(state=TicketState.NO_SHOW).count(),
    }
