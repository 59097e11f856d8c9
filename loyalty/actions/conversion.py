"""R-L-26: old points become 1.25 times as many, once; one entry per lot, rounded up, so that no value is lost."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from core.errors import Refused
from core.time import business_day, day_bounds
from loyalty.models import ConversionRun
from loyalty.rules import policy
from loyalty.states import RunState

AT_ONCE = 5_000

NEXT = """
    SELECT customer_id FROM loyalty_pointsaccount WHERE customer_id > %s ORDER BY customer_id LIMIT %s FOR UPDATE
"""
CONVERT = """
    WITH due AS (
        SELECT l.account_id, l.month, l.kind, l.source, l.points + coalesce(sum(d.points), 0)::int AS rest
        FROM loyalty_lot l
        LEFT JOIN loyalty_debit d ON d.account_id = l.account_id AND d.lot_month = l.month
            AND d.lot_kind = l.kind AND d.lot_source = l.source
        WHERE l.account_id = ANY(%(accounts)s) AND l.made_at < %(before)s
            AND (l.expires_on IS NULL OR l.expires_on >= %(on)s)
        GROUP BY l.account_id, l.month, l.kind, l.source, l.points
        HAVING l.points + coalesce(sum(d.points), 0) > 0
    ),
    gains AS (
        SELECT account_id, month, kind, source, ((rest::bigint * %(percent)s + 99) / 100 - rest)::int AS gain FROM due
    ),
    acts AS (
        INSERT INTO loyalty_pointsoperation (key, account_id, kind, points, at, note)
        SELECT concat_ws(':', 'convert', account_id), account_id, 15, sum(gain), %(now)s, ''
        FROM gains GROUP BY account_id ORDER BY account_id
        ON CONFLICT (key) DO NOTHING
        RETURNING id, account_id
    )
    INSERT INTO loyalty_debit (operation_id, account_id, lot_month, lot_kind, lot_source, kind, points, at)
    SELECT acts.id, gains.account_id, month, kind, source, 15, gain, %(now)s
    FROM gains JOIN acts ON acts.account_id = gains.account_id
    RETURNING points
"""


def convert(now: datetime) -> ConversionRun:
    """Convert every lot made before today; an account is converted once, whenever it is asked.

    Raises Refused("converted_already") when a conversion was finished on an earlier day: points of today are new ones.
    """
    run = _run(business_day(now), now)
    after = 0
    while batch := _some(run, after, now):
        after = batch[0]
        ConversionRun.objects.filter(pk=run.pk).update(lots=run.lots + batch[1], points=run.points + batch[2])
        run.refresh_from_db()
    run.state, run.finished_at = RunState.DONE, now
    run.save(update_fields=["state", "finished_at"])
    return run


@transaction.atomic
def _run(on: date, now: datetime) -> ConversionRun:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(702026, 3)")
    before = ConversionRun.objects.order_by("on").first()
    if before and before.state == RunState.DONE and before.on < on:
        raise Refused("converted_already", f"存量积分已在 {before.on} 转换过,不能再次转换。")
    percent = policy.number(policy.CONVERSION_PERCENT, on)
    return before or ConversionRun.objects.create(on=on, numerator=percent, started_at=now)


@transaction.atomic
def _some(run: ConversionRun, after: int, now: datetime) -> tuple[int, int, int] | None:
    """A batch of accounts in order: the last one, lots converted and points gained; None at the end."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [after, AT_ONCE])
        accounts = [account for (account,) in cursor.fetchall()]
        if not accounts:
            return None
        values: dict[str, Any] = {"accounts": accounts, "before": day_bounds(run.on)[0], "on": run.on, "now": now}
        cursor.execute(CONVERT, {**values, "percent": run.numerator})
        gains = [points for (points,) in cursor.fetchall()]
    return accounts[-1], len(gains), sum(gains)
