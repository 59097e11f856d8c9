"""The monthly generation: what it makes, that it makes it once and whole, and that it is the rules'."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.models import Parameter
from loyalty.actions import generation, partitions
from loyalty.models import Bill, Customer, GenerationPart, GenerationRun, Lot, PointsAccount, StarMultiplier
from loyalty.queries import judging, ledger
from loyalty.rules import earning, months
from loyalty.rules.earning import Standing
from loyalty.states import NotEarned
from tests.loyalty.life import (
    MULTIPLIERS,
    first_rules,
    make_bill,
    make_lot,
    make_member,
    make_rating,
    shanghai,
)

pytestmark = pytest.mark.django_db
MAY, JUNE = date(2015, 5, 1), date(2015, 6, 1)
JULY_1 = date(2015, 7, 1)
NOW = shanghai(2015, 7, 1, 3)


@pytest.fixture(autouse=True)
def rules() -> None:
    first_rules()


def generate(month: date = MAY, on: date = JULY_1) -> GenerationRun:
    run = generation.start(month, on=on, now=NOW)
    generation.work(run.pk)
    return generation.finish(run.pk, NOW)


def lots(**about: Any) -> list[tuple[Any, ...]]:
    return list(
        Lot.objects.filter(**about).order_by("account_id", "month").values_list(
            "account_id", "points", "kind", "star", "multiplier_hundredths", "eligible_fen"
        )
    )  # fmt: skip


def counts(run: GenerationRun) -> dict[str, int]:
    return {NotEarned(int(reason)).name: one["bills"] for reason, one in run.counts.items()}


def test_r_l_12_points_are_made_with_star_multiplier_and_amount() -> None:
    one, two = make_member(2), make_member(4)
    make_bill(one, MAY, 88_80)
    make_bill(two, MAY, 128_00, gifted_fen=30_00, third_party_fen=10_00)

    run = generate()

    assert lots() == [(one.pk, 134, 1, 2, 150, 88_80), (two.pk, 220, 1, 4, 250, 88_00)]
    assert (run.state, run.bills, run.earned, run.points) == ("done", 2, 2, 354)
    assert ledger.balance(one.pk) == 134


def test_r_l_11_bills_and_campaigns_fill_one_account_in_lots_of_their_own() -> None:
    customer = make_member(2)
    make_bill(customer, MAY, 88_80)
    make_lot(customer, 500)
    generate()
    assert sorted((lot.kind, lot.left) for lot in ledger.lots_left(customer.pk)) == [(1, 134), (2, 500)]
    assert ledger.balance(customer.pk) == 634


def test_r_l_14_the_star_of_the_last_day_counts_and_a_later_rating_changes_nothing() -> None:
    customer = make_member(None)
    make_rating(customer, 2, date(2014, 6, 11), date(2015, 5, 30))
    make_rating(customer, 3, date(2015, 5, 31), date(2015, 6, 10))
    make_rating(customer, 7, date(2015, 6, 11), date(2016, 6, 10))
    make_bill(customer, MAY, 100_00)

    generate()

    assert lots() == [(customer.pk, 200, 1, 3, 200, 100_00)]


def test_r_l_4_multipliers_hold_from_their_day_on_and_are_frozen_in_the_run() -> None:
    StarMultiplier.objects.create(star=2, hundredths=175, valid_from=date(2015, 5, 31))
    StarMultiplier.objects.create(star=2, hundredths=900, valid_from=date(2015, 6, 1))
    customer = make_member(2)
    make_bill(customer, MAY, 100_00)

    run = generate()
    StarMultiplier.objects.filter(star=2).update(hundredths=100)

    assert lots() == [(customer.pk, 175, 1, 2, 175, 100_00)]
    assert run.multipliers["2" if "2" in run.multipliers else 2] == 175


def test_r_l_15_r_l_18_every_bill_that_earns_nothing_has_its_reason() -> None:
    unpaid, late = make_member(), make_member()
    make_bill(unpaid, MAY, 100_00, paid=None)
    make_bill(late, MAY, 100_00, paid=shanghai(2015, 7, 1))
    make_bill(make_member(plan_from=None), MAY, 1)
    make_bill(make_member(plan_from=JUNE), MAY, 1)
    make_bill(make_member(0), MAY, 1)
    make_bill(make_member(None), MAY, 1)
    make_bill(make_member(), MAY, 50_00, gifted_fen=50_00)
    in_time = make_member()
    make_bill(in_time, MAY, 100_00, paid=shanghai(2015, 6, 30, 23, 59))
    make_member()

    run = generate()

    assert counts(run) == {
        "EARNED": 1, "UNPAID": 2, "NO_PLAN": 1, "PLAN_LATER": 1, "PRE_STAR": 1, "UNRATED": 1, "NOTHING_ELIGIBLE": 1,
    }  # fmt: skip
    assert lots() == [(in_time.pk, 150, 1, 2, 150, 100_00)]
    assert run.without_bill == 1


def test_r_l_20_t9_grace_earns_once_the_amount_until_its_last_day() -> None:
    grace = {"grace_from": date(2015, 4, 1), "grace_until": date(2016, 3, 31)}
    customer = make_member(None, **grace)
    for month in (date(2016, 3, 1), date(2016, 4, 1)):
        make_bill(customer, month, 70_50)
    generate(date(2016, 3, 1), date(2016, 5, 1))
    run = generate(date(2016, 4, 1), date(2016, 6, 1))

    assert lots() == [(customer.pk, 71, 4, 1, 100, 70_50)]
    assert counts(run) == {"UNRATED": 1}


def test_r_l_16_it_refuses_before_its_day() -> None:
    make_bill(make_member(), MAY, 100_00)

    with pytest.raises(Refused) as no:
        generation.start(MAY, on=date(2015, 6, 30), now=NOW)

    assert no.value.code == "too_early"
    assert list(GenerationRun.objects.all()) == []
    assert generation.start(MAY, on=JULY_1, now=NOW).month == MAY


def test_r_l_16_a_second_generation_changes_nothing() -> None:
    make_bill(make_member(), MAY, 100_00)
    first = generate()
    before = lots()

    second = generate()

    assert second.pk == first.pk
    assert lots() == before
    assert GenerationRun.objects.count() == 1


def test_without_bills_there_is_no_run() -> None:
    with pytest.raises(Refused) as no:
        generation.start(MAY, on=JULY_1, now=NOW)
    assert no.value.code == "no_bills"
    assert not partitions.exists("loyalty_lot_201505")


def test_nothing_is_seen_of_a_month_before_it_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "PART_CUSTOMERS", 1)
    members = [make_member() for _ in range(3)]
    for one in members:
        make_bill(one, MAY, 100_00)
    run = generation.start(MAY, on=JULY_1, now=NOW)

    generation.make_part(run.pk)
    generation.make_part(run.pk)
    assert generation.finish(run.pk, NOW).state == "running"
    assert lots() == []
    assert ledger.balance(members[0].pk) == 0

    generation.work(run.pk)
    assert generation.finish(run.pk, NOW).state == "done"
    assert [row[1] for row in lots()] == [150, 150, 150]


def test_a_bill_that_changed_meanwhile_stops_the_attaching() -> None:
    customer = make_member()
    make_bill(customer, MAY, 100_00)
    run = generation.start(MAY, on=JULY_1, now=NOW)
    generation.work(run.pk)
    Bill.objects.filter(customer=customer, month=MAY).update(amount_fen=200_00)

    run = generation.finish(run.pk, NOW)

    assert run.state == "failed"
    assert run.problem == "可积分金额 20000 ≠ 10000"
    assert lots() == []
    assert [row[1] for row in (generate(), lots())[1]] == [300]


def test_a_lot_made_wrongly_stops_the_attaching() -> None:
    make_bill(make_member(), MAY, 100_00)
    run = generation.start(MAY, on=JULY_1, now=NOW)
    generation.work(run.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE loyalty_lot_201505 SET points = points + 1")

    run = generation.finish(run.pk, NOW)

    assert (run.state, lots()) == ("failed", [])


@pytest.mark.parametrize("change", ["UPDATE loyalty_lot SET points = 1", "DELETE FROM loyalty_lot"])
def test_the_database_refuses_to_change_what_was_given(change: str) -> None:
    make_bill(make_member(), MAY, 100_00)
    generate()
    make_lot(make_member(), 10)
    before = lots()

    for table in ("", "_201505", "_credits"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change.replace("loyalty_lot", f"loyalty_lot{table}"))

    assert lots() == before


def test_the_generation_never_touches_an_account() -> None:
    customer = make_member()
    make_bill(customer, MAY, 100_00)
    before = PointsAccount.objects.values().get(pk=customer.pk)
    generate()
    assert PointsAccount.objects.values().get(pk=customer.pk) == before


def test_beat_starts_the_newest_due_month_once() -> None:
    make_bill(make_member(), MAY, 100_00)
    assert generation.start_due(shanghai(2015, 6, 30, 23, 59)) is None
    first = generation.start_due(shanghai(2015, 7, 1, 0, 0))
    assert first == generation.start_due(shanghai(2015, 7, 1, 0, 10))
    assert first is not None
    generation.work(first)
    generation.finish(first, NOW)
    assert generation.start_due(shanghai(2015, 7, 1, 0, 20)) is None
    assert GenerationRun.objects.count() == 1


def test_the_day_of_generation_is_a_dated_parameter() -> None:
    make_bill(make_member(), MAY, 100_00)
    Parameter.objects.create(name="loyalty.generation_day", value=5, valid_from=date(2015, 7, 1))
    assert generation.start_due(shanghai(2015, 7, 4, 23, 59)) is None
    assert generation.start_due(shanghai(2015, 7, 5, 0, 0)) is not None


day = st.dates(date(2015, 4, 28), date(2015, 6, 3))
maybe_day = st.none() | day


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(-1, 7), maybe_day, maybe_day, st.booleans(),
            st.none() | st.integers(-48 * 60, 24 * 60),
            st.integers(0, 30_000), st.integers(0, 20_000), st.integers(0, 9_000),
        ),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_the_sql_judges_as_the_rules_do(people: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        expected = {}
        for star, plan_from, plan_until, grace, paid, amount, gifted, third in people:
            paid_at = None if paid is None else shanghai(2015, 7, 1) + timedelta(minutes=paid)
            span = {"grace_from": date(2015, 4, 1), "grace_until": date(2016, 3, 31)} if grace else {}
            who = make_member(star, plan_from=plan_from, plan_until=plan_until, **span)
            make_bill(who, MAY, amount, paid=paid_at, gifted_fen=gifted, third_party_fen=third)
            eligible = earning.eligible_fen(amount, gifted=gifted, third_party=third)
            standing = Standing(star, plan_from, plan_until, grace)
            paid_in_time = earning.is_paid(paid_at, earning.paid_before(MAY, JULY_1))
            reason = earning.judge(standing, month=MAY, paid=paid_in_time, eligible=eligible)
            kind, counted = earning.kind_and_star(star)
            points = earning.points(eligible, MULTIPLIERS[counted]) if reason == NotEarned.EARNED else None
            expected[who.pk] = (int(reason), int(kind), points)
        run = generate()
        made = {row[0]: (row[1], row[2]) for row in lots()}
        for pk, (reason, kind, points) in expected.items():
            judged = judging.judge_one(run, pk)
            assert judged is not None
            assert judged[:2] == (reason, kind)
            assert made.get(pk) == (None if points is None else (points, kind))
        assert Customer.objects.count() == len(expected)
        transaction.set_rollback(True)


def test_r_l_15_the_deadline_holds_although_connections_run_in_utc() -> None:
    """23:59 in Shanghai on the last day is 15:59 UTC; 00:00 on the next is still the last day in UTC."""
    early, late = make_member(), make_member()
    make_bill(early, MAY, 100_00, paid=shanghai(2015, 7, 1) - timedelta(seconds=1))
    make_bill(late, MAY, 100_00, paid=shanghai(2015, 7, 1))
    generate()
    assert [row[0] for row in lots()] == [early.pk]


def test_months_with_29_30_and_31_days_have_their_own_partition() -> None:
    customer = make_member()
    for month in (date(2016, 2, 1), date(2016, 3, 1), date(2015, 12, 1)):
        make_bill(customer, month, 10_00, paid=None if month.month == 3 else True)
        generate(month, months.plus(month, 2))
    assert sorted(Lot.objects.values_list("month", flat=True)) == [date(2015, 12, 1), date(2016, 2, 1)]
    assert GenerationPart.objects.count() == 3
