"""The one writer of a number's state."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from django.db.models import Field

from core import sql
from core.errors import Refused
from halls.models import Device, Hall
from queueing import live
from queueing.actions import arrivals
from queueing.models import Ticket, TicketEvent
from queueing.rules import numbers as rules
from queueing.states import TicketState
from staff.models import User


@dataclass(frozen=True)
class Actor:
    """Who makes a move: a person, a machine, or (both empty) the customer with the number's link."""

    person: User | None = None
    device: Device | None = None

    @classmethod
    def of(cls, who: Any) -> "Actor":
        if isinstance(who, Device):
            return cls(device=who)
        return cls(person=who) if isinstance(who, User) else cls()

    def may(self, verb: str, hall: Hall) -> bool:
        who = self.person or self.device
        return who is not None and who.may(verb, hall)


def locked(ticket_id: UUID) -> Ticket:
    """The number's row, held until commit. Raises Ticket.DoesNotExist."""
    rows = Ticket.objects.select_for_update(of=("self",)).select_related(
        "hall", "group", "business", "window", "customer"
    )
    return rows.get(pk=ticket_id)


def check(ticket: Ticket, did: str) -> None:
    """Raises Refused("bad_move") when the verb does not fit the number's state."""
    if not rules.can_do(did, ticket.state):
        raise Refused("bad_move", f"{ticket.number} 现在是「{ticket.get_state_display()}」,不能这样操作。")


def move(ticket: Ticket, did: str, to: TicketState, *, actor: Actor, now: datetime, **changes: Any) -> Ticket:
    """Write the state, the facts that change with it, and one event row; the caller holds the row's lock.

    The event keeps what the facts were before, as `was`: from it the move can be undone.
    """
    detail = changes.pop("detail", {})
    window_id = changes["window"].pk if changes.get("window") else ticket.window_id
    before, ticket.state, ticket.moved_at = ticket.state, to, now
    old = {column: getattr(ticket, column) for column in map(_column, changes)}
    for name, value in changes.items():
        setattr(ticket, name, value)
    was = {column: _plain(value) for column, value in old.items() if value != getattr(ticket, column)}
    event = TicketEvent(
        ticket=ticket,
        hall_id=ticket.hall_id,
        did=did,
        at=now,
        before=before,
        after=to,
        window_id=window_id,
        person=actor.person,
        device=actor.device,
        detail=detail | {"was": was},
    )
    statements = arrivals.moved(ticket, did, now)
    sql.send(sql.updated(ticket, ["state", "moved_at", *changes]), sql.inserted(event), *statements)
    live.ticket_moved(ticket, ticket.hall)
    return ticket


def _field(name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", Ticket._meta.get_field(name))


@lru_cache
def _column(name: str) -> str:
    """The attribute that holds a field's stored value: `window_id` for `window`."""
    return str(_field(name).attname)


def _plain(value: Any) -> Any:
    """A fact as JSON keeps it; `facts_from` is the way back."""
    return value.isoformat() if isinstance(value, datetime) else value


def facts_from(was: dict[str, Any]) -> dict[str, Any]:
    """What an event's `was` says, as changes for `move`."""
    return {column: _field(column).to_python(value) for column, value in was.items()}
