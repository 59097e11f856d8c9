"""What the rows of recent days say about services, absences, priority customers and windows. Real customers only."""

import time as clock
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core import time
from core.sql import kept_rows
from queueing.models import HallHabit, ServiceMean
from queueing.rules import means as rules
from queueing.rules.means import Called, Means, Seen, Worked
from queueing.rules.numbers import GOTONE_LETTER, VIP_LETTER
from queueing.rules.waits import Kind
from queueing.states import Lane, MeanOf

ABSENT_BIN = 5
TODAY_SECONDS = 60.0
# A service counts from the call, so a forgotten start changes nothing; what was held, and what no service can be
# (a number called and finished at once, a customer forgotten over lunch), teaches nothing.
SERVICES = """
    SELECT business_id, clerk_id, business_day, seconds FROM (
        SELECT ticket.business_id, ticket.clerk_id, ticket.business_day, type.minutes,
            extract(epoch FROM ticket.finished_at - ticket.called_at) - ticket.held_seconds AS seconds
        FROM queueing_ticket AS ticket JOIN halls_businesstype AS type ON type.id = ticket.business_id
        WHERE ticket.hall_id = %(hall)s AND ticket.business_day >= %(since)s AND ticket.business_day < %(until)s
            AND ticket.state = 'done' AND NOT ticket.is_simulated AND NOT ticket.is_estimated
            AND ticket.end_mark = '' AND ticket.clerk_id IS NOT NULL
    ) AS service WHERE seconds BETWEEN 15 AND greatest(1800, minutes * 360)
"""


def _ask(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def span(hall_id: int, since: date, until: date) -> dict[str, Any]:
    """Whose days: from the first up to, and without, the last."""
    return {"hall": hall_id, "since": since, "until": until}


def by_business(days: Mapping[str, Any]) -> dict[int, Seen]:
    rows = _ask(
        f"SELECT business_id, count(*), avg(seconds), avg(seconds ^ 2) FROM ({SERVICES}) AS s GROUP BY business_id",
        days,
    )
    return {pk: Seen(count, float(mean), float(square)) for pk, count, mean, square in rows}


def by_clerk_and_day(days: Mapping[str, Any]) -> list[tuple[int, date, int, int, float]]:
    """(clerk, day, business, services, seconds)."""
    rows = _ask(
        f"SELECT clerk_id, business_day, business_id, count(*), sum(seconds) FROM ({SERVICES}) AS s GROUP BY 1, 2, 3",
        days,
    )
    return [(clerk, day, business, count, float(seconds)) for clerk, day, business, count, seconds in rows]


def absences(days: Mapping[str, Any]) -> list[Called]:
    """How many did not come when called for the first time, by minutes waited."""
    rows = _ask(
        """
        SELECT floor(extract(epoch FROM first_called_at - taken_at) / 60 / %(bin)s)::int, count(*),
            count(*) FILTER (WHERE state = 'no_show' OR requeues > 0)
        FROM queueing_ticket
        WHERE hall_id = %(hall)s AND business_day >= %(since)s AND business_day < %(until)s
            AND first_called_at IS NOT NULL AND state IN ('done', 'no_show') AND NOT is_simulated AND NOT is_estimated
        GROUP BY 1
        """,
        {**days, "bin": ABSENT_BIN},
    )
    return [Called((bin_ + 0.5) * ABSENT_BIN, called, missed) for bin_, called, missed in rows if bin_ >= 0]


def leaving(days: Mapping[str, Any]) -> float:
    """Numbers given back per second of waiting."""
    ((cancelled, seconds),) = _ask(
        """
        SELECT count(*) FILTER (WHERE state = 'cancelled' AND called_at IS NULL),
            sum(extract(epoch FROM coalesce(first_called_at, finished_at) - taken_at))
        FROM queueing_ticket
        WHERE hall_id = %(hall)s AND business_day >= %(since)s AND business_day < %(until)s
            AND state IN ('done', 'no_show', 'cancelled') AND NOT is_simulated AND NOT is_estimated
        """,
        days,
    )
    return cancelled / float(seconds) if seconds else 0.0


def priority_arrivals(days: Mapping[str, Any]) -> tuple[int, list[tuple[str, str, int, int]]]:
    """The number of days with customers, and (letter, lane, half hour, people) of those who may overtake."""
    ((lived,),) = _ask(
        """
        SELECT count(DISTINCT business_day) FROM queueing_ticket
        WHERE hall_id = %(hall)s AND business_day >= %(since)s AND business_day < %(until)s AND NOT is_simulated
        """,
        days,
    )
    rows = _ask(
        """
        SELECT letter, lane, floor(extract(epoch FROM (taken_at AT TIME ZONE %(zone)s)::time) / 1800)::int, count(*)
        FROM queueing_ticket
        WHERE hall_id = %(hall)s AND business_day >= %(since)s AND business_day < %(until)s
            AND NOT is_simulated AND (letter IN (%(vip)s, %(gotone)s) OR lane = %(green)s)
        GROUP BY 1, 2, 3
        """,
        {**days, "zone": str(time.SHANGHAI), "vip": VIP_LETTER, "gotone": GOTONE_LETTER, "green": Lane.GREEN},
    )
    return lived, [(letter, lane, slot, count) for letter, lane, slot, count in rows]


def usual_windows(days: Mapping[str, Any]) -> dict[bool, list[float]]:
    """Windows open by half hour, on weekdays (False) and at the weekend (True), as the causes of R-Q-20 keep them."""
    rows = _ask(
        """
        SELECT extract(isodow FROM day) > 5, slot, avg(open_seconds) FROM queueing_halfhourcause
        WHERE hall_id = %(hall)s AND day >= %(since)s AND day < %(until)s GROUP BY 1, 2
        """,
        days,
    )
    found = {False: [0.0] * rules.SLOTS, True: [0.0] * rules.SLOTS}
    for weekend, slot, seconds in rows:
        found[weekend][slot] = float(seconds) / rules.SLOT_SECONDS
    return {weekend: usual if any(usual) else [] for weekend, usual in found.items()}


# What layout reads


def of(hall_id: int, day: date, planned: Mapping[int, Kind], head_starts: Mapping[str, int]) -> Means:
    """The hall's means, the table's values (`planned`) where nothing is stored. `head_starts`: minutes by class."""
    stored = _stored(hall_id)
    businesses = {**planned, **{row.key: taken(row) for row in stored if row.of == MeanOf.BUSINESS}}
    clerks = {row.key: row.pace for row in stored if row.of == MeanOf.CLERK}
    habit = HallHabit.objects.filter(hall_id=hall_id).order_by().first()
    if habit is None:
        return Means(businesses=businesses, clerks=clerks)
    return Means(
        businesses=businesses,
        clerks=clerks,
        absent=tuple(habit.absent),
        leaving=habit.leaving,
        overtakers=_overtakers(habit.overtakers, head_starts),
        windows=tuple(habit.windows_weekend if day.isoweekday() > 5 else habit.windows_weekday),
        day_cv=habit.day_cv,
    )


@kept_rows
def _stored(hall_id: int) -> QuerySet[ServiceMean, ServiceMean]:
    return ServiceMean.objects.filter(hall_id=hall_id).order_by()


def taken(row: ServiceMean) -> Kind:
    """With the moments between two customers."""
    whole = row.seconds + rules.GAP_SECONDS
    return Kind(whole, row.cv * row.seconds / whole)


def _overtakers(
    rates: Mapping[str, Sequence[float]], head_starts: Mapping[str, int]
) -> tuple[tuple[tuple[float, float], ...], ...]:
    known = [(60.0 * head_starts.get(name, 0), by_slot) for name, by_slot in rates.items()]
    return tuple(
        tuple((head, by_slot[slot]) for head, by_slot in known if head and by_slot[slot] > 0)
        for slot in range(rules.SLOTS)
    )


_today: dict[int, tuple[float, date, tuple[float, float]]] = {}


def forget() -> None:
    _today.clear()


def today_factor(hall_id: int, now: datetime, means: Means) -> tuple[float, float]:
    """How much slower than usual today's real services are, and how unsure that is; kept for TODAY_SECONDS."""
    day, kept = time.business_day(now), _today.get(hall_id)
    if kept and clock.monotonic() - kept[0] < TODAY_SECONDS and kept[1] == day:
        return kept[2]
    rows = by_clerk_and_day(span(hall_id, day, day + timedelta(days=1))) if means.day_cv else []
    factor = rules.today_factor(worked(rows, means), cv=means.day_cv)
    _today[hall_id] = (clock.monotonic(), day, factor)
    return factor


def worked(rows: Sequence[tuple[int, date, int, int, float]], means: Means) -> Worked:
    actual = expected = variance = 0.0
    for clerk, _, business, count, seconds in rows:
        kind = means.kind_of(0, business)
        mean = kind.mean * means.clerks.get(clerk, 1.0)
        actual += seconds + count * rules.GAP_SECONDS
        expected += count * mean
        variance += count * (mean * kind.cv) ** 2
    return Worked(actual, expected, variance)
