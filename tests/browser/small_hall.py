"""Puts hall BR01 into a running installation and prints, as one JSON object, what is in it.

Run as a program with the installation's HALLKEEPER_VAR: the tests that use it cannot reach the database themselves.
"""

import json
import os
from typing import Any

import django

TOKENS = {kind: f"hkd_{kind.replace('_', '')}{'b' * 30}" for kind in ("kiosk", "tv", "window_display", "caller")}


MEMBER = "13911110001"


def stock_gifts(hall: Any, clerk: Any) -> None:
    """A member with points, and ten umbrellas to have for them."""
    from core import time
    from loyalty.actions import gifts
    from loyalty.states import StockDid
    from tests.factories import make_gift
    from tests.loyalty.life import make_lot, make_member

    member = make_member(3, phone=MEMBER, name="陈东明")
    make_lot(member, 12000)
    gift = make_gift("UMB", 1500, name="晴雨伞")
    gifts.move_stock(gift, hall, gifts.Move(StockDid.RECEIVED, 10), actor=clerk, now=time.now())


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from rest_framework.authtoken.models import Token

    from staff.states import Role
    from tests.factories import PASSWORD, make_device, make_hall, make_user

    hall = make_hall("BR01", name="测试路营业厅")
    windows = list(hall.windows.order_by("number"))
    people = {
        "clerk": make_user("BRCLERK1", Role.CLERK, hall, name="小李"),
        "clerk2": make_user("BRCLERK2", Role.CLERK, hall, name="小周"),
        "greeter": make_user("BRGREET1", Role.GREETER, hall, name="小陈"),
        "duty_manager": make_user("BRDUTY1", Role.DUTY_MANAGER, hall, name="王经理"),
        "hall_manager": make_user("BRHEAD1", Role.HALL_MANAGER, hall, name="孙店长"),
        "district": make_user("BRDIST1", Role.DISTRICT, region=hall.region, name="李主管"),
    }
    for kind, token in TOKENS.items():
        make_device(hall, kind, token=token, window=windows[0] if kind == "window_display" else None)
    make_reading(hall)
    stock_gifts(hall, people["clerk"])
    make_counting(windows[0])
    make_offers(hall, people["clerk"])
    facts = {
        "member": MEMBER,
        "hall": hall.code,
        "windows": [window.pk for window in windows],
        "password": PASSWORD,
        "people": {
            role: {"username": user.staff_no, "token": Token.objects.get_or_create(user=user)[0].key}
            for role, user in people.items()
        },
        "devices": TOKENS,
    }
    print(json.dumps(facts))


def make_offers(hall: Any, clerk: Any) -> None:
    """Two compensations that wait for the duty manager's word."""
    from decimal import Decimal

    from complaints.actions.compensation import Offer, ask_unprompted
    from core import time

    for phone in ("13911110008", "13911110009"):
        offer = Offer(Decimal(10), Decimal(10), "话费", "系统故障")
        ask_unprompted(hall, phone, offer, person=clerk, now=time.now())


def make_reading(hall: Any) -> None:
    """Something to look up, and something to confirm."""
    from core import time
    from staff.actions import bulletins, knowledge
    from tests.factories import make_owner

    now, author = time.now(), make_owner("BROWNER1")
    today = time.business_day(now)
    content = knowledge.Content(conditions="机主本人到场", answer="旧卡马上停用。", valid_from=today)
    knowledge.add_article(knowledge.Naming("补卡换卡", "丢卡"), content, actor=author, now=now)
    text = bulletins.Text("补卡新规", "自今天起双人核验。", today, halls=[hall], roles=["greeter"])
    bulletins.issue(bulletins.draft(text, author=author, now=now).pk, actor=author, now=now)


def make_counting(window: Any) -> None:
    """A short list for a handover: a float of 300.00 on book, and keys that no book knows."""
    from tests.staff.money import make_count_item, make_float, make_float_item

    make_float(window)
    make_float_item(order=1)
    make_count_item("keys", label="钥匙", unit="把", order=2)


if __name__ == "__main__":
    main()
