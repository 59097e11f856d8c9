"""What another value of a single number would do, told before it is saved."""

from datetime import date
from typing import Any

import pytest

from core.models import Parameter
from loyalty.actions import generation
from loyalty.models import Customer
from loyalty.queries import number_effects
from loyalty.queries.number_effects import Line
from loyalty.rules import policy
from staff.states import Role
from tests.factories import make_customer, make_hall, make_region, make_user
from tests.loyalty.life import first_rules, make_bill, make_lot, make_member, make_rating, shanghai

pytestmark = pytest.mark.django_db
TODAY, SINCE = date(2026, 11, 25), date(2026, 12, 1)


@pytest.fixture(autouse=True)
def rules() -> None:
    first_rules()


def lines(name: str, value: int) -> list[Line]:
    told = number_effects.of_numbers({name: value}, SINCE, TODAY)
    return told[0][1] if told else []


def starred(star: int, since: date, until: date, **fields: Any) -> Customer:
    member = make_member(None, **fields)
    make_rating(member, star, since, until, parts={"suspensions": 0}, score=0)
    return member


def test_a_value_that_will_stand_anyway_changes_nothing() -> None:
    assert number_effects.of_numbers({policy.STAR_MONTHS: 12}, SINCE, TODAY) == []


def test_r_l_5_counted_months_rate_the_stars_in_force_by_other_bills() -> None:
    rising = starred(4, date(2026, 1, 11), date(2027, 1, 10), joined_on=date(2025, 11, 1))  # 13th month in network
    for at, month in enumerate((date(2025, 11, 1), date(2026, 9, 1), date(2026, 10, 1))):
        make_bill(rising, month, (100_00, 100_00, 400_00)[at])
    assert lines(policy.SCORE_MONTHS, 12) == []
    # by twelve months 600 / 12 + 13 = 63, by two (100 + 400) / 2 + 13 = 263, by one 413
    assert lines(policy.SCORE_MONTHS, 2) == [Line("星级会不同的客户", "0", "1"), Line("一星 → 四星", "0", "1")]
    assert lines(policy.SCORE_MONTHS, 1)[1] == Line("一星 → 五星银", "0", "1")


def test_r_l_7_first_month_counts_who_could_be_rated() -> None:
    for joined in (date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 1)):
        make_customer(f"1380000000{joined.month}", joined_on=joined)
    make_customer("13800000001", joined_on=date(2020, 1, 1), is_real_name=False)
    assert lines(policy.FIRST_RATING_MONTH, 6) == [Line("符合条件、可以参加评定的客户", "1", "2")]


def test_r_l_7_a_shorter_validity_counts_stars_that_would_be_over() -> None:
    for since in (date(2026, 5, 25), date(2026, 5, 26)):
        starred(2, since, date(2027, 5, 24))
    told = lines(policy.STAR_MONTHS, 6)
    assert told[0] == Line("现有星级若按此有效期,今天已经到期的客户", "0", "1")


def test_r_l_7_an_earlier_rating_day_lets_stars_lapse_over_a_month_end() -> None:
    starred(2, date(2026, 1, 11), date(2027, 1, 10))
    starred(0, date(2026, 1, 11), date(2027, 1, 10))
    assert [(one.before, one.after) for one in lines(policy.RATING_DAY, 10)] == [("0", "1")]
    assert [(one.before, one.after) for one in lines(policy.RATING_DAY, 12)] == [("0", "0")]


def test_r_l_17_automatic_plans_by_star() -> None:
    for star, plan_from in ((3, None), (4, None), (4, date(2020, 1, 1))):
        member = make_member(None, plan_from=plan_from)
        make_rating(member, star)
    assert [(one.before, one.after) for one in lines(policy.AUTOMATIC_STAR, 3)] == [("1", "2")]


def test_r_l_16_a_generation_day_moves_and_never_before_the_deadline() -> None:
    make_bill(make_member(2), date(2026, 8, 1), 88_80)
    run = generation.start(date(2026, 8, 1), on=date(2026, 10, 1), now=shanghai(2026, 10, 1))
    generation.work(run.pk)
    generation.finish(run.pk, shanghai(2026, 10, 1))
    told = lines(policy.GENERATION_DAY, 15)
    assert told[0] == Line("2026-09 账期的积分生成日", "2026-11-01", "2026-11-15")
    assert told[1].after == "1 位客户 134 分"
    assert lines(policy.GENERATION_MONTHS, 1)[0].after == "2026-11-01"


def test_r_l_24_the_use_lock_counts_customers_and_points() -> None:
    for joined in (date(2026, 5, 31), date(2026, 6, 1)):
        make_lot(make_member(None, joined_on=joined), 500)
    make_member(None, joined_on=date(2026, 11, 1))
    assert lines(policy.USE_LOCK_MONTHS, 7) == [Line("有积分、今天还不能用的新客户", "1 位 500 分", "2 位 1,000 分")]
    assert lines(policy.USE_LOCK_MONTHS, 0)[0].after == "0 位 0 分"
    assert lines(policy.USE_LOCK_FROM, 20260602)[0].after == "0 位 0 分"


def test_r_l_26_the_value_of_a_point() -> None:
    make_lot(make_member(None), 2_500)
    assert lines(policy.POINT_MILLS, 15) == [Line("2,500 分未用积分的价值", "30.00 元", "37.50 元")]


def test_the_page_tries_before_it_saves(client: Any) -> None:
    make_hall("ZJ01", windows=0, groups=False)
    client.force_login(make_user("90001", Role.OPERATIONS, region=make_region("ZJ", level="city")))
    form = {name.partition(".")[2]: policy.number(name, TODAY) for name in number_effects.EFFECTS}
    wished = form | {"valid_from": "2099-01-01", "star_months": 6}
    page = client.post("/loyalty/rules/dates/", wished | {"try": "1"}).content.decode()
    assert ("每月平均要重新评定的客户" in page, Parameter.objects.count()) == (True, 0)
    bad = client.post("/loyalty/rules/dates/", wished | {"use_lock_from": "20150431", "save": "1"}).content.decode()
    assert ("没有这一天" in bad, 'value="20150431"' in bad, Parameter.objects.count()) == (True, True, 0)
    assert client.post("/loyalty/rules/dates/", wished | {"save": "1"}).status_code == 302
    row = Parameter.objects.get()
    assert (row.name, row.value, row.valid_from) == (policy.STAR_MONTHS, 6, date(2099, 1, 1))
