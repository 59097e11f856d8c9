"""What has gone past its time in halls, and whose managers have to know."""

from collections.abc import Iterator
from datetime import datetime

from core import time
from halls.models import Hall, IncidentTell
from halls.queries.rounds import Due, due_on
from halls.states import CheckKind, RoundState

ASKED = frozenset({CheckKind.OPENING, CheckKind.CLOSING, CheckKind.PATROL})


def missed_rounds(now: datetime) -> Iterator[tuple[Hall, Due]]:
    """Today's opening, closing and patrol checks that nobody has finished in time."""
    today = time.business_day(now)
    for hall in Hall.objects.filter(is_live=True).select_related("region__parent__parent"):
        for due in due_on(hall, today, now):
            if due.state == RoundState.LATE and due.list.kind in ASKED:
                yield hall, due


def untold(now: datetime) -> list[IncidentTell]:
    """People who should have been told of an incident that goes on."""
    rows = IncidentTell.objects.filter(told_at=None, due_at__lt=now, incident__ended_at=None)
    return list(rows.select_related("incident__hall"))
