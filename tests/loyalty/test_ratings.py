"""The monthly rating in SQL: who is due, what they get, and that it agrees with the pure rules."""

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.models import Parameter
from loyalty.actions import customers, plans, ratings
from loyalty.actions.spending import By
from loyalty.models import Customer, PlanEvent, PointsAccount, RatingRun, StarBand, StarRating, Suspension
from loyalty.queries import plans as plan_reads
from loyalty.queries import rating
from loyalty.rules import months, stars
from loyalty.states import Channel, PlanState
from messaging.models import MessageTemplate, OutboxMessage
from tests.factories import make_customer, make_user
from tests.loyalty.life import BANDS, first_rules, make_bill, make_member, make_rating, shanghai

pytestmark = pytest.mark.django_db
NOV = date(2015, 11, 1)
DAY = date(2015, 11, 11)
NOW = shanghai(2015, 11, 11, 9)


@pytest.fixture(autouse=True)
def rules() -> None:
    first_rules()


def billed(customer: Customer, yuan: int, count: int = 12, before: date = NOV) -> Customer:
    for back in range(1, count + 1):
        make_bill(customer, months.plus(before, -back), yuan * 100)
    return customer


def person(phone: str = "13800000001", yuan: int = 0, joined: date = date(2014, 11, 1), **fields: Any) -> Customer:
    return billed(make_customer(phone, joined_on=joined, **fields), yuan)


def rate(month: date = NOV, on: date = DAY) -> dict[str, Any]:
    return ratings.rate(month, on=on, now=NOW)


def stars_of(customer: Customer) -> list[tuple[Any, ...]]:
    rows = StarRating.objects.filter(customer=customer).order_by("valid_from")
    return list(rows.values_list("star", "kind", "reason", "valid_from", "valid_to"))


def test_r_l_7_the_first_rating_takes_effect_on_the_eleventh() -> None:
    new, early = person("13800000001", 100, date(2015, 5, 31)), person("13800000002", 100, date(2015, 6, 1))
    told = rate()
    assert stars_of(new) == [(4, "first", "score", DAY, date(2016, 11, 10))]
    assert stars_of(early) == []
    assert (told["rows"], told["rose"], told["plans_opened"]) == (1, 1, 1)
    new.refresh_from_db()
    assert new.star == 4


def test_r_l_5_reasons_are_kept_per_part() -> None:
    customer = person("13800000001", 100)
    Suspension.objects.create(customer=customer, began_on=date(2015, 10, 31))
    Suspension.objects.create(customer=customer, began_on=date(2014, 10, 31))
    rate()
    row = StarRating.objects.get()
    assert (row.score, row.star) == (103, 2)
    assert row.parts == {
        "bill": 100, "age": 13, "bonus": 0, "penalty": 10, "suspensions": 1, "months": 12, "bills_fen": 120_000,
    }  # fmt: skip


def test_r_l_7_yearly_monthly_and_nobody_else() -> None:
    over, running, none = person("13800000001", 200), person("13800000002", 200), person("13800000003", 200)
    make_rating(over, 1, date(2014, 11, 11), date(2015, 11, 10))
    make_rating(running, 1, date(2014, 12, 11), date(2015, 12, 10))
    make_rating(none, 0, date(2015, 10, 11), date(2016, 10, 10))
    rate()
    assert stars_of(over)[1:] == [(4, "yearly", "score", DAY, date(2016, 11, 10))]
    assert len(stars_of(running)) == 1
    assert stars_of(none) == [
        (0, "first", "score", date(2015, 10, 11), date(2015, 11, 10)),
        (4, "monthly", "score", DAY, date(2016, 11, 10)),
    ]


def test_r_l_8_arrears_cap_the_next_star_but_do_not_touch_the_present_one() -> None:
    due, running = person("13800000001", 337), person("13800000002", 337)
    make_rating(running, 5, date(2014, 12, 11), date(2015, 12, 10))
    for customer in (due, running):
        for month in (2, 5, 9):
            Suspension.objects.create(customer=customer, began_on=date(2015, month, 1))
    rate()
    row = StarRating.objects.get(customer=due)
    assert (row.score, row.star, row.reason, row.parts["by_score"]) == (
        320, 3, "capped", 5
    )  # fmt: skip
    assert [one[0] for one in stars_of(running)] == [5]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_personal": False}, "not_personal"),
        ({"is_real_name": False}, "not_real_name"),
        ({"status": "suspended"}, "not_normal"),
        ({"is_blacklisted": True}, "blacklisted"),
    ],
)
def test_r_l_1_r_l_2_who_misses_a_condition_is_unrated_not_pre_star(fields: dict[str, Any], reason: str) -> None:
    bad, poor = person("13800000001", 500, **fields), person("13800000002", 1)
    rate()
    assert [(one[0], one[2]) for one in stars_of(bad)] == [(-1, reason)]
    assert [(one[0], one[2]) for one in stars_of(poor)] == [(0, "score")]


def test_a_rerun_changes_nothing_and_so_does_a_later_day() -> None:
    person("13800000001", 100)
    first = rate()
    before = list(StarRating.objects.values())
    person("13800000002", 100)
    assert {**rate(on=date(2015, 11, 20))} == first
    assert list(StarRating.objects.values()) == before
    assert RatingRun.objects.count() == 1


def test_a_run_that_died_goes_on_without_rating_anybody_twice() -> None:
    person("13800000001", 100)
    values = {**ratings._values(NOV, DAY, NOW), "first": 0, "last": 2**40}
    run = RatingRun.objects.create(month=NOV, effective_on=DAY, state="running", started_at=NOW)
    ratings._rate_some(run.pk, values)
    before = list(StarRating.objects.values())
    told = rate()
    assert list(StarRating.objects.values()) == before
    assert (told["rows"], told["state"]) == (1, "done")


def test_a_dry_run_compares_and_writes_nothing() -> None:
    customer = person("13800000001", 200)
    make_rating(customer, 1, date(2014, 11, 11), date(2015, 11, 10))
    told = ratings.compare(NOV, on=DAY, now=NOW)
    assert told["comparison"] == [{"kind": "yearly", "before": 1, "after": 4, "customers": 1}]
    assert (StarRating.objects.count(), RatingRun.objects.count()) == (1, 0)


def test_it_refuses_before_the_month_and_with_bands_upside_down() -> None:
    with pytest.raises(Refused) as no:
        rate(on=date(2015, 10, 31))
    assert no.value.code == "too_early"
    StarBand.objects.create(star=4, low=1, valid_from=date(2015, 5, 1))
    with pytest.raises(Refused) as no:
        rate()
    assert no.value.code == "no_bands"


def test_r_l_9_results_are_told_by_sms_once_and_not_at_night() -> None:
    for key, text in (("star_rated", "{star} {since} {until}"), ("star_none", "{reason}")):
        MessageTemplate.objects.get_or_create(key=key, valid_from=date(2015, 4, 1), defaults={"text": text})
    person("13800000001", 100)
    person("13800000002", 1)
    rate()
    assert ratings.tell(NOW) == 2
    assert ratings.tell(NOW) == 0
    assert sorted(OutboxMessage.objects.values_list("template", "kind")) == [
        ("star_none", "notice"), ("star_rated", "notice"),
    ]  # fmt: skip


def test_r_l_9_a_starless_customer_is_told_once_not_every_month() -> None:
    customer = person("13800000002", 1)
    make_rating(customer, 0, date(2015, 10, 11), date(2016, 10, 10), told_at=NOW)
    rate()
    assert [row[0] for row in stars_of(customer)] == [0, 0]
    assert StarRating.objects.filter(told_at=None).count() == 0


def test_r_l_17_four_stars_open_the_plan_on_the_stars_day() -> None:
    four, three = person("13800000001", 187), person("13800000002", 150)
    rate()
    account = PointsAccount.objects.get()
    assert (account.customer_id, account.plan_from, account.channel) == (four.pk, DAY, "automatic")
    assert stars_of(three)[0][0] == 3
    assert list(PlanEvent.objects.values_list("did", "effective_on")) == [("opened", DAY)]


def test_r_l_17_t6_three_stars_apply_and_it_counts_from_next_month() -> None:
    customer = make_customer(joined_on=date(2014, 1, 1))
    make_rating(customer, 2)
    account = plans.enrol(customer.pk, channel=Channel.SMS, by=By(), now=shanghai(2015, 5, 20))
    assert account.plan_from == date(2015, 6, 1)
    assert plan_reads.plan_state(account, 2, date(2015, 5, 31)) == PlanState.LATER
    assert plan_reads.plan_state(account, 2, date(2015, 6, 1)) == PlanState.ACTIVE
    again = plans.enrol(customer.pk, channel=Channel.SMS, by=By(), now=shanghai(2015, 7, 1))
    assert (again.plan_from, PlanEvent.objects.count()) == (date(2015, 6, 1), 1)


@pytest.mark.parametrize("star", [None, 0])
def test_r_l_17_without_a_star_it_cannot_be_opened(star: int | None) -> None:
    customer = make_customer(joined_on=date(2014, 1, 1))
    if star is not None:
        make_rating(customer, star)
    with pytest.raises(Refused) as no:
        plans.enrol(customer.pk, channel=Channel.API, by=By(), now=NOW)
    assert (no.value.code, PointsAccount.objects.count()) == ("no_star", 0)


def test_r_l_17_the_halls_desk_needs_the_evidence_of_the_wish() -> None:
    customer = make_customer(joined_on=date(2014, 1, 1))
    make_rating(customer, 1)
    clerk = make_user()
    with pytest.raises(Refused) as no:
        plans.enrol(customer.pk, channel=Channel.HALL, consent=" ", by=By(clerk), now=NOW)
    assert no.value.code == "consent_needed"
    plans.enrol(customer.pk, channel=Channel.HALL, consent="受理单 0012", by=By(clerk), now=NOW)
    event = PlanEvent.objects.get()
    assert (event.actor, event.consent) == (clerk, "受理单 0012")


def test_r_l_19_losing_all_stars_puts_the_plan_to_sleep_and_a_star_wakes_it() -> None:
    poor, rich = make_member(None, joined_on=date(2014, 1, 1)), make_member(None, joined_on=date(2014, 1, 1))
    make_rating(poor, 4, date(2014, 11, 11), date(2015, 11, 10))
    make_rating(rich, 0, date(2015, 10, 11), date(2016, 10, 10))
    billed(rich, 100)
    rate()
    assert set(PlanEvent.objects.values_list("account_id", "did")) == {(poor.pk, "dormant"), (rich.pk, "woke")}
    account = PointsAccount.objects.get(pk=poor.pk)
    assert account.plan_active_on(date(2015, 12, 1))
    assert plan_reads.plan_state(account, 0, DAY) == PlanState.DORMANT


def test_r_l_20_grace_is_given_to_old_plans_without_a_star_only() -> None:
    april = shanghai(2015, 4, 11)
    due = make_member(None, plan_from=date(2014, 1, 1))
    make_member(1, plan_from=date(2014, 1, 1))
    make_member(None, plan_from=date(2015, 4, 1))
    make_member(None, plan_from=date(2014, 1, 1), is_personal=False)
    assert plans.give_grace(april) == 1
    assert plans.give_grace(april) == 0
    account = PointsAccount.objects.get(grace_from__isnull=False)
    assert (account.pk, account.grace_from, account.grace_until) == (due.pk, date(2015, 4, 1), date(2016, 3, 31))
    assert plan_reads.plan_state(account, None, date(2016, 3, 31)) == PlanState.GRACE
    assert plan_reads.plan_state(account, None, date(2016, 4, 1)) == PlanState.DORMANT


def test_the_star_in_force_is_kept_on_the_customer() -> None:
    customer = make_customer(joined_on=date(2014, 1, 1), star=3)
    make_rating(customer, 3, date(2014, 11, 11), date(2015, 11, 10))
    assert customers.refresh_stars(shanghai(2015, 11, 10, 23, 59)) == 0
    assert customers.refresh_stars(shanghai(2015, 11, 11)) == 1
    customer.refresh_from_db()
    assert customer.star == -1


def test_beat_rates_on_the_stars_day_once() -> None:
    person("13800000001", 100)
    ratings.rate_due(NOW)
    assert StarRating.objects.count() == 0  # nobody has begun rating here
    RatingRun.objects.create(month=date(2015, 10, 1), effective_on=date(2015, 10, 11), state="done", started_at=NOW)
    ratings.rate_due(shanghai(2015, 11, 10, 23, 59))
    assert StarRating.objects.count() == 0
    ratings.rate_due(NOW)
    ratings.rate_due(NOW)
    assert (StarRating.objects.count(), RatingRun.objects.count()) == (1, 2)


fen = st.integers(0, 80_000)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.dates(date(2013, 1, 1), date(2015, 6, 30)), st.lists(fen, max_size=14), st.integers(0, 12),
            st.integers(0, 4), st.integers(0, 2), st.booleans(), st.booleans(), st.none() | st.integers(-1, 6),
        ),
        min_size=1, max_size=8,
    ),
    st.sampled_from([0, 1]),
)  # fmt: skip
def test_the_sql_rates_as_the_rules_do(people: list[tuple[Any, ...]], rounding: int) -> None:
    with transaction.atomic():
        Parameter.objects.create(name="loyalty.score_rounding", value=rounding, valid_from=date(2015, 1, 1))
        Parameter.objects.create(name="loyalty.bonus_each", value=7, valid_from=date(2015, 1, 1))
        policy = stars.policy_on(DAY, BANDS)
        expected = {}
        for at, (joined, sums, bonus, arrears, other, personal, real, before) in enumerate(people):
            customer = make_customer(
                str(13_700_000_000 + at),
                joined_on=joined,
                bonus_products=bonus,
                is_personal=personal,
                is_real_name=real,
            )
            for back, amount in enumerate(sums, 1):
                make_bill(customer, months.plus(NOV, -back), amount)
            for day in range(arrears + other):
                Suspension.objects.create(customer=customer, began_on=date(2015, 9, day + 1), for_arrears=day < arrears)
            if before is not None:
                make_rating(customer, before, date(2014, 11, 11), date(2015, 11, 10))
            due = stars.kind_due(
                joined, NOV, policy, star=before, star_until=None if before is None else date(2015, 11, 10)
            )
            facts = stars.Facts(
                joined, "normal", real, personal, False, sum(sums[:12]), bonus, arrears + other, arrears
            )
            verdict = stars.rate(facts, NOV, policy)
            if due:
                expected[customer.pk] = (str(due), int(verdict.star), str(verdict.reason), verdict.score)
        values = {**ratings._values(NOV, DAY, NOW), "first": 0, "last": 2**40}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT customer_id, kind, star, reason, score FROM ({rating.RATE}) r", values)
            found = {pk: tuple(row) for pk, *row in cursor.fetchall()}
        assert found == expected
        transaction.set_rollback(True)
