"""Reads about systems that are down: what a hall cannot do now, whom that concerns, and who may come back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.sql import kept_rows
from halls.models import Hall
from queueing.models import Outage, ReturnNumber, Ticket
from queueing.rules import outages as rules
from queueing.states import ACTIVE, OutageKind, TicketState

NAMED = 3  # a line of a kiosk or a TV holds no more


@dataclass(frozen=True)
class Down:
    """A running outage of a hall."""

    id: int
    kind: str
    began_at: datetime
    codes: frozenset[str]
    names: tuple[str, ...]

    @property
    def label(self) -> str:
        return str(OutageKind(self.kind).label)

    @property
    def sentence(self) -> str:
        few = "、".join(self.names[:NAMED])
        what = few if len(self.names) <= NAMED else f"{few}等 {len(self.names)} 项业务"
        return f"{self.label},{what}暂停取号,已取号码继续有效"


def running(hall_id: int) -> Down | None:
    return next(map(down_of, _running(hall_id)), None)


@kept_rows
def _running(hall_id: int) -> QuerySet[Outage, Outage]:
    """One at most: a constraint."""
    return Outage.objects.filter(hall_id=hall_id, ended_at=None).order_by()


def down_of(row: Outage) -> Down:
    known = list(row.businesses.order_by("code").values_list("code", "name"))
    codes, names = frozenset(code for code, _ in known), tuple(name for _, name in known)
    return Down(row.pk, row.kind, row.began_at, codes, names)


def running_in(hall_ids: Iterable[int]) -> dict[int, Outage]:
    """By hall, for lists of halls and cockpits; one question."""
    rows = Outage.objects.filter(hall_id__in=list(hall_ids), ended_at=None)
    return {row.hall_id: row for row in rows}


def visible_to(user: Any, verb: str = "hall.see") -> QuerySet[Outage]:
    rows = Outage.objects.filter(hall_id__in=user.hall_ids(verb))
    return rows.select_related("hall", "began_by", "ended_by", "incident").prefetch_related("businesses")


def waiting_for(hall: Hall, codes: Collection[str]) -> list[Ticket]:
    """Who waits for something that is down, by age."""
    rows = Ticket.objects.filter(hall=hall, state=TicketState.WAITING).select_related("group", "business")
    rows = rows.prefetch_related("group__businesses").order_by("taken_at", "number")
    return [row for row in rows if rules.is_affected(business_of(row), codes_of(row), codes)]


def business_of(ticket: Ticket) -> str | None:
    return ticket.business.code if ticket.business else None


def codes_of(ticket: Ticket) -> list[str]:
    return [one.code for one in ticket.group.businesses.all() if one.is_active]


def untold(row: Outage, codes: Collection[str]) -> list[Ticket]:
    """Those of them to whom nothing was offered yet."""
    told = set(row.returns.values_list("ticket_id", flat=True))
    return [ticket for ticket in waiting_for(row.hall, codes) if ticket.pk not in told]


def returns_of(row: Outage) -> QuerySet[ReturnNumber]:
    return row.returns.select_related("ticket", "group", "business", "new_ticket").order_by("offered_at", "id")


def open_returns(hall: Hall, today: date) -> QuerySet[ReturnNumber]:
    """回厅号 that may still be used: the hall runs again, and the old number was not served."""
    rows = ReturnNumber.objects.filter(hall=hall, used_at=None, last_day__gte=today)
    rows = rows.exclude(ticket__state__in=[*ACTIVE, TicketState.DONE])
    return rows.select_related("ticket", "group", "business", "outage").order_by("last_day", "offered_at", "id")


def found_by(hall: Hall, digits: str) -> ReturnNumber | None:
    """The newest of a hall by its code or by the phone that waited; the one not used yet first."""
    rows = ReturnNumber.objects.filter(Q(code=digits) | Q(ticket__phone=digits), hall=hall)
    rows = rows.select_related("ticket", "outage", "group", "business")
    found = sorted(rows, key=lambda one: (one.used_at is None, one.offered_at), reverse=True)
    return found[0] if found else None


def told_to(ticket: Ticket, down: Down | None) -> dict[str, Any] | None:
    """What the customer's own page says of an outage; None when it does not concern this number."""
    if ticket.state == TicketState.WAITING:
        if down is None or not rules.is_affected(business_of(ticket), codes_of(ticket), down.codes):
            return None
        return {"state": "down", "label": down.label, **_code(_offer(ticket))}
    if ticket.state in {*ACTIVE, TicketState.DONE}:
        return None
    offer = _offer(ticket)
    if offer is None:
        return None
    state = "used" if offer.used_at else "back" if offer.last_day else "left"
    return {"state": state, "label": "", **_code(offer)}


def _offer(ticket: Ticket) -> ReturnNumber | None:
    return ReturnNumber.objects.filter(ticket=ticket).first()


def _code(offer: ReturnNumber | None) -> dict[str, Any]:
    last = offer.last_day if offer else None
    return {"code": offer.code if offer else "", "last_day": f"{last.month} 月 {last.day} 日" if last else ""}
