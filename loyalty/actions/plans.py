"""Opening the points plan: by the customer's wish, by four or five stars, by the grace of 2015 (R-L-17 … R-L-20)."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from core.errors import Refused
from core.time import business_day
from loyalty.actions.spending import By
from loyalty.models import Customer, PlanEvent, PointsAccount
from loyalty.queries import ledger
from loyalty.queries import plans as reads
from loyalty.rules import months, plans, policy
from loyalty.states import Channel, CustomerStatus, PlanDid, PointsSource

WITH_EVIDENCE = {Channel.HALL}

OPEN = """
    WITH due AS (
        SELECT r.customer_id, r.valid_from FROM loyalty_starrating r
        LEFT JOIN loyalty_pointsaccount a ON a.customer_id = r.customer_id
        WHERE r.valid_from = %(effective)s AND r.star >= %(star)s
            AND (a.plan_from IS NULL OR a.plan_from > r.valid_from OR a.plan_until < r.valid_from)
            AND (%(customers)s::bigint[] IS NULL OR r.customer_id = ANY(%(customers)s))
    ),
    opened AS (
        INSERT INTO loyalty_pointsaccount (customer_id, plan_from, channel, applied_at, settled_balance)
        SELECT customer_id, valid_from, 'automatic', NULL, 0 FROM due ORDER BY customer_id
        ON CONFLICT (customer_id) DO UPDATE
            SET plan_from = excluded.plan_from, plan_until = NULL, channel = excluded.channel, applied_at = NULL
        RETURNING customer_id, plan_from
    )
    INSERT INTO loyalty_planevent (account_id, did, channel, at, effective_on, consent)
    SELECT customer_id, 'opened', 'automatic', %(now)s, plan_from, '' FROM opened
"""
GRACE = """
    WITH granted AS (
        UPDATE loyalty_pointsaccount a SET grace_from = %(first)s, grace_until = %(last)s
        FROM loyalty_customer c
        WHERE c.id = a.customer_id AND c.is_personal AND c.status <> 'closed'
            AND a.plan_from < %(first)s AND a.grace_from IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM loyalty_starrating r
                WHERE r.customer_id = a.customer_id AND r.star >= 1
                    AND r.valid_from < %(month_after)s AND r.valid_to >= %(first)s
            )
        RETURNING a.customer_id
    )
    INSERT INTO loyalty_planevent (account_id, did, channel, at, effective_on, consent)
    SELECT customer_id, 'grace', 'automatic', %(now)s, %(first)s, '' FROM granted
"""


@transaction.atomic
def enrol(customer_id: int, *, channel: Channel, consent: str = "", by: By, now: datetime) -> PointsAccount:
    """R-L-17: asked for this month, in force from the next. Who has the plan already keeps it as it is.

    `consent` is the evidence of the customer's wish, needed at the hall's desk.
    Raises Refused: not_found, closed, boss, no_star, consent_needed.
    """
    customer = Customer.objects.select_related("city").select_for_update(of=("self",)).filter(pk=customer_id).first()
    if customer is None:
        raise Refused("not_found", "没有找到这位客户。")
    today = business_day(now)
    account = PointsAccount.objects.filter(customer=customer).first()
    if account and account.plan_from and (account.plan_until is None or account.plan_until >= today):
        return account
    _check(customer, today, channel, consent)
    account = account or PointsAccount(customer=customer)
    account.plan_from, account.plan_until = plans.applied_from(today), None
    account.applied_at, account.channel = now, channel
    account.save()
    PlanEvent.objects.create(
        account=account,
        did=PlanDid.OPENED,
        channel=channel,
        at=now,
        effective_on=account.plan_from,
        actor=by.actor,
        consent=consent[:80],
    )
    return account


def _check(customer: Customer, today: date, channel: Channel, consent: str) -> None:
    if customer.status == CustomerStatus.CLOSED:
        raise Refused("closed", "号码已销户,不能开通积分计划。")
    if ledger.points_source(customer, today) == PointsSource.BOSS:
        raise Refused("boss", "该客户的积分由 BOSS 管理,请到 BOSS 开通。")
    if not plans.may_apply(reads.star_on(customer.pk, today)):
        raise Refused("no_star", "评上一星及以上后才能开通积分计划,当前未评上星级。")
    if channel in WITH_EVIDENCE and not consent.strip():
        raise Refused("consent_needed", "请登记客户同意开通的凭据。")


def open_automatically(effective: date, now: datetime, *, customers: list[int] | None = None) -> int:
    """R-L-17: the plan of those whose four or five stars begin on a day, unless it is in force by then anyway."""
    values: dict[str, Any] = {
        "effective": effective,
        "star": policy.number(policy.AUTOMATIC_STAR, effective),
        "customers": customers,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN, values)
        return cursor.rowcount


def give_grace(now: datetime) -> int:
    """R-L-20: once; who has it already is left alone."""
    today = business_day(now)
    first = policy.day(policy.GRACE_FROM, today)
    span = plans.grace(plan_from=date.min, star=None, is_personal=True, on=today)
    assert span is not None
    values = {"first": first, "last": span[1], "month_after": months.plus(months.first_of(first), 1), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(GRACE, values)
        return cursor.rowcount
