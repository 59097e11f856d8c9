"""Campaigns, expiry and the conversion."""

from datetime import date, datetime

import pytest

from core import parameters
from core.errors import Refused
from core.models import Parameter
from halls.models import Region
from loyalty.actions import campaigns, conversion, expiry, spending
from loyalty.actions.spending import By
from loyalty.models import ConversionRun, Customer, Debit, ExpirySweep, Lot, PointsOperation, PromoCampaign
from loyalty.queries import ledger, proof
from loyalty.rules import policy
from loyalty.states import LotKind
from tests.factories import make_customer
from tests.loyalty.life import make_lot, make_member, shanghai

pytestmark = pytest.mark.django_db
NOW = shanghai(2015, 6, 10, 12)


def make_campaign(**fields: object) -> PromoCampaign:
    values = {"code": "MAY", "name": "五月", "points": 500, "starts_on": date(2015, 6, 1), **fields}
    return PromoCampaign.objects.create(**values)


def refused(campaign: PromoCampaign, customer: Customer, points: int | None = None, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as no:
        campaigns.credit(campaign, {customer.pk: points}, now=now)
    assert Lot.objects.count() == 0
    return no.value.code


def test_r_l_22_promo_points_need_no_star_and_are_not_multiplied() -> None:
    campaign = make_campaign(expires_on=date(2015, 12, 31))
    plain, rich = make_customer("13800000001"), make_member(7)
    assert campaigns.credit(campaign, {plain.pk: None, rich.pk: 80}, now=NOW) == 2
    rows = list(Lot.objects.order_by("points").values_list("points", "kind", "month", "expires_on", "star"))
    assert rows == [
        (80, 2, date(2015, 6, 1), date(2015, 12, 31), None), (500, 2, date(2015, 6, 1), date(2015, 12, 31), None),
    ]  # fmt: skip


def test_nobody_gets_a_campaign_twice_not_even_in_another_month() -> None:
    campaign, customer = make_campaign(), make_customer()
    assert campaigns.credit(campaign, {customer.pk: None}, now=NOW) == 1
    assert campaigns.credit(campaign, {customer.pk: 900}, now=NOW) == 0
    assert campaigns.credit(campaign, {customer.pk: None}, now=shanghai(2015, 7, 10)) == 0
    assert ledger.balance(customer.pk) == 500


def test_only_while_it_runs_and_with_a_future() -> None:
    customer = make_customer()
    assert refused(make_campaign(starts_on=date(2015, 6, 11)), customer) == "not_running"
    assert refused(make_campaign(code="B", ends_on=date(2015, 6, 9)), customer) == "not_running"
    assert refused(make_campaign(code="C", expires_on=date(2015, 6, 9)), customer) == "expired"
    assert refused(make_campaign(code="D"), customer, -1) == "bad_points"
    assert campaigns.credit(make_campaign(code="E", ends_on=date(2015, 6, 10)), {customer.pk: None}, now=NOW) == 1


def test_closed_numbers_and_boss_cities_are_passed_over() -> None:
    city = Region.objects.create(code="ZJ", name="镇江", level="city")
    Parameter.objects.create(name="loyalty.points_source", scope="ZJ", value=1, valid_from=date(2015, 1, 1))
    closed, boss = make_customer("13800000001", status="closed"), make_customer("13800000002", city=city)
    assert campaigns.credit(make_campaign(), {closed.pk: None, boss.pk: None}, now=NOW) == 0
    assert Lot.objects.count() == 0


def test_r_l_22_t11_zeroed_at_midnight_after_the_last_day_and_once() -> None:
    customer = make_member()
    make_lot(customer, 300, source=1, expires_on=date(2015, 12, 31))
    make_lot(customer, 300, source=2, expires_on=date(2016, 1, 1))
    spending.spend(customer.pk, 100, key="k", by=By(), now=NOW)

    assert expiry.expire(shanghai(2015, 12, 31, 23, 59)) == {"lots": 0, "points": 0}
    assert expiry.expire(shanghai(2016, 1, 1)) == {"lots": 1, "points": 200}
    assert expiry.expire(shanghai(2016, 1, 1)) == {"lots": 0, "points": 0}

    assert ledger.balance(customer.pk) == 300
    assert {lot.source: lot.left for lot in ledger.lots_left(customer.pk)} == {1: 0, 2: 300}
    operation = PointsOperation.objects.get(kind=13)
    assert (operation.points, operation.at) == (-200, shanghai(2016, 1, 1))


def test_many_expire_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "AT_ONCE", 2)
    for at in range(5):
        make_lot(make_member(), 10 + at, expires_on=date(2015, 12, 31))
    assert expiry.expire(shanghai(2016, 1, 1)) == {"lots": 5, "points": 60}


def test_r_l_22_a_night_asks_only_for_what_ended_since_the_last_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    zero = expiry._zero
    monkeypatch.setattr(expiry, "_zero", lambda accounts, now, gone: (held.extend(accounts), zero(accounts, now, gone)))
    one, two = make_member(), make_member()
    make_lot(one, 10, expires_on=date(2015, 12, 31), made_at=shanghai(2015, 12, 1))
    make_lot(two, 20, expires_on=date(2016, 1, 1), made_at=shanghai(2015, 12, 1))
    assert expiry.expire(shanghai(2016, 1, 1)) == {"lots": 1, "points": 10}
    assert expiry.expire(shanghai(2016, 1, 2)) == {"lots": 1, "points": 20}
    assert expiry.expire(shanghai(2016, 1, 3)) == {"lots": 0, "points": 0}
    assert held == [one.pk, two.pk]
    assert list(ExpirySweep.objects.order_by("day").values_list("lots", "points")) == [(1, 10), (1, 20), (0, 0)]


def test_r_l_22_missed_nights_and_lots_that_are_booked_late_are_made_up_for() -> None:
    expiry.expire(shanghai(2016, 1, 1))
    make_lot(make_member(), 10, expires_on=date(2016, 1, 1), made_at=shanghai(2015, 12, 1))
    make_lot(make_member(), 20, expires_on=date(2016, 1, 4), made_at=shanghai(2015, 12, 1))
    assert expiry.expire(shanghai(2016, 1, 5)) == {"lots": 2, "points": 30}
    make_lot(make_member(), 40, expires_on=date(2015, 12, 20), made_at=shanghai(2016, 1, 5, 9))
    assert expiry.expire(shanghai(2016, 1, 6)) == {"lots": 1, "points": 40}


def test_r_l_22_a_whole_sweep_finds_what_the_notes_do_not_know_of() -> None:
    expiry.expire(shanghai(2016, 1, 1))
    make_lot(make_member(), 10, expires_on=date(2015, 12, 1), made_at=shanghai(2015, 11, 1))
    assert expiry.expire(shanghai(2016, 1, 2)) == {"lots": 0, "points": 0}
    assert proof.overdue() == 1
    assert expiry.expire_all(shanghai(2016, 1, 2)) == {"lots": 1, "points": 10}
    assert proof.overdue() == 0


def test_r_l_26_t8_every_lot_becomes_a_quarter_more_rounded_up_once() -> None:
    customer = make_member()
    make_lot(customer, 333, source=1, kind=LotKind.CONVERSION)
    make_lot(customer, 100, source=2, expires_on=date(2015, 12, 31))
    make_lot(customer, 100, source=3, expires_on=date(2015, 6, 9))
    spending.spend(customer.pk, 10, key="k", by=By(), now=NOW)
    assert {lot.source: lot.left for lot in ledger.lots_left(customer.pk)} == {1: 333, 2: 90, 3: 100}

    run = conversion.convert(NOW)

    assert {lot.source: lot.left for lot in ledger.lots_left(customer.pk)} == {1: 417, 2: 113, 3: 100}
    assert (run.lots, run.points, run.state) == (2, 84 + 23, "done")
    again = conversion.convert(NOW)
    assert (again.pk, ConversionRun.objects.count(), ledger.balance(customer.pk)) == (run.pk, 1, 630)
    with pytest.raises(Refused) as no:
        conversion.convert(shanghai(2015, 7, 1))
    assert no.value.code == "converted_already"


def test_r_l_26_todays_points_are_new_ones() -> None:
    customer = make_member()
    make_lot(customer, 100, made_at=NOW)
    assert conversion.convert(NOW).lots == 0
    assert ledger.balance(customer.pk) == 100


def test_r_l_26_a_crash_in_the_middle_is_gone_on_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "AT_ONCE", 1)
    members = [make_member() for _ in range(3)]
    for one in members:
        make_lot(one, 100)
    run = conversion._run(date(2015, 6, 10), NOW)
    conversion._some(run, 0, NOW)
    conversion.convert(NOW)
    assert [ledger.balance(one.pk) for one in members] == [125, 125, 125]


def test_r_l_26_what_was_spent_before_comes_back_at_the_new_rate() -> None:
    customer = make_member()
    make_lot(customer, 100)
    spent = spending.spend(customer.pk, 33, key="k", by=By(), now=NOW)
    conversion.convert(NOW)
    back = spending.reverse(spent.pk, key="r", by=By(), now=NOW)
    assert back.points == 42
    assert ledger.balance(customer.pk) == 84 + 42
    assert Debit.objects.filter(operation=back).count() == 2


def test_r_l_26_a_lot_that_was_empty_comes_back_at_the_new_rate_too() -> None:
    customer = make_member()
    make_lot(customer, 333)
    spent = spending.spend(customer.pk, 333, key="k", by=By(), now=NOW)
    conversion.convert(NOW)
    spending.reverse(spent.pk, key="r", by=By(), now=NOW)
    assert ledger.balance(customer.pk) == 417


def test_r_l_26_what_is_spent_afterwards_comes_back_as_it_was() -> None:
    customer = make_member()
    make_lot(customer, 100)
    conversion.convert(NOW)
    spent = spending.spend(customer.pk, 125, key="k", by=By(), now=NOW)
    spending.reverse(spent.pk, key="r", by=By(), now=NOW)
    assert ledger.balance(customer.pk) == 125


def test_r_l_26_a_later_change_of_the_rate_does_not_touch_what_was_converted() -> None:
    customer = make_member()
    make_lot(customer, 100)
    spent = spending.spend(customer.pk, 40, key="k", by=By(), now=NOW)
    conversion.convert(NOW)
    Parameter.objects.create(name=policy.CONVERSION_PERCENT, value=200, valid_from=date(2015, 6, 1))
    parameters.forget()
    spending.reverse(spent.pk, key="r", by=By(), now=NOW)
    assert ledger.balance(customer.pk) == 75 + 50
