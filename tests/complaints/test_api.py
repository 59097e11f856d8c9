"""`/api/v1/complaints/…` in the manner of the rest."""

import pytest
from rest_framework.test import APIClient

from complaints.forms.registry import ACTS
from complaints.models import Complaint
from core import time
from tests.complaints.conftest import fresh, make_case
from tests.factories import make_device, make_hall, make_user

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/complaints/"


def api(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_log_read_act_and_list(place):
    clerk = api(place.clerk)
    made = clerk.post(ROOT, {"hall": "ZJ01", "content": "重复扣费", "phone": "138 0000 0001"}, format="json")
    assert (made.status_code, made.data["source"], made.data["phone"]) == (201, "api", "138****0001")
    url = f"{ROOT}{made.data['number']}/"
    assert clerk.get(url).data["status"] == "handling"
    assert clerk.post(f"{url}reply/", {"words": "已联系"}, format="json").data["first_replied_at"] is not None
    assert (
        clerk.post(f"{url}close/", {"outcome": "solved", "words": "已解决"}, format="json").data["status"]
        == "follow_up"
    )
    again = clerk.post(f"{url}reply/", {"words": "再答"}, format="json")
    assert (again.status_code, again.data["code"]) == (409, "bad_move")
    story = clerk.get(f"{url}events/").data
    assert [one["did"] for one in story["events"]] == ["logged", "accepted", "replied", "closed"]
    listed = clerk.get(f"{ROOT}?view=all").data
    assert (listed["count"], listed["results"][0]["number"]) == (1, made.data["number"])


def test_the_same_key_logs_once(place):
    clerk = api(place.clerk)
    body, key = {"hall": "ZJ01", "content": "多收费"}, {"HTTP_IDEMPOTENCY_KEY": "k1"}
    one, two = (clerk.post(ROOT, body, format="json", **key) for _ in range(2))
    assert (one.data["number"] == two.data["number"], Complaint.objects.count()) == (True, 1)


@pytest.mark.parametrize("body", [[], "x", {"hall": {}}, {"hall": "none"}, {"hall": "ZJ01", "phone": "x\x00"}, {}])
def test_bad_bodies_are_400_or_409_and_change_nothing(place, body):
    answer = api(place.clerk).post(ROOT, body, format="json")
    assert answer.status_code in {400, 409}
    assert Complaint.objects.count() == 0


@pytest.mark.parametrize("name", list(ACTS))
def test_acts_with_nonsense_are_never_a_500(place, name):
    found = make_case(place, at=time.now())
    for body in ({}, [], {"words": ["x"]}, {"to": "nobody", "words": "x", "due": "soon", "until": 5, "into": "x"}):
        answer = api(place.operations).post(f"{ROOT}{found.number}/{name}/", body, format="json")
        assert (name, body, answer.status_code in {200, 400, 409}) == (name, body, True)


def test_strangers_colleagues_and_machines(place):
    found = make_case(place, at=time.now())
    stranger = make_user("05001", "hall_manager", make_hall("ZJ05", windows=0), name="赵")
    assert api(stranger).get(f"{ROOT}{found.number}/").status_code == 404
    district = make_user("80001", "district", region=place.hall.region)
    assert api(district).post(f"{ROOT}{found.number}/note/", {"words": "x"}, format="json").status_code == 403
    assert api(district).post(ROOT, {"hall": "ZJ01"}, format="json").status_code == 403
    assert api(make_device(place.hall)).get(ROOT).status_code == 403
    assert APIClient().get(ROOT).status_code == 401


def test_a_refund_and_its_state(place):
    found = make_case(place, at=time.now())
    body = {"item": "流量", "charged": "30.00", "overcharge": "12.50", "ground": "promised"}
    made = api(place.duty).post(f"{ROOT}{found.number}/refund/", body, format="json")
    assert (made.status_code, made.data["total"], made.data["payments"][0]["state"]) == (201, "25.00", "asked")
    above = api(place.duty).post(f"{ROOT}{found.number}/refund/", body | {"overcharge": "30.01"}, format="json")
    assert (above.status_code, above.data["code"]) == (409, "above_charge")
    url = f"{ROOT}refunds/{made.data['id']}/"
    early = api(place.duty).post(f"{url}paid/", {"part": "whole"}, format="json")
    assert (early.status_code, early.data["code"]) == (409, "bad_move")
    assert api(place.handler).get(url).data["payments"] == made.data["payments"]
    assert api(place.handler).get(f"{ROOT}refunds/").data["count"] == 1


def test_amending_sends_only_what_changes(place):
    found = make_case(place, at=time.now(), content="旧")
    api(place.clerk).post(f"{ROOT}{found.number}/amend/", {"wish": "退费"}, format="json")
    assert (fresh(found).content, fresh(found).wish) == ("旧", "退费")
