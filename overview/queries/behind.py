"""What stands behind a figure: exactly the numbers or complaints it counts, by the conditions it is counted by."""

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


def numbers(hall: Hall, since: date, until: date, key: str, now: datetime) -> list[UUID]:
    return queue.behind(hall, since, until, key, now)


def told(pks: list[UUID]) -> list[Ticket]:
    """The numbers of a page, in their order."""
    rows = Ticket.objects.select_related("hall", "business", "group", "window", "clerk").in_bulk(pks)
    return [rows[pk] for pk in pks if pk in rows]


def cases(hall: Hall, since: date, until: date, key: str, now: datetime) -> QuerySet[Complaint]:
    return complaints.behind(hall.pk, since, until, key, now)
