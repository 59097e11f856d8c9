"""R-H-14: the arithmetic of the load check with its boundary, and the page around it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from halls.models import Hall
from queueing.models import LoadCheck
from queueing.rules import load as rules
from staff.models import User
from tests.factories import make_hall, make_user

RATES = rules.Rates(usable=85, first_days=0, first_rate=130)
D = Decimal


def days(count: int, opened: int = 1000, base: int = 450) -> list[rules.Day]:
    return [rules.Day(date(2026, 12, 1) + timedelta(days=at), D(opened), D(base)) for at in range(count)]


@pytest.mark.parametrize(("target", "fits", "over"), [(400, True, 0), (401, False, D("0.25"))])
def test_r_h_14_exactly_at_capacity_fits_and_one_more_does_not(target: int, fits: bool, over: Decimal) -> None:
    """Four days of 1000 × 85 % − 450 = 400 minutes are 1600; 400 customers × 50 % × 8 minutes are 1600."""
    found = rules.load(rules.Campaign(target, D(50), D(8)), days(4), RATES)
    assert (found.open_minutes, found.usable, found.base, found.free) == (4000, 3400, 1800, 1600)
    assert (found.needed, found.fits, found.over_percent) == (target * 4, fits, over)


def test_the_first_days_bring_more() -> None:
    found = rules.load(rules.Campaign(330, D(10), D(10)), days(3), rules.Rates(85, 2, 130))
    assert [round(one.wanted, 2) for one in found.days] == [D("119.17"), D("119.17"), D("91.67")]
    assert round(sum(one.wanted for one in found.days), 6) == 330


def test_a_campaign_may_fit_as_a_whole_and_not_on_its_first_days() -> None:
    found = rules.load(rules.Campaign(380, D(50), D(8)), days(4), rules.Rates(85, 2, 130))
    assert (found.over_percent, found.fits, [one.fits for one in found.days]) == (0, False, [False, False, True, True])
    assert [round(one.over) for one in found.days] == [30, 30, 0, 0]


def test_closed_days_carry_nothing() -> None:
    closed = [rules.Day(date(2026, 12, 9), D(0), D(0)), *days(2)]
    found = rules.load(rules.Campaign(100, D(10), D(10)), closed, RATES)
    assert [one.day.day for one in found.days] == [1, 2]
    assert [one.wanted for one in found.days] == [50, 50]


def test_nothing_free_has_no_percentage() -> None:
    campaign = rules.Campaign(10, D(10), D(10))
    found = rules.load(campaign, days(2, base=900), RATES)
    assert (found.over_percent, found.fits, rules.customers_carried(campaign, found)) == (None, False, 0)


def test_how_many_customers_could_be_carried() -> None:
    campaign = rules.Campaign(800, D(50), D(8))
    assert rules.customers_carried(campaign, rules.load(campaign, days(4), RATES)) == 400


@pytest.mark.parametrize(("channels", "missing"), [(0, True), (1, False)])
def test_a_campaign_needs_a_channel_besides_the_hall(channels: int, missing: bool) -> None:
    assert rules.needs_channel(channels, 1) == missing


@pytest.fixture
def manager(hall: Hall, client: Client) -> User:
    person = make_user("01001", "hall_manager", hall, name="王芳")
    client.force_login(person)
    return person


def form(hall: Hall, **changed: Any) -> dict[str, Any]:
    starts_on = date(2027, 3, 1)
    return {
        "name": "开学季",
        "halls": [hall.pk],
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=4),
        "target": 100,
        "uptake": "10",
        "minutes": "8",
        "other_channels": 1,
        **changed,
    }


def test_a_check_is_saved_and_found_again(hall: Hall, manager: User, client: Client) -> None:
    answer = client.post("/queueing/load-check/", form(hall))
    made = LoadCheck.objects.get()
    assert answer["Location"] == f"/queueing/load-check/{made.pk}/"
    # Two windows, open all day for five days: 2 × 1440 × 5.
    assert (made.result["open"], made.result["usable"], made.result["base"]) == (14400, 12240, 0)
    assert (made.result["needed"], made.result["fits"], made.made_by) == (80, True, manager)
    assert "可以承接" in client.get(answer["Location"]).content.decode()
    assert "开学季" in client.get("/queueing/load-check/").content.decode()


def test_too_much_says_by_how_much_and_names_the_missing_channel(hall: Hall, manager: User, client: Client) -> None:
    client.post("/queueing/load-check/", form(hall, target=30600, uptake="10", minutes="8", other_channels=0))
    made = LoadCheck.objects.get()
    assert (made.result["needed"], made.result["over_percent"], made.result["carried_customers"]) == (24480, 100, 15300)
    page = client.get(f"/queueing/load-check/{made.pk}/").content.decode()
    assert ("超出承载 100%" in page, "再搭配 1 个渠道" in page) == (True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": 0},
        {"target": "9" * 40},
        {"uptake": "0"},
        {"uptake": "101"},
        {"minutes": "-1"},
        {"name": ""},
        {"name": "\0"},
        {"name": "长" * 3000},
        {"ends_on": "2027-02-01"},
        {"ends_on": "2029-02-01"},
        {"starts_on": "tomorrow"},
        {"other_channels": "-3"},
        {"halls": []},
        {"halls": ["9" * 30]},
    ],
)
def test_bad_input_is_answered_with_a_sentence_and_kept(
    hall: Hall, manager: User, client: Client, wrong: dict[str, Any]
) -> None:
    answer = client.post("/queueing/load-check/", form(hall, **wrong))
    assert (answer.status_code, LoadCheck.objects.count()) == (200, 0)
    assert "已填内容都在" in answer.content.decode()


def test_a_closed_hall_is_refused_and_nothing_is_saved(hall: Hall, manager: User, client: Client) -> None:
    hall.weekly_hours.all().delete()
    answer = client.post("/queueing/load-check/", form(hall))
    assert (answer.status_code, LoadCheck.objects.count()) == (200, 0)
    assert "都不营业" in answer.content.decode()


def test_others_checks_and_halls_are_out_of_sight(hall: Hall, manager: User, client: Client) -> None:
    client.post("/queueing/load-check/", form(hall))
    made = LoadCheck.objects.get()
    elsewhere = make_hall("ZJ05")
    client.force_login(make_user("05001", "hall_manager", elsewhere))
    assert client.get(f"/queueing/load-check/{made.pk}/").status_code == 404
    assert client.post("/queueing/load-check/", form(hall)).status_code == 200
    assert LoadCheck.objects.count() == 1
    client.force_login(make_user("05002", "clerk", elsewhere))
    assert client.get("/queueing/load-check/").status_code == 403


def test_figures_of_load_are_real_history(hall: Hall, noon: datetime) -> None:
    from queueing.queries import load
    from tests.queueing.test_forecast import live

    live(hall, noon)
    found = load.days([hall], noon.date(), noon.date(), noon)
    assert found[0].open_minutes == 180  # three half hours with two windows, as on every day before
    assert float(found[0].base_minutes) == pytest.approx(39 * 7, rel=0.05)
