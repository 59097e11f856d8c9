"""What the server has acknowledged to the simulated people: the truth that the audit holds it to."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from config.demo.http import NoAnswer
from queueing.states import Did
from queueing.states import TicketState as S

ENDED = (S.DONE, S.NO_SHOW, S.CANCELLED, S.CLOSED)
LATER: dict[str, frozenset[str]] = {
    S.WAITING: frozenset(S),
    S.CALLED: frozenset(S) - {S.WAITING},
    S.SERVING: frozenset(S) - {S.WAITING, S.CALLED},
    S.HELD: frozenset(S) - {S.WAITING, S.CALLED},
    S.NO_SHOW: frozenset(S),
    S.DONE: frozenset({S.DONE}),
    S.CANCELLED: frozenset({S.CANCELLED}),
    S.CLOSED: frozenset({S.CLOSED}),
}
RELEASES = (Did.TRANSFERRED, Did.REQUEUED)


@dataclass
class Known:
    """A number somebody was told of. `dids`: every move that was acknowledged."""

    id: str
    number: str
    day: str
    taken_at: datetime
    is_own: bool = False
    business: str = ""
    state: str = S.WAITING
    dids: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def times_called(self) -> int:
        return self.dids[Did.CALLED]

    @property
    def times_released(self) -> int:
        return sum(self.dids[did] for did in RELEASES)


class Ledger:
    """Acknowledgements from all threads."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.counts: Counter[str] = Counter()
        self.joined = 0
        self.last_error = ""
        self._lock = threading.Lock()

    def took(self, ticket: dict[str, Any], business: str) -> Known:
        with self._lock:
            row = self._row(ticket)
            row.is_own, row.business = True, business
            row.dids[Did.TAKEN] += 1
            return row

    def moved(self, ticket: dict[str, Any], *dids: str) -> Known:
        with self._lock:
            row = self._row(ticket)
            row.state = ticket["state"]
            row.dids.update(dids)
            if Did.CALLED in dids and ticket["called_at"]:
                row.waits.append((datetime.fromisoformat(ticket["called_at"]) - row.taken_at).total_seconds())
            return row

    def ended(self, ticket_id: str) -> None:
        """A service ended by calling the next one: that answer tells of the other number only."""
        with self._lock:
            row = self.known[ticket_id]
            row.state = S.DONE
            row.dids[Did.FINISHED] += 1

    def joined_line(self) -> None:
        with self._lock:
            self.joined += 1

    def count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def note(self, error: BaseException) -> None:
        """An act that came to nothing: the server never answered, or the simulation itself is wrong."""
        self.count("unanswered" if isinstance(error, NoAnswer) else "errors")
        self.last_error = f"{type(error).__name__}: {error}"

    def own_open(self) -> list[Known]:
        """Numbers of simulated customers that have not ended, as far as was told."""
        with self._lock:
            return [row for row in self.known.values() if row.is_own and row.state not in ENDED]

    def rows(self) -> list[Known]:
        with self._lock:
            return list(self.known.values())

    def _row(self, ticket: dict[str, Any]) -> Known:
        row = self.known.get(ticket["id"])
        if row is None:
            taken_at = datetime.fromisoformat(ticket["taken_at"])
            row = Known(ticket["id"], ticket["number"], taken_at.date().isoformat(), taken_at)
            self.known[row.id] = row
        return row


def is_behind(row: Known, state: str) -> bool:
    """Whether a number is found in a state before the acknowledged one. After a release everything begins anew."""
    return not row.times_released and state not in LATER[row.state]


def same_numbers(rows: Iterable[Known]) -> list[str]:
    """Numbers that two different tickets of one day carry."""
    seen: dict[tuple[str, str], str] = {}
    return [row.number for row in rows if seen.setdefault((row.day, row.number), row.id) != row.id]


def chain_errors(state: str, events: list[tuple[str, str, str]]) -> list[str]:
    """What is wrong with a number's life, given as (did, before, after) in order."""
    wrong = []
    if not events or events[0][0] != Did.TAKEN or events[0][1]:
        wrong.append("does not begin with taking it")
    for (_, _, after), (did, before, _) in pairwise(events):
        if before != after:
            wrong.append(f"{did} from {before} though it was {after}")
    if events and events[-1][2] != state:
        wrong.append(f"is {state} though its last event says {events[-1][2]}")
    return wrong


def missing_moves(acknowledged: Counter[str], events: list[tuple[str, str, str]]) -> list[str]:
    """Moves that were acknowledged and are not on record."""
    return sorted((acknowledged - Counter(did for did, _, _ in events)).elements())


def overlaps(stays: list[tuple[int, datetime, datetime, str]]) -> list[str]:
    """Pairs of numbers that were at one window at the same time; `stays` = (window, from, to, number)."""
    found = []
    for one, other in pairwise(sorted(stays)):
        if one[0] == other[0] and other[1] < one[2]:
            found.append(f"{one[3]} and {other[3]} at window {one[0]}")
    return found
