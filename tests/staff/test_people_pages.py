"""The pages on which people come, change and leave, and where one sees one's own ways in."""

from datetime import timedelta

import pytest
from django.test import Client

from core.models import Parameter
from core.time import business_day, now
from staff.models import Certificate, Employment, SignIn, User
from staff.queries import certificates as certificate_queries
from staff.states import Role
from tests.factories import PASSWORD, make_certificate, make_hall, make_user

pytestmark = pytest.mark.django_db
TODAY = business_day(now())


@pytest.fixture
def hall():
    return make_hall(windows=0, groups=False)


@pytest.fixture
def wang(client, hall):
    person = make_user("01010", Role.HALL_MANAGER, hall, name="王经理")
    client.force_login(person)
    return person


@pytest.fixture
def li(hall):
    return make_user("01001", Role.CLERK, hall, name="小李")


NEW = {"staff_no": "01050", "name": "周敏", "phone": "", "role": "clerk", "place": "hall:ZJ01", "kind": "student"}


def test_a_student_is_hired_with_an_end_and_a_password_shown_once(client, wang):
    response = client.post("/staff/new/", NEW | {"valid_from": TODAY, "valid_to": TODAY + timedelta(days=90)})

    temporary = response.context["temporary"]
    assert response.content.decode().count(temporary) == 1
    job = Employment.objects.get(user__staff_no="01050")
    assert (job.kind, job.valid_to) == ("student", TODAY + timedelta(days=90))
    assert temporary not in client.get("/staff/01050/").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "学生岗位须填写最后一天,到期后自动停用。"),
        ({"staff_no": "01010", "valid_to": "2099-01-01"}, "工号 01010 已由王经理使用,每人一个工号,请核对。"),
        ({"place": "hall:ZJ05"}, "ZJ05"),
        ({"role": "hall_manager"}, "hall_manager"),
        ({"valid_from": "yesterday"}, "输入一个有效的日期。"),
    ],
)
def test_a_refusal_keeps_what_was_typed(client, wang, change, says):
    make_hall("ZJ05", windows=0, groups=False)
    response = client.post("/staff/new/", NEW | {"valid_from": TODAY} | change)

    assert (response.status_code, User.objects.count()) == (200, 1)
    assert says in response.content.decode() and 'value="周敏"' in response.content.decode()


def test_jobs_are_added_and_ended_on_pages(client, wang, li):
    job = {"role": "greeter", "place": "hall:ZJ01", "kind": "regular", "valid_from": TODAY}
    assert client.post("/staff/01001/jobs/", job)["Location"] == "/staff/01001/"
    assert "日期重叠" in client.post("/staff/01001/jobs/", job).content.decode()
    row = li.employments.get(role="greeter")
    client.post(f"/staff/01001/jobs/{row.pk}/", {"last_day": TODAY + timedelta(days=3)})

    row.refresh_from_db()
    assert (li.employments.count(), row.valid_to) == (2, TODAY + timedelta(days=3))


def test_leaving_and_coming_back_on_pages(client, wang, li):
    page = client.post("/staff/01001/leave/", {"why": "个人原因"}, follow=True).content.decode()
    assert "小李 已离职,登录与令牌已失效。" in page
    assert [person.staff_no for person in client.get("/staff/?state=left").context["page"]] == ["01001"]
    assert [person.staff_no for person in client.get("/staff/").context["page"]] == ["01010"]

    back = {"role": "clerk", "place": "hall:ZJ01", "kind": "regular", "valid_from": TODAY + timedelta(days=1)}
    assert client.post("/staff/01001/return/", back).context["temporary"]
    assert User.objects.get(staff_no="01001").is_active


def test_certificates_are_recorded_filtered_and_withdrawn_on_pages(client, wang, li):
    make_certificate(make_user("01002", Role.CLERK, li.employments.get().hall), until=TODAY + timedelta(days=10))
    paper = {"kind": "counter", "number": "ZJ1", "valid_from": "2020-01-01", "valid_to": TODAY + timedelta(days=400)}

    def listed(query):
        return [person.staff_no for person in client.get(f"/staff/?{query}").context["page"]]

    assert listed("certificate=missing") == ["01001", "01010"]
    assert listed("certificate=soon") == ["01002"]
    assert client.post("/staff/01001/certificates/", paper).status_code == 302
    assert listed("certificate=missing") == ["01010"]
    assert listed("sort=certificate") == ["01002", "01001", "01010"]
    assert "已登记在小李名下" in client.post("/staff/01001/certificates/", paper).content.decode()

    row = Certificate.objects.get(number="ZJ1")
    client.post(f"/staff/01001/certificates/{row.pk}/", {"why": "编号有误"})
    assert certificate_queries.has_valid_certificate(li.pk, TODAY) is False


def test_nobody_certifies_themselves(client, wang):
    assert client.get("/staff/01010/certificates/").status_code == 403


def test_the_district_sets_the_date_for_its_own_region(client, hall):
    client.force_login(make_user("90001", Role.DISTRICT, region=hall.region))
    day = TODAY + timedelta(days=20)

    assert client.post("/staff/certificates/required/", {"region": "JK", "day": day}).status_code == 302
    assert client.post("/staff/certificates/required/", {"region": "JK", "day": day + timedelta(days=1)})
    row = Parameter.objects.get()
    assert (row.scope, row.value, row.valid_from) == ("JK", 1, day + timedelta(days=1))
    assert certificate_queries.is_required(hall, day) is False
    assert certificate_queries.is_required(hall, day + timedelta(days=1)) is True
    past = client.post("/staff/certificates/required/", {"region": "JK", "day": TODAY - timedelta(days=1)})
    assert "启用日期不能早于今天,请核对。" in past.content.decode()
    assert client.post("/staff/certificates/required/", {"region": "ZJ", "day": day}).context["forms"][0].errors
    assert Parameter.objects.count() == 1


def test_one_sees_and_ends_the_own_sign_ins_only(client, li, wang):
    theirs = Client()
    theirs.post("/login/", {"username": "01001", "password": PASSWORD})
    row = SignIn.objects.get()

    assert client.post(f"/account/sign-ins/{row.pk}/end/").status_code == 404
    assert [one.row for one in theirs.get("/account/sign-ins/").context["open"]] == [row]
    other = Client()
    other.post("/login/", {"username": "01001", "password": PASSWORD})
    other.post(f"/account/sign-ins/{row.pk}/end/")
    assert theirs.get("/account/").status_code == 302


def test_a_manager_sees_and_ends_the_sign_ins_of_the_own_people(client, li, wang):
    theirs = Client()
    theirs.post("/login/", {"username": "01001", "password": PASSWORD})
    [one] = client.get("/staff/01001/").context["sign_ins"]

    client.post(f"/staff/01001/sign-ins/{one.row.pk}/end/")

    assert theirs.get("/account/").status_code == 302
    one.row.refresh_from_db()
    assert (one.row.end, one.row.ended_by) == ("by_manager", wang)


def test_a_duty_manager_sees_people_and_manages_none(client, hall, li):
    make_user("01010", Role.HALL_MANAGER, hall)
    client.force_login(make_user("01020", Role.DUTY_MANAGER, hall))

    assert client.get("/staff/01001/").status_code == 200
    for address in ("new/", "01001/edit/", "01001/leave/", "01001/jobs/", "01001/certificates/"):
        assert (address, client.get(f"/staff/{address}").status_code) == (address, 403)
