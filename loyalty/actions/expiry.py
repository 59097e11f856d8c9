"""Promotional points whose last day is over become nothing, by an entry (R-L-22)."""

from datetime import datetime

from django.db import connection, transaction

from core.time import business_day

AT_ONCE = 5_000

DUE = """
    SELECT DISTINCT l.account_id FROM loyalty_lot_credits l
    WHERE l.expires_on < %(today)s AND l.points + coalesce((
        SELECT sum(d.points) FROM loyalty_debit d
        WHERE d.account_id = l.account_id AND d.lot_month = l.month AND d.lot_kind = l.kind
            AND d.lot_source = l.source
    ), 0) > 0
    ORDER BY l.account_id LIMIT %(most)s
"""
HOLD = "SELECT customer_id FROM loyalty_pointsaccount WHERE customer_id = ANY(%s) ORDER BY customer_id FOR UPDATE"
EXPIRE = """
    WITH due AS (
        SELECT l.account_id, l.month, l.kind, l.source, l.points + coalesce(sum(d.points), 0)::int AS rest
        FROM loyalty_lot_credits l
        LEFT JOIN loyalty_debit d ON d.account_id = l.account_id AND d.lot_month = l.month
            AND d.lot_kind = l.kind AND d.lot_source = l.source
        WHERE l.account_id = ANY(%(accounts)s) AND l.expires_on < %(today)s
        GROUP BY l.account_id, l.month, l.kind, l.source, l.points
        HAVING l.points + coalesce(sum(d.points), 0) > 0
    ),
    acts AS (
        INSERT INTO loyalty_pointsoperation (key, account_id, kind, points, at, note)
        SELECT concat_ws(':', 'expire', account_id, month, kind, source), account_id, 13, -rest, %(now)s, ''
        FROM due ORDER BY account_id, month
        RETURNING id, key
    )
    INSERT INTO loyalty_debit (operation_id, account_id, lot_month, lot_kind, lot_source, kind, points, at)
    SELECT acts.id, due.account_id, due.month, due.kind, due.source, 13, -due.rest, %(now)s
    FROM due JOIN acts ON acts.key = concat_ws(':', 'expire', due.account_id, due.month, due.kind, due.source)
    RETURNING points
"""


def expire(now: datetime) -> dict[str, int]:
    """Zero every lot whose last day was before today; how many lots and points. A second run finds nothing."""
    lots = points = 0
    while batch := _some(now):
        lots += len(batch)
        points -= sum(batch)
    return {"lots": lots, "points": points}


@transaction.atomic
def _some(now: datetime) -> list[int]:
    """A batch of accounts, each held while it is read, so that a redemption comes wholly before or after."""
    today = business_day(now)
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"today": today, "most": AT_ONCE})
        accounts = [account for (account,) in cursor.fetchall()]
        if not accounts:
            return []
        cursor.execute(HOLD, [accounts])
        cursor.execute(EXPIRE, {"accounts": accounts, "today": today, "now": now})
        return [points for (points,) in cursor.fetchall()]
