"""People and certificates over HTTP: what one sees, and the acts of the pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.models import KeptAnswer
from core.time import business_day, now
from staff.models import Certificate, Employment, User
from staff.states import Role
from tests.factories import make_certificate, make_device, make_hall, make_user

pytestmark = pytest.mark.django_db
TODAY = business_day(now())


@pytest.fixture
def hall():
    return make_hall(windows=0, groups=False)


@pytest.fixture
def li(hall):
    return make_user("01001", Role.CLERK, hall, name="小李", phone="13800000001")


@pytest.fixture
def wang(hall):
    return make_user("01010", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def api(wang):
    caller = APIClient()
    caller.force_authenticate(wang)
    return caller


def as_(person):
    caller = APIClient()
    caller.force_authenticate(person)
    return caller


def test_the_list_is_of_ones_own_halls_and_narrows(api, hall, li):
    make_user("05001", Role.CLERK, make_hall("ZJ05", windows=0, groups=False))
    make_certificate(li, until=TODAY + timedelta(days=9))

    told = api.get("/api/v1/people/").json()
    assert (told["count"], [one["staff_no"] for one in told["results"]]) == (2, ["01001", "01010"])
    first = told["results"][0]
    assert (first["phone"], first["certificate_until"]) == ("138****0001", str(TODAY + timedelta(days=9)))
    assert [(job["role"], job["hall"]) for job in first["jobs"]] == [("clerk", hall.code)]
    assert [one["staff_no"] for one in api.get("/api/v1/people/?role=hall_manager").json()["results"]] == ["01010"]
    assert [one["staff_no"] for one in api.get("/api/v1/people/?certificate=soon").json()["results"]] == ["01001"]
    assert api.get("/api/v1/people/?hall=ZJ05").status_code == 404
    assert api.get("/api/v1/people/?role=king").status_code == 400


def test_a_list_asks_the_database_as_often_for_one_as_for_three(api, hall, django_assert_num_queries):
    api.get("/api/v1/people/")  # the rights are worked out once
    with CaptureQueriesContext(connection) as one:
        api.get("/api/v1/people/")
    for _ in range(3):
        make_user(hall=hall)
    with django_assert_num_queries(len(one)):
        assert api.get("/api/v1/people/").json()["count"] == 4


def test_hiring_gives_a_password_once_and_keeps_no_answer(api, hall):
    body = {"staff_no": "01050", "name": "周敏", "role": "clerk", "hall": hall.code, "valid_from": str(TODAY)}
    answer = api.post("/api/v1/people/", body, format="json", HTTP_IDEMPOTENCY_KEY="one")

    assert answer.status_code == 201
    assert User.objects.get(staff_no="01050").check_password(answer.json()["temporary_password"])
    assert KeptAnswer.objects.count() == 0
    again = api.post("/api/v1/people/", body, format="json", HTTP_IDEMPOTENCY_KEY="one")
    assert (again.status_code, again.json()["code"]) == (409, "number_taken")
    assert "temporary_password" not in api.get("/api/v1/people/01050/").json()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"hall": "ZJ77"}, 409, "no_hall"),
        ({"hall": ""}, 409, "no_place"),
        ({"kind": "student"}, 409, "bad_dates"),
        ({"staff_no": "甲"}, 409, "bad_staff_no"),
        ({"role": "hall_manager"}, 403, None),
        ({"valid_from": "昨天"}, 400, None),
    ],
)
def test_a_refusal_changes_nothing(api, hall, change, status, code):
    body = {"staff_no": "01050", "name": "周敏", "role": "clerk", "hall": hall.code, "valid_from": str(TODAY)}
    answer = api.post("/api/v1/people/", body | change, format="json")
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert (User.objects.count(), Employment.objects.count()) == (1, 1)


def test_the_acts_of_the_pages(api, hall, li):
    base = "/api/v1/people/01001/"
    edited = api.post(f"{base}edit/", {"name": "李梅", "phone": "13800000009"}, format="json").json()
    assert (edited["name"], edited["phone"]) == ("李梅", "13800000009")
    job = {"role": "greeter", "hall": hall.code, "valid_from": str(TODAY)}
    assert api.post(f"{base}jobs/", job, format="json").status_code == 201
    assert api.post(f"{base}jobs/", job, format="json").json()["code"] == "jobs_overlap"
    row = li.employments.get(role="greeter")
    api.post(f"{base}jobs/{row.pk}/end/", {"last_day": str(TODAY + timedelta(days=3))}, format="json")
    row.refresh_from_db()
    assert row.valid_to == TODAY + timedelta(days=3)

    assert api.post(f"{base}reset-password/").json()["temporary_password"]
    assert api.post(f"{base}leave/", {"why": "个人原因"}, format="json").json()["is_active"] is False
    back = {"role": "clerk", "hall": hall.code, "valid_from": str(TODAY + timedelta(days=1))}
    assert api.post(f"{base}return/", back, format="json").json()["is_active"] is True


def test_r_s_14_certificates_are_recorded_listed_and_withdrawn(api, hall, li, wang):
    paper = {"number": "ZJ1", "valid_from": "2020-01-01", "valid_to": str(TODAY + timedelta(days=20))}
    made = api.post("/api/v1/people/01001/certificates/", paper, format="json")
    assert (made.status_code, made.json()["staff_no"]) == (201, "01001")
    assert api.post("/api/v1/people/01001/certificates/", paper, format="json").json()["code"] == "number_taken"
    make_certificate(make_user("05001", Role.CLERK, make_hall("ZJ05", windows=0, groups=False)))

    def listed(query=""):
        return [one["number"] for one in api.get(f"/api/v1/certificates/{query}").json()["results"]]

    assert (listed(), listed("?ends_within=20"), listed("?ends_within=19")) == (["ZJ1"], ["ZJ1"], [])
    row = Certificate.objects.get(number="ZJ1")
    gone = api.post(f"/api/v1/people/01001/certificates/{row.pk}/withdraw/", {"why": "编号有误"}, format="json")
    assert (gone.json()["withdrawn_on"], listed("?ends_within=20")) == (str(TODAY), [])
    assert api.post("/api/v1/people/01010/certificates/", paper, format="json").status_code == 403  # never one's own


def test_who_may_not(hall, li, wang):
    assert as_(li).get("/api/v1/people/").status_code == 403
    assert as_(li).get("/api/v1/certificates/").status_code == 403
    assert as_(li).get("/api/v1/people/01010/").status_code == 404
    assert as_(li).get("/api/v1/people/01001/").json()["phone"] == "13800000001"
    assert as_(make_device(hall)).get("/api/v1/people/").status_code == 403
    assert APIClient().get("/api/v1/people/").status_code == 401
