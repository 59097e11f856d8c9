"""Campaigns (R-H-14): a channel besides the hall, the load check with them, and what each hall brought."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core import time
from core.errors import Refused
from halls.models import Campaign, CampaignDay
from halls.rules.campaigns import share, state
from queueing.actions import campaigns as acts
from queueing.actions.campaigns import Count
from queueing.models import LoadCheck
from queueing.queries import campaigns as reads
from staff.states import Role
from tests.factories import make_hall, make_region, make_user

DAY = date(2026, 11, 20)
NOW = time.now()
TODAY = time.business_day(NOW)


@pytest.mark.parametrize(
    ("today", "ended", "expected"),
    [(-1, None, "coming"), (0, None, "running"), (6, None, "running"), (7, None, "over"), (2, 2, "over")],
)
def test_a_campaign_runs_from_its_first_to_its_last_day(today, ended, expected):
    ended_on = None if ended is None else DAY + timedelta(days=ended)
    assert state(DAY, DAY + timedelta(days=6), DAY + timedelta(days=today), ended_on=ended_on) == expected


def test_shares_have_one_decimal_and_nothing_of_nothing_is_unknown():
    assert [share(1, 3), share(0, 5), share(0, 0)] == [Decimal("33.3"), Decimal("0.0"), None]


@pytest.fixture
def hall(db):
    return make_hall("ZJ01", windows=1)


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


def draft(**more):
    facts = {"name": "冬季流量包", "offer": "首月半价", "audience": "流量超套客户", "target": 1000}
    days = {"starts_on": TODAY - timedelta(days=2), "ends_on": TODAY + timedelta(days=10)}
    return Campaign(**{**facts, **days, "uptake": Decimal(5), "minutes": Decimal(6), "channels": ["sms"], **more})


def refused(act, *given, **named) -> str:
    with pytest.raises(Refused) as no:
        act(*given, **named)
    return no.value.code


def test_r_h_14_a_campaign_needs_a_channel_besides_the_hall_and_comes_with_its_load_check(hall, wang):
    assert refused(acts.start_campaign, draft(channels=[]), [hall], by=wang, now=NOW) == "no_channel"
    assert refused(acts.start_campaign, draft(), [], by=wang, now=NOW) == "no_halls"
    assert (Campaign.objects.count(), LoadCheck.objects.count()) == (0, 0)

    row = acts.start_campaign(draft(), [hall], by=wang, now=NOW)
    check = row.load_checks.get()
    assert (check.target, check.other_channels, check.result["needed"]) == (1000, 1, 300)
    assert [one.code for one in check.halls.all()] == ["ZJ01"]


def test_a_hall_says_and_corrects_what_it_did_on_a_day(hall, wang):
    other = make_hall("ZJ02", windows=1)
    row = acts.start_campaign(draft(), [hall], by=wang, now=NOW)
    given = {"by": wang, "now": NOW}
    assert refused(acts.note_day, row, other, Count(TODAY, 9, 1), **given) == "other_hall"
    assert refused(acts.note_day, row, hall, Count(TODAY + timedelta(days=1), 9, 1), **given) == "not_its_day"
    assert refused(acts.note_day, row, hall, Count(TODAY - timedelta(days=3), 9, 1), **given) == "not_its_day"
    assert refused(acts.note_day, row, hall, Count(TODAY, 9, 10), **given) == "bad_count"
    assert CampaignDay.objects.count() == 0

    acts.note_day(row, hall, Count(TODAY, 40, 9), **given)
    acts.note_day(row, hall, Count(TODAY, 40, 10), **given)
    acts.note_day(row, hall, Count(TODAY - timedelta(days=1), 10, 0), **given)
    total = reads.standings([row], TODAY)[0].total
    assert (total.offered, total.accepted, total.uptake, total.reached) == (50, 10, Decimal("20.0"), Decimal("1.0"))
    assert [(one.hall, one.accepted) for one in reads.by_hall(row, [hall])] == [(hall, 10)]

    acts.end_campaign(row, **given)
    assert refused(acts.end_campaign, row, **given) == "over_already"
    assert [one.row for one in reads.standings(reads.in_state(reads.visible_to(wang), "over", TODAY), TODAY)] == [row]


def test_the_pages_keep_what_was_typed_and_hide_other_halls(hall, wang, client):
    client.force_login(wang)
    body = {"name": "秋促", "offer": "送", "audience": "老客户", "starts_on": TODAY, "ends_on": TODAY, "target": 10}
    body |= {"uptake": 5, "minutes": 6, "halls": [hall.pk]}
    kept = client.post("/campaigns/", body)
    assert kept.status_code == 422 and "秋促" in kept.content.decode() and "至少搭配" in kept.content.decode()
    assert client.post("/campaigns/", {**body, "channels": ["app"]}).status_code == 302
    row = Campaign.objects.get()
    page = f"/campaigns/{row.pk}/"
    assert client.post(f"{page}note/", {"hall": "ZJ01", "day": TODAY, "offered": 5, "accepted": 6}).status_code == 422
    assert client.post(f"{page}note/", {"hall": "ZJ01", "day": TODAY, "offered": 6, "accepted": 5}).status_code == 302
    assert "83.3 %" in client.get(page).content.decode()
    assert client.get(f"{page}export/").status_code == 200
    away = make_hall("NJ01", windows=1, region=make_region("GL"))
    client.force_login(make_user("09001", Role.HALL_MANAGER, away))
    assert client.get(page).status_code == 404
    assert "秋促" not in client.get("/campaigns/?state=running").content.decode()
