"""Customers with stars, plans, bills and points, for tests: every value can be given by name."""

from datetime import date, datetime
from itertools import count
from typing import Any

from core.time import SHANGHAI
from loyalty.actions import partitions
from loyalty.models import Bill, Customer, Lot, PointsAccount, StarBand, StarMultiplier, StarRating
from loyalty.states import LotKind
from tests.factories import make_customer

LONG_AGO = date(2000, 1, 1)
MULTIPLIERS = {1: 100, 2: 150, 3: 200, 4: 250, 5: 300, 6: 500, 7: 500}
BANDS = {1: 50, 2: 100, 3: 150, 4: 200, 5: 300, 6: 450, 7: 550}
_phone = count(13_900_000_001)


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def first_rules() -> None:
    """The rows that the migration writes; a transactional test has flushed them."""
    for star, hundredths in MULTIPLIERS.items():
        StarMultiplier.objects.get_or_create(
            star=star, valid_from=date(2015, 4, 1), defaults={"hundredths": hundredths}
        )
        StarBand.objects.get_or_create(star=star, valid_from=date(2015, 4, 1), defaults={"low": BANDS[star]})


def make_member(star: int | None = 2, *, plan_from: date | None = LONG_AGO, **fields: Any) -> Customer:
    """A customer in the plan with a star for all time."""
    account = {name: fields.pop(name) for name in ("plan_until", "grace_from", "grace_until") if name in fields}
    fields.setdefault("joined_on", LONG_AGO)
    customer = make_customer(fields.pop("phone", str(next(_phone))), star=-1 if star is None else star, **fields)
    PointsAccount.objects.create(customer=customer, plan_from=plan_from, **account)
    if star is not None:
        make_rating(customer, star)
    return customer


def make_rating(
    customer: Customer, star: int, since: date = LONG_AGO, until: date = date(2099, 12, 31), **fields: Any
) -> StarRating:
    values = {"kind": "first", "reason": "score", "rated_at": shanghai(2015, 4, 1), **fields}
    return StarRating.objects.create(customer=customer, star=star, valid_from=since, valid_to=until, **values)


def make_bill(customer: Customer, month: date, fen: int, *, paid: datetime | bool | None = True, **fields: Any) -> Bill:
    partitions.ensure_bills(month)
    paid_at = datetime(month.year, month.month, 28, tzinfo=SHANGHAI) if paid is True else paid or None
    return Bill.objects.create(customer=customer, month=month, amount_fen=fen, paid_at=paid_at, **fields)


def make_lot(customer: Customer, points: int, *, kind: int = LotKind.PROMO, **fields: Any) -> Lot:
    values = {"month": date(2015, 5, 1), "source": 1, "made_at": shanghai(2015, 5, 1), **fields}
    PointsAccount.objects.get_or_create(customer=customer)
    return Lot.objects.create(account_id=customer.pk, points=points, kind=kind, **values)
