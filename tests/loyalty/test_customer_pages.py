"""The customer's page, the log of looks, and their API: masked, gated, on record."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from rest_framework.test import APIClient

from core import time
from loyalty.models import Customer, Disclosure, Look, ServiceChange
from loyalty.states import CustomerStatus, LookKind
from queueing.states import TicketState
from staff.states import Role
from tests.factories import make_business, make_customer, make_device, make_hall, make_session, make_ticket, make_user

pytestmark = pytest.mark.django_db
PHONE = "13800000001"


@pytest.fixture
def hall():
    return make_hall()


@pytest.fixture
def clerk(client, hall):
    person = make_user("01001", Role.CLERK, hall, name="小李")
    client.force_login(person)
    return person


@pytest.fixture
def customer():
    return make_customer(PHONE, name="陈东明")


def found(client, phone=PHONE):
    return client.post("/loyalty/customers/", {"phone": phone})


def test_a_customer_is_found_opened_and_shown_masked(client, clerk, customer):
    address = f"/loyalty/customers/{customer.pk}/"
    assert client.get(address).status_code == 404
    answer = found(client, "138-0000-0001")
    assert (answer.status_code, answer["Location"]) == (302, address)
    text = client.get(address).content.decode()
    assert ("138****0001" in text, "陈**" in text, PHONE in text, "陈东明" in text) == (True, True, False, False)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "请输入完整手机号"), ("1380000", "11 位数字"), ("13800000002", "没有使用这个号码的客户")],
)
def test_what_finds_nobody_is_said_and_kept(client, clerk, customer, typed, said):
    answer = found(client, typed)
    text = answer.content.decode()
    assert (answer.status_code, said in text, f'value="{typed}"' in text) == (200, True, bool(typed))


def test_who_may_not_find_is_told_so(client, hall, customer):
    client.force_login(make_user("01009", Role.INSPECTOR, hall))
    assert client.get("/loyalty/customers/").status_code == 403
    assert client.get("/loyalty/looks/").status_code == 403
    assert client.get("/loyalty/letters/").status_code == 403
    assert client.get(f"/loyalty/customers/{customer.pk}/").status_code == 403
    client.logout()
    assert client.get("/loyalty/customers/").status_code == 302


def test_revealing_shows_the_number_once_and_logs_it(client, hall, clerk, customer):
    session = make_session(hall.windows.first(), clerk)
    make_ticket(hall, TicketState.SERVING, window=session.window, customer=customer)
    answer = client.post(f"/loyalty/customers/{customer.pk}/reveal/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert (PHONE in text, "陈东明" in text, answer["Cache-Control"]) == (
        True,
        True,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert list(Look.objects.values_list("kind", "reason")) == [(LookKind.REVEALED, "at_window")]


def test_a_refused_reveal_says_why_and_shows_nothing(client, clerk, customer):
    found(client)
    answer = client.post(
        f"/loyalty/customers/{customer.pk}/reveal/", {"reason": "call_back"}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "ground_needed")
    assert list(Look.objects.values_list("kind", flat=True)) == [LookKind.FOUND]


def test_consent_is_recorded_and_a_bad_form_keeps_what_was_typed(client, clerk, customer):
    found(client)
    business, address = make_business("vas_change"), f"/loyalty/customers/{customer.pk}/changes/"
    form = {"business": business.pk, "evidence": "sms", "reference": "流水 7788"}
    bad = client.post(address, form | {"reference": "77"})
    assert (bad.status_code, 'value="77"' in bad.content.decode(), ServiceChange.objects.count()) == (200, True, 0)
    assert client.post(address, form).status_code == 302
    assert "短信确认 流水 7788" in client.get(f"/loyalty/customers/{customer.pk}/").content.decode()


def test_a_letter_goes_from_one_person_to_another(client, hall, customer):
    first = make_user("01002", Role.HALL_MANAGER, hall, name="王经理")
    second = make_user("01003", Role.DUTY_MANAGER, hall, name="周班长")
    client.force_login(first)
    found(client)
    form = {"authority": "京口分局", "letter_no": "2026-118", "purpose": "案件核查", "items": ["identity"]}
    assert client.post(f"/loyalty/customers/{customer.pk}/letters/", form | {"items": []}).status_code == 200
    assert client.post(f"/loyalty/customers/{customer.pk}/letters/", form).status_code == 302
    row = Disclosure.objects.get()
    own = client.get("/loyalty/letters/").content.decode()
    assert ("本人登记,待另一人确认" in own, "2026-118" in own, "确认提供" in own) == (True, True, False)
    client.post(f"/loyalty/letters/{row.pk}/confirm/")
    assert Disclosure.objects.get().confirmed_at is None

    client.force_login(make_user("05001", Role.HALL_MANAGER, make_hall("ZJ05")))
    assert client.post(f"/loyalty/letters/{row.pk}/confirm/").status_code == 404
    client.force_login(second)
    assert "2026-118" in client.get("/loyalty/letters/").content.decode()
    assert client.post(f"/loyalty/letters/{row.pk}/confirm/").status_code == 302
    assert Disclosure.objects.get().confirmed_by == second


def test_the_log_is_reviewed_filtered_and_exported_with_who_and_when(client, hall, clerk, customer):
    found(client)
    found(client, "13800000009")
    boss = make_user("01002", Role.HALL_MANAGER, hall, name="=王经理")
    client.force_login(boss)
    text = client.get("/loyalty/looks/").content.decode()
    assert ("138****0001" in text, PHONE in text, "无此客户" in text) == (True, False, True)
    assert "没有符合条件的记录" in client.get("/loyalty/looks/?kind=revealed&odd=1&since=x").content.decode()

    rows = list(Look.objects.values_list("pk", flat=True))
    client.post("/loyalty/looks/review/", {"look": [*rows, "x", "9" * 30], "verdict": "fine"})
    assert Look.objects.exclude(review=None).count() == 2

    book = load_workbook(BytesIO(client.get("/loyalty/looks/export/?state=done").content)).active
    lines = list(book.values)
    assert (lines[1][0].startswith("导出人 =王经理 01002,导出时间 "), len(lines)) == (True, 5)
    assert {line[5] or "" for line in lines[3:]} == {"138****0001", ""}
    taken = Look.objects.get(kind=LookKind.EXPORTED)
    assert (taken.person, taken.rows, taken.note) == (boss, 2, "号码查看记录")


def test_lists_ask_as_many_questions_for_one_look_as_for_three(client, hall, clerk, customer):
    client.force_login(make_user("01002", Role.HALL_MANAGER, hall))
    client.get("/loyalty/looks/")
    counts = []
    for more in (1, 2):
        for _ in range(more):
            Look.objects.create(kind=LookKind.FOUND, person=clerk, hall=hall, customer=customer, at=time.now())
        with CaptureQueriesContext(connection) as asked:
            client.get("/loyalty/looks/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ---- API ------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(hall):
    person = make_user("01008", Role.CLERK, hall, name="小周")
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_the_api_finds_by_the_whole_number_and_masks(api, customer):
    assert api.get("/api/v1/customers/").status_code == 400
    assert api.get("/api/v1/customers/?phone=1380").status_code == 400
    assert api.get("/api/v1/customers/?phone=13800000007").json()["count"] == 0
    assert api.get(f"/api/v1/customers/{customer.pk}/").status_code == 404
    row = api.get(f"/api/v1/customers/?phone={PHONE}").json()["results"][0]
    assert (row["phone"], row["name"], row["star"], row["visits"]) == ("138****0001", "陈**", -1, [])
    assert api.get(f"/api/v1/customers/{customer.pk}/").json() == row
    assert api.get(f"/api/v1/customers/{'9' * 25}/").status_code == 404


def test_the_api_reveals_with_a_ground_only(api, hall, customer):
    api.get(f"/api/v1/customers/?phone={PHONE}")
    address = f"/api/v1/customers/{customer.pk}/reveal/"
    assert api.post(address, {"reason": "call_back"}, format="json").json()["code"] == "ground_needed"
    assert api.post(address, {"reason": "because"}, format="json").status_code == 400
    make_ticket(hall, customer=customer)
    seen = api.post(address, {"reason": "call_back"}, format="json").json()
    assert (seen["phone"], seen["name"], seen["look"]) == (PHONE, "陈东明", Look.objects.first().pk)


def test_the_api_refuses_spoken_consent(api, customer):
    api.get(f"/api/v1/customers/?phone={PHONE}")
    make_business("vas_change")
    address, body = f"/api/v1/customers/{customer.pk}/service-changes/", {"business": "vas_change", "reference": "7788"}
    assert api.post(address, body | {"evidence": "oral"}, format="json").json()["code"] == "oral_is_no_consent"
    assert api.post(address, body | {"evidence": "sms", "business": "?"}, format="json").status_code == 400
    assert ServiceChange.objects.count() == 0
    assert api.post(address, body | {"evidence": "sms"}, format="json").status_code == 201


def test_a_machine_and_a_stranger_have_no_business_with_customers(hall, customer):
    make_device(hall, token="hkd_" + "k" * 40)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Device hkd_" + "k" * 40)
    assert client.get(f"/api/v1/customers/?phone={PHONE}").status_code == 403
    client.force_authenticate(make_user("01007", Role.GREETER, hall))
    assert client.get(f"/api/v1/customers/?phone={PHONE}").status_code == 403
    assert Look.objects.count() == 0


def test_a_closed_number_is_nobodys(api, customer):
    Customer.objects.filter(pk=customer.pk).update(status=CustomerStatus.CLOSED)
    assert api.get(f"/api/v1/customers/?phone={PHONE}").json()["results"] == []
