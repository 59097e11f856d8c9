"""All kinds together: the list of a person, its number, and one row by its address."""

from datetime import datetime
from typing import Any

from django.db.models import Value

from overview.queries.asks.between import BETWEEN
from overview.queries.asks.money import MONEY
from overview.queries.asks.people import PEOPLE
from overview.queries.asks.service import SERVICE
from overview.queries.asks.source import Source
from overview.rules import approvals as rules
from overview.rules.approvals import Ask
from staff.models import User

SOURCES: dict[str, Source] = {one.kind.value: one for one in (*MONEY, *PEOPLE, *SERVICE, *BETWEEN)}
MOST = 200  # of one kind; whoever has more waiting works through the oldest first
BIGGEST = 2**62


def mine(user: User) -> list[Source]:
    """The kinds this person can have anything of; the others ask the database nothing."""
    return [one for one in SOURCES.values() if not one.verbs or any(user.may(verb) for verb in one.verbs)]


def asks_for(user: User, now: datetime, *, kind: str = "") -> list[Ask]:
    """What waits for this person, what is due first on top."""
    found = []
    for source in mine(user):
        if kind in ("", source.kind.value):
            found += source.asks(list(source.waiting(user)[:MOST]), now)
    return rules.ordered(found)


def count_for(user: User) -> int:
    """How many, in one question."""
    rows = [source.waiting(user).order_by().annotate(one=Value(1)).values("one") for source in mine(user)]
    if not rows:
        return 0
    first, *rest = rows
    return int(first.union(*rest, all=True).count()) if rest else int(first.count())


def find(user: User, kind: str, pk: int) -> tuple[Source, Any] | None:
    """A row that this person may know of, whatever became of it: whether it still waits is the act's own question."""
    source = SOURCES.get(kind)
    row = source.rows().filter(pk=pk).first() if source is not None and pk < BIGGEST else None
    if source is None or row is None:
        return None
    if not source.verbs:
        return (source, row) if row.colleague_id == user.pk else None
    return (source, row) if user.may(source.sees, source.hall(row)) else None


def may_decide(source: Source, row: Any, user: User) -> bool:
    return not source.verbs or any(user.may(verb, source.hall(row)) for verb in source.verbs)
