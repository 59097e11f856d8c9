"""Vouchers: how long they are good, where, once, and extended by a complaint's decision (R-L-30)."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from core.errors import Refused
from core.time import SHANGHAI
from loyalty.actions import gifts as stock
from loyalty.actions import redemption as actions
from loyalty.actions import vouchers
from loyalty.models import (
    Shop,
    Voucher,
    VoucherExtension,
)
from loyalty.queries import ledger
from loyalty.rules import gifts as rules
from loyalty.states import GiftKind, StockDid, VoucherState
from tests.factories import make_gift
from tests.loyalty.redemptions import NOW, left, order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_three():
    with time_machine.travel(NOW, tick=False):
        yield


def test_r_l_30_a_voucher_is_good_through_its_last_day_and_extended_from_today_or_its_end():
    last = date(2026, 3, 10)
    assert rules.voucher_state("valid", last, last) == VoucherState.VALID
    assert rules.voucher_state("valid", last, last + timedelta(days=1)) == VoucherState.EXPIRED
    assert rules.voucher_state("used", last, last + timedelta(days=1)) == VoucherState.USED
    assert rules.extended(last, date(2026, 3, 20), days=7, most=30) == date(2026, 3, 27)
    assert rules.extended(last, date(2026, 3, 8), days=7, most=30) == date(2026, 3, 17)
    for days in (0, 31, -1):
        with pytest.raises(Refused) as no:
            rules.extended(last, last, days=days, most=30)
        assert no.value.code == "bad_days"


@pytest.fixture
def cafe():
    return Shop.objects.create(code="CAFE", name="街角咖啡")


@pytest.fixture
def coffee(desk, cafe):
    gift = make_gift("COF", 1000, kind=GiftKind.VOUCHER, voucher_days=30, name="咖啡券")
    gift.shops.add(cafe)
    stock.move_stock(gift, desk.hall, stock.Move(StockDid.RECEIVED, 5), actor=desk.clerk, now=NOW)
    return gift


def test_r_l_30_a_voucher_has_an_expiry_shops_and_stock_and_is_used_once(desk, member, coffee, cafe):
    actions.redeem(member, order(coffee, 2), desk=desk, now=NOW)
    one, two = Voucher.objects.order_by("id")
    assert (one.expires_on, one.code == two.code, left(coffee, desk.hall)) == (date(2026, 4, 8), False, 3)
    other = Shop.objects.create(code="TEA", name="茶铺")
    with pytest.raises(Refused) as no:
        vouchers.use_voucher(one.pk, other, actor=desk.clerk, now=NOW)
    assert no.value.code == "other_shop"
    vouchers.use_voucher(one.pk, cafe, actor=desk.clerk, now=datetime(2026, 4, 8, 23, 59, tzinfo=SHANGHAI))
    with pytest.raises(Refused) as no:
        vouchers.use_voucher(one.pk, cafe, actor=desk.clerk, now=NOW)
    assert no.value.code == "voucher_used"
    with pytest.raises(Refused) as no:
        vouchers.use_voucher(two.pk, cafe, actor=desk.clerk, now=datetime(2026, 4, 9, tzinfo=SHANGHAI))
    assert no.value.code == "voucher_expired"


def test_r_l_30_an_expired_voucher_is_extended_by_a_complaints_decision(desk, member, coffee, cafe):
    actions.redeem(member, order(coffee), desk=desk, now=NOW)
    row = Voucher.objects.get()
    late = datetime(2026, 4, 20, 9, tzinfo=SHANGHAI)
    with pytest.raises(Refused) as no:
        vouchers.extend_voucher(row.pk, 7, decision=" ", actor=desk.clerk, now=late)
    assert no.value.code == "decision_needed"
    assert VoucherExtension.objects.count() == 0

    vouchers.extend_voucher(row.pk, 7, decision="TS20260420-ZJ01-0007", actor=desk.clerk, now=late)
    row.refresh_from_db()
    assert row.expires_on == date(2026, 4, 27)
    vouchers.use_voucher(row.pk, cafe, actor=desk.clerk, now=late + timedelta(days=7))
    assert VoucherExtension.objects.get().before == date(2026, 4, 8)
    with pytest.raises(Refused) as no:
        vouchers.extend_voucher(row.pk, 7, decision="TS20260420-ZJ01-0008", actor=desk.clerk, now=late)
    assert no.value.code == "voucher_used"


def test_a_redemption_whose_voucher_was_used_stays_and_others_void_theirs(desk, member, coffee, cafe):
    used = actions.redeem(member, order(coffee), desk=desk, now=NOW)
    vouchers.use_voucher(used.vouchers.get().pk, cafe, actor=desk.clerk, now=NOW)
    with pytest.raises(Refused) as no:
        actions.cancel(used.pk, "改主意", actor=desk.clerk, now=NOW)
    assert no.value.code == "voucher_used"
    assert ledger.balance(member.pk) == 11000

    fresh = actions.redeem(member, order(coffee, key="k2"), desk=desk, now=NOW)
    actions.cancel(fresh.pk, "改主意", actor=desk.clerk, now=NOW)
    with pytest.raises(Refused) as no:
        vouchers.use_voucher(fresh.vouchers.get().pk, cafe, actor=desk.clerk, now=NOW)
    assert no.value.code == "voucher_cancelled"


# ---- races ----------------------------------------------------------------------------------------------------
