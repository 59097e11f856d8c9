"""`rules.stars` as SQL, for whole ranges of customers; a test holds the two to each other."""

from datetime import date
from typing import Any

from loyalty.models import StarBand
from loyalty.rules import months
from loyalty.rules.stars import Policy

RATED = """
    SELECT id AS customer_id, before_star, before_until, kind, score,
        CASE WHEN arrears >= %(cap_suspensions)s AND by_score > %(cap_star)s
            THEN parts || jsonb_build_object('by_score', by_score) ELSE parts END AS parts,
        CASE
            WHEN unqualified IS NOT NULL THEN -1
            WHEN arrears >= %(cap_suspensions)s THEN least(by_score, %(cap_star)s) ELSE by_score
        END AS star,
        CASE
            WHEN unqualified IS NOT NULL THEN unqualified
            WHEN arrears >= %(cap_suspensions)s AND by_score > %(cap_star)s THEN 'capped' ELSE 'score'
        END AS reason
    FROM (
        SELECT *, CASE WHEN unqualified IS NULL THEN width_bucket(score, %(bands)s::int[]) END AS by_score FROM (
            SELECT *,
                CASE WHEN unqualified IS NULL
                    THEN greatest(bill + age + bonus - suspensions * %(penalty)s, 0) END AS score,
                CASE WHEN unqualified IS NULL THEN jsonb_build_object(
                    'bill', bill, 'age', age, 'bonus', bonus, 'penalty', suspensions * %(penalty)s,
                    'suspensions', suspensions, 'months', counted, 'bills_fen', bills_fen
                ) ELSE '{{}}'::jsonb END AS parts
            FROM (
                SELECT *,
                    CASE WHEN %(rounding)s = 1 THEN bills_fen * %(per_yuan)s / (counted * 10000)
                        ELSE (2 * bills_fen * %(per_yuan)s + counted * 10000) / (2 * counted * 10000) END AS bill,
                    (months_before + 1) * %(age_tenths)s / 10 AS age,
                    least(bonus_products * %(bonus_each)s, %(bonus_max)s) AS bonus
                FROM ({facts}) facts
            ) parted
        ) scored
    ) starred
"""
FACTS = """
    SELECT c.id, c.bonus_products, l.star AS before_star, l.valid_to AS before_until, l.reason AS before_reason,
        age.months_before, greatest(least(%(score_months)s, age.months_before), 1)::bigint AS counted,
        coalesce(b.bills_fen, 0) AS bills_fen,
        coalesce(s.suspensions, 0)::int AS suspensions, coalesce(s.arrears, 0)::int AS arrears,
        CASE WHEN l.star IS NULL THEN 'first' WHEN l.star < 1 THEN 'monthly' ELSE 'yearly' END AS kind,
        CASE WHEN NOT c.is_personal THEN 'not_personal' WHEN NOT c.is_real_name THEN 'not_real_name'
            WHEN c.status <> 'normal' THEN 'not_normal' WHEN c.is_blacklisted THEN 'blacklisted' END AS unqualified
    FROM loyalty_customer c
    CROSS JOIN LATERAL (
        SELECT (extract(year FROM %(month)s::date) - extract(year FROM c.joined_on))::int * 12
            + (extract(month FROM %(month)s::date) - extract(month FROM c.joined_on))::int AS months_before
    ) age
    LEFT JOIN (
        SELECT DISTINCT ON (customer_id) customer_id, star, valid_to, reason FROM loyalty_starrating
        WHERE customer_id BETWEEN %(first)s AND %(last)s ORDER BY customer_id, valid_from DESC
    ) l ON l.customer_id = c.id
    LEFT JOIN (
        SELECT customer_id, sum(amount_fen)::bigint AS bills_fen FROM loyalty_bill
        WHERE month >= %(from_month)s AND month < %(month)s AND customer_id BETWEEN %(first)s AND %(last)s GROUP BY 1
    ) b ON b.customer_id = c.id
    LEFT JOIN (
        SELECT customer_id, count(*) AS suspensions, count(*) FILTER (WHERE for_arrears) AS arrears
        FROM loyalty_suspension
        WHERE began_on >= %(from_month)s AND began_on < %(month)s AND customer_id BETWEEN %(first)s AND %(last)s
        GROUP BY 1
    ) s ON s.customer_id = c.id
    WHERE c.id BETWEEN %(first)s AND %(last)s AND c.status <> 'closed'
        AND (%(boss)s::bigint[] IS NULL OR c.city_id IS NULL OR c.city_id <> ALL(%(boss)s))
        AND age.months_before + 1 >= %(first_month)s
        AND (l.customer_id IS NULL OR l.star < 1 OR l.valid_to < %(effective)s)
        AND NOT EXISTS (
            SELECT 1 FROM loyalty_starrating r WHERE r.customer_id = c.id AND r.valid_from >= %(effective)s
        )
"""
RATE = RATED.format(facts=FACTS)

APPLY = f"""
    WITH rated AS MATERIALIZED ({RATE}),
    fresh AS (
        SELECT * FROM rated
        WHERE star >= 0 OR before_star IS DISTINCT FROM -1 OR before_until < %(effective)s
    ),
    ended AS (
        UPDATE loyalty_starrating r SET valid_to = %(effective)s::date - 1 FROM fresh
        WHERE r.customer_id = fresh.customer_id AND r.valid_from < %(effective)s AND r.valid_to >= %(effective)s
    ),
    made AS (
        INSERT INTO loyalty_starrating
            (customer_id, valid_from, valid_to, star, score, parts, kind, reason, rated_at, told_at)
        SELECT customer_id, %(effective)s, %(until)s, star, score, parts, kind, reason, %(now)s,
            CASE WHEN star < 1 AND before_star = star THEN %(now)s::timestamptz END
        FROM fresh ORDER BY customer_id
    ),
    events AS (
        INSERT INTO loyalty_planevent (account_id, did, channel, at, effective_on, consent)
        SELECT a.customer_id, CASE WHEN f.star >= 1 THEN 'woke' ELSE 'dormant' END, 'automatic', %(now)s,
            %(effective)s, ''
        FROM fresh f JOIN loyalty_pointsaccount a ON a.customer_id = f.customer_id
        WHERE a.plan_from < %(effective)s AND (a.plan_until IS NULL OR a.plan_until >= %(effective)s)
            AND (f.star >= 1) <> (coalesce(f.before_star, -1) >= 1)
    )
    SELECT kind, coalesce(before_star, -1), star, count(*) FROM rated GROUP BY 1, 2, 3
"""
COMPARE = f"SELECT kind, coalesce(before_star, -1), star, count(*) FROM ({RATE}) rated GROUP BY 1, 2, 3"


def bands_on(day: date) -> dict[int, int]:
    """R-L-6: the lowest score by star as it stands on a day."""
    rows = StarBand.objects.filter(valid_from__lte=day).order_by("star", "-valid_from").distinct("star")
    return dict(rows.values_list("star", "low"))


def values_of(month: date, rules: Policy) -> dict[str, Any]:
    """The parameters of `RATE` but for the range of customers and the days of effect."""
    return {
        "month": month,
        "from_month": months.plus(month, -rules.score_months),
        "bands": [low for _, low in sorted(rules.bands.items())],
        "first_month": rules.first_month,
        "score_months": rules.score_months,
        "per_yuan": rules.per_yuan,
        "rounding": rules.rounding,
        "age_tenths": rules.age_tenths,
        "bonus_each": rules.bonus_each,
        "bonus_max": rules.bonus_max,
        "penalty": rules.penalty,
        "cap_suspensions": rules.cap_suspensions,
        "cap_star": rules.cap_star,
    }
