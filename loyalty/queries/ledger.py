"""Reading the ledger. What an account has is always the sum of its entries, never a kept number."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from core.time import business_day
from loyalty.models import Customer, GenerationRun, MaintenanceWindow
from loyalty.rules import policy, usage
from loyalty.rules.usage import LotLeft
from loyalty.states import PointsSource, RunState, UnusableReason

LEFT = """
    SELECT l.month, l.kind, l.source, l.points, l.points + coalesce(moved.points, 0), l.expires_on
    FROM loyalty_lot l
    LEFT JOIN (
        SELECT lot_month, lot_kind, lot_source, sum(points)::int AS points FROM loyalty_debit
        WHERE account_id = %(account)s GROUP BY 1, 2, 3
    ) moved ON moved.lot_month = l.month AND moved.lot_kind = l.kind AND moved.lot_source = l.source
    WHERE l.account_id = %(account)s
    ORDER BY l.month, l.kind, l.source
"""
BALANCES = """
    SELECT account_id, sum(points)::bigint FROM (
        SELECT account_id, points FROM loyalty_lot WHERE account_id = ANY(%(accounts)s)
        UNION ALL SELECT account_id, points FROM loyalty_debit WHERE account_id = ANY(%(accounts)s)
    ) entry GROUP BY 1
"""


@dataclass(frozen=True)
class Standing:
    """What a customer has now. `usable` is 0 when `reasons` says why; `usable_from` only with `NEW_CUSTOMER`.

    `next_expiry`: the earliest last day of usable promo points, and how many end with it.
    """

    balance: int
    usable: int
    reasons: list[UnusableReason]
    usable_from: date | None
    next_expiry: tuple[date, int] | None
    is_boss: bool = False
    as_of: datetime | None = None


def lots_left(account_id: int) -> list[LotLeft]:
    """Every lot of an account with what is left of it, oldest first; spent ones too."""
    return [LotLeft(*row) for row in _ask(LEFT, {"account": account_id})]


def balance(account_id: int) -> int:
    return balances([account_id]).get(account_id, 0)


def balances(account_ids: list[int]) -> dict[int, int]:
    """Balance by account; accounts without entries are absent."""
    return dict(_ask(BALANCES, {"accounts": account_ids}))


def standing(customer: Customer, now: datetime) -> Standing:
    """Balance and whether it can be spent (R-L-22, R-L-24, R-L-25, R-L-28). A BOSS city's numbers are BOSS's own.

    During maintenance pages and API must not show it (`maintenance_now`).
    """
    today = business_day(now)
    reasons = why_unusable(customer, now)
    first = usage.usable_from(customer.joined_on, today) if UnusableReason.NEW_CUSTOMER in reasons else None
    if UnusableReason.BOSS in reasons:
        told = getattr(customer, "boss_balance", None)
        points, usable, as_of = (told.points, told.usable, told.as_of) if told else (0, 0, None)
        return Standing(points, usable, reasons, first, None, is_boss=True, as_of=as_of)
    lots = lots_left(customer.pk)
    open_lots = usage.usable_lots(lots, today)
    return Standing(
        balance=sum(lot.left for lot in lots),
        usable=0 if reasons else sum(lot.left for lot in open_lots),
        reasons=reasons,
        usable_from=first,
        next_expiry=_next_expiry(open_lots),
    )


def _next_expiry(lots: list[LotLeft]) -> tuple[date, int] | None:
    days = [lot.expires_on for lot in lots if lot.expires_on]
    if not days:
        return None
    return min(days), sum(lot.left for lot in lots if lot.expires_on == min(days))


def why_unusable(customer: Customer, now: datetime) -> list[UnusableReason]:
    today = business_day(now)
    return usage.why_unusable(
        joined_on=customer.joined_on,
        status=customer.status,
        is_boss=points_source(customer, today) == PointsSource.BOSS,
        is_maintenance=maintenance_now(now) is not None,
        today=today,
    )


def points_source(customer: Customer, on: date) -> int:
    """Own or boss, by the customer's city and day."""
    city = customer.city.code if customer.city_id and customer.city else ""
    return policy.number(policy.POINTS_SOURCE, on, city=city)


def maintenance_now(now: datetime) -> MaintenanceWindow | None:
    """R-L-28: the window that closes query and redemption at this moment."""
    return MaintenanceWindow.objects.filter(starts_at__lte=now, ends_at__gt=now).first()


def newest_generated_month() -> date | None:
    runs = GenerationRun.objects.filter(state=RunState.DONE).order_by("-month")
    return runs.values_list("month", flat=True).first()


def _ask(text: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()
