"""Proof, account by account: what an account was left with is what its entries say.

`settled_balance` is what the last redemption, reversal or correction left; what came later (a month's bill points, a
campaign, expiry, conversion) is not in it. So the entries up to that act are added up and must give it, to the point.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from core.phones import masked_phone
from core.time import day_bounds
from loyalty.rules import months

SLACK = timedelta(minutes=5)
MOST_NAMED = 50

# 11 redeem, 12 reverse, 14 adjustment: the acts that settle; a correction upwards settles too and is a lot of kind 5.
DIFFERING = """
    WITH moved AS (
        SELECT DISTINCT account_id FROM loyalty_pointsoperation
        WHERE at >= %(since)s AND at < %(until)s AND kind IN (11, 12, 14)
    ),
    last AS (
        SELECT m.account_id, max(o.id) AS operation_id, greatest(max(o.at), (
            SELECT max(l.made_at) FROM loyalty_lot_credits l WHERE l.account_id = m.account_id AND l.kind = 5
        )) AS at
        FROM moved m JOIN loyalty_pointsoperation o ON o.account_id = m.account_id AND o.kind IN (11, 12, 14)
        GROUP BY 1
    ),
    entries AS (
        SELECT t.account_id, d.points, d.operation_id <= t.operation_id OR d.at < t.at AS is_in, false AS is_unsure
        FROM last t JOIN loyalty_debit d ON d.account_id = t.account_id
        UNION ALL
        SELECT t.account_id, l.points, coalesce(r.finished_at, l.made_at) < t.at - %(slack)s,
            coalesce(r.finished_at, l.made_at) BETWEEN t.at - %(slack)s AND t.at + %(slack)s
        FROM last t JOIN loyalty_lot l ON l.account_id = t.account_id
        LEFT JOIN loyalty_generationrun r ON r.month = l.month AND l.source = 0
    ),
    sums AS (
        SELECT account_id, coalesce(sum(points) FILTER (WHERE is_in), 0)::bigint AS low,
            coalesce(sum(points) FILTER (WHERE is_in OR is_unsure), 0)::bigint AS high
        FROM entries GROUP BY 1
    )
    SELECT c.phone, a.settled_balance, s.high, count(*) OVER ()
    FROM sums s JOIN loyalty_pointsaccount a ON a.customer_id = s.account_id
    JOIN loyalty_customer c ON c.id = s.account_id
    WHERE a.settled_balance NOT BETWEEN s.low AND s.high
    ORDER BY s.account_id LIMIT %(most)s
"""
OVERDUE = """
    SELECT count(*) FROM loyalty_lot_credits l
    WHERE l.expires_on < (SELECT max(day) FROM loyalty_expirysweep) AND l.points + coalesce((
        SELECT sum(d.points) FROM loyalty_debit d
        WHERE d.account_id = l.account_id AND d.lot_month = l.month AND d.lot_kind = l.kind
            AND d.lot_source = l.source
    ), 0) > 0
"""


@dataclass(frozen=True)
class Differing:
    """An account whose kept balance is not what its entries say."""

    phone: str
    settled: int
    entries: int

    @property
    def difference(self) -> int:
        return self.settled - self.entries


@dataclass(frozen=True)
class Proof:
    count: int
    named: list[Differing]


def of_accounts(month: date) -> Proof:
    """Accounts that redeemed, took back or were corrected in a month and differ; the first `MOST_NAMED` by name.

    An entry within minutes of the act may have come just before or just after it; both are taken for right.
    """
    since, until = day_bounds(month)[0], day_bounds(months.plus(month, 1))[0]
    rows = _ask(DIFFERING, since=since, until=until, slack=SLACK, most=MOST_NAMED)
    named = [Differing(masked_phone(phone), settled, entries) for phone, settled, entries, _ in rows]
    return Proof(rows[0][3] if rows else 0, named)


def overdue() -> int:
    """Lots that a sweep should have made nothing and did not."""
    return int(_ask(OVERDUE)[0][0])


def _ask(text: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()
