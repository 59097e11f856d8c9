"""A past day of a hall, read for a replay."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from core import time
from halls.models import Hall, Window
from queueing.models import Ticket, TicketEvent, WindowEvent
from queueing.rules.replay import BOOKED, HEAD_START_BOOKED, Day, Desk, Values, Visit, kind_of
from queueing.states import AT_WINDOW, Did, Source, TicketState, WindowDid

OPENS = (WindowDid.SIGNED_IN, WindowDid.RESUMED)


def day_of(hall: Hall, day: date, values: Values) -> Day:
    """What really happened; `values` are those that were in force (an appointment's slot is its place without them)."""
    begins, ends = time.day_bounds(day)
    rows = Ticket.objects.filter(hall=hall, business_day=day, is_simulated=False).order_by("taken_at")
    facts = ("pk", "number", "letter", "lane", "group_id", "source", "call_order_at")
    tickets = {row["pk"]: row for row in rows.values(*facts)}
    told: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    events = TicketEvent.objects.filter(hall=hall, at__gte=begins, at__lt=ends).order_by("pk")
    for event in events.values("ticket_id", "did", "at", "before", "after", "detail"):
        told[event["ticket_id"]].append({**event})
    visits: list[Visit] = []
    for pk, row in tickets.items():
        booked = values[HEAD_START_BOOKED] if row["source"] == Source.BOOKED else None
        visits += visits_of(row, told[pk], begins, booked=booked)
    return Day(tuple(visits), tuple(_desks(hall, begins, ends)))


def visits_of(
    row: dict[str, Any], events: Iterable[dict[str, Any]], midnight: datetime, *, booked: int | None = None
) -> list[Visit]:
    """The stays in the line of one number, each with the time it then took at windows."""
    visits: list[Visit] = []
    since: float | None = None  # at a window
    for event in events:
        at = (event["at"] - midnight).total_seconds()
        if since is not None and visits:
            visits[-1] = replace(visits[-1], held_window=(visits[-1].held_window or 0) + at - since)
            since = None
        if event["did"] == Did.TAKEN:
            visits.append(_first_visit(row, at, midnight, booked))
        elif visits and event["before"] != TicketState.WAITING and event["after"] == TicketState.WAITING:
            visits += _back_in_line(visits, event, at, midnight)
        elif visits and event["before"] == TicketState.WAITING and event["after"] == TicketState.CALLED:
            visits[-1] = replace(visits[-1], called=at)
        elif visits and event["before"] == TicketState.WAITING and event["after"] != TicketState.WAITING:
            visits[-1] = replace(visits[-1], gone=at)
        if event["after"] in AT_WINDOW:
            since = at
    return visits


def _first_visit(row: dict[str, Any], at: float, midnight: datetime, booked: int | None) -> Visit:
    kind = kind_of(row["letter"], row["lane"], is_booked=booked is not None)
    slot = None
    if kind == BOOKED:
        slot = (row["call_order_at"] - midnight).total_seconds() + 60 * (booked or 0)
    return Visit(row["number"], at, kind, row["letter"], row["lane"], row["group_id"], order=slot)


def _back_in_line(visits: list[Visit], event: dict[str, Any], at: float, midnight: datetime) -> list[Visit]:
    """A call that was undone never was; whoever is sent on or comes back late stands in the line anew."""
    if event["did"] == Did.UNDONE:
        visits[-1] = replace(visits[-1], called=None, held_window=None)
        return []
    order = event["detail"].get("order")
    place = (datetime.fromisoformat(order) - midnight).total_seconds() if order else at
    group = event["detail"].get("group", visits[-1].group)
    fresh = replace(visits[-1], at=at, order=place, group=group, called=None, gone=None)
    return [replace(fresh, held_window=None, is_first=False)]


def _desks(hall: Hall, begins: datetime, ends: datetime) -> Iterable[Desk]:
    """Windows with the spans in which somebody sat there and had not put up 暂停服务."""
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    opened: dict[int, float] = {}
    last = (ends - begins).total_seconds()
    events = WindowEvent.objects.filter(hall=hall, at__gte=begins, at__lt=ends, session__is_simulated=False)
    for window_id, did, at in events.order_by("at", "pk").values_list("session__window_id", "did", "at"):
        moment = (at - begins).total_seconds()
        if did in OPENS:
            opened.setdefault(window_id, moment)
        elif window_id in opened:
            spans[window_id].append((opened.pop(window_id), moment))
    for window_id, moment in opened.items():
        spans[window_id].append((moment, last))
    for window in Window.objects.filter(pk__in=spans).order_by("number").prefetch_related("groups"):
        groups = frozenset(group.pk for group in window.groups.all())
        yield Desk(window.pk, groups, window.reserved, tuple(spans[window.pk]))
