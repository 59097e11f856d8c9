"""Random histories against a slow model that knows no SQL: equal to the point after every step."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.time import SHANGHAI
from loyalty.actions import campaigns, conversion, expiry, generation, spending
from loyalty.models import PointsAccount, PromoCampaign
from loyalty.queries import ledger
from loyalty.rules import months
from tests.loyalty.life import first_rules, make_bill, make_member

pytestmark = pytest.mark.django_db
BEGIN = datetime(2016, 1, 30, 23, 30, tzinfo=SHANGHAI)


class Model:
    """One account as a list of lots, each [points left, last day or None, rank, converted]; exact and slow."""

    def __init__(self) -> None:
        self.lots: list[dict[str, Any]] = []
        self.spends: dict[str, list[tuple[dict[str, Any], int]]] = {}
        self.converted = False

    @property
    def balance(self) -> int:
        return sum(lot["left"] for lot in self.lots)

    def earn(self, points: int, order: tuple[Any, ...], until: date | None = None, on: date | None = None) -> None:
        self.lots.append({"left": points, "until": until, "order": order, "on": on, "grown": False})

    def alive(self, today: date) -> list[dict[str, Any]]:
        open_lots = [lot for lot in self.lots if lot["left"] and (lot["until"] is None or lot["until"] >= today)]
        return sorted(open_lots, key=lambda lot: lot["order"])

    def spend(self, key: str, points: int, today: date) -> bool:
        if sum(lot["left"] for lot in self.alive(today)) < points:
            return False
        self.spends[key] = []
        for lot in self.alive(today):
            part = min(lot["left"], points)
            if part:
                lot["left"] -= part
                self.spends[key].append((lot, part))
                points -= part
        return True

    def reverse(self, key: str, today: date, grown_after: dict[str, bool]) -> None:
        for lot, part in self.spends.pop(key):
            if lot["until"] is not None and lot["until"] < today:
                continue
            lot["left"] += -(-part * 125 // 100) if lot["grown"] and not grown_after[key] else part

    def expire(self, today: date) -> None:
        for lot in self.lots:
            if lot["until"] is not None and lot["until"] < today:
                lot["left"] = 0

    def convert(self, today: date) -> None:
        for lot in self.lots:
            alive = lot["until"] is None or lot["until"] >= today
            if lot["left"] and alive and lot["on"] < today:
                lot["left"], lot["grown"] = -(-lot["left"] * 125 // 100), True


STEPS = st.one_of(
    st.tuples(st.just("bill"), st.integers(0, 30_000)),
    st.tuples(st.just("promo"), st.integers(1, 400), st.none() | st.integers(0, 70)),
    st.tuples(st.just("spend"), st.integers(1, 900)),
    st.tuples(st.just("reverse"), st.integers(0, 20)),
    st.tuples(st.just("wait"), st.integers(1, 45)),
    st.tuples(st.just("expire")),
    st.tuples(st.just("convert")),
)


@settings(max_examples=30)
@given(st.lists(STEPS, min_size=4, max_size=25))
def test_any_history_is_equal_to_the_model_to_the_point(steps: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        first_rules()
        _Life().live(steps)
        transaction.set_rollback(True)


class _Life:
    """The product and the model side by side."""

    def __init__(self) -> None:
        self.customer, self.model, self.now = make_member(2), Model(), BEGIN
        self.month, self.serial = date(2015, 5, 1), 0
        self.done: dict[str, tuple[int, bool]] = {}

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    def live(self, steps: list[tuple[Any, ...]]) -> None:
        for name, *values in steps:
            self.serial += 1
            getattr(self, name)(*values)
            assert ledger.balance(self.customer.pk) == self.model.balance
            lots = sorted(lot.left for lot in ledger.lots_left(self.customer.pk))
            assert lots == sorted(lot["left"] for lot in self.model.lots)
        account = PointsAccount.objects.get(pk=self.customer.pk)
        assert account.settled_balance >= 0

    def bill(self, fen: int) -> None:
        """The next month's bill, generated at once; months go on, so that two never meet."""
        make_bill(self.customer, self.month, fen)
        run = generation.start(self.month, on=months.plus(self.month, 2), now=self.now)
        generation.work(run.pk)
        assert generation.finish(run.pk, self.now).state == "done"
        points = -(-fen * 150 // 10_000)
        if points:
            self.model.earn(points, (2, date.max, self.month, self.serial), on=self.today)
        self.month = months.plus(self.month, 1)

    def promo(self, points: int, days: int | None) -> None:
        until = None if days is None else self.today + timedelta(days=days)
        campaign = PromoCampaign.objects.create(
            code=f"C{self.customer.pk}-{self.serial}", name="x", points=points, starts_on=self.today, expires_on=until
        )
        assert campaigns.credit(campaign, {self.customer.pk: None}, now=self.now) == 1
        order = (0 if until else 1, until or date.max, self.today.replace(day=1), campaign.pk)
        self.model.earn(points, order, until, self.today)

    def spend(self, points: int) -> None:
        key = f"{self.customer.pk}:{self.serial}"
        if not self.model.spend(key, points, self.today):
            with pytest.raises(Refused) as no:
                spending.spend(self.customer.pk, points, key=key, by=spending.By(), now=self.now)
            assert no.value.code == "not_enough_points"
            return
        spent = spending.spend(self.customer.pk, points, key=key, by=spending.By(), now=self.now)
        again = spending.spend(self.customer.pk, points, key=key, by=spending.By(), now=self.now)
        assert again.pk == spent.pk
        self.done[key] = (spent.pk, self.model.converted)

    def reverse(self, which: int) -> None:
        if not self.done:
            return
        key = sorted(self.done)[which % len(self.done)]
        pk, was_converted = self.done.pop(key)
        self.model.reverse(key, self.today, {key: was_converted})
        spending.reverse(pk, key=f"r{key}", by=spending.By(), now=self.now)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def expire(self) -> None:
        self.model.expire(self.today)
        expiry.expire(self.now)

    def convert(self) -> None:
        if self.model.converted:
            return
        self.model.converted = True
        self.model.convert(self.today)
        conversion.convert(self.now)
