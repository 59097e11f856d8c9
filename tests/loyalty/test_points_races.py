"""Many at once on real PostgreSQL: nothing is spent, given or generated twice."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection

from core.errors import Refused
from loyalty.actions import campaigns, expiry, generation, spending
from loyalty.models import Debit, GenerationRun, Lot, PointsAccount, PointsOperation, PromoCampaign
from loyalty.queries import ledger
from tests.loyalty.life import first_rules, make_bill, make_lot, make_member, shanghai

pytestmark = pytest.mark.django_db(transaction=True)
MAY = date(2015, 5, 1)
NOW = shanghai(2015, 7, 1, 3)


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    first_rules()
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS loyalty_lot_201505, loyalty_bill_201505")


def at_once(act: Callable[[int], Any], count: int) -> list[Any]:
    start = threading.Barrier(count)

    def alone(which: int) -> Any:
        start.wait()
        try:
            return act(which)
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [one.result() for one in [pool.submit(alone, which) for which in range(count)]]


def test_of_twenty_redemptions_as_many_succeed_as_there_are_points_for() -> None:
    customer = make_member()
    for source in range(1, 4):
        make_lot(customer, 300, source=source)

    def spend(which: int) -> str:
        spending.spend(customer.pk, 100, key=f"k{which}", by=spending.By(), now=NOW)
        return "spent"

    results = at_once(spend, 20)

    assert (results.count("spent"), results.count("not_enough_points")) == (9, 11)
    assert ledger.balance(customer.pk) == 0
    assert PointsAccount.objects.get(pk=customer.pk).settled_balance == 0
    assert PointsOperation.objects.count() == 9


def test_the_same_key_at_once_spends_once() -> None:
    customer = make_member()
    make_lot(customer, 1000)

    def spend(which: int) -> int:
        return spending.spend(customer.pk, 100, key="same", by=spending.By(), now=NOW).pk

    assert len(set(at_once(spend, 8))) == 1
    assert ledger.balance(customer.pk) == 900


def test_a_redemption_is_given_back_once() -> None:
    customer = make_member()
    make_lot(customer, 1000)
    spent = spending.spend(customer.pk, 100, key="k", by=spending.By(), now=NOW)

    def back(which: int) -> str:
        spending.reverse(spent.pk, key=f"r{which}", by=spending.By(), now=NOW)
        return "back"

    assert sorted(at_once(back, 6)) == ["back", *["reversed_already"] * 5]
    assert ledger.balance(customer.pk) == 1000


def test_spending_and_expiring_at_once_take_each_point_once() -> None:
    customer = make_member()
    make_lot(customer, 500, source=1, expires_on=date(2015, 6, 30))
    make_lot(customer, 500, source=2)

    def act(which: int) -> Any:
        if which % 2:
            return expiry.expire(NOW)
        return spending.spend(customer.pk, 400, key=f"k{which}", by=spending.By(), now=shanghai(2015, 6, 30, 23)).points

    at_once(act, 6)

    left = ledger.lots_left(customer.pk)
    assert [lot.left for lot in left if lot.source == 1] == [0]
    assert all(lot.left >= 0 for lot in left)
    spent = -sum(Debit.objects.filter(kind=11).values_list("points", flat=True))
    expired = -sum(Debit.objects.filter(kind=13).values_list("points", flat=True))
    assert 1000 - spent - expired == ledger.balance(customer.pk) == sum(lot.left for lot in left)
    assert spent in (400, 800)


def test_a_campaign_given_twice_at_once_is_given_once() -> None:
    customer = make_member()
    campaign = PromoCampaign.objects.create(code="X", name="x", points=50, starts_on=MAY)
    counts = at_once(lambda which: campaigns.credit(campaign, {customer.pk: None}, now=NOW), 4)
    assert sorted(counts) == [0, 0, 0, 1]
    assert ledger.balance(customer.pk) == 50


def test_two_generations_at_once_make_one_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "PART_CUSTOMERS", 3)
    members = [make_member() for _ in range(20)]
    for one in members:
        make_bill(one, MAY, 100_00)

    def generate(which: int) -> str:
        run = generation.start(MAY, on=date(2015, 7, 1), now=NOW)
        generation.work(run.pk)
        return str(generation.finish(run.pk, NOW).state)

    results = at_once(generate, 4)

    assert "done" in results
    assert set(results) <= {"done", "running"}
    run = GenerationRun.objects.get()
    assert (run.state, run.earned, run.points) == ("done", 20, 3000)
    assert sorted(Lot.objects.values_list("account_id", "points")) == sorted((one.pk, 150) for one in members)


def test_two_beats_start_one_run() -> None:
    make_bill(make_member(), MAY, 100_00)
    runs = at_once(lambda which: generation.start_due(NOW), 4)
    assert len(set(runs)) == 1
    assert GenerationRun.objects.count() == 1
