"""Balances that BOSS keeps: told by file or program, shown at the desks, never spent here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from core.errors import Refused
from core.time import business_day
from loyalty.models import BossBalance, Customer
from loyalty.queries import ledger
from loyalty.queries.privacy import by_phone
from loyalty.states import CustomerStatus, PointsSource

REFUSALS = {
    "unknown_phone": "没有使用这个号码的客户。",
    "not_boss": "该客户所在地市的积分由本系统管理,不接收 BOSS 余额。",
    "bad_points": "可用积分不能多于积分余额。",
}
KEEP = """
    INSERT INTO loyalty_bossbalance (customer_id, points, usable, as_of)
    SELECT * FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::timestamptz[]) AS told (customer_id) ORDER BY 1
    ON CONFLICT (customer_id) DO UPDATE SET points = excluded.points, usable = excluded.usable, as_of = excluded.as_of
    WHERE loyalty_bossbalance.as_of < excluded.as_of
"""


@dataclass(frozen=True)
class Balance:
    phone: str
    points: int
    usable: int
    as_of: datetime


def tell_balance(told: Balance) -> BossBalance:
    """Keep the newest of what BOSS says. Raises Refused with a code of `REFUSALS`."""
    for code in tell_balances([told]).values():
        raise Refused(code, REFUSALS[code])
    return BossBalance.objects.get(customer=by_phone(told.phone))


@transaction.atomic
def tell_balances(told: Sequence[Balance]) -> dict[int, str]:
    """The same for many, each number once; the places of those that are refused, with the code of `REFUSALS`."""
    owners = Customer.objects.filter(phone__in=[one.phone for one in told]).exclude(status=CustomerStatus.CLOSED)
    known = {owner.phone: owner for owner in owners.select_related("city")}
    refused = dict(_refused(told, known))
    good = [one for place, one in enumerate(told) if place not in refused]
    values = [[known[one.phone].pk for one in good]]
    values += [[one.points for one in good], [one.usable for one in good]]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [*values, [one.as_of for one in good]])
    return refused


def _refused(told: Sequence[Balance], known: dict[str, Customer]) -> Iterator[tuple[int, str]]:
    for place, one in enumerate(told):
        owner = known.get(one.phone)
        if owner is None:
            yield place, "unknown_phone"
        elif ledger.points_source(owner, business_day(one.as_of)) != PointsSource.BOSS:
            yield place, "not_boss"
        elif one.usable > one.points:
            yield place, "bad_points"
