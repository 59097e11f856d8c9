"""The life of a number told again from its events alone: what `tests/queueing/test_life.py` holds the rows against."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from queueing.models import TicketEvent
from queueing.states import Did
from queueing.states import TicketState as S


@dataclass(frozen=True)
class Life:
    """The facts of a row that its events must be able to rebuild."""

    state: str
    taken_at: datetime
    call_order_at: datetime
    group_id: int
    first_called_at: datetime | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    held_at: datetime | None = None
    held_kind: str = ""
    held_seconds: int = 0
    away_seconds: int = 0
    calls: int = 0
    requeues: int = 0
    window_id: int | None = None
    clerk_id: int | None = None
    rating: int | None = None
    moved_at: datetime | None = None


def told_again(taken: Life, events: Iterable[TicketEvent]) -> Life:
    """The life after all events, given what was known when the number was taken."""
    life, before = taken, {}
    for event in events:
        before[event.pk] = life
        if event.did == Did.UNDONE:
            life = _undone(event, life, before)
        else:
            life = replace(life, state=event.after, **STEPS[event.did](event, life))
        life = replace(life, moved_at=event.at)
    return life


def _undone(event: TicketEvent, life: Life, before: dict[int, Life]) -> Life:
    if event.detail["undid"] == Did.TAKEN:
        return replace(life, state=S.CANCELLED, finished_at=event.at)
    return before[event.detail["event"]]


def _called(event: TicketEvent, life: Life) -> dict[str, Any]:
    return {
        "called_at": event.at,
        "first_called_at": life.first_called_at or event.at,
        "calls": 1,
        "window_id": event.window_id,
        "clerk_id": event.detail["clerk"],
    }


def _resumed(event: TicketEvent, life: Life) -> dict[str, Any]:
    held = 0
    if life.started_at and life.held_at:
        held = int((event.at - life.held_at).total_seconds())
    return {
        "started_at": life.started_at or event.at,
        "held_at": None,
        "held_kind": "",
        "held_seconds": life.held_seconds + held,
        "window_id": event.window_id,
        "clerk_id": event.detail["clerk"],
    }


def _back_in_line(event: TicketEvent, life: Life) -> dict[str, Any]:
    gone = 0
    if life.called_at and life.state != S.WAITING:
        gone = int((event.at - life.called_at).total_seconds())
    order = datetime.fromisoformat(event.detail["order"])
    away = life.away_seconds + gone
    return {"call_order_at": order, "away_seconds": away, "window_id": None, "clerk_id": None}


def _sent_on(event: TicketEvent, life: Life) -> dict[str, Any]:
    fresh = {"started_at": None, "held_at": None, "held_kind": "", "held_seconds": 0}
    return {**_back_in_line(event, life), **fresh, "group_id": event.detail["group"]}


def _missed_and_back(event: TicketEvent, life: Life) -> dict[str, Any]:
    again = {"requeues": life.requeues + 1, "calls": 0, "finished_at": None}
    return {**_back_in_line(event, life), **again}


def _ended(event: TicketEvent, life: Life) -> dict[str, Any]:
    return {"finished_at": event.at}


STEPS = {
    Did.TAKEN: lambda event, life: {},
    Did.CALLED: _called,
    Did.RECALLED: lambda event, life: {"called_at": event.at, "calls": event.detail["times"]},
    Did.STARTED: lambda event, life: {"started_at": event.at},
    Did.FINISHED: lambda event, life: {"started_at": life.started_at or life.called_at, "finished_at": event.at},
    Did.NO_SHOW: _ended,
    Did.HELD: lambda event, life: {"held_at": event.at, "held_kind": event.detail["kind"]},
    Did.RESUMED: _resumed,
    Did.TRANSFERRED: _sent_on,
    Did.CANCELLED: _ended,
    Did.REQUEUED: _missed_and_back,
    Did.RATED: lambda event, life: {"rating": event.detail["score"]},
    Did.CLOSED: _ended,
}
