"""What another value of a single number would do to the present stock: customers, stars, points and days.

One question for each parameter that has no form of its own; each answers in lines of before and after.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from core import parameters
from core.time import business_day
from loyalty.models import Customer, Lot, StarRating
from loyalty.queries import effects, rating
from loyalty.rules import earning, months, policy, stars
from loyalty.states import CustomerStatus, Star

SAMPLE = 200_000
"""Customers whose bills are read again for another number of counted months; beyond, a share of them stands for all."""

MONTHS_FACTS = """
    SELECT c.id, c.bonus_products, r.star AS before_star, r.valid_to AS before_until, r.kind,
        age.months_before, greatest(least(%(score_months)s, age.months_before), 1)::bigint AS counted,
        coalesce(b.bills_fen, 0) AS bills_fen, coalesce((r.parts->>'suspensions')::int, 0) AS suspensions, 0 AS arrears,
        NULL::text AS unqualified
    FROM loyalty_starrating r JOIN loyalty_customer c ON c.id = r.customer_id
    CROSS JOIN LATERAL (
        SELECT (extract(year FROM %(month)s::date) - extract(year FROM c.joined_on))::int * 12
            + (extract(month FROM %(month)s::date) - extract(month FROM c.joined_on))::int AS months_before
    ) age
    JOIN (
        SELECT customer_id, sum(amount_fen)::bigint AS bills_fen FROM loyalty_bill
        WHERE month >= %(from_month)s AND month < %(month)s AND customer_id %% %(step)s = 0 GROUP BY 1
    ) b ON b.customer_id = r.customer_id
    WHERE r.valid_from <= %(day)s AND r.valid_to >= %(day)s AND r.star >= 0 AND r.reason = 'score'
"""
_RATED = rating.RATED.format(facts=MONTHS_FACTS)
BY_MONTHS = f"""
    SELECT was.star, wished.star, count(*) FROM ({_RATED.replace("%(", "%(was_")}) was
    JOIN ({_RATED}) wished ON wished.customer_id = was.customer_id GROUP BY 1, 2
"""
LAPSING = """
    SELECT count(*) FROM loyalty_starrating
    WHERE valid_from <= %(day)s AND valid_to >= %(day)s AND star >= 1 AND extract(day FROM valid_to) >= %(value)s
"""
OVER = """
    SELECT count(*) FROM loyalty_starrating
    WHERE valid_from <= %(day)s AND valid_to >= %(day)s AND star >= 1
        AND valid_from + make_interval(months => %(value)s) <= %(day)s
"""
WITHOUT_PLAN = """
    SELECT count(*) FROM loyalty_starrating r LEFT JOIN loyalty_pointsaccount a ON a.customer_id = r.customer_id
    WHERE r.valid_from <= %(day)s AND r.valid_to >= %(day)s AND r.star >= %(value)s AND a.plan_from IS NULL
"""
LOCKED = """
    SELECT count(DISTINCT entry.account_id), coalesce(sum(points), 0)::bigint FROM (
        SELECT account_id, points FROM loyalty_lot UNION ALL SELECT account_id, points FROM loyalty_debit
    ) entry JOIN loyalty_customer c ON c.id = entry.account_id
    WHERE c.joined_on >= %(since)s AND c.joined_on >= %(young)s AND c.status <> 'closed'
"""
OUTSTANDING = """
    SELECT (SELECT coalesce(sum(points), 0) FROM loyalty_lot)::bigint
        + (SELECT coalesce(sum(points), 0) FROM loyalty_debit)::bigint
"""


@dataclass(frozen=True)
class Line:
    """What is counted, as it stands and as it would be; both ready to be read."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One number as it will stand and as it is wished; `since` is the day it would begin, `today` the stock's."""

    name: str
    before: int
    after: int
    since: date
    today: date


def of_numbers(wished: Mapping[str, int], since: date, today: date) -> list[tuple[str, list[Line]]]:
    """Label and lines of each number that differs from what will stand on that day."""
    found = []
    for name, value in wished.items():
        standing = policy.number(name, since)
        if value != standing:
            told = EFFECTS[name](Change(name, standing, value, since, today))
            found.append((parameters.about(name).label, told))
    return found


def _count(text: str, value: int, today: date) -> str:
    return f"{_ask(text, {'day': today, 'value': value})[0][0]:,}"


def _ask(text: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def _both(change: Change, what: str, text: str) -> list[Line]:
    return [Line(what, _count(text, change.before, change.today), _count(text, change.after, change.today))]


def _of_first_rating(change: Change) -> list[Line]:
    """R-L-1, R-L-7: who meets the conditions and has been in network long enough."""
    fitting = Customer.objects.filter(
        status=CustomerStatus.NORMAL, is_real_name=True, is_personal=True, is_blacklisted=False
    )
    month = months.first_of(change.today)
    counts = [
        f"{fitting.filter(joined_on__lt=months.plus(month, 2 - value)).count():,}"
        for value in (change.before, change.after)
    ]
    return [Line("符合条件、可以参加评定的客户", *counts)]


def _of_validity(change: Change) -> list[Line]:
    """R-L-7. Stars that stand keep their days; the new ones get the wished period."""
    stars_now = StarRating.objects.filter(
        valid_from__lte=change.today, valid_to__gte=change.today, star__gte=Star.ONE
    ).count()
    monthly = [f"{stars_now // value:,}" for value in (change.before, change.after)]
    held = _both(change, "现有星级若按此有效期,今天已经到期的客户", OVER)
    return [*held, Line("每月平均要重新评定的客户", *monthly)]


def _of_counted_months(change: Change) -> list[Line]:
    """R-L-5: stars in force rated again by the bills of the last months, by so many of them and by the other number."""
    rules = stars.policy_on(change.since, rating.bands_on(change.since))
    month, step = months.first_of(change.today), max(Customer.objects.count() // SAMPLE, 1)
    values: dict[str, Any] = {}
    for prefix, count in (("was_", change.before), ("", change.after)):
        own = rating.values_of(month, rules) | {"score_months": count, "from_month": months.plus(month, -count)}
        own |= {"day": change.today, "step": step}
        values |= {f"{prefix}{name}": value for name, value in own.items()}
    rows = [effects.BandEffect(*row) for row in _ask(BY_MONTHS, values)]
    changing = sorted((row for row in rows if row.before != row.after), key=lambda row: -row.customers)
    told = [Line("星级会不同的客户" + (f"(按 1/{step} 抽样推算)" if step > 1 else ""), "0", _times(changing, step))]
    return told + [Line(row.words, "0", _times([row], step)) for row in changing[:6]]


def _times(rows: list[effects.BandEffect], step: int) -> str:
    return f"{sum(row.customers for row in rows) * step:,}"


def _of_rating_day(change: Change) -> list[Line]:
    """A star that ends on or after the day is rated a month later, and has no star on its last month's last day."""
    return _both(change, "到期后要等到下月才重新评定、当月账单不计积分的客户", LAPSING)


def _of_automatic(change: Change) -> list[Line]:
    """R-L-17."""
    return _both(change, "达到星级、还没有积分计划、将自动开通的客户", WITHOUT_PLAN)


def _of_generation(change: Change) -> list[Line]:
    """R-L-16: when the next month's points come, and how many wait for it, as in the month that was made last."""
    run = effects.last_run()
    if run is None:
        return [Line("还没有生成过积分,无法试算", "—", "—")]
    month = months.plus(run.month, 1)
    days = [_made_on(month, change, value) for value in (change.before, change.after)]
    waiting = Lot.objects.filter(month=run.month, source=0).aggregate(customers=Count("account"), points=Sum("points"))
    told = f"{waiting['customers']:,} 位客户 {waiting['points'] or 0:,} 分"
    return [
        Line(f"{month:%Y-%m} 账期的积分生成日", *(f"{day:%Y-%m-%d}" for day in days)),
        Line("等到那天的客户和积分(按上一账期)", told, told),
    ]


def _made_on(month: date, change: Change, value: int) -> date:
    later = {name: policy.number(name, change.since) for name in (policy.GENERATION_MONTHS, policy.GENERATION_DAY)}
    later[change.name] = value
    made = months.plus(month, later[policy.GENERATION_MONTHS]).replace(day=later[policy.GENERATION_DAY])
    return max(made, business_day(earning.paid_before(month, change.since)))


def _of_use_lock(change: Change) -> list[Line]:
    """R-L-24: who has points that can't be used yet, today."""
    told = []
    for value in (change.before, change.after):
        number = {name: policy.number(name, change.since) for name in (policy.USE_LOCK_FROM, policy.USE_LOCK_MONTHS)}
        number[change.name] = value
        since = number[policy.USE_LOCK_FROM]
        young = months.plus(months.first_of(change.today), 1 - number[policy.USE_LOCK_MONTHS])
        day = date(since // 10_000, since // 100 % 100, since % 100)
        customers, points = _ask(LOCKED, {"since": day, "young": young})[0]
        told.append(f"{customers:,} 位 {points:,} 分")
    return [Line("有积分、今天还不能用的新客户", *told)]


def _of_value(change: Change) -> list[Line]:
    """R-L-26: what all outstanding points are worth."""
    points = _ask(OUTSTANDING, {})[0][0]
    return [
        Line(
            f"{points:,} 分未用积分的价值",
            *(f"{points * value / 1000:,.2f} 元" for value in (change.before, change.after)),
        )
    ]


EFFECTS: dict[str, Callable[[Change], list[Line]]] = {
    policy.SCORE_MONTHS: _of_counted_months,
    policy.FIRST_RATING_MONTH: _of_first_rating,
    policy.STAR_MONTHS: _of_validity,
    policy.RATING_DAY: _of_rating_day,
    policy.AUTOMATIC_STAR: _of_automatic,
    policy.GENERATION_MONTHS: _of_generation,
    policy.GENERATION_DAY: _of_generation,
    policy.USE_LOCK_FROM: _of_use_lock,
    policy.USE_LOCK_MONTHS: _of_use_lock,
    policy.POINT_MILLS: _of_value,
}
