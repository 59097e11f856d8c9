"""Stars of the demo's customers with what their scores were made of: this year's and those of two years before.

Years of belonging are cut to what a star's band leaves room for, so that no score needs a mean bill below zero.
"""

from datetime import date
from typing import Any

from django.db import connection

from loyalty.queries import rating

YEARS_BEFORE = 2

# Who has a star meets the conditions for it, and who has none misses one or has just joined.
FITTING = """
    UPDATE loyalty_customer SET
        city_id = %(city)s,
        is_real_name = CASE WHEN star >= 0 THEN true ELSE id %% 3 <> 1 END,
        is_personal = CASE WHEN star >= 0 THEN true ELSE id %% 3 <> 2 END,
        is_blacklisted = star = -1 AND id %% 15 = 0,
        joined_on = %(today)s::date - CASE
            WHEN star = -1 AND id %% 15 = 0 THEN 300 + id %% 900
            WHEN star = -1 AND id %% 3 = 0 THEN 10 + id %% 120
            WHEN star = 0 THEN 250 + id %% 250
            WHEN star >= 1 THEN 260 + (%(today)s - joined_on) %% ((%(lows)s::int[])[star] * 27 / 2 - 260)
            ELSE %(today)s - joined_on END::int,
        closed_on = CASE WHEN status = 'closed' THEN %(today)s::date - (5 + id %% 200)::int END
"""
# From the first rating on to this year's end, as one period: plans began with it.
TOLD = """
    INSERT INTO loyalty_starrating
        (customer_id, valid_from, valid_to, star, parts, kind, reason, rated_at, told_at)
    SELECT id, since, (since + make_interval(years => extract(year FROM age(%(today)s, since))::int + 1))::date - 1,
        star, '{}', 'told', 'told', %(now)s, %(now)s
    FROM (
        SELECT id, star, CASE WHEN star = 0 THEN %(effective)s::date - 31
            ELSE ((joined_on - (extract(day FROM joined_on)::int - 1)) + interval '6 months 10 days')::date END AS since
        FROM loyalty_customer WHERE star >= 0 AND status <> 'closed'
    ) told
"""
# The same stars year by year: before this year some were a star lower or higher; a few are capped, more were penalised.
YEARLY = """
    WITH told AS (
        DELETE FROM loyalty_starrating r USING loyalty_customer c WHERE c.id = r.customer_id
        RETURNING c.id, c.star, c.joined_on, r.valid_from AS since, r.valid_to
    ),
    years AS (
        SELECT t.*, back, (t.valid_to + 1 - make_interval(years => back + 1))::date AS began
        FROM told t CROSS JOIN generate_series(0, %(years)s) back
        WHERE t.star >= 1 AND (t.valid_to + 1 - make_interval(years => back + 1))::date >= since
        UNION ALL SELECT t.*, 0, since FROM told t WHERE t.star = 0
    ),
    starred AS (
        SELECT id, began, since,
            CASE WHEN star = 0 THEN valid_to ELSE (began + interval '1 year')::date - 1 END AS until,
            CASE WHEN star < 1 OR back = 0 THEN star WHEN id %% 5 = 0 THEN greatest(star - 1, 1)
                WHEN id %% 11 = 0 THEN least(star + 1, 7) ELSE star END AS star,
            (extract(year FROM began)::int * 12 + extract(month FROM began)::int
                - extract(year FROM joined_on)::int * 12 - extract(month FROM joined_on)::int + 1) AS age,
            CASE WHEN star = 3 AND back = 0 AND id %% 97 = 0 THEN 3 WHEN star >= 1 AND id %% 29 = back THEN 1 ELSE 0 END
                AS suspensions,
            abs(hashint8(id * 31 + back)::bigint) AS h
        FROM years
    ),
    aimed AS (
        SELECT *, CASE WHEN suspensions = 3 THEN 5 ELSE star END AS by_score, least(age - 1, 12) AS counted FROM starred
    ),
    scored AS (
        SELECT *, coalesce((%(lows)s::int[])[by_score], 0) + CASE WHEN by_score = 0 THEN 20 + h %% 28
            ELSE h %% least((%(highs)s::int[])[by_score] - (%(lows)s::int[])[by_score], 150) END AS score
        FROM aimed
    ),
    halted AS (
        INSERT INTO loyalty_suspension (customer_id, began_on, for_arrears)
        SELECT id, began - extract(day FROM began)::int + 1 - (20 + nth * 45), true
        FROM scored, generate_series(0, suspensions - 1) nth
    )
    INSERT INTO loyalty_starrating
        (customer_id, valid_from, valid_to, star, score, parts, kind, reason, rated_at, told_at)
    SELECT id, began, until, star, score,
        jsonb_build_object('bill', bill, 'age', age, 'bonus', 0, 'penalty', suspensions * 10,
            'suspensions', suspensions, 'months', counted,
            'bills_fen', bill * 100 * counted + (h %% 80)::int * counted / 2 - 20 * counted)
            || CASE WHEN suspensions = 3 THEN jsonb_build_object('by_score', by_score) ELSE '{}' END,
        CASE WHEN star = 0 THEN 'monthly' WHEN began = since THEN 'first' ELSE 'yearly' END,
        CASE WHEN suspensions = 3 THEN 'capped' ELSE 'score' END, rated_at, rated_at
    FROM (
        SELECT *, score - age + suspensions * 10 AS bill, began::timestamp AT TIME ZONE 'Asia/Shanghai' AS rated_at
        FROM scored
    ) whole ORDER BY id, began
"""


def fit(today: date, city_id: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FITTING, {"today": today, "city": city_id, "lows": _lows(today)})


def tell(today: date, effective: date, now: Any) -> None:
    """One period for each star, to open the plans by."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, {"today": today, "effective": effective, "now": now})


def by_years(today: date) -> None:
    """Cut the periods into rating years, each with the score that gives its star."""
    lows = _lows(today)
    values: dict[str, Any] = {"lows": lows, "highs": [*lows[1:], lows[-1] + 200], "years": YEARS_BEFORE}
    with connection.cursor() as cursor:
        cursor.execute(YEARLY, values)


def _lows(today: date) -> list[int]:
    return [low for _, low in sorted(rating.bands_on(today).items())]
