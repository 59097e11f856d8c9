"""Reads about numbers: who is next, who is ahead, what a number looks like from outside."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, F, IntegerField, Q, QuerySet, Subquery, Value, When

from core import time
from core.sql import kept_rows
from halls.models import Window
from halls.states import Reserved
from queueing.models import Ticket, WindowSession
from queueing.queries import layout as layouts
from queueing.queries import waits
from queueing.queries.layout import Layout, WindowFacts
from queueing.rules import fairness
from queueing.rules import numbers as rules
from queueing.rules.waits import Wait
from queueing.states import ACTIVE, AT_WINDOW, Lane, TicketState

PREFERRED: dict[str, Q] = {
    Reserved.VIP: Q(letter=rules.VIP_LETTER),
    Reserved.GOTONE: Q(letter__in=(rules.VIP_LETTER, rules.GOTONE_LETTER)),
    Reserved.GREEN: Q(lane=Lane.GREEN),
}
NO_HEAD_START = Q(call_order_at__gte=F("taken_at"))
LINE_MOST = 200


def callable_at(window: WindowFacts, hall_id: int, clerk_id: int | None, only: str = "") -> QuerySet[Ticket]:
    """Waiting numbers that this window and clerk may call, in calling order (the cap apart: `line_at`).

    A reserved window takes its own customers first, then the others (DESIGN section 3); inside that, the order is
    `call_order_at`: the time of taking less the head start of the class. With `only`, for whom the window is kept
    for now (R-Q-15), it takes nobody else, except those sent to it.
    """
    here = Q(directed_window_id=window.id) | Q(directed_window=None, directed_clerk_id=clerk_id)
    free = Q(directed_window=None, directed_clerk=None, group_id__in=window.group_ids)
    if only:
        free &= PREFERRED[only]
    waiting = Ticket.objects.filter(here | free, hall_id=hall_id, state=TicketState.WAITING)
    preferred = PREFERRED.get(window.reserved)
    if preferred is None:
        return waiting.order_by("call_order_at", "number")
    first = Case(When(preferred, then=Value(0)), default=Value(1), output_field=IntegerField())
    return waiting.order_by(first, "call_order_at", "number")


@kept_rows
def lock_next(
    window: WindowFacts, hall_id: int, clerk_id: int, only: str = "", is_full: bool = False
) -> QuerySet[Ticket, Ticket]:
    """Whoever is next, held until commit; rows that another window holds are passed over, not waited for.

    `is_full`: the window has called as many in a row past others as it may, so those who would be passed once more
    go first (`rules.fairness.next_of` says the same of a list).
    """
    line = callable_at(window, hall_id, clerk_id, only)
    if is_full:
        first_taken = Subquery(line.values("taken_at")[:1])
        passed = When(NO_HEAD_START, call_order_at__lt=first_taken, then=Value(0))
        line = line.order_by(Case(passed, default=Value(1), output_field=IntegerField()), "call_order_at", "number")
    return line.select_for_update(skip_locked=True)[:1]


def is_anybody_passed(ticket: Ticket, line: QuerySet[Ticket]) -> bool:
    """Whether somebody without a head start, who came before this number, waits in the same line."""
    others = line.exclude(pk=ticket.pk).order_by()
    return others.filter(NO_HEAD_START, call_order_at__lt=ticket.taken_at).exists()


def cap_at(session: WindowSession, window: WindowFacts, layout: Layout) -> int:
    """How many calls in a row may go past others here; 0 = any number, as at windows kept for somebody."""
    return 0 if window.reserved or session.reserved_now else layout.number(fairness.PRIORITY_RUN)


def line_at(session: WindowSession, window: WindowFacts, layout: Layout, *, most: int = LINE_MOST) -> list[Ticket]:
    """The line as this window and its clerk will call it, the cap obeyed."""
    rows = callable_at(window, layout.hall.pk, session.clerk_id, session.reserved_now)
    rows, cap = rows.select_related("group", "business"), cap_at(session, window, layout)
    if not cap:
        return list(rows[:most])
    return fairness.calling_order(rows[:most], run=session.priority_run, cap=cap)


@kept_rows
def lock_current(window_id: int, clerk_id: int) -> QuerySet[Ticket, Ticket]:
    """The number at a window or with its clerk, held until commit."""
    return _at_window(window_id, clerk_id).select_for_update()


@kept_rows
def lock_session(window_id: int) -> QuerySet[WindowSession, WindowSession]:
    """The window's open session, held until commit."""
    return WindowSession.objects.filter(window_id=window_id, signed_out_at=None).select_for_update().order_by()


def _at_window(window_id: int, clerk_id: int) -> QuerySet[Ticket, Ticket]:
    return Ticket.objects.filter(Q(window_id=window_id) | Q(clerk_id=clerk_id), state__in=AT_WINDOW).order_by()


def at_window(session: WindowSession) -> Ticket | None:
    """The number being called or served at a window or by its clerk."""
    rows = _at_window(session.window_id, session.clerk_id)
    return rows.select_related("business", "group", "customer").first()


@kept_rows
def _window(window_id: int) -> QuerySet[Window, Window]:
    return Window.objects.filter(pk=window_id)


def window_by_id(window_id: int, now: datetime) -> Window | None:
    """A window with its hall, which is that of the layout."""
    for window in _window(window_id):
        window.hall = layouts.of(window.hall_id, now).hall
        return window
    return None


def open_session(window: Window) -> WindowSession | None:
    return WindowSession.objects.filter(window=window, signed_out_at=None).select_related("clerk", "window").first()


def session_of(clerk: Any) -> WindowSession | None:
    """Where a clerk sits now."""
    mine = WindowSession.objects.filter(clerk_id=clerk.pk, signed_out_at=None)
    return mine.select_related("window__hall", "clerk").first()


def ahead_and_wait(ticket: Ticket, now: datetime) -> tuple[int, Wait | None]:
    """People who will be called before this number, and the wait to expect (None = unknown)."""
    outlook = waits.outlook(ticket.hall_id, now)
    return outlook.ahead(ticket), outlook.of(ticket)


def ahead_of(ticket: Ticket, now: datetime) -> int:
    return waits.outlook(ticket.hall_id, now).ahead(ticket)


def facts(ticket: Ticket, now: datetime, *, line: tuple[int, Wait | None] | None = None) -> dict[str, Any]:
    """What the API says of a number; `ahead` and the estimate only while it waits, unless known already: `line`."""
    layout = layouts.of(ticket.hall_id, now)
    group = layout.groups.get(ticket.group_id) or ticket.group
    waiting = ticket.state == TicketState.WAITING
    ahead, wait = line or (ahead_and_wait(ticket, now) if waiting else (0, None))
    window = layout.window(ticket.window_id) if ticket.state in (*ACTIVE, TicketState.DONE) else None
    return {
        "id": str(ticket.pk),
        "number": ticket.number,
        "state": ticket.state,
        "state_label": ticket.get_state_display(),
        "hall": layout.hall.code,
        "group": {"code": group.code, "name": group.name},
        "business": ticket.business.code if ticket.business else None,
        "about": ticket.business.name if ticket.business else group.name,
        "lane": ticket.lane,
        "source": ticket.source,
        "taken_at": _iso(ticket.taken_at),
        "called_at": _iso(ticket.called_at),
        "started_at": _iso(ticket.started_at),
        "finished_at": _iso(ticket.finished_at),
        "calls": ticket.calls,
        "window": {"id": window.id, "label": window.label, "number": window.number} if window else None,
        "ahead": ahead,
        "estimated_wait_seconds": wait.low_seconds if wait else None,
        "estimated_wait_high_seconds": wait.high_seconds if wait else None,
        "why": ticket.why,
        "phone": ticket.masked_phone,
        "rating": ticket.rating,
        "url": f"{settings.PUBLIC_URL}/t/{ticket.pk}/",
    }


def _iso(moment: datetime | None) -> str | None:
    return time.local(moment).isoformat() if moment else None
