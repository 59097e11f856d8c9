"""What stands in the addresses of gifts, redemptions, campaigns and runs.

Gifts, shops, campaigns and months belong to no hall: at the other one stands what is not there.
"""

from datetime import date
from typing import Any

from core.time import now
from halls.models import Hall
from loyalty.models import Gift, PointsAccount, PointsOperation, PromoCampaign, Redemption, Shop
from staff.models import User
from tests.access.things import days, thing
from tests.factories import make_customer, make_user


def _only_here(hall: Hall, code: str) -> dict[str, Any]:
    return {"code": code if hall.code == "ZJ01" else "gone"}


@thing("gift")
def _gift(hall: Hall, person: User) -> dict[str, Any]:
    Gift.objects.get_or_create(code="CUP", defaults={"name": "水杯", "kind": "goods"})
    return _only_here(hall, "CUP")


@thing("shop")
def _shop(hall: Hall, person: User) -> dict[str, Any]:
    Shop.objects.get_or_create(code="CAFE", defaults={"name": "街角咖啡"})
    return _only_here(hall, "CAFE")


@thing("campaign")
def _campaign(hall: Hall, person: User) -> dict[str, Any]:
    PromoCampaign.objects.get_or_create(code="MAY", defaults={"name": "五月", "points": 100, "starts_on": days(0)})
    return _only_here(hall, "MAY")


@thing("points-month")
def _points_month(hall: Hall, person: User) -> dict[str, Any]:
    from loyalty.models import GenerationRun
    from loyalty.states import Star

    frozen = dict.fromkeys(range(Star.ONE, Star.FIVE_DIAMOND + 1), 100)
    facts: dict[str, Any] = {"multipliers": frozen}
    facts |= {"on": days(0), "paid_before": now(), "started_at": now(), "finished_at": now(), "state": "done"}
    GenerationRun.objects.get_or_create(month=date(2026, 1, 1), defaults=facts)
    return {"month": "2026-01" if hall.code == "ZJ01" else "2025-12"}


@thing("redemption")
def _redemption(hall: Hall, person: User) -> dict[str, Any]:
    """Of a gift at the hall, a moment ago."""
    gift, _ = Gift.objects.get_or_create(code="CUP", defaults={"name": "水杯", "kind": "goods"})
    account = PointsAccount.objects.create(customer=make_customer(phone=f"137{hall.pk:08d}"))
    number = f"JF-{hall.code}-1"
    act = PointsOperation.objects.create(key=number, account=account, kind=1, points=-100, at=now(), hall=hall)
    facts = {"quantity": 1, "price": 100, "points": 100, "identity": "id_card", "at": now(), "operation": act}
    who = {"customer": account.customer, "clerk": make_user(hall=hall)}
    return {"number": Redemption.objects.create(number=number, key=number, hall=hall, gift=gift, **who, **facts).number}
