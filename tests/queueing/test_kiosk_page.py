from typing import Any

import pytest
from django.test import Client

from core import time
from halls.authentication import COOKIE
from halls.models import Hall
from halls.states import DeviceKind, QueueMode
from queueing.models import Ticket
from queueing.states import Lane, Source
from tests.factories import make_customer, make_device, make_hall, make_user

TOKEN = "hkd_kiosk-at-the-door"
pytestmark = pytest.mark.django_db


@pytest.fixture
def kiosk(hall: Hall, client: Client) -> Client:
    """The browser of the hall's paired ticket machine."""
    make_device(hall, token=TOKEN)
    client.cookies[COOKIE] = TOKEN
    return client


def take(kiosk: Client, body: dict[str, Any], key: str = "wish-1") -> Any:
    headers = {"X-Device": "1", "Idempotency-Key": key}
    return kiosk.post("/api/v1/halls/ZJ01/tickets/", body, content_type="application/json", headers=headers)


def test_a_paired_kiosk_gets_its_page(kiosk: Client):
    response = kiosk.get("/kiosk/ZJ01/")

    assert response.status_code == 200
    assert response.templates[0].name == "queueing/kiosk.html"
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_stranger_is_told_how_to_pair(hall: Hall, client: Client):
    response = client.get("/kiosk/ZJ01/")

    assert response.status_code == 403
    page = response.content.decode()
    assert "这台取号机还没有配对" in page
    assert 'href="/pair/"' in page


def test_a_kiosk_of_another_hall_is_refused_and_shown_its_own(kiosk: Client):
    make_hall("ZJ02", name="学府路店")

    response = kiosk.get("/kiosk/ZJ02/")

    assert response.status_code == 403
    page = response.content.decode()
    assert "不能在学府路店取号" in page
    assert 'href="/kiosk/ZJ01/"' in page


def test_a_kiosk_of_another_hall_can_not_take_numbers_here(kiosk: Client):
    make_hall("ZJ02")

    response = kiosk.post(
        "/api/v1/halls/ZJ02/tickets/",
        {"business": "general"},
        content_type="application/json",
        headers={"X-Device": "1"},
    )

    assert response.status_code == 404
    assert Ticket.objects.count() == 0


def test_a_television_is_no_kiosk(hall: Hall, client: Client):
    make_device(hall, DeviceKind.TV, token=TOKEN)
    client.cookies[COOKIE] = TOKEN

    response = client.get("/kiosk/ZJ01/")

    assert response.status_code == 403
    assert "叫号大屏" in response.content.decode()


def test_a_revoked_kiosk_gets_neither_page_nor_numbers(kiosk: Client, hall: Hall):
    hall.devices.update(revoked_at=time.now())

    assert kiosk.get("/kiosk/ZJ01/").status_code == 403
    assert take(kiosk, {"business": "general"}).status_code == 401
    assert Ticket.objects.count() == 0


def test_an_expired_kiosk_is_told_how_to_pair(kiosk: Client, hall: Hall):
    hall.devices.update(expires_at=time.now())

    response = kiosk.get("/kiosk/ZJ01/")

    assert response.status_code == 403
    assert "这台取号机还没有配对" in response.content.decode()


def test_a_greeter_may_open_the_kiosk_page_of_the_own_hall_only(hall: Hall, client: Client):
    make_hall("ZJ02")
    client.force_login(make_user("01101", "greeter", hall), backend="staff.auth.StaffBackend")

    assert client.get("/kiosk/ZJ01/").status_code == 200
    assert client.get("/kiosk/ZJ02/").status_code == 403


def test_an_unknown_hall_is_a_404(client: Client):
    assert client.get("/kiosk/NOWHERE/").status_code == 404


def test_a_hall_with_a_line_says_that_it_has_no_machine(client: Client):
    make_hall("ZJ04", queue_mode=QueueMode.LINE)

    response = client.get("/kiosk/ZJ04/")

    assert response.status_code == 200
    assert "没有取号机" in response.content.decode()


def test_a_kiosk_that_has_no_paper_knows_it_after_a_reload(kiosk: Client, hall: Hall):
    pulse = kiosk.post(
        "/api/v1/devices/me/pulse/",
        {"paper_out": True},
        content_type="application/json",
        headers={"X-Device": "1"},
    )

    assert pulse.status_code == 200
    assert 'data-paper-out="1"' in kiosk.get("/kiosk/ZJ01/").content.decode()


def test_two_taps_with_one_wish_are_one_number(kiosk: Client):
    wish = {"business": "general", "lane": "green"}

    first, second = take(kiosk, wish), take(kiosk, wish)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.lane) == (Source.KIOSK, Lane.GREEN)


def test_a_junk_phone_is_refused_in_words_and_takes_no_number(kiosk: Client):
    response = take(kiosk, {"business": "general", "phone": "12345"})

    assert response.status_code == 400
    assert response.json() == {"phone": ["手机号应为 11 位数字,请核对。"]}
    assert Ticket.objects.count() == 0


def test_the_answer_to_a_kiosk_names_no_customer(kiosk: Client):
    make_customer("13800000001", name="张三")

    response = take(kiosk, {"business": "general", "phone": "13800000001"})

    assert "13800000001" not in response.content.decode()
    assert "张三" not in response.content.decode()
