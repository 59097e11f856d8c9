"""What the clerk's screen shows: my queue, the current customer, my day."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet

from core import time
from halls.models import Hall, Window
from halls.states import Reserved
from loyalty import hooks
from loyalty.queries import card as cards
from queueing.models import Alert, Ticket, TicketBusiness, WindowSession
from queueing.queries import board, service
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.queries.businesses import businesses_of
from queueing.queries.layout import Layout
from queueing.queries.undo import undoable
from queueing.rules import floor
from queueing.rules import numbers as rules
from queueing.rules.windows import HOLD_MINUTES, MEALS
from queueing.states import AlertKind, TicketState, WindowState
from staff.models import User
from staff.queries import handovers
from staff.queries.certificates import window_note

QUEUE_SHOWN = 12
LONG_WAIT = timedelta(minutes=15)
CARE_WAIT = timedelta(minutes=30)


def window_choices(halls: QuerySet[Hall], person: User, now: datetime) -> list[dict[str, Any]]:
    """Windows to sign in to, by hall, with who sits there, and what the person's certificate says (R-S-14)."""
    today = time.business_day(now)
    windows = Window.objects.filter(hall__in=halls, is_active=True).order_by("hall__code", "number")
    taken = WindowSession.objects.filter(window__hall__in=halls, signed_out_at=None).select_related("clerk")
    by_window = {session.window_id: session.clerk.name for session in taken}
    found: dict[int, dict[str, Any]] = {
        hall.pk: {"hall": hall, "windows": [], "note": window_note(person, hall, today)} for hall in halls
    }
    for window in windows.prefetch_related("groups"):
        names = "、".join(group.name for group in window.groups.all() if group.is_active)
        row = {"window": window, "taken_by": by_window.get(window.pk), "serves": names}
        found[window.hall_id]["windows"].append(row)
    return list(found.values())


def panel(session: WindowSession, now: datetime) -> dict[str, Any]:
    """Everything that changes on the counter page."""
    layout = layouts.of(session.window.hall_id, now)
    hall = layout.hall
    window = layout.window(session.window_id)
    waiting = reads.line_at(session, window, layout, most=reads.LINE_MOST) if window else []
    count = len(waiting)
    if window and count == reads.LINE_MOST:
        count = reads.callable_at(window, hall.pk, session.clerk_id, session.reserved_now).count()
    current = reads.at_window(session)
    hall_waiting = board.waiting_by_hall([hall.pk]).get(hall.pk, 0)
    hall_windows = board.open_windows_by_hall([hall.pk]).get(hall.pk, 0)
    peak = _is_peak(layout, hall_waiting, hall_windows)
    return {
        "session": session,
        "hall": hall,
        "now": now,
        "state": _state(session, current),
        "reserved": Reserved(session.reserved_now or (window.reserved if window else "")),
        "serves": "、".join(layout.groups[pk].name for pk in _served(layout, session.window_id)),
        "queue": [_queued(ticket, now) for ticket in waiting[:QUEUE_SHOWN]],
        "more": max(count - QUEUE_SHOWN, 0),
        "waiting_count": count,
        "held": _held(layout, session, now),
        "today": today(session.clerk, now),
        "hall_waiting": hall_waiting,
        "hall_windows": hall_windows,
        "is_peak": peak,
        "undo": undoable(session.clerk, now),
        "manager": _manager(session),
        "handover": handovers.mine(session.clerk, now),
        "meals": [layout.number(name) for name in MEALS],
        **_customer(current, session, layout, peak, now),
    }


def _is_peak(layout: Layout, waiting: int, windows: int) -> bool:
    per_window, line = layout.number(floor.PEAK_PER_WINDOW), layout.number(floor.PEAK_LINE)
    return floor.is_peak(waiting, windows, is_line=layout.hall.is_line, per_window=per_window, line=line)


def _customer(
    current: Ticket | None, session: WindowSession, layout: Layout, peak: bool, now: datetime
) -> dict[str, Any]:
    """Whoever is at the window; with nobody there, the one who has just left, for a note."""
    about = current or service.last_served(session.clerk, layout, now)
    found = businesses_of(about) if about else []
    notes = service.notes(about, found, is_peak=peak) if about else None
    if current is None:
        return {"current": None, "notes": notes, "transfer_to": None}
    sees = session.clerk.may("customer.see", layout.hall)
    return {
        "current": _current(current, layout, now),
        "member": _member(current, session, now) if sees else None,
        "papers": service.papers(current, found),
        "businesses": service.businesses(current, found),
        "to_add": service.to_add(layout, found),
        "repeat": service.repeat(current, layout, now) if sees else None,
        "notes": notes if current.state == TicketState.SERVING else None,
        "transfer_to": _targets(layout, session),
    }


def _member(ticket: Ticket, session: WindowSession, now: datetime) -> dict[str, Any] | None:
    """What is known of the customer at the window: points or why not, the last visit, what may be opened."""
    if ticket.customer is None:
        return None
    visits = hooks.visits(ticket.customer.pk, most=1)
    return {
        "points": cards.points(ticket.customer, now),
        "last_visit": visits[0] if visits else None,
        "may_redeem": session.clerk.may("points.redeem", session.window.hall),
    }


def _manager(session: WindowSession) -> Alert | None:
    """The standing call for the duty manager from this window."""
    rows = Alert.objects.filter(hall=session.window.hall_id, kind=AlertKind.MANAGER, subject=str(session.window_id))
    return rows.filter(closed_at=None).select_related("handled_by", "answered_by").first()


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


def _held(layout: Layout, session: WindowSession, now: datetime) -> list[dict[str, Any]]:
    """Numbers set aside here, with how long, and whether that is longer than a hold should last."""
    mine = Q(window_id=session.window_id) | Q(clerk_id=session.clerk_id)
    held = Ticket.objects.filter(mine, hall=layout.hall, state=TicketState.HELD).select_related("group", "business")
    limit = timedelta(minutes=layout.number(HOLD_MINUTES))
    rows = [(ticket, now - ticket.held_at) for ticket in held.order_by("held_at") if ticket.held_at]
    return [
        {
            "ticket": ticket,
            "since": ticket.held_at,
            "minutes": int(held_for.total_seconds() // 60),
            "is_long": held_for > limit,
        }
        for ticket, held_for in rows
    ]


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
    """The clerk's own day; numbers shown by a demo run do not count.

    A number held is out of the mean for that time; several businesses on it are one service and several businesses.
    """
    mine = Ticket.objects.filter(clerk=clerk, business_day=time.business_day(now), is_simulated=False)
    done = mine.filter(state=TicketState.DONE)
    span = done.aggregate(
        served=Count("id"),
        mean=Avg(F("finished_at") - F("started_at")),
        held=Avg("held_seconds"),
        rating=Avg("rating"),
    )
    added = TicketBusiness.objects.filter(ticket__in=done).count()
    seconds = int(span["mean"].total_seconds() - span["held"]) if span["mean"] is not None else 0
    return {
        "served": span["served"],
        "businesses": span["served"] + added,
        "mean": f"{seconds // 60}:{seconds % 60:02d}" if span["served"] else "—",
        "rating": f"{span['rating']:.1f}" if span["rating"] else "—",
        "no_shows": mine.filter(state=TicketState.NO_SHOW).count(),
    }
