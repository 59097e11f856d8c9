"""What stands behind a figure: exactly the numbers or complaints it counts, by the conditions it is counted by."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from complaints.models import Complaint
from complaints.queries import halls as complaints
from halls.models import Hall
from queueing.models import Ticket
from queueing.queries import figures as queue
from queueing.queries.figures_sql import COUNTED

TICKETS = frozenset(COUNTED)
CASES = frozenset({*complaints.BEHIND, *complaints.STANDING})
DRILLED = TICKETS | CASES
MOST_ROWS = 20_000  # of a file
AT_ONCE = 2000
Counted = tuple[UUID, int]


def numbers(hall: Hall, since: date, until: date, key: str, now: datetime) -> list[Counted]:
    return queue.behind(hall, since, until, key, now)


def told(counted: Sequence[Counted]) -> list[tuple[Ticket, float | None]]:
    """The numbers of a page, in their order, with the minutes waited as the figures reckon them."""
    rows = Ticket.objects.select_related("hall", "business", "group", "window", "clerk").in_bulk(
        [pk for pk, _ in counted]
    )
    return [(rows[pk], wait / 60 if rows[pk].called_at else None) for pk, wait in counted if pk in rows]


def cases(hall: Hall, since: date, until: date, key: str, now: datetime) -> QuerySet[Complaint]:
    return complaints.behind(hall.pk, since, until, key, now)


def number_lines(counted: Sequence[Counted]) -> Iterator[list[Any]]:
    """As a file has them, some at once."""
    for at in range(0, len(counted), AT_ONCE):
        for one, waited in told(counted[at : at + AT_ONCE]):
            yield [
                one.number,
                one.business_day,
                one.about,
                one.get_state_display(),
                one.taken_at,
                None if waited is None else round(waited, 1),
                one.window.label if one.window else "",
                one.clerk.name if one.clerk else "",
                one.rating,
                one.masked_phone,
            ]


def case_lines(rows: QuerySet[Complaint]) -> Iterator[list[Any]]:
    for one in rows:
        category = one.category.name if one.category else ""
        yield [one.number, one.logged_at, category, one.get_status_display(), one.handling_due_at]
