"""Promotional points whose last day is over become nothing, by an entry (R-L-22)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from core.time import business_day
from loyalty.models import ExpirySweep

AT_ONCE = 5_000
SLACK = timedelta(days=1)  # a lot is written a moment after its `made_at`, at worst after the sweep of that midnight

ENDED = """
    SELECT expires_on, account_id FROM loyalty_lot_credits
    WHERE expires_on < %(today)s AND (expires_on, account_id) > (%(day)s, %(account)s)
    ORDER BY expires_on, account_id LIMIT %(most)s
"""
BOOKED_LATE = """
    SELECT DISTINCT account_id FROM loyalty_lot_credits
    WHERE made_at >= %(since)s AND expires_on < %(today)s AND account_id > %(account)s
    ORDER BY account_id LIMIT %(most)s
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
    """Zero every lot whose last day was before today; how many lots and points. A second run finds nothing.

    A night costs what ends that night: asked are the days since the last sweep that came through, whenever it was, and
    whatever was booked since then with a day that is over already.
    """
    last = ExpirySweep.objects.filter(day__lte=business_day(now)).order_by("day").last()
    return _sweep(now, last.day if last else date.min, last.at - SLACK if last else None)


def expire_all(now: datetime) -> dict[str, int]:
    """The same for every lot there ever was, whatever earlier sweeps noted."""
    return _sweep(now, date.min, None)


def _sweep(now: datetime, since: date, booked_since: datetime | None) -> dict[str, int]:
    today, gone = business_day(now), [0, 0]
    after: tuple[date, int] = (since, 0)
    while rows := _ask(ENDED, today=today, day=after[0], account=after[1]):
        _zero(sorted({account for _, account in rows}), now, gone)
        after = rows[-1]
    account = 0
    while booked_since and (rows := _ask(BOOKED_LATE, today=today, since=booked_since, account=account)):
        _zero([account for (account,) in rows], now, gone)
        account = rows[-1][0]
    lots, points = gone
    sweep, is_new = ExpirySweep.objects.get_or_create(day=today, defaults={"at": now, "lots": lots, "points": points})
    if not is_new:
        ExpirySweep.objects.filter(pk=sweep.pk).update(at=now, lots=F("lots") + lots, points=F("points") + points)
    return {"lots": lots, "points": points}


def _ask(text: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, {**values, "most": AT_ONCE})
        return cursor.fetchall()


@transaction.atomic
def _zero(accounts: list[int], now: datetime, gone: list[int]) -> None:
    """A batch of accounts, each held while it is read, so that a redemption comes wholly before or after."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [accounts])
        cursor.execute(EXPIRE, {"accounts": accounts, "today": business_day(now), "now": now})
        for (points,) in cursor.fetchall():
            gone[0] += 1
            gone[1] -= points
