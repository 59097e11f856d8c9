"""Campaigns, events outside a hall and companies over HTTP: the acts of the pages, filters, refusals, repeated keys."""

from datetime import timedelta

import pytest

from core import time
from halls.models import Campaign, CampaignDay, Outing
from loyalty.models import CorporateGroup, CorporateMember
from messaging.models import Notice
from staff.states import Role
from tests.factories import make_customer, make_hall, make_user

pytestmark = pytest.mark.django_db
TODAY = time.business_day(time.now())


def day(ahead: int) -> str:
    return (TODAY + timedelta(days=ahead)).isoformat()


@pytest.fixture
def hall():
    return make_hall("ZJ01", windows=1)


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def api(wang, client):
    client.force_login(wang)

    class Api:
        def get(self, path):
            answer = client.get(f"/api/v1{path}")
            return answer.status_code, answer.json()

        def post(self, path, body=None, method="post", **headers):
            send = getattr(client, method)
            answer = send(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)
            return answer.status_code, answer.json()

    return Api()


def plan(**more):
    days = {"starts_on": day(-1), "ends_on": day(9)}
    facts = {"name": "冬季流量包", "offer": "首月半价", "audience": "流量超套", "halls": ["ZJ01"], **days}
    return {**facts, "target": 1000, "uptake": "5.0", "minutes": "6.0", "channels": ["sms"], **more}


def test_r_h_14_a_campaign_is_checked_counted_and_ended(api):
    assert api.post("/campaigns/", plan(channels=[]))[1]["code"] == "no_channel"
    assert Campaign.objects.count() == 0
    status, made = api.post("/campaigns/", plan())
    assert (status, made["state"], made["halls"]) == (
        201, "running", [{"hall": "ZJ01", "offered": 0, "accepted": 0, "uptake": None}],
    )  # fmt: skip
    assert sorted(made["load"]) == ["carried_customers", "fits", "made_at", "over_percent"]
    path = f"/campaigns/{made['id']}"
    assert api.post(f"{path}/days/", {"hall": "ZJ01", "day": day(1), "offered": 9, "accepted": 1})[1]["code"] == (
        "not_its_day"
    )
    assert api.post(f"{path}/days/", {"hall": "ZJ01", "day": day(0), "offered": 1, "accepted": 2})[1]["code"] == (
        "bad_count"
    )
    assert api.post(f"{path}/days/", {"hall": "ZJ99", "day": day(0), "offered": 1, "accepted": 1})[1]["code"] == (
        "other_hall"
    )
    assert CampaignDay.objects.count() == 0
    assert api.post(f"{path}/days/", {"hall": "ZJ01", "day": day(0), "offered": 40, "accepted": 10})[0] == 200
    assert [one["accepted"] for one in api.get(f"{path}/days/")[1]["results"]] == [10]
    assert float(api.get(f"{path}/")[1]["halls"][0]["uptake"]) == 25.0
    assert [api.get(f"/campaigns/?state={state}")[1]["count"] for state in ("running", "over")] == [1, 0]
    assert [api.get(f"/campaigns/?hall={code}")[1]["count"] for code in ("ZJ01", "ZJ02")] == [1, 0]
    assert api.post(f"{path}/end/")[1]["state"] == "over"
    assert api.post(f"{path}/end/")[1]["code"] == "over_already"


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"halls": ["NJ01"]}, "halls"), ({"ends_on": day(-5)}, "ends_on"), ({"ends_on": "2999-01-01"}, "ends_on"),
        ({"minutes": "0.1"}, "minutes"), ({"offer": "长" * 3000}, "offer"), ({"channels": ["smoke"]}, "channels"),
    ],
)  # fmt: skip
def test_a_bad_campaign_is_refused_by_field(api, bad, field):
    status, said = api.post("/campaigns/", plan(**bad))
    assert (status, list(said), Campaign.objects.count()) == (400, [field], 0)


def test_a_list_of_campaigns_asks_the_same_for_one_and_three(api, django_assert_max_num_queries):
    for _ in range(3):
        api.post("/campaigns/", plan())
    with django_assert_max_num_queries(8):
        assert api.get("/campaigns/")[1]["count"] == 3


def test_an_outing_is_planned_once_for_a_key_then_closed(api, wang):
    begins = time.local(time.now() + timedelta(hours=2)).replace(second=0, microsecond=0)
    body = {"hall": "ZJ01", "kind": "stall", "title": "社区摆摊", "place": "花山湾", "people": ["01001"]}
    body |= {"begins_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=3)).isoformat()}
    assert api.post("/outings/", {**body, "people": []})[0] == 400
    assert api.post("/outings/", {**body, "people": ["09999"]})[1] == {"people": ["本厅今天没有这些人员:09999"]}
    assert api.post("/outings/", {**body, "begins_at": "1900-01-01T09:00:00+08:00"})[1]["code"] == "in_the_past"
    assert Outing.objects.count() == 0
    first = api.post("/outings/", body, **{"Idempotency-Key": "stall"})
    assert (first[0], first[1]["begins_at"], first[1]["people"]) == (
        201, begins.isoformat(), [{"staff_no": "01001", "name": "王经理"}],
    )  # fmt: skip
    assert api.post("/outings/", body, **{"Idempotency-Key": "stall"}) == first
    assert (Outing.objects.count(), Notice.objects.filter(user=wang).count()) == (1, 1)
    assert api.post("/outings/", body)[1]["code"] == "busy"
    path = f"/outings/{first[1]['id']}"
    assert api.get(path + "/")[1] == first[1]
    assert api.get(f"/outings/?month={begins:%Y-%m}&hall=ZJ01&state=planned")[1]["count"] == 1
    assert [api.get(f"/outings/?{ask}")[1]["count"] for ask in ("month=1066-10", "hall=ZJ02")] == [0, 0]
    assert api.get("/outings/?month=11-2026")[0] == 400
    result = {"reached": 5, "handled": 2, "leads": 1, "text": "来人不少"}
    assert api.post(f"{path}/close/", result)[1]["code"] == "too_early"
    assert api.post(f"{path}/cancel/", {"why": "有雨"})[1]["state"] == "cancelled"
    assert api.post(f"{path}/close/", result)[1]["code"] == "bad_move"


def company(**more):
    facts = {"name": "镇江船厂", "grade": "A", "hall": "ZJ01", "manager": "01001", "headcount": 30}
    return {**facts, "joined_on": day(-400), **more}


def test_a_company_gets_members_and_figures_and_leaves(api):
    assert api.post("/corporate/", company(headcount=9))[1]["code"] == "too_few"
    assert api.post("/corporate/", company(hall="NJ01"))[1] == {"hall": ["没有这个营业厅,请核对。"]}
    assert api.post("/corporate/", company(manager="99999"))[0] == 400
    assert CorporateGroup.objects.count() == 0
    status, made = api.post("/corporate/", company())
    assert (status, made["manager"], made["members"]) == (201, "01001", 0)
    path = f"/corporate/{made['id']}"
    make_customer("13800000001")
    assert api.post(f"{path}/members/", {"phone": "1380000"})[0] == 400
    assert api.post(f"{path}/members/", {"phone": "13800000009"})[1]["code"] == "no_customer"
    status, member = api.post(f"{path}/members/", {"phone": "138 0000 0001"})
    assert (status, member["phone"]) == (201, "138****0001")
    assert api.post(f"{path}/members/", {"phone": "13800000001"})[1]["code"] == "member_already"
    month = f"{TODAY:%Y-%m}"
    told = {"month": month, "satisfaction": "80.0", "awareness": "99.9", "members": 100, "lost": 3}
    assert api.post(f"{path}/figures/", {**told, "lost": 101})[1]["code"] == "bad_count"
    assert api.post(f"{path}/figures/", told)[0] == 200
    grade = api.get(f"/corporate/table/?month={month}")[1]["grades"][0]
    assert [grade[name]["is_met"] for name in ("satisfaction", "awareness", "group_churn", "inside_churn")] == [
        True, False, True, True,
    ]  # fmt: skip
    saved = api.post(f"{path}/", company(grade="C", manager=None), method="put")[1]
    assert (saved["grade"], saved["manager"], saved["members"]) == ("C", None, 1)
    assert [api.get(f"/corporate/?grade={one}")[1]["count"] for one in "AC"] == [0, 1]
    assert api.post(f"/corporate/members/{member['id']}/remove/")[1]["left_on"] == day(0)
    assert api.post(f"{path}/leave/")[1]["left_on"] == day(0)
    assert api.post(f"{path}/", company(), method="put")[1]["code"] == "left_already"
    assert CorporateMember.objects.filter(left_on=None).count() == 0


def test_who_has_left_stands_last(api):
    api.post("/corporate/", company(name="走了的"))
    api.post(f"/corporate/{CorporateGroup.objects.get().pk}/leave/")
    api.post("/corporate/", company(name="还在的", grade="C"))
    assert [one["name"] for one in api.get("/corporate/")[1]["results"]] == ["还在的", "走了的"]
