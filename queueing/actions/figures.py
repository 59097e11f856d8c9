"""Adding up past days, so that pages need not: each hall's day once, and again when something of it moved later."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core import time
from halls.queries import halls_by_id
from queueing.models import FigureDay
from queueing.queries import figures as reads
from queueing.queries.causes_sql import STORE
from queueing.states import FigureBy

Place = tuple[int, date]  # a hall's day

LOCK = 7_020_261_123
DAYS_AT_ONCE = 400
KEPT = [by for by in FigureBy.values if by != FigureBy.HALL]  # a hall is its days together
LATE = timedelta(hours=1)  # a transaction that began before the last run may have committed after it

# `by` leads the key of the figures, so naming it makes this a look-up and not a walk through years.
_DELETE = """
    DELETE FROM {table} AS old USING unnest(%(halls)s::bigint[], %(days)s::date[]) AS anew(hall, day)
    WHERE old.hall_id = anew.hall AND old.day = anew.day{more}
"""

_MISSING = """
    SELECT h.id, one.day::date FROM halls_hall h
    CROSS JOIN LATERAL (SELECT min(business_day) AS day FROM queueing_ticket t WHERE t.hall_id = h.id) AS first
    CROSS JOIN LATERAL generate_series(first.day, %(yesterday)s, interval '1 day') AS one(day)
    WHERE NOT EXISTS (SELECT 1 FROM queueing_figureday f WHERE f.hall_id = h.id AND f.day = one.day::date)
    ORDER BY 1, 2
"""
_TOUCHED = """
    SELECT f.hall_id, f.day FROM queueing_figureday f
    WHERE (f.hall_id, f.day) IN (
        SELECT t.hall_id, t.business_day FROM queueing_ticketevent e JOIN queueing_ticket t ON t.id = e.ticket_id
        WHERE e.at > %(since)s AND e.hall_id = ANY(%(halls)s) AND t.business_day < %(today)s
            AND e.at > (SELECT made_at FROM queueing_figureday m WHERE m.hall_id = t.hall_id AND m.day = t.business_day)
        UNION
        SELECT e.hall_id, m.day FROM queueing_windowevent e
        JOIN queueing_windowsession s ON s.id = e.session_id
        JOIN queueing_figureday m ON m.hall_id = e.hall_id AND e.at > m.made_at
            AND m.day BETWEEN (s.signed_in_at AT TIME ZONE 'Asia/Shanghai')::date AND %(today)s
        WHERE e.at > %(since)s AND e.hall_id = ANY(%(halls)s)
    )
    ORDER BY f.day, f.hall_id
"""


def add_up(now: datetime) -> int:
    """Add up every past day that is missing or was touched since; safe to run twice and at once.

    What was touched goes first and together: should it fail, nothing is marked as done and the next run finds it again.
    What is missing, years of it after history was brought in, goes hall by hall, and what is done stays done.
    """
    return _add_up_touched(now) + sum(_add_up_missing(places, now) for places in _chunks(_missing(now)))


@transaction.atomic
def _add_up_touched(now: datetime) -> int:
    _lock()
    days = _touched(now)
    for places in _chunks(days):
        add_up_days(places, now)
    return len(days)


@transaction.atomic
def _add_up_missing(days: Sequence[Place], now: datetime) -> int:
    """Those of the days that another run has not added up meanwhile."""
    _lock()
    done = _added_up(days)
    left = [place for place in days if place not in done]
    add_up_days(left, now)
    return len(left)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _chunks(days: Sequence[Place]) -> list[Sequence[Place]]:
    return [days[first : first + DAYS_AT_ONCE] for first in range(0, len(days), DAYS_AT_ONCE)]


def _added_up(days: Sequence[Place]) -> set[Place]:
    halls, on = {pk for pk, _ in days}, [day for _, day in days]
    if not on:
        return set()
    rows = FigureDay.objects.filter(hall__in=halls, day__range=(min(on), max(on)))
    return set(rows.values_list("hall_id", "day")) & set(days)


@transaction.atomic
def add_up_days(days: Sequence[Place], now: datetime) -> None:
    """Write the sums and causes of these halls' days anew."""
    if not days:
        return
    halls = halls_by_id({pk for pk, _ in days})
    given = {**reads.parameters_of([(halls[pk], day) for pk, day in days], now), "by": KEPT}
    with connection.cursor() as cursor:
        cursor.execute(_DELETE.format(table="queueing_figure", more=" AND old.by = ANY(%(by)s)"), given)
        for table in ("queueing_halfhourcause", "queueing_figureday"):
            cursor.execute(_DELETE.format(table=table, more=""), given)
        cursor.execute(STORE, given)
    FigureDay.objects.bulk_create(FigureDay(hall_id=pk, day=day, made_at=now) for pk, day in days)


def _missing(now: datetime) -> list[Place]:
    return _ask(_MISSING, {"yesterday": time.business_day(now) - timedelta(days=1)})


def _touched(now: datetime) -> list[Place]:
    """Days that were added up and moved afterwards; looked for among what happened since the last run."""
    newest = FigureDay.objects.order_by("-made_at").values_list("made_at", flat=True).first()
    if newest is None:
        return []
    halls = list(FigureDay.objects.values_list("hall_id", flat=True).distinct())
    return _ask(_TOUCHED, {"since": newest - LATE, "halls": halls, "today": time.business_day(now)})


def _ask(text: str, values: dict[str, Any]) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        rows: Iterable[Place] = cursor.fetchall()
    return list(rows)
