"""Two years of bills, stars, plans and points for the demo's customers; the real generation makes the points."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from config.demo import stars as stars_made
from core.time import business_day, day_bounds
from loyalty.actions import campaigns, expiry, generation, partitions, ratings
from loyalty.actions.customers import only_city
from loyalty.models import Customer, PromoCampaign
from loyalty.rules import earning, months, stars
from loyalty.states import Star

MONTHS = 24
LOCKED_POINTS = 860

PLANS = """
    INSERT INTO loyalty_pointsaccount (customer_id, plan_from, applied_at, channel, settled_balance)
    SELECT c.id,
        CASE WHEN c.star >= 4 THEN r.valid_from
            ELSE greatest(r.valid_from - (extract(day FROM r.valid_from)::int - 1),
                %(today)s::date - (extract(day FROM %(today)s::date)::int - 1) - 31 * (c.id %% 40)::int) END,
        CASE WHEN c.star < 4 THEN %(now)s END,
        CASE WHEN c.star >= 4 THEN 'automatic' ELSE (ARRAY['sms', 'hall', 'web'])[1 + c.id %% 3] END, 0
    FROM loyalty_customer c JOIN loyalty_starrating r ON r.customer_id = c.id
    WHERE c.star >= 4 OR c.id %% 10 < 6
"""
APPLIED = """
    UPDATE loyalty_pointsaccount SET plan_from = plan_from - (extract(day FROM plan_from)::int - 1),
        applied_at = (plan_from - (extract(day FROM plan_from)::int - 1) - interval '12 days')
            AT TIME ZONE 'Asia/Shanghai'
    WHERE channel <> 'automatic'
"""
EVENTS = """
    INSERT INTO loyalty_planevent (account_id, did, channel, at, effective_on, consent)
    SELECT customer_id, 'opened', channel,
        coalesce(applied_at, plan_from::timestamp AT TIME ZONE 'Asia/Shanghai'), plan_from,
        CASE WHEN channel = 'hall' THEN '受理单 ' || lpad(customer_id::text, 6, '0') ELSE '' END
    FROM loyalty_pointsaccount ORDER BY customer_id
"""
BILLS = """
    INSERT INTO loyalty_bill (customer_id, month, amount_fen, gifted_fen, redeemed_fen, third_party_fen, paid_at)
    SELECT id, %(month)s, fen, CASE WHEN h %% 9 = 0 THEN fen / 5 ELSE 0 END, 0,
        CASE WHEN h %% 11 = 0 THEN fen / 12 ELSE 0 END,
        CASE WHEN paid < %(now)s THEN paid END
    FROM (
        SELECT id, h, (%(base)s::int[])[star + 2] * (70 + h %% 61) AS fen,
            CASE WHEN h %% 100 < 95 THEN %(issued)s::timestamptz + (1 + h %% 26) * interval '1 day' + h * interval '7 s'
                WHEN h %% 100 < 98 THEN %(issued)s::timestamptz + 45 * interval '1 day' END AS paid
        FROM (
            SELECT id, star, abs(hashint8(id * 1009 + %(serial)s)::bigint) %% 9973 AS h FROM loyalty_customer
            WHERE joined_on <= %(last)s AND (closed_on IS NULL OR closed_on > %(last)s)
                AND (id %% 4 = 0 OR %(month)s >= %(everybody_from)s)
        ) person
    ) bill
"""
YUAN = [30, 18, 45, 80, 120, 170, 260, 420, 700]  # a usual month by star, from 未评级 on


@dataclass(frozen=True)
class Made:
    bills: int
    lots: int


def make(now: datetime, *, scale: float) -> Made:
    """Before the days are lived: stars stay those that the customers were made with."""
    today = business_day(now)
    city = only_city()
    rated = months.first_of(today - timedelta(days=stars.effective_on(months.first_of(today)).day - 1))
    values = {"today": today, "now": now}
    with connection.cursor() as cursor:
        stars_made.fit(today, city.pk if city else None)
        _lock_one(today)
        stars_made.tell(today, stars.effective_on(rated), now)
        cursor.execute(PLANS, values)
        cursor.execute(APPLIED)
        cursor.execute(EVENTS)
        stars_made.by_years(today)
        cursor.execute("ANALYZE loyalty_customer, loyalty_starrating, loyalty_pointsaccount")
        newest = earning.newest_due_month(today)
        begin = months.plus(newest, 1 - (MONTHS if scale >= 0.5 else 3))
        bills = sum(_bills(cursor, month, now) for month in _span(begin, months.plus(months.first_of(today), -1)))
    lots = sum(_points(month, today, now) for month in _span(begin, newest))
    _promote(now)
    ratings.rate(rated, on=today, now=now)
    return Made(bills, lots)


def _span(first: date, last: date) -> list[date]:
    return [months.plus(first, at) for at in range(months.between(first, last) + 1)]


def _lock_one(today: date) -> None:
    """The customer of the story: points that wait for the seventh month."""
    someone = Customer.objects.filter(star=Star.UNRATED, status="normal").order_by("pk").first()
    if someone:
        Customer.objects.filter(pk=someone.pk).update(
            joined_on=months.plus(months.first_of(today), -5) + timedelta(days=14),
            is_real_name=True,
            is_personal=True,
            is_blacklisted=False,
        )


def _bills(cursor: Any, month: date, now: datetime) -> int:
    partitions.ensure_bills(month)
    following = months.plus(month, 1)
    values = {
        "month": month,
        "last": months.last_of(month),
        "serial": month.year * 12 + month.month,
        "base": YUAN,
        "issued": day_bounds(following)[0],
        "everybody_from": months.plus(months.first_of(business_day(now)), -13),  # a year for the ratings to come
        "now": now,
    }
    cursor.execute(BILLS, values)
    count = int(cursor.rowcount)
    cursor.execute(f'ANALYZE "{partitions.bill_table(month)}"')
    return count


def _points(month: date, today: date, now: datetime) -> int:
    made_on = earning.generation_day(month, today)
    then = day_bounds(made_on)[0] + timedelta(minutes=5)
    run = generation.start(month, on=made_on, now=then)
    generation.work(run.pk)
    return generation.finish(run.pk, then + timedelta(minutes=2)).earned


def _promote(now: datetime) -> None:
    """Three campaigns: one ends this week, one at the end of next month, one never; and the 860 points that wait."""
    today = business_day(now)
    then = now - timedelta(days=40)
    began = business_day(then)
    for code, name, points, ends, every in (
        ("ZN2026", "入网周年回馈", 300, today + timedelta(days=6), 51),
        ("GQ2026", "国庆充值赠积分", 500, months.last_of(months.plus(months.first_of(today), 1)), 39),
        ("LK2026", "老客户关怀", 200, None, 87),
    ):
        campaign = PromoCampaign.objects.create(
            code=code, name=name, points=points, starts_on=began, ends_on=today, expires_on=ends
        )
        ids = Customer.objects.exclude(status="closed").extra(where=["id %% %s = 3"], params=[every])
        campaigns.credit(campaign, dict.fromkeys(ids.values_list("pk", flat=True)), now=then)
    waiting = Customer.objects.filter(star=Star.UNRATED, status="normal").order_by("pk").first()
    welcome = PromoCampaign.objects.create(
        code="XR2026", name="新入网礼遇", points=LOCKED_POINTS, starts_on=began, ends_on=today
    )
    if waiting:
        campaigns.credit(welcome, {waiting.pk: LOCKED_POINTS}, now=then)
    expiry.expire(now)
