"""Holds what was acknowledged against what the server, and the database beside it, say afterwards."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError

from config.demo.ledger import Known, Ledger, chain_errors, is_behind, missing_moves, overlaps, same_numbers
from config.demo.visitors import Floor
from queueing.models import Ticket, TicketEvent
from queueing.states import AT_WINDOW, Did
from staff.models import User

READERS = 4
SKEW = timedelta(seconds=5)


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    database: bool = False


def over_http(floor: Floor) -> Findings:
    """Ask the server for every number. Raises NoAnswer."""
    found = Findings()
    rows = floor.ledger.rows()
    with ThreadPoolExecutor(READERS) as pool:
        answers = list(pool.map(lambda row: floor.server.get(f"/api/v1/tickets/{row.id}/", token=floor.greeter), rows))
    for row, answer in zip(rows, answers, strict=True):
        if not answer.ok or answer.body["number"] != row.number:
            found.lost.append(f"{row.number} is not there ({answer.status})")
            continue
        found.states[row.id] = answer.body["state"]
        if is_behind(row, answer.body["state"]):
            found.lost.append(f"{row.number} is {answer.body['state']}, {row.state} was acknowledged")
    found.doubled += [f"{number} was given twice" for number in same_numbers(rows)]
    found.doubled += [
        f"{row.number} was called {row.times_called} times" for row in rows if row.times_called > 1 + row.times_released
    ]
    return found


def in_database(floor: Floor, found: Findings, *, began: datetime, sure: bool) -> None:
    """Look at the rows themselves, if this machine holds them; `sure` = the server is known to use this database.

    Here the events decide who called what, so the guess from outside about calls is dropped.
    """
    rows = {row.id: row for row in floor.ledger.rows()}
    try:
        tickets = {str(row.pk): row for row in Ticket.objects.filter(pk__in=list(rows))}
        events = _events(floor.hall, began)
        joined = _joined(floor, began)
    except DatabaseError:
        return
    if not tickets and rows and not sure:
        return
    found.database = True
    found.doubled = [f"{number} was given twice" for number in same_numbers(rows.values())]
    for row in rows.values():
        _check_one(row, tickets.get(row.id), events.get(row.id, []), found)
    found.lost += ["one in the line"] * max(floor.ledger.joined - joined, 0)
    found.doubled += overlaps(_stays(events))


def _events(hall: str, began: datetime) -> dict[str, list[dict[str, Any]]]:
    """All events of the numbers of this hall that moved since we began, by number, oldest first."""
    moved = TicketEvent.objects.filter(hall__code=hall, at__gte=began - SKEW).values("ticket")
    rows = TicketEvent.objects.filter(ticket__in=moved).order_by("id")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("ticket_id", "ticket__number", "did", "at", "before", "after", "window_id"):
        found[str(row["ticket_id"])].append(dict(row))
    return found


def _joined(floor: Floor, began: datetime) -> int:
    """How many this run's greeter has put into the line, on record."""
    if not floor.is_line:
        return 0
    greeter = User.objects.filter(auth_token__key=floor.greeter).first()
    taken = TicketEvent.objects.filter(hall__code=floor.hall, did=Did.TAKEN, at__gte=began - SKEW, person=greeter)
    return taken.count()


def _check_one(row: Known, ticket: Ticket | None, events: list[dict[str, Any]], found: Findings) -> None:
    if ticket is None:
        found.lost.append(f"{row.number} is not in the database")
        return
    chain = [(event["did"], event["before"], event["after"]) for event in events]
    found.doubled += [f"{row.number} {wrong}" for wrong in chain_errors(ticket.state, chain)]
    found.lost += [f"{row.number}: {did} was acknowledged" for did in missing_moves(row.dids, chain)]


def _stays(events: dict[str, list[dict[str, Any]]]) -> list[tuple[int, datetime, datetime, str]]:
    """From when to when each number was called or served at a window."""
    stays = []
    for rows in events.values():
        came: tuple[int, datetime] | None = None
        for row in rows:
            if came is None and row["after"] in AT_WINDOW:
                came = (row["window_id"], row["at"])
            elif came is not None and row["after"] not in AT_WINDOW:
                stays.append((*came, row["at"], row["ticket__number"]))
                came = None
    return stays


def waits(ledger: Ledger, speed: float) -> list[float]:
    """Minutes of hall time from taking a number to each first call, in order."""
    return sorted(row.waits[0] * speed / 60 for row in ledger.rows() if row.waits)
