"""「我为什么是三星,到什么时候?」: the reasons of a star, its validity and the one before."""

from datetime import date
from typing import Any

import pytest

from loyalty.models import PointsAccount
from loyalty.queries.star_card import star_card
from loyalty.rules import star_reasons
from loyalty.rules.star_reasons import Part
from staff.states import Role
from tests.factories import make_customer, make_hall, make_user
from tests.loyalty.life import BANDS, first_rules, make_rating

TODAY = date(2026, 11, 25)
KEPT = {"bill": 103, "age": 37, "bonus": 0, "penalty": 20, "suspensions": 2, "months": 12, "bills_fen": 1_234_56}


def test_r_l_5_each_part_has_its_figure_and_points() -> None:
    lines = star_reasons.score_parts(KEPT, joined_on=date(2023, 11, 3), rated_on=date(2026, 11, 11))
    assert lines == (
        Part("月均消费", "近 12 个月共 1,234.56 元,月均 102.88 元", 103),
        Part("网龄", "入网第 37 个月", 37),
        Part("停机", "近 12 个月 2 次", -20),
    )
    assert star_reasons.score_parts({}, joined_on=TODAY, rated_on=TODAY) == ()


@pytest.mark.parametrize(
    ("star", "score", "words"),
    [
        (0, 49, "49 分,未达到一星的 50 分"),
        (1, 50, "50 分,一星为 50–99 分,距二星差 50 分"),
        (3, 199, "199 分,三星为 150–199 分,距四星差 1 分"),
        (7, 900, "900 分,五星钻 550 分起"),
    ],
)
def test_r_l_6_the_band_and_the_way_to_the_next_star(star: int, score: int, words: str) -> None:
    assert star_reasons.verdict("score", star, score, {}, BANDS) == words


def test_r_l_8_a_cap_names_the_star_by_score() -> None:
    words = star_reasons.verdict("capped", 3, 320, {"by_score": 5}, BANDS)
    assert words == "320 分可评五星银,因年内欠费停机较多,封顶为三星"


def test_r_l_10_benefits_are_told_from_their_star_on() -> None:
    told = {star: len(star_reasons.benefits(star)) for star in (-1, 0, 1, 2, 3, 7)}
    assert told == {-1: 0, 0: 0, 1: 1, 2: 1, 3: 2, 7: 2}


@pytest.fixture
def customer(db: Any) -> Any:
    first_rules()
    return make_customer("13800000001", star=3, joined_on=date(2023, 11, 3))


def test_r_l_7_validity_next_rating_and_the_former_star(customer: Any) -> None:
    make_rating(customer, 2, date(2025, 11, 11), date(2026, 11, 10), kind="yearly")
    make_rating(customer, 3, date(2026, 11, 11), date(2027, 11, 10), kind="yearly", score=160, parts=KEPT)
    told = star_card(customer, TODAY)
    assert (told.label, told.verdict) == ("三星", "160 分,三星为 150–199 分,距四星差 40 分")
    assert (told.next_on, [row.star for row in told.former], told.warning) == (date(2027, 11, 11), [2], "")


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2026, 12, 10), date(2026, 12, 11)), (date(2026, 12, 11), date(2027, 1, 11))]
)
def test_r_l_7_the_starless_are_rated_on_the_next_11th(customer: Any, today: date, expected: date) -> None:
    make_rating(customer, 0, date(2026, 11, 11), date(2027, 11, 10), kind="monthly", score=40)
    assert star_card(customer, today).next_on == expected


def test_r_l_1_a_new_customer_hears_of_the_first_rating(customer: Any) -> None:
    customer.joined_on = date(2026, 6, 30)
    told = star_card(customer, TODAY)
    assert (told.label, told.verdict) == ("未评级", "入网第 6 个月,还没有到首次评定")
    assert told.next_on == date(2026, 12, 11)


def test_r_l_8_the_blacklist_takes_no_star_in_force_and_stops_the_next(customer: Any) -> None:
    customer.is_blacklisted = True
    assert (star_card(customer, TODAY).verdict, star_card(customer, TODAY).next_on) == ("在欠费黑名单", None)
    make_rating(customer, 3, date(2026, 11, 11), date(2027, 11, 10), score=160, parts=KEPT)
    told = star_card(customer, TODAY)
    assert (told.label, told.warning) == ("三星", "在欠费黑名单:现有星级到期前不变,届时如仍如此将不予评定")


def test_r_l_20_grace_is_shown_as_a_right_not_as_a_star(customer: Any) -> None:
    PointsAccount.objects.create(customer=customer, grace_from=date(2015, 4, 1), grace_until=date(2016, 3, 31))
    assert star_card(customer, date(2016, 3, 31)).label == "未评级(享一星资格)"
    assert star_card(customer, date(2016, 4, 1)).label == "未评级"


def test_the_page_and_the_api_tell_the_same(customer: Any, client: Any) -> None:
    make_rating(customer, 3, date(2024, 11, 11), score=160, parts=KEPT)
    client.force_login(make_user("01001", Role.CLERK, make_hall(), name="小李"))
    client.post("/loyalty/customers/", {"phone": customer.phone})
    page = client.get(f"/loyalty/customers/{customer.pk}/").content.decode()
    assert ("三星为 150–199 分" in page, "近 12 个月共 1,234.56 元" in page, "2099 年 12 月 31 日" in page) == (
        True,
    ) * 3
    told = client.get(f"/api/v1/customers/{customer.pk}/").json()["star_why"]
    assert (told["score"], told["valid_to"], [one["points"] for one in told["parts"]]) == (
        160,
        "2099-12-31",
        [103, 37, -20],
    )
