"""What the queue knows of halls and their people over some days: the answer to `staff.service_figures`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, Q

from queueing.models import Ticket
from queueing.queries import figures
from queueing.queries.figures import Sums
from queueing.states import FigureBy, TicketState
from staff.hooks import ServiceFigures

OF_PEOPLE = (
    "served",
    "answered",
    "wait_seconds",
    "service_seconds",
    "no_shows",
    "ratings",
    "rating_sum",
    "low_ratings",
)
OF_HALLS = ("issued", "wait_within", "long_waits", *OF_PEOPLE)

_HANDLED = """
    SELECT t.hall_id, t.clerk_id, b.code, count(*)
    FROM queueing_ticket t
    CROSS JOIN LATERAL (
        SELECT t.business_id UNION ALL
        SELECT business_id FROM queueing_ticketbusiness WHERE ticket_id = t.id
    ) AS did(business_id)
    JOIN halls_businesstype b ON b.id = did.business_id
    WHERE t.hall_id = ANY(%(halls)s) AND t.business_day BETWEEN %(since)s AND %(until)s
        AND t.state = 'done' AND NOT t.is_simulated AND t.clerk_id IS NOT NULL
    GROUP BY 1, 2, 3
"""


def count(hall_ids: Sequence[int], since: date, until: date, now: datetime) -> ServiceFigures:
    found = ServiceFigures()
    for hall in hall_ids:
        found.halls[hall] = _counts(figures.whole(figures.table([hall], since, until, FigureBy.DAY, now).values()))
        for key, sums in figures.table([hall], since, until, FigureBy.CLERK, now).items():
            if key.isdigit():
                found.people[hall, int(key)] = _counts(sums, OF_PEOPLE)
    _add_businesses(found, hall_ids, since, until)
    _add_recommendations(found, hall_ids, since, until)
    return found


def _counts(sums: Sums, names: Sequence[str] = OF_HALLS) -> dict[str, int]:
    return {name: sums.of[name] for name in names}


def _note(found: ServiceFigures, hall: int, clerk: int, counts: dict[str, int]) -> None:
    for into in (found.halls.setdefault(hall, {}), found.people.setdefault((hall, clerk), {})):
        for name, number in counts.items():
            into[name] = into.get(name, 0) + number


def _add_businesses(found: ServiceFigures, hall_ids: Sequence[int], since: date, until: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HANDLED, {"halls": list(hall_ids), "since": since, "until": until})
        for hall, clerk, code, number in cursor.fetchall():
            _note(found, hall, clerk, {f"business:{code}": number})


def _add_recommendations(found: ServiceFigures, hall_ids: Sequence[int], since: date, until: date) -> None:
    """What was recommended, and how often it was taken."""
    rows = Ticket.objects.filter(hall__in=list(hall_ids), business_day__gte=since, business_day__lte=until)
    rows = rows.filter(state=TicketState.DONE, is_simulated=False, clerk__isnull=False).exclude(recommended="")
    made: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    counted = rows.order_by().values("hall_id", "clerk_id")
    for row in counted.annotate(offered=Count("pk"), accepted=Count("pk", filter=Q(recommended_accepted=True))):
        made[row["hall_id"], row["clerk_id"]] = {"offered": row["offered"], "accepted": row["accepted"]}
    for (hall, clerk), counts in made.items():
        _note(found, hall, clerk, counts)
