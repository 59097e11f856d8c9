"""Spending and giving back: which lots, who may, and that a retry is harmless."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.errors import Refused
from core.models import Parameter
from halls.models import Region
from loyalty.actions import spending
from loyalty.actions.spending import By
from loyalty.models import BossBalance, Customer, Debit, MaintenanceWindow, PointsAccount, PointsOperation
from loyalty.queries import ledger
from loyalty.states import DebitKind, LotKind, UnusableReason
from tests.factories import make_customer, make_hall, make_user
from tests.loyalty.life import make_lot, make_member, shanghai

pytestmark = pytest.mark.django_db
NOW = shanghai(2015, 12, 31, 23, 59)
DAY = date(2015, 12, 31)


def spend(customer: Customer, points: int, key: str = "k1", now: datetime = NOW, **by: Any) -> PointsOperation:
    return spending.spend(customer.pk, points, key=key, by=By(**by), now=now)


def give_back(spent: PointsOperation, key: str = "r1", now: datetime = NOW) -> PointsOperation:
    return spending.reverse(spent.pk, key=key, by=By(), now=now)


def refused(act: Any) -> str:
    before = list(Debit.objects.values()), list(PointsAccount.objects.values())
    with pytest.raises(Refused) as no:
        act()
    assert (list(Debit.objects.values()), list(PointsAccount.objects.values())) == before
    return no.value.code


def moves(customer: Customer) -> list[tuple[int, int, int]]:
    return list(Debit.objects.filter(account=customer.pk).order_by("pk").values_list("lot_source", "kind", "points"))


def left(customer: Customer) -> dict[int, int]:
    return {lot.source: lot.left for lot in ledger.lots_left(customer.pk)}


@pytest.fixture
def rich() -> Customer:
    """100 that end today, 100 next year, 100 for ever, 100 of two months of bills."""
    customer = make_member()
    make_lot(customer, 100, source=1, expires_on=date(2016, 6, 30))
    make_lot(customer, 100, source=2, expires_on=DAY)
    make_lot(customer, 100, source=3)
    make_lot(customer, 100, source=4, kind=LotKind.ADJUSTMENT)
    return customer


def test_r_l_23_promo_goes_first_by_earliest_expiry(rich: Customer) -> None:
    spend(rich, 350)
    redeem = int(DebitKind.REDEEM)
    assert moves(rich) == [(2, redeem, -100), (1, redeem, -100), (3, redeem, -100), (4, redeem, -50)]
    assert ledger.balance(rich.pk) == 50
    assert PointsAccount.objects.get(pk=rich.pk).settled_balance == 50


def test_r_l_23_a_reversal_restores_exactly_these_lots(rich: Customer) -> None:
    spent = spend(rich, 350)
    given = give_back(spent)
    assert (given.points, given.reverses_id, given.kind) == (350, spent.pk, DebitKind.REVERSE)
    assert left(rich) == {1: 100, 2: 100, 3: 100, 4: 100}
    assert ledger.balance(rich.pk) == 400


def test_r_l_23_what_expired_meanwhile_stays_expired(rich: Customer) -> None:
    spent = spend(rich, 150)
    given = give_back(spent, now=shanghai(2016, 1, 1))
    assert given.points == 50
    assert left(rich) == {1: 100, 2: 0, 3: 100, 4: 100}
    assert moves(rich)[2:] == [(2, 12, 100), (2, 13, -100), (1, 12, 50)]


def test_r_l_22_t11_the_last_minute_of_the_last_day(rich: Customer) -> None:
    assert ledger.standing(rich, NOW).usable == 400
    assert ledger.standing(rich, NOW).next_expiry == (DAY, 100)
    assert ledger.standing(rich, shanghai(2016, 1, 1)).usable == 300
    assert refused(lambda: spend(rich, 301, now=shanghai(2016, 1, 1))) == "not_enough_points"
    assert spend(rich, 300, now=shanghai(2016, 1, 1)).points == -300


def test_a_retry_is_harmless(rich: Customer) -> None:
    first = spend(rich, 100)
    assert spend(rich, 100).pk == first.pk
    assert ledger.balance(rich.pk) == 300
    back = give_back(first)
    assert give_back(first).pk == back.pk
    assert ledger.balance(rich.pk) == 400


def test_a_key_is_for_one_act(rich: Customer) -> None:
    other = make_member()
    make_lot(other, 100, source=9)
    spent, second = spend(rich, 100), spend(rich, 10, key="k2")
    give_back(spent)
    assert refused(lambda: spend(rich, 99)) == "key_reused"
    assert refused(lambda: spend(other, 100)) == "key_reused"
    assert refused(lambda: spend(rich, 100, key="r1")) == "key_reused"
    assert refused(lambda: give_back(second)) == "key_reused"
    assert refused(lambda: give_back(second, key="k1")) == "key_reused"


def test_it_is_given_back_once_and_only_redemptions(rich: Customer) -> None:
    spent = spend(rich, 100)
    back = give_back(spent)
    assert refused(lambda: give_back(spent, key="r2")) == "reversed_already"
    assert refused(lambda: give_back(back, key="r3")) == "not_reversible"
    assert refused(lambda: spending.reverse(0, key="r4", by=By(), now=NOW)) == "not_found"


@pytest.mark.parametrize("points", [0, -1, 100_000_001])
def test_only_whole_positive_amounts(rich: Customer, points: int) -> None:
    assert refused(lambda: spend(rich, points)) == "bad_points"


def test_no_account_and_bad_keys_are_refused(rich: Customer) -> None:
    assert refused(lambda: spend(make_customer("13800009999"), 1)) == "no_account"
    assert refused(lambda: spend(rich, 1, key="")) == "bad_key"
    assert refused(lambda: spend(rich, 1, key="x" * 101)) == "bad_key"


def test_more_than_there_is_takes_nothing(rich: Customer) -> None:
    assert refused(lambda: spend(rich, 401)) == "not_enough_points"
    assert spend(rich, 400).points == -400
    assert refused(lambda: spend(rich, 1, key="k2")) == "not_enough_points"


def test_the_database_refuses_a_balance_below_zero(rich: Customer) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PointsAccount.objects.filter(pk=rich.pk).update(settled_balance=-1)


@pytest.mark.parametrize("model", [Debit, PointsOperation])
def test_no_entry_is_ever_changed_or_deleted(rich: Customer, model: Any) -> None:
    spend(rich, 100)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(points=1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_r_l_24_t10_860_points_locked_until_the_seventh_month() -> None:
    customer = make_member(joined_on=date(2015, 5, 20))
    make_lot(customer, 500, month=date(2015, 6, 1))
    evening = shanghai(2015, 10, 31, 23, 59)

    standing = ledger.standing(customer, evening)
    assert (standing.balance, standing.usable, standing.usable_from) == (500, 0, date(2015, 11, 1))
    assert standing.reasons == [UnusableReason.NEW_CUSTOMER]
    with pytest.raises(Refused) as no:
        spend(customer, 1, now=evening)
    assert no.value.message == "入网未满 6 个月,积分暂不可用,2015 年 11 月 1 日起可用。"
    assert spend(customer, 500, now=shanghai(2015, 11, 1)).points == -500


@pytest.mark.parametrize("status", ["suspended", "pending_closure"])
def test_r_l_25_suspended_and_closing_numbers_cannot_spend(rich: Customer, status: str) -> None:
    Customer.objects.filter(pk=rich.pk).update(status=status)
    rich.refresh_from_db()
    assert refused(lambda: spend(rich, 1)) == status
    assert (ledger.standing(rich, NOW).balance, ledger.standing(rich, NOW).usable) == (400, 0)


def test_r_l_28_nothing_is_spent_during_maintenance(rich: Customer) -> None:
    MaintenanceWindow.objects.create(starts_at=shanghai(2015, 12, 31, 23), ends_at=shanghai(2016, 1, 1))
    assert refused(lambda: spend(rich, 1)) == "maintenance"
    assert ledger.maintenance_now(NOW) is not None
    assert ledger.maintenance_now(shanghai(2016, 1, 1)) is None
    assert spend(rich, 1, now=shanghai(2016, 1, 1)).points == -1


def test_a_boss_city_is_only_shown(rich: Customer) -> None:
    rich.city = Region.objects.create(code="ZJ", name="镇江", level="city")
    rich.save()
    Parameter.objects.create(name="loyalty.points_source", scope="ZJ", value=1, valid_from=date(2015, 12, 1))
    BossBalance.objects.create(customer=rich, points=77, usable=70, as_of=NOW)

    standing = ledger.standing(Customer.objects.get(pk=rich.pk), NOW)

    assert (standing.is_boss, standing.balance, standing.usable, standing.as_of) == (True, 77, 70, NOW)
    assert refused(lambda: spend(rich, 1)) == "boss"
    assert ledger.standing(Customer.objects.get(pk=rich.pk), shanghai(2015, 11, 30)).balance == 400


def test_who_and_where_are_kept(rich: Customer) -> None:
    hall = make_hall()
    clerk = make_user(hall=hall)
    operation = spend(rich, 100, actor=clerk, hall=hall, note="话费 10 元")
    assert (operation.actor, operation.hall, operation.note) == (clerk, hall, "话费 10 元")
