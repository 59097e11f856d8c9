"""Redemption at the desk: points, stock, identity, code, slip, cancellation (R-L-23 … R-L-29)."""

from datetime import datetime, timedelta

import pytest
import redis
import time_machine
from django.db import DatabaseError, transaction

from core.errors import Refused
from core.models import Parameter
from core.time import SHANGHAI
from loyalty.actions import gifts as stock
from loyalty.actions import redemption as actions
from loyalty.models import (
    Customer,
    Debit,
    GiftPrice,
    OneTimeCode,
    Redemption,
    StockMove,
)
from loyalty.queries import gifts as reads
from loyalty.queries import ledger
from loyalty.rules import gifts as rules
from loyalty.states import CustomerStatus, GiftKind, RedemptionState, StockDid
from messaging.models import OutboxMessage
from staff.states import Role
from tests.factories import make_gift, make_hall, make_user
from tests.loyalty.life import make_lot, make_member
from tests.loyalty.redemptions import NOW, left, order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_three():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def umbrella(desk):
    gift = make_gift("UMB", 1500, name="晴雨伞")
    stock.move_stock(gift, desk.hall, stock.Move(StockDid.RECEIVED, 10, "首批"), actor=desk.clerk, now=NOW)
    return gift


# ---- pure rules -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yuan", "points"), [(10, 840), (30, 2500), (50, 4170), (100, 8340), (300, 25000), (500, 41670)]
)
def test_r_l_27_prices_of_phone_credit(yuan, points):
    assert rules.credit_price(yuan, mills=12) == points


@pytest.mark.parametrize(("old", "new"), [(333, 417), (800, 1000), (1, 2), (4, 5)])
def test_r_l_26_catalogue_prices_after_the_conversion(old, new):
    assert rules.converted_price(old, percent=125) == new


def test_a_redemption_can_be_taken_back_until_midnight_in_shanghai():
    at = datetime(2026, 3, 10, 0, 0, tzinfo=SHANGHAI)
    assert rules.may_cancel(at, at.replace(hour=23, minute=59)) is True
    assert rules.may_cancel(at, at + timedelta(days=1)) is False
    assert rules.may_cancel(at - timedelta(minutes=1), at) is False


# ---- prices and stock -----------------------------------------------------------------------------------------


def test_a_price_holds_from_its_day_and_one_that_has_begun_is_never_changed(desk):
    gift = make_gift("CUP", None)
    assert reads.price_on(gift, NOW.date()) is None
    stock.set_price(gift, 800, NOW.date(), actor=desk.clerk, now=NOW)
    stock.set_price(gift, 900, NOW.date() + timedelta(days=1), actor=desk.clerk, now=NOW)
    stock.set_price(gift, 950, NOW.date() + timedelta(days=1), actor=desk.clerk, now=NOW)
    with pytest.raises(Refused) as no:
        stock.set_price(gift, 1, NOW.date(), actor=desk.clerk, now=NOW)
    assert no.value.code == "price_has_begun"
    assert [reads.price_on(gift, NOW.date() + timedelta(days=days)) for days in (0, 1, 9)] == [800, 950, 950]


def test_r_l_26_the_catalogue_is_converted_once(desk):
    gift, credit = make_gift("CUP", 333), make_gift("HF10", None, kind=GiftKind.CREDIT, yuan=10)
    tomorrow = NOW.date() + timedelta(days=1)
    assert stock.convert_prices(tomorrow, actor=desk.clerk, now=NOW) == 1
    assert stock.convert_prices(tomorrow, actor=desk.clerk, now=NOW) == 0
    assert (reads.price_on(gift, NOW.date()), reads.price_on(gift, tomorrow)) == (333, 417)
    assert (reads.price_on(credit, tomorrow), GiftPrice.objects.count()) == (840, 2)


def test_stock_is_the_sum_of_its_moves_and_never_below_zero(desk, umbrella):
    other = make_hall("ZJ05", windows=0, groups=False)
    stock.send_stock(umbrella, (desk.hall, other), 4, actor=desk.clerk, now=NOW)
    stock.move_stock(umbrella, other, stock.Move(StockDid.COUNTED, -1, "少一把"), actor=desk.clerk, now=NOW)
    for move, code in (
        (stock.Move(StockDid.DAMAGED, 7), "not_enough_stock"),
        (stock.Move(StockDid.DAMAGED, -7), "bad_quantity"),
        (stock.Move(StockDid.RECEIVED, 0), "bad_quantity"),
        (stock.Move(StockDid.REDEEMED, 1), "bad_move"),
    ):
        with pytest.raises(Refused) as no:
            stock.move_stock(umbrella, desk.hall, move, actor=desk.clerk, now=NOW)
        assert no.value.code == code
    with pytest.raises(Refused) as no:
        stock.send_stock(umbrella, (other, other), 1, actor=desk.clerk, now=NOW)
    assert no.value.code == "same_hall"

    assert (left(umbrella, desk.hall), left(umbrella, other)) == (6, 3)
    assert list(StockMove.objects.order_by("id").values_list("did", "quantity", "after")) == [
        ("received", 10, 10),
        ("sent", -4, 6),
        ("received", 4, 4),
        ("counted", -1, 3),
    ]
    assert reads.stock_differs() == []


def test_moves_and_extensions_can_neither_be_changed_nor_deleted(desk, umbrella):
    for act in (lambda rows: rows.update(quantity=5), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(StockMove.objects.all())


# ---- redeeming ------------------------------------------------------------------------------------------------


def test_r_l_29_a_redemption_records_clerk_identity_price_and_takes_points_and_stock(desk, member, umbrella):
    row = actions.redeem(member, order(umbrella, 2), desk=desk, now=NOW)

    assert (row.number, row.clerk, row.identity, row.price, row.points) == (
        "DH20260310-ZJ01-0001",
        desk.clerk,
        "id_card",
        1500,
        3000,
    )
    assert (ledger.balance(member.pk), left(umbrella, desk.hall)) == (9000, 8)
    assert (row.operation.points, row.operation.actor, row.operation.hall) == (-3000, desk.clerk, desk.hall)
    assert StockMove.objects.latest("id").note == row.number
    text = OutboxMessage.objects.get().text
    assert ("3000 积分兑换晴雨伞 2 件" in text, "13800000001" in text) == (True, False)


def test_the_same_press_of_the_button_redeems_once(desk, member, umbrella):
    first = actions.redeem(member, order(umbrella), desk=desk, now=NOW)
    assert actions.redeem(member, order(umbrella), desk=desk, now=NOW) == first
    with pytest.raises(Refused) as no:
        actions.redeem(member, order(umbrella, 2), desk=desk, now=NOW)
    assert no.value.code == "key_reused"
    assert (Redemption.objects.count(), ledger.balance(member.pk), left(umbrella, desk.hall)) == (1, 10500, 9)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": 21}, "bad_quantity"),
        ({"identity": ""}, "identity_needed"),
        ({"identity": "known"}, "identity_needed"),
        ({"quantity": 9}, "not_enough_points"),
    ],
)
def test_r_l_29_what_is_wrong_is_refused_and_nothing_changes(desk, member, umbrella, what, code):
    Parameter.objects.create(name=rules.CODE_ABOVE, scope="", value=10_000_000, valid_from=NOW.date())
    with pytest.raises(Refused) as no:
        actions.redeem(member, order(umbrella, **what), desk=desk, now=NOW)
    assert no.value.code == code
    assert (Redemption.objects.count(), ledger.balance(member.pk), left(umbrella, desk.hall)) == (0, 12000, 10)


def test_without_stock_or_price_nothing_is_redeemed_and_no_point_is_taken(desk, member, umbrella):
    stock.move_stock(umbrella, desk.hall, stock.Move(StockDid.DAMAGED, 10), actor=desk.clerk, now=NOW)
    off = make_gift("OLD", 10, is_active=False)
    for gift, code in ((umbrella, "not_enough_stock"), (make_gift("NEW", None), "not_for_sale"), (off, "not_for_sale")):
        with pytest.raises(Refused) as no:
            actions.redeem(member, order(gift), desk=desk, now=NOW)
        assert no.value.code == code
    assert (Redemption.objects.count(), Debit.objects.count(), ledger.balance(member.pk)) == (0, 0, 12000)


def test_r_l_25_a_suspended_customer_redeems_nothing(desk, member, umbrella):
    Customer.objects.filter(pk=member.pk).update(status=CustomerStatus.SUSPENDED)
    with pytest.raises(Refused) as no:
        actions.redeem(member, order(umbrella), desk=desk, now=NOW)
    assert no.value.code == "suspended"
    assert left(umbrella, desk.hall) == 10


# ---- the code -------------------------------------------------------------------------------------------------


def sent_code():
    return OutboxMessage.objects.filter(template="redeem_code").latest("created_at").text.split("验证码 ")[1][:6]


def test_above_the_limit_a_one_time_code_is_needed_and_good_once(desk, member, umbrella):
    big = order(umbrella, 4)
    with pytest.raises(Refused) as no:
        actions.redeem(member, big, desk=desk, now=NOW)
    assert no.value.code == "code_needed"
    actions.send_code(member, umbrella, 4, desk=desk, now=NOW)
    with pytest.raises(Refused) as no:
        actions.send_code(member, umbrella, 4, desk=desk, now=NOW)
    assert no.value.code == "code_too_soon"
    digits = sent_code()
    assert digits not in OneTimeCode.objects.get().digest
    wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
    for typed, quantity, code in ((wrong, 4, "wrong_code"), (digits, 5, "code_expired")):
        with pytest.raises(Refused) as no:
            actions.redeem(member, order(umbrella, quantity, code=typed), desk=desk, now=NOW)
        assert no.value.code == code

    row = actions.redeem(member, order(umbrella, 4, code=f" {digits[:3]} {digits[3:]}"), desk=desk, now=NOW)
    assert row.code_checked is True
    with pytest.raises(Refused) as no:
        actions.redeem(member, order(umbrella, 4, key="k2", code=digits), desk=desk, now=NOW)
    assert no.value.code == "code_expired"


def test_a_code_ends_after_minutes_and_after_wrong_tries(desk, member, umbrella):
    actions.send_code(member, umbrella, 4, desk=desk, now=NOW)
    digits = sent_code()
    late = NOW + timedelta(minutes=5)
    with pytest.raises(Refused) as no:
        actions.redeem(member, order(umbrella, 4, code=digits), desk=desk, now=late)
    assert no.value.code == "code_expired"
    wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
    codes = []
    for typed in (wrong, wrong, wrong, digits):
        with pytest.raises(Refused) as no:
            actions.redeem(member, order(umbrella, 4, code=typed), desk=desk, now=NOW)
        codes.append(no.value.code)
    assert codes == ["wrong_code", "wrong_code", "wrong_code", "code_expired"]
    assert Redemption.objects.count() == 0


def test_wrong_tries_and_new_codes_are_limited_although_redis_is_down(desk, member, umbrella, monkeypatch):
    def down():
        raise redis.ConnectionError

    actions.send_code(member, umbrella, 4, desk=desk, now=NOW)
    digits = sent_code()
    monkeypatch.setattr("core.redis.client", down)
    with pytest.raises(Refused) as no:
        actions.send_code(member, umbrella, 4, desk=desk, now=NOW + timedelta(seconds=59))
    assert no.value.code == "code_too_soon"
    wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
    codes = []
    for typed in (wrong, wrong, wrong, digits):
        with pytest.raises(Refused) as no:
            actions.redeem(member, order(umbrella, 4, code=typed), desk=desk, now=NOW)
        codes.append(no.value.code)
    assert codes == ["wrong_code", "wrong_code", "wrong_code", "code_expired"]
    assert Redemption.objects.count() == 0


def test_at_the_limit_no_code_is_asked(desk, member, umbrella):
    Parameter.objects.create(name=rules.CODE_ABOVE, scope="ZJ01", value=3000, valid_from=NOW.date())
    assert actions.redeem(member, order(umbrella, 2), desk=desk, now=NOW).code_checked is False


# ---- cancelling -----------------------------------------------------------------------------------------------


def test_r_l_23_cancelling_gives_back_exactly_the_lots_the_stock_and_the_slip(desk, member, umbrella):
    row = actions.redeem(member, order(umbrella, 3), desk=desk, now=NOW)
    before = ledger.lots_left(member.pk)
    actions.cancel(row.pk, "客户改主意", actor=desk.clerk, now=NOW.replace(hour=23, minute=59))

    row.refresh_from_db()
    assert (row.state, row.cancelled_by, row.cancel_reason) == (RedemptionState.CANCELLED, desk.clerk, "客户改主意")
    assert [lot.left for lot in before] != [lot.left for lot in ledger.lots_left(member.pk)]
    assert [(lot.source, lot.left) for lot in ledger.lots_left(member.pk)] == [
        (lot.source, lot.points) for lot in ledger.lots_left(member.pk)
    ]
    assert (left(umbrella, desk.hall), reads.stock_differs()) == (10, [])
    with pytest.raises(Refused) as no:
        actions.cancel(row.pk, "再来一次", actor=desk.clerk, now=NOW)
    assert no.value.code == "cancelled_already"
    assert ledger.balance(member.pk) == 12000


def test_a_cancellation_needs_a_reason_and_the_same_day(desk, member, umbrella):
    row = actions.redeem(member, order(umbrella), desk=desk, now=NOW)
    for reason, at, code in ((" ", NOW, "reason_needed"), ("改主意", NOW + timedelta(hours=9), "too_late")):
        with pytest.raises(Refused) as no:
            actions.cancel(row.pk, reason, actor=desk.clerk, now=at)
        assert no.value.code == code
    assert (Redemption.objects.get().state, ledger.balance(member.pk)) == (RedemptionState.DONE, 10500)


@pytest.mark.django_db(transaction=True)
def test_twelve_at_once_for_the_last_five_take_five_and_keep_the_books(settings):
    """Real threads on real PostgreSQL: stock and points of the same twelve customers stay whole."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    hall = make_hall("ZJ01", windows=0, groups=False)
    desk = actions.Desk(make_user("01001", Role.CLERK, hall), hall)
    gift = make_gift("UMB", 100)
    stock.move_stock(gift, hall, stock.Move(StockDid.RECEIVED, 5), actor=desk.clerk, now=NOW)
    members = []
    for number in range(12):
        members.append(make_member(phone=f"138000000{number:02d}"))
        make_lot(members[-1], 100)

    def one(number):
        try:
            actions.redeem(members[number], order(gift, key=f"k{number}"), desk=desk, now=NOW)
            return "done"
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        said = sorted(pool.map(one, range(12)))

    assert said == ["done"] * 5 + ["not_enough_stock"] * 7
    assert (left(gift, hall), reads.stock_differs()) == (0, [])
    assert sum(ledger.balances([one.pk for one in members]).values()) == 700
    numbers = list(Redemption.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [f"DH20260310-ZJ01-{number:04d}" for number in range(1, 6)]
