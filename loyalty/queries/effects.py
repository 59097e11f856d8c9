"""What a change of rules would have done: to the last month's points, to the stars in force, to who paid in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from core.time import day_bounds
from loyalty.models import GenerationRun
from loyalty.queries import rating
from loyalty.rules import months, stars
from loyalty.states import RunState, Star

POINTS = """
    SELECT star, count(*), sum(points)::bigint,
        sum((eligible_fen::bigint * (%(hundredths)s::int[])[star] + 9999) / 10000)::bigint
    FROM loyalty_lot WHERE month = %(month)s AND source = 0 AND star >= 1 GROUP BY 1 ORDER BY 1
"""
STARS = """
    SELECT star, width_bucket(score, %(bands)s::int[]), count(*) FROM loyalty_starrating
    WHERE valid_from <= %(day)s AND valid_to >= %(day)s AND score IS NOT NULL AND star >= 0 AND reason = 'score'
    GROUP BY 1, 2
"""
FACTS = """
    SELECT r.customer_id AS id, c.bonus_products, r.star AS before_star, r.valid_to AS before_until, r.kind,
        (extract(year FROM r.valid_from) - extract(year FROM c.joined_on))::int * 12
            + (extract(month FROM r.valid_from) - extract(month FROM c.joined_on))::int AS months_before,
        (r.parts->>'months')::bigint AS counted, (r.parts->>'bills_fen')::bigint AS bills_fen,
        (r.parts->>'suspensions')::int AS suspensions, coalesce(s.arrears, 0)::int AS arrears,
        NULL::text AS unqualified
    FROM loyalty_starrating r JOIN loyalty_customer c ON c.id = r.customer_id
    LEFT JOIN (
        SELECT k.id, count(*) AS arrears
        FROM loyalty_starrating k CROSS JOIN LATERAL (
            SELECT k.valid_from - extract(day FROM k.valid_from)::int + 1
        ) AS first_days(month)
        JOIN loyalty_suspension s ON s.customer_id = k.customer_id AND s.for_arrears AND s.began_on < month
            AND s.began_on >= month - make_interval(months => (k.parts->>'months')::int)
        WHERE k.valid_from <= %(day)s AND k.valid_to >= %(day)s AND k.parts ? 'bills_fen' GROUP BY 1
    ) s ON s.id = r.id
    WHERE r.valid_from <= %(day)s AND r.valid_to >= %(day)s AND r.parts ? 'bills_fen' AND r.star >= 0
"""
"""What the ratings in force were made of, in the shape `rating.RATED` reads; told stars keep no parts."""
_RATED = rating.RATED.format(facts=FACTS)
SCORED = f"""
    SELECT was.star, wished.star, count(*) FROM ({_RATED.replace("%(", "%(was_")}) was
    JOIN ({_RATED}) wished ON wished.customer_id = was.customer_id GROUP BY 1, 2
"""
PAID = """
    SELECT count(*) FILTER (WHERE paid_at < %(before)s), count(*) FILTER (WHERE paid_at < %(after)s), count(*)
    FROM loyalty_bill WHERE month = %(month)s
"""


@dataclass(frozen=True)
class StarEffect:
    """Points of one star in the last month: as they were made, and as they would have been."""

    star: int
    customers: int
    before: int
    after: int

    @property
    def label(self) -> str:
        return str(Star(self.star).label)

    @property
    def change(self) -> int:
        return self.after - self.before


def last_run() -> GenerationRun | None:
    return GenerationRun.objects.filter(state=RunState.DONE).order_by("-month").first()


def of_multipliers(wished: dict[int, int]) -> list[StarEffect]:
    """By star, on the last generated month; empty when there is none."""
    run = last_run()
    if run is None:
        return []
    values: dict[str, Any] = {
        "month": run.month,
        "hundredths": [wished[star] for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)],
    }
    with connection.cursor() as cursor:
        cursor.execute(POINTS, values)
        return [StarEffect(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class BandEffect:
    """How many customers go from a star to another by their present score."""

    before: int
    after: int
    customers: int

    @property
    def words(self) -> str:
        return f"{Star(self.before).label} → {Star(self.after).label}"


def of_bands(wished: dict[int, int], today: date) -> list[BandEffect]:
    """Only those who change, the most first; what the next ratings would bring if scores stayed."""
    values: dict[str, Any] = {"day": today, "bands": [low for _, low in sorted(wished.items())]}
    with connection.cursor() as cursor:
        cursor.execute(STARS, values)
        rows = [BandEffect(*row) for row in cursor.fetchall()]
    return sorted((row for row in rows if row.before != row.after), key=lambda row: -row.customers)


@dataclass(frozen=True)
class ScoreEffect:
    """Those who change from one star to another, the most first, among `rated` whose score is known."""

    rows: list[BandEffect]
    rated: int

    @property
    def customers(self) -> int:
        return sum(row.customers for row in self.rows)


def of_score(wished: Mapping[str, int], valid_from: date, today: date) -> ScoreEffect:
    """The stars in force rated again from the facts each kept, by the rules of a day to come and by the wished ones.

    Bonus products are those of today. Bands are those of `valid_from`, so that only the wish makes a difference.
    """
    standing = stars.policy_on(valid_from, rating.bands_on(valid_from))
    month = months.first_of(today)
    values: dict[str, Any] = {"day": today} | rating.values_of(month, stars.with_parts(standing, wished))
    was = {"day": today} | rating.values_of(month, standing)
    with connection.cursor() as cursor:
        cursor.execute(SCORED, values | {f"was_{name}": value for name, value in was.items()})
        rows = [BandEffect(*row) for row in cursor.fetchall()]
    changing = sorted((row for row in rows if row.before != row.after), key=lambda row: -row.customers)
    return ScoreEffect(changing, sum(row.customers for row in rows))


@dataclass(frozen=True)
class DeadlineEffect:
    month: date
    before: int
    after: int
    bills: int

    @property
    def change(self) -> int:
        return self.after - self.before


def of_deadline(after_months: int, extra_days: int) -> DeadlineEffect | None:
    """Bills of the last generated month that were, or would have been, paid in time."""
    run = last_run()
    if run is None:
        return None
    before = run.paid_before
    with connection.cursor() as cursor:
        cursor.execute(
            PAID, {"month": run.month, "before": before, "after": _deadline(run.month, after_months, extra_days)}
        )
        now_paid, then_paid, bills = cursor.fetchone()
    return DeadlineEffect(run.month, now_paid, then_paid, bills)


def _deadline(month: date, after_months: int, extra_days: int) -> datetime:
    """The first moment that is too late."""
    last = months.last_of(months.plus(month, after_months)) + timedelta(days=extra_days)
    return day_bounds(last)[1]
