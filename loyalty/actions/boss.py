"""Balances that BOSS keeps: told by file or program, shown at the desks, never spent here."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.errors import Refused
from core.time import business_day
from loyalty.models import BossBalance
from loyalty.queries import ledger
from loyalty.queries.privacy import by_phone
from loyalty.states import PointsSource


@dataclass(frozen=True)
class Balance:
    phone: str
    points: int
    usable: int
    as_of: datetime


@transaction.atomic
def tell_balance(told: Balance) -> BossBalance:
    """Keep the newest of what BOSS says. Raises Refused: unknown_phone, not_boss, bad_points."""
    customer = by_phone(told.phone)
    if customer is None:
        raise Refused("unknown_phone", "没有使用这个号码的客户。")
    if ledger.points_source(customer, business_day(told.as_of)) != PointsSource.BOSS:
        raise Refused("not_boss", "该客户所在地市的积分由本系统管理,不接收 BOSS 余额。")
    if told.usable > told.points:
        raise Refused("bad_points", "可用积分不能多于积分余额。")
    row, is_new = BossBalance.objects.select_for_update().get_or_create(
        customer=customer, defaults={"points": told.points, "usable": told.usable, "as_of": told.as_of}
    )
    if not is_new and told.as_of > row.as_of:
        row.points, row.usable, row.as_of = told.points, told.usable, told.as_of
        row.save()
    return row
