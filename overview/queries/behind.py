"""What stands behind a figure: exactly the numbers or complaints it counts, by the conditions it is counted by."""

from collections.abc import Sequence
from datetime import date, datetime
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
