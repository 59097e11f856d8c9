"""`rules.earning.judge` and `points` as SQL, for whole ranges of customers at once; a test holds them to each other.

The star is the one in force on the month's last day (R-L-14), so a later rating changes nothing.
"""

from datetime import date
from typing import Any

from django.db import connection

from loyalty.models import GenerationRun, StarMultiplier
from loyalty.rules import earning, months
from loyalty.states import Star

JUDGED = """
    SELECT account_id, eligible, star, has_plan,
        CASE WHEN star >= 1 THEN 1 ELSE 4 END AS kind,
        CASE WHEN star >= 1 THEN star ELSE 1 END AS counted_star,
        (%(multipliers)s::int[])[CASE WHEN star >= 1 THEN star ELSE 1 END] AS multiplier,
        CASE
            WHEN NOT has_grace AND coalesce(star, -1) < 1 THEN CASE WHEN star = 0 THEN 2 ELSE 1 END
            WHEN plan_from IS NULL OR plan_until < %(last_day)s THEN 3
            WHEN plan_from > %(last_day)s THEN 4
            WHEN paid_at IS NULL OR paid_at >= %(paid_before)s THEN 5
            WHEN eligible = 0 THEN 6
            ELSE 0
        END AS reason
    FROM (
        SELECT b.customer_id AS account_id, b.paid_at, a.plan_from, a.plan_until, r.star,
            greatest(b.amount_fen - b.gifted_fen - b.redeemed_fen - b.third_party_fen, 0) AS eligible,
            coalesce(%(last_day)s BETWEEN a.grace_from AND a.grace_until, false) AS has_grace,
            coalesce(a.plan_from <= %(last_day)s AND (a.plan_until IS NULL OR a.plan_until >= %(last_day)s), false)
                AS has_plan
        FROM loyalty_bill b
        LEFT JOIN loyalty_pointsaccount a ON a.customer_id = b.customer_id
            AND a.customer_id BETWEEN %(first)s AND %(last)s
        LEFT JOIN loyalty_starrating r ON r.customer_id = b.customer_id
            AND r.customer_id BETWEEN %(first)s AND %(last)s
            AND r.valid_from <= %(last_day)s AND r.valid_to >= %(last_day)s
        WHERE b.month = %(month)s AND b.customer_id BETWEEN %(first)s AND %(last)s
    ) standing
"""
POINTS = f"((eligible::bigint * multiplier + {earning.HUNDREDTHS_PER_POINT - 1}) / {earning.HUNDREDTHS_PER_POINT})::int"


def multipliers_on(day: date) -> dict[int, int]:
    """R-L-4: hundredths by star as they stand on a day."""
    rows = StarMultiplier.objects.filter(valid_from__lte=day).order_by("star", "-valid_from").distinct("star")
    return dict(rows.values_list("star", "hundredths"))


def values_of(run: GenerationRun) -> dict[str, Any]:
    """The parameters of `JUDGED` for a run; `first` and `last` are added by the caller."""
    frozen = {int(star): hundredths for star, hundredths in run.multipliers.items()}
    return {
        "month": run.month,
        "last_day": months.last_of(run.month),
        "paid_before": run.paid_before,
        "multipliers": [frozen[star] for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)],
    }


def judge_one(run: GenerationRun, customer_id: int) -> tuple[int, int, int, int, int] | None:
    """(reason, kind, star, multiplier, eligible) of one customer's bill in a run's month; None without a bill."""
    text = f"SELECT reason, kind, counted_star, multiplier, eligible FROM ({JUDGED}) judged"
    with connection.cursor() as cursor:
        cursor.execute(text, {**values_of(run), "first": customer_id, "last": customer_id})
        row: tuple[int, int, int, int, int] | None = cursor.fetchone()
    return row
