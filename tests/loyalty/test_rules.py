"""The worked examples and boundaries of R-L, as pure functions."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.time import SHANGHAI, day_bounds
from loyalty.rules import earning, months, plans, stars, usage
from loyalty.rules.earning import Standing
from loyalty.rules.usage import LotLeft
from loyalty.states import LotKind, NotEarned, RatingKind, RatingReason, Star, UnusableReason

pytestmark = pytest.mark.django_db
BANDS = {1: 50, 2: 100, 3: 150, 4: 200, 5: 300, 6: 450, 7: 550}
POLICY = stars.Policy(bands=BANDS)
MULTIPLIERS = {1: 100, 2: 150, 3: 200, 4: 250, 5: 300, 6: 500, 7: 500}


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


# R-L-1, R-L-2, R-L-3


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_personal": False}, RatingReason.NOT_PERSONAL),
        ({"is_real_name": False}, RatingReason.NOT_REAL_NAME),
        ({"status": "suspended"}, RatingReason.NOT_NORMAL),
        ({"status": "pending_closure"}, RatingReason.NOT_NORMAL),
        ({"is_blacklisted": True}, RatingReason.BLACKLISTED),
    ],
)
def test_r_l_1_who_misses_a_condition_is_unrated(facts: dict, reason: str) -> None:
    verdict = stars.rate(
        stars.Facts(joined_on=date(2010, 1, 1), bills_fen=99_999_00, **facts), date(2015, 11, 1), POLICY
    )
    assert (verdict.star, verdict.reason, verdict.score) == (Star.UNRATED, reason, None)


def test_r_l_2_a_low_score_is_pre_star_and_not_unrated() -> None:
    verdict = stars.rate(stars.Facts(joined_on=date(2015, 5, 20)), date(2015, 11, 1), POLICY)
    assert (verdict.star, verdict.reason, verdict.score) == (Star.PRE_STAR, RatingReason.SCORE, 7)


def test_r_l_3_the_codes_are_the_operators() -> None:
    assert [(star.value, star.label) for star in Star] == [
        (-1, "未评级"), (0, "准星"), (1, "一星"), (2, "二星"), (3, "三星"), (4, "四星"),
        (5, "五星银"), (6, "五星金"), (7, "五星钻"),
    ]  # fmt: skip


# R-L-5, R-L-6, R-L-8


def test_r_l_5_the_score_is_made_of_its_parts() -> None:
    rules = stars.Policy(bands=BANDS, bonus_each=5)
    facts = stars.Facts(joined_on=date(2014, 2, 28), bills_fen=12 * 88_50, bonus_products=3, suspensions=1)
    verdict = stars.rate(facts, date(2015, 11, 1), rules)
    assert verdict.parts == {
        "bill": 89, "age": 22, "bonus": 15, "penalty": 10, "suspensions": 1, "months": 12, "bills_fen": 12 * 88_50,
    }  # fmt: skip
    assert (verdict.score, verdict.star) == (116, Star.TWO)


@pytest.mark.parametrize(("rounding", "points"), [(0, 89), (1, 88)])
def test_r_l_5_rounding_is_half_up_or_down(rounding: int, points: int) -> None:
    assert stars.mean_points(12 * 88_50, 12, stars.Policy(bands=BANDS, rounding=rounding)) == points


def test_r_l_5_fewer_months_in_network_are_averaged_over_as_many() -> None:
    facts = stars.Facts(joined_on=date(2015, 5, 20), bills_fen=6 * 100_00)
    assert stars.rate(facts, date(2015, 11, 1), POLICY).parts["bill"] == 100


def test_r_l_5_bonus_has_a_maximum() -> None:
    rules = stars.Policy(bands=BANDS, bonus_each=5)
    facts = stars.Facts(joined_on=date(2015, 1, 1), bonus_products=30)
    assert stars.rate(facts, date(2015, 11, 1), rules).parts["bonus"] == 50


@pytest.mark.parametrize(
    ("score", "star"),
    [(0, 0), (49, 0), (50, 1), (99, 1), (100, 2), (149, 2), (150, 3), (199, 3), (200, 4), (299, 4), (300, 5),
     (449, 5), (450, 6), (549, 6), (550, 7), (9999, 7)],
)  # fmt: skip
def test_r_l_6_bands_include_their_lower_limit(score: int, star: int) -> None:
    assert stars.star_for(score, BANDS) == star


@pytest.mark.parametrize(("arrears", "star", "reason"), [(2, 5, "score"), (3, 3, "capped"), (4, 3, "capped")])
def test_r_l_8_t13_three_suspensions_cap_at_three_stars(arrears: int, star: int, reason: str) -> None:
    facts = stars.Facts(
        joined_on=date(2014, 12, 1), bills_fen=12 * (308 + 10 * arrears) * 100, suspensions=arrears,
        arrears_suspensions=arrears,
    )  # fmt: skip
    verdict = stars.rate(facts, date(2015, 12, 1), stars.Policy(bands=BANDS))
    assert verdict.score == 321
    assert (verdict.star, verdict.reason) == (star, reason)


def test_r_l_8_a_cap_never_raises() -> None:
    facts = stars.Facts(joined_on=date(2014, 12, 1), bills_fen=12 * 70_00, arrears_suspensions=5)
    assert stars.rate(facts, date(2015, 12, 1), POLICY).star == Star.ONE


# R-L-7


@pytest.mark.parametrize(
    ("month", "kind"), [(date(2015, 10, 1), None), (date(2015, 11, 1), RatingKind.FIRST), (date(2016, 3, 1), "first")]
)
def test_r_l_7_the_first_rating_is_in_the_seventh_month(month: date, kind: str | None) -> None:
    assert stars.kind_due(date(2015, 5, 31), month, POLICY, star=None, star_until=None) == kind


def test_r_l_7_a_star_takes_effect_on_the_eleventh_for_twelve_months() -> None:
    assert stars.effective_on(date(2015, 11, 1)) == date(2015, 11, 11)
    assert stars.valid_to(date(2015, 11, 11), 12) == date(2016, 11, 10)


@pytest.mark.parametrize(
    ("star", "until", "month", "kind"),
    [
        (3, date(2016, 11, 10), date(2016, 10, 1), None),
        (3, date(2016, 11, 10), date(2016, 11, 1), RatingKind.YEARLY),
        (0, date(2016, 11, 10), date(2015, 12, 1), RatingKind.MONTHLY),
        (-1, date(2016, 11, 10), date(2015, 12, 1), RatingKind.MONTHLY),
    ],
)
def test_r_l_7_stars_are_rated_yearly_and_the_starless_monthly(
    star: int, until: date, month: date, kind: str | None
) -> None:
    assert stars.kind_due(date(2015, 5, 1), month, POLICY, star=star, star_until=until) == kind


# R-L-12, R-L-13


@pytest.mark.parametrize(
    ("star", "fen", "points"),
    [(2, 88_80, 134), (4, 58_50, 147), (1, 1, 1), (1, 0, 0), (3, 100_00, 200), (2, 60_00, 90), (1, 70_50, 71)],
)
def test_r_l_12_t1_t2_t4_points_are_rounded_up_once(star: int, fen: int, points: int) -> None:
    assert earning.points(fen, MULTIPLIERS[star]) == points


@pytest.mark.parametrize(("fen", "points"), [(5_50, 11), (60_00, 120), (1_10, 3), (115, 3)])
def test_r_l_12_exact_products_are_not_pushed_up(fen: int, points: int) -> None:
    assert earning.points(fen, 200) == points


@given(st.integers(0, 10_000_000), st.sampled_from([100, 110, 115, 150, 200, 250, 300, 500]))
def test_r_l_12_equals_decimal_for_every_amount(fen: int, hundredths: int) -> None:
    exact = Decimal(fen) / 100 * Decimal(hundredths) / 100
    assert earning.points(fen, hundredths) == int(exact.to_integral_value("ROUND_CEILING"))


def test_r_l_12_binary_fractions_would_be_wrong() -> None:
    """The float trap: 15.30 less 0.10, times 2.5, is 38 and not a hair more."""
    assert math.ceil((15.30 - 0.10) * 250 / 100) == 39
    assert earning.points(earning.eligible_fen(15_30, gifted=10), 250) == 38
    assert math.ceil(50.0 * 1.1) == 56
    assert earning.points(50_00, 110) == 55


def test_r_l_13_gifts_credit_and_third_parties_do_not_count() -> None:
    assert earning.eligible_fen(128_00, gifted=30_00, third_party=10_00) == 88_00
    assert earning.eligible_fen(50_00, gifted=30_00, third_party=30_00) == 0
    assert earning.eligible_fen(50_00, redeemed=50_00) == 0


# R-L-15, R-L-16


def test_r_l_15_t5_the_deadline_is_the_last_day_of_the_next_month() -> None:
    too_late = earning.paid_before(date(2015, 5, 1), date(2015, 7, 1))
    assert too_late == shanghai(2015, 7, 1)
    assert earning.is_paid(shanghai(2015, 6, 30, 23, 59, 59), too_late)
    assert not earning.is_paid(shanghai(2015, 7, 1), too_late)
    assert not earning.is_paid(None, too_late)


@pytest.mark.parametrize(
    ("month", "too_late"),
    [(date(2015, 12, 1), (2016, 2, 1)), (date(2016, 1, 1), (2016, 3, 1)), (date(2015, 11, 1), (2016, 1, 1))],
)
def test_r_l_15_month_ends_and_the_leap_day(month: date, too_late: tuple[int, int, int]) -> None:
    assert earning.paid_before(month, date(2016, 4, 1)) == shanghai(*too_late)
    assert earning.is_paid(
        shanghai(*too_late) - timedelta(microseconds=1), earning.paid_before(month, date(2016, 4, 1))
    )


@pytest.mark.parametrize(
    ("month", "day"),
    [(date(2015, 5, 1), date(2015, 7, 1)), (date(2015, 6, 1), date(2015, 8, 1)), (date(2015, 12, 1), date(2016, 2, 1))],
)
def test_r_l_16_points_are_made_on_the_first_of_the_month_after_next(month: date, day: date) -> None:
    assert earning.generation_day(month, day) == day


def test_r_l_16_the_newest_due_month() -> None:
    assert earning.newest_due_month(date(2015, 7, 1)) == date(2015, 5, 1)
    assert earning.newest_due_month(date(2015, 6, 30)) == date(2015, 4, 1)
    assert earning.newest_due_month(date(2016, 1, 31)) == date(2015, 11, 1)


# R-L-14, R-L-17 … R-L-21

MAY, JUNE = date(2015, 5, 1), date(2015, 6, 1)


def test_r_l_17_application_counts_from_the_next_month() -> None:
    assert plans.applied_from(date(2015, 5, 20)) == JUNE
    assert plans.applied_from(date(2015, 5, 31)) == JUNE
    assert plans.applied_from(date(2015, 12, 1)) == date(2016, 1, 1)


@pytest.mark.parametrize(("star", "opens"), [(-1, False), (0, False), (3, False), (4, True), (7, True)])
def test_r_l_17_four_and_five_stars_open_by_themselves(star: int, opens: bool) -> None:
    assert plans.opens_automatically(star, MAY) is opens


@pytest.mark.parametrize(("star", "may"), [(None, False), (-1, False), (0, False), (1, True), (3, True)])
def test_r_l_17_without_a_star_there_is_no_plan(star: int | None, may: bool) -> None:
    assert plans.may_apply(star) is may


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing(star=2, plan_from=JUNE), NotEarned.PLAN_LATER),
        (Standing(star=2, plan_from=date(2015, 5, 31)), NotEarned.EARNED),
        (Standing(star=2), NotEarned.NO_PLAN),
        (Standing(star=2, plan_from=date(2015, 1, 1), plan_until=date(2015, 5, 30)), NotEarned.NO_PLAN),
        (Standing(star=2, plan_from=date(2015, 1, 1), plan_until=date(2015, 5, 31)), NotEarned.EARNED),
        (Standing(star=0, plan_from=date(2015, 1, 1)), NotEarned.PRE_STAR),
        (Standing(star=-1, plan_from=date(2015, 1, 1)), NotEarned.UNRATED),
        (Standing(star=None, plan_from=date(2015, 1, 1)), NotEarned.UNRATED),
        (Standing(star=None, plan_from=date(2015, 1, 1), has_grace=True), NotEarned.EARNED),
    ],
)
def test_r_l_18_what_stands_on_the_last_day_decides(standing: Standing, reason: NotEarned) -> None:
    assert earning.judge(standing, month=MAY, paid=True, eligible=1) == reason


def test_r_l_18_t6_the_bill_of_the_application_month_earns_nothing() -> None:
    standing = Standing(star=2, plan_from=plans.applied_from(date(2015, 5, 20)))
    assert earning.judge(standing, month=MAY, paid=True, eligible=60_00) == NotEarned.PLAN_LATER
    assert earning.judge(standing, month=JUNE, paid=True, eligible=60_00) == NotEarned.EARNED
    assert earning.points(60_00, 150) == 90
    assert earning.generation_day(JUNE, date(2015, 8, 1)) == date(2015, 8, 1)


def test_r_l_15_t4_unpaid_and_fully_gifted_bills_make_nothing() -> None:
    standing = Standing(star=3, plan_from=date(2015, 1, 1))
    assert earning.judge(standing, month=MAY, paid=False, eligible=100_00) == NotEarned.UNPAID
    assert earning.judge(standing, month=MAY, paid=True, eligible=0) == NotEarned.NOTHING_ELIGIBLE


def test_r_l_19_a_plan_without_a_star_sleeps() -> None:
    assert plans.is_dormant(0, has_grace=False)
    assert plans.is_dormant(None, has_grace=False)
    assert not plans.is_dormant(3, has_grace=False)
    assert not plans.is_dormant(None, has_grace=True)


def test_r_l_20_grace_is_one_year_for_old_plans_without_a_star() -> None:
    given_to = {"plan_from": date(2014, 1, 1), "star": None, "is_personal": True, "on": date(2015, 4, 1)}
    assert plans.grace(**given_to) == (date(2015, 4, 1), date(2016, 3, 31))
    assert plans.grace(**{**given_to, "plan_from": date(2015, 4, 1)}) is None
    assert plans.grace(**{**given_to, "plan_from": None}) is None
    assert plans.grace(**{**given_to, "star": 1}) is None
    assert plans.grace(**{**given_to, "is_personal": False}) is None


def test_r_l_20_a_real_star_is_the_better_one() -> None:
    assert earning.kind_and_star(3) == (LotKind.CONSUMPTION, Star.THREE)
    assert earning.kind_and_star(None) == (LotKind.GRACE, Star.ONE)
    assert earning.kind_and_star(0) == (LotKind.GRACE, Star.ONE)


def test_r_l_21_no_personal_product_no_star() -> None:
    facts = stars.Facts(joined_on=date(2010, 1, 1), bills_fen=99_999_00, is_personal=False)
    assert stars.rate(facts, MAY, POLICY).star == Star.UNRATED


# R-L-22 … R-L-28


def lot(kind: int = LotKind.CONSUMPTION, left: int = 100, month: date = MAY, **fields: object) -> LotLeft:
    return LotLeft(month=month, kind=kind, source=fields.pop("source", 0), points=left, left=left, **fields)


def test_r_l_22_t11_usable_on_the_last_day_and_gone_at_midnight() -> None:
    assert not usage.is_expired(date(2015, 12, 31), date(2015, 12, 31))
    assert usage.is_expired(date(2015, 12, 31), date(2016, 1, 1))
    assert day_bounds(date(2016, 1, 1))[0] == shanghai(2016, 1, 1)
    assert not usage.is_expired(None, date(2099, 1, 1))


def test_r_l_22_days_of_use_count_the_day_they_are_given() -> None:
    assert usage.promo_expiry(date(2016, 2, 28), expires_on=None, after_days=2) == date(2016, 2, 29)
    assert usage.promo_expiry(date(2016, 2, 28), expires_on=date(2016, 5, 1), after_days=None) == date(2016, 5, 1)
    assert usage.promo_expiry(date(2016, 2, 28), expires_on=None, after_days=None) is None


def test_r_l_23_promo_by_expiry_then_promo_for_ever_then_consumption() -> None:
    late = lot(LotKind.PROMO, expires_on=date(2015, 12, 31), source=1)
    soon = lot(LotKind.PROMO, expires_on=date(2015, 9, 30), source=2)
    ever = lot(LotKind.PROMO, source=3)
    gone = lot(LotKind.PROMO, expires_on=date(2015, 6, 30), source=4)
    old, new = lot(month=date(2015, 4, 1)), lot(month=MAY)
    taken = usage.take([new, ever, gone, late, old, soon], 450, date(2015, 7, 1))
    assert [(one.lot, one.points) for one in taken or []] == [
        (soon, 100), (late, 100), (ever, 100), (old, 100), (new, 50)
    ]  # fmt: skip
    assert usage.take([new, gone], 101, date(2015, 7, 1)) is None


@pytest.mark.parametrize(
    ("joined", "first"),
    [
        (date(2015, 5, 20), date(2015, 11, 1)),
        (date(2015, 4, 1), date(2015, 10, 1)),
        (date(2015, 3, 31), None),
        (date(2015, 8, 31), date(2016, 2, 1)),
    ],
)
def test_r_l_24_t10_usable_from_the_first_of_the_seventh_month(joined: date, first: date | None) -> None:
    assert usage.usable_from(joined, date(2016, 1, 1)) == first


def test_r_l_24_t10_locked_until_the_last_day_before() -> None:
    asked = {"joined_on": date(2015, 5, 20), "status": "normal", "is_boss": False, "is_maintenance": False}
    assert usage.why_unusable(**asked, today=date(2015, 10, 31)) == [UnusableReason.NEW_CUSTOMER]
    assert usage.why_unusable(**asked, today=date(2015, 11, 1)) == []


@pytest.mark.parametrize("status", ["suspended", "pending_closure", "closed"])
def test_r_l_25_a_number_out_of_order_cannot_spend(status: str) -> None:
    asked = {"joined_on": date(2010, 1, 1), "is_boss": False, "is_maintenance": False, "today": date(2016, 1, 1)}
    assert usage.why_unusable(status=status, **asked) == [status]


@pytest.mark.parametrize(("old", "new"), [(333, 417), (100, 125), (1, 2), (0, 0), (4, 5)])
def test_r_l_26_t8_conversion_is_rounded_up(old: int, new: int) -> None:
    assert usage.converted(old) == new


def test_r_l_26_the_value_in_yuan_stays() -> None:
    assert 12 * 125 // 100 == 15


@pytest.mark.parametrize(
    ("yuan", "price"), [(10, 840), (30, 2500), (50, 4170), (100, 8340), (300, 25_000), (500, 41_670)]
)
def test_r_l_27_prices_of_phone_credit(yuan: int, price: int) -> None:
    assert usage.credit_price(yuan) == price


def test_r_l_28_maintenance_ends_before_its_end() -> None:
    windows = [(shanghai(2015, 4, 1), shanghai(2015, 4, 4))]
    assert usage.in_maintenance(windows, shanghai(2015, 4, 1))
    assert usage.in_maintenance(windows, shanghai(2015, 4, 3, 23, 59, 59))
    assert not usage.in_maintenance(windows, shanghai(2015, 4, 4))
    assert not usage.in_maintenance(windows, shanghai(2015, 3, 31, 23, 59, 59))


# Months


def test_months_are_counted_by_the_calendar() -> None:
    assert months.plus(date(2015, 12, 1), 1) == date(2016, 1, 1)
    assert months.plus(date(2016, 1, 1), -1) == date(2015, 12, 1)
    assert months.last_of(date(2016, 2, 1)) == date(2016, 2, 29)
    assert months.last_of(date(2015, 2, 1)) == date(2015, 2, 28)
    assert months.parse("2016-02") == date(2016, 2, 1)


@pytest.mark.parametrize("text", ["2016-13", "2016-2", "201602", "", "2016-00", "abcd-ef", "２016-02"])
def test_a_bad_month_is_refused(text: str) -> None:
    with pytest.raises(Refused) as no:
        months.parse(text)
    assert no.value.code == "bad_month"
