"""The moving part of a hall at one moment: who sits where, who is served, who waits. Read with every event."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from core.sql import kept_values
from queueing.models import Ticket, WindowSession
from queueing.queries.layout import Layout
from queueing.rules import numbers as rules
from queueing.rules.waits import LONGEST_LINE
from queueing.states import AT_WINDOW, Lane, TicketState, WindowState

CLASS_NAMES = {rules.VIP_LETTER: "VIP", rules.GOTONE_LETTER: "全球通"}


@dataclass(frozen=True)
class Queued:
    """Waiting numbers of one letter and group; `before[minutes]` = those a newcomer with that head start lets pass."""

    letter: str
    group_id: int
    count: int
    before: dict[int, int]


@dataclass(frozen=True)
class Seat:
    """A clerk at a window; who it is stays unsaid."""

    paused_at: datetime | None
    pause_reason: str
    back_at: datetime | None
    clerk_id: int
    reserved_now: str = ""


@dataclass(frozen=True)
class Current:
    number: str
    state: str
    group_id: int
    business_id: int | None
    called_at: datetime | None
    held_seconds: int


@dataclass(frozen=True)
class Place:
    """One number in the line."""

    number: str
    letter: str
    group_id: int
    business_id: int | None
    lane: str
    taken_at: datetime
    call_order_at: datetime
    away_seconds: int
    directed_window_id: int | None
    directed_clerk_id: int | None


@dataclass(frozen=True)
class Floor:
    """The moving part of a hall at one moment, by window."""

    sessions: dict[int, Seat]
    at_windows: dict[int, Current]
    queued: list[Queued]

    @property
    def waiting(self) -> int:
        return sum(row.count for row in self.queued)

    def state_of(self, window_id: int) -> WindowState:
        session, ticket = self.sessions.get(window_id), self.at_windows.get(window_id)
        if ticket is not None:
            return WindowState(ticket.state)
        if session is None:
            return WindowState.CLOSED
        return WindowState.PAUSED if session.paused_at else WindowState.FREE

    def is_open(self, window_id: int) -> bool:
        session = self.sessions.get(window_id)
        return session is not None and session.paused_at is None


def floor(layout: Layout, now: datetime) -> Floor:
    return Floor(
        sessions={row[0]: Seat(*row[1:]) for row in _seats(layout.window_ids)},
        at_windows={row[0]: Current(*row[1:]) for row in _current(layout.window_ids)},
        queued=_queued(layout, now),
    )


@kept_values
def _seats(window_ids: tuple[int, ...]) -> QuerySet[WindowSession, Any]:
    open_now = WindowSession.objects.filter(window_id__in=window_ids, signed_out_at=None).order_by()
    return open_now.values_list("window_id", "paused_at", "pause_reason", "back_at", "clerk_id", "reserved_now")


@kept_values
def _current(window_ids: tuple[int, ...]) -> QuerySet[Ticket, Any]:
    here = Ticket.objects.filter(window_id__in=window_ids, state__in=AT_WINDOW).order_by()
    return here.values_list(
        "window_id", "number", "state", "group_id", "business_id", "called_at", "held_seconds"
    )  # fmt: skip


def _queued(layout: Layout, now: datetime) -> list[Queued]:
    starts = sorted({head_start_minutes(layout, letter, "") for letter in ("", *CLASS_NAMES)})
    earlier = ", count(*) FILTER (WHERE call_order_at <= %s)" * len(starts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT letter, group_id, count(*){earlier} FROM queueing_ticket
            WHERE hall_id = %s AND state = 'waiting' GROUP BY letter, group_id
            """,
            [*(now - timedelta(minutes=minutes) for minutes in starts), layout.hall.pk],
        )
        rows = cursor.fetchall()
    return [
        Queued(letter, group_id, count, dict(zip(starts, before, strict=True)))
        for letter, group_id, count, *before in rows
    ]


def line(hall_id: int) -> list[Place]:
    """Who waits, in calling order; asked only for lines that are played person by person."""
    return [Place(*row) for row in _line(hall_id)]


@kept_values
def _line(hall_id: int) -> QuerySet[Ticket, Any]:
    waiting = Ticket.objects.filter(hall_id=hall_id, state=TicketState.WAITING).order_by("call_order_at", "number")
    return waiting.values_list(
        "number",
        "letter",
        "group_id",
        "business_id",
        "lane",
        "taken_at",
        "call_order_at",
        "away_seconds",
        "directed_window_id",
        "directed_clerk_id",
    )[:LONGEST_LINE]


def head_start_minutes(layout: Layout, letter: str, lane: str) -> int:
    """The better of what class and lane give."""
    names = {rules.head_start_name(letter, lane), rules.head_start_name(letter, Lane.NORMAL)} - {None}
    return max((layout.number(name) for name in names if name), default=0)


def earlier_by_group(ticket: Ticket, group_ids: frozenset[int]) -> dict[int, int]:
    """Waiting numbers of these groups that stand before one, by group."""
    before = Q(call_order_at__lt=ticket.call_order_at)
    before |= Q(call_order_at=ticket.call_order_at, number__lt=ticket.number)
    rows = Ticket.objects.filter(before, hall_id=ticket.hall_id, state=TicketState.WAITING, group_id__in=group_ids)
    counted = rows.exclude(pk=ticket.pk).values("group_id").order_by().annotate(count=Count("id"))
    return {row["group_id"]: row["count"] for row in counted}
