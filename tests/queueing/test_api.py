"""The queue's contract over HTTP: what other programs rely on."""

import uuid
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from halls.models import Hall, Window
from queueing.models import Ticket
from staff.models import User
from tests.factories import make_business, make_device, make_session, make_ticket, make_user


@pytest.fixture
def api(li: User) -> APIClient:
    return client_of(li)


def client_of(user: User) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=user)[0].key}")
    return client


def take(api: APIClient, body: Any = None, **headers: str) -> Any:
    return api.post("/api/v1/halls/ZJ01/tickets/", body or {"business": "general"}, format="json", headers=headers)


def test_a_ticket_is_issued_with_201(api: APIClient, hall: Hall) -> None:
    answer = take(api, {"business": "sim_replace", "phone": "13800000001"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["number"], body["state"], body["ahead"], body["estimated_wait_seconds"]) == (
        "A001",
        "waiting",
        0,
        None,
    )
    assert body["phone"] == "138****0001"
    assert Ticket.objects.get(pk=body["id"]).source == "api"


def test_the_same_key_and_body_give_the_same_ticket(api: APIClient, hall: Hall) -> None:
    key = str(uuid.uuid4())
    first, again = (take(api, **{"Idempotency-Key": key}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Ticket.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(api: APIClient, hall: Hall) -> None:
    key = str(uuid.uuid4())
    take(api, **{"Idempotency-Key": key})
    answer = take(api, {"business": "payment"}, **{"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")
    assert Ticket.objects.count() == 1


def test_keys_of_two_people_do_not_meet(api: APIClient, hall: Hall, wang: User) -> None:
    key = str(uuid.uuid4())
    numbers = [take(who, **{"Idempotency-Key": key}).json()["number"] for who in (api, client_of(wang))]
    assert numbers == ["A001", "A002"]


def test_a_refused_request_leaves_its_key_free(api: APIClient, hall: Hall) -> None:
    hall.weekly_hours.all().delete()
    key = str(uuid.uuid4())
    refused = take(api, **{"Idempotency-Key": key})
    assert (refused.status_code, refused.json()["code"]) == (409, "hall_closed")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ([1, 2], 400),
        ("text", 400),
        ({"business": "x" * 5000}, 400),
        ({"business": "general", "phone": "x" * 5000}, 400),
        ({"business": "general", "phone": "12345"}, 400),
        ({"business": "general", "lane": "fast"}, 400),
        ({"business": "gen\x00eral"}, 400),
        ({"business": {"a": 1}}, 400),
        ({"business": "nope"}, 409),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(api: APIClient, hall: Hall, body: Any, status: int) -> None:
    answer = api.post("/api/v1/halls/ZJ01/tickets/", body, format="json")
    assert answer.status_code == status
    assert Ticket.objects.count() == 0


def test_a_junk_phone_gets_a_clear_sentence(api: APIClient, hall: Hall) -> None:
    assert take(api, {"business": "general", "phone": "x"}).json() == {"phone": ["手机号应为 11 位数字,请核对。"]}


def test_a_business_of_another_hall_is_not_served_here(api: APIClient, hall: Hall) -> None:
    make_business("roaming")
    assert take(api, {"business": "roaming"}).json()["code"] == "not_served_here"


def test_strangers_are_refused_and_other_halls_do_not_exist(api: APIClient, hall: Hall, zhao: User) -> None:
    assert APIClient().get("/api/v1/halls/").status_code == 401
    assert take(client_of(zhao)).status_code == 404
    assert api.get("/api/v1/halls/ZJ02/").status_code == 404
    assert [row["code"] for row in api.get("/api/v1/halls/").json()["results"]] == ["ZJ01"]


def test_a_colleague_without_the_right_gets_403(hall: Hall, window: Window) -> None:
    greeter = client_of(make_user(role="greeter", hall=hall))
    assert greeter.post(f"/api/v1/windows/{window.pk}/sign-in/", {}, format="json").status_code == 403
    assert take(greeter).status_code == 201


def test_unknown_things_are_404(api: APIClient, hall: Hall) -> None:
    for path in (f"tickets/{uuid.uuid4()}/finish/", "windows/999999999999999999999/call-next/", "halls/NOPE/tickets/"):
        assert api.post(f"/api/v1/{path}", {}, format="json").status_code == 404, path


def test_a_day_at_the_window(api: APIClient, hall: Hall, window: Window) -> None:
    here = f"/api/v1/windows/{window.pk}"
    post = lambda path, body=None: api.post(path, body or {}, format="json")  # noqa: E731
    assert post(f"{here}/sign-in/").json()["state"] == "free"
    assert post(f"{here}/sign-in/").status_code == 200
    assert post(f"{here}/call-next/").status_code == 204
    number = take(api).json()
    called = post(f"{here}/call-next/")
    assert (called.status_code, called.json()["number"], called.json()["state"]) == (200, "A001", "called")
    ticket = f"/api/v1/tickets/{number['id']}"
    assert post(f"{ticket}/recall/").json()["code"] == "too_soon"
    assert post(f"{ticket}/start/").json()["state"] == "serving"
    assert post(f"{ticket}/hold/", {"kind": "papers"}).json()["state"] == "held"
    assert post(f"{ticket}/resume/").json()["state"] == "serving"
    assert post(f"{ticket}/finish/").json()["state"] == "done"
    assert post(f"{ticket}/start/").json()["code"] == "bad_move"
    assert post(f"{ticket}/rate/", {"score": 6}).status_code == 400
    assert post(f"{ticket}/rate/", {"score": 5}).json()["rating"] == 5
    assert post(f"{ticket}/rate/", {"score": 5}).json()["code"] == "rated_already"
    assert post(f"{here}/pause/", {"reason": "meal"}).json()["state"] == "paused"
    assert post(f"{here}/call-next/").json()["code"] == "window_paused"
    assert post(f"{here}/resume/").json()["state"] == "free"
    assert post(f"{here}/sign-out/").json()["state"] == "closed"


def test_no_show_and_back_again(api: APIClient, hall: Hall, window: Window, li: User) -> None:
    make_session(window, li)
    ticket = make_ticket(hall)
    api.post(f"/api/v1/windows/{window.pk}/call-next/", {}, format="json")
    states = [
        api.post(f"/api/v1/tickets/{ticket.pk}/{verb}/", {}, format="json").json()["state"]
        for verb in ("no-show", "requeue", "cancel")
    ]
    assert states == ["no_show", "waiting", "cancelled"]


def test_transfer_says_where_to(api: APIClient, hall: Hall, window: Window, li: User) -> None:
    ticket = make_ticket(hall)
    path = f"/api/v1/tickets/{ticket.pk}/transfer/"
    other = hall.windows.get(number=2)
    assert api.post(path, {}, format="json").status_code == 400
    assert api.post(path, {"window": 10**30}, format="json").status_code == 400
    assert api.post(path, {"staff": "nobody"}, format="json").status_code == 400
    assert api.post(path, {"window": other.pk, "place": "front"}, format="json").status_code == 200
    ticket.refresh_from_db()
    assert ticket.directed_window == other


def test_a_window_of_another_hall_is_404(api: APIClient, zhao: User) -> None:
    window = Window.objects.get(hall__code="ZJ02", number=1)
    assert api.post(f"/api/v1/windows/{window.pk}/sign-in/", {}, format="json").status_code == 404


def test_a_kiosk_takes_numbers_and_nothing_else(hall: Hall, window: Window) -> None:
    make_device(hall, "kiosk", token="hkd_kiosk")
    kiosk = APIClient()
    kiosk.credentials(HTTP_AUTHORIZATION="Device hkd_kiosk")
    assert take(kiosk).status_code == 201
    ticket = Ticket.objects.get()
    assert ticket.source == "kiosk"
    assert kiosk.post(f"/api/v1/tickets/{ticket.pk}/cancel/", {}, format="json").status_code == 403
    assert kiosk.post(f"/api/v1/windows/{window.pk}/sign-in/", {}, format="json").status_code == 403


def test_the_board_is_open_to_everyone_and_names_nobody(api: APIClient, hall: Hall, window: Window, li: User) -> None:
    make_session(window, li)
    make_ticket(hall, phone="13800000001")
    api.post(f"/api/v1/windows/{window.pk}/call-next/", {}, format="json")
    answer = APIClient().get("/api/v1/halls/ZJ01/board/")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "李敏" not in text
    assert "1380000" not in text
    board = answer.json()
    assert [(call["number"], call["window"]) for call in board["calls"]] == [("A001", "1 号窗口")]
    assert board["windows"][0]["state"] == "called"


def test_the_document_of_the_api_is_served(db: Any) -> None:
    assert APIClient().get("/api/schema/").status_code == 200


def test_a_chosen_number_and_one_more_business(api: APIClient, hall: Hall, window: Window, li: User) -> None:
    make_session(window, li)
    take(api)
    chosen = take(api).json()["id"]

    called = api.post(f"/api/v1/tickets/{chosen}/call/", {"reason": "赶火车"}, format="json")
    assert (called.status_code, called.json()["number"], called.json()["why"]) == (
        200,
        "A002",
        "叫 A002:指定叫号,赶火车",
    )
    added = api.post(f"/api/v1/tickets/{chosen}/add-business/", {"business": "payment"}, format="json")
    again = api.post(f"/api/v1/tickets/{chosen}/add-business/", {"business": "sim_replace"}, format="json")
    twice = api.post(f"/api/v1/tickets/{chosen}/add-business/", {"business": "payment"}, format="json")
    assert (added.status_code, added.json()["business"]) == (200, "payment")
    assert (again.status_code, twice.status_code, twice.json()["code"]) == (200, 409, "has_business")


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "很" * 81}, {"reason": "赶\x00车"}, {"reason": [1]}, []]
)
def test_a_chosen_call_needs_a_short_reason(api: APIClient, hall: Hall, window: Window, li: User, body: Any) -> None:
    make_session(window, li)
    number = take(api).json()["id"]
    answer = api.post(f"/api/v1/tickets/{number}/call/", body, format="json")
    assert (answer.status_code, Ticket.objects.get().state) == (400, "waiting")


def test_only_those_at_windows_call_and_add(hall: Hall, zhao: User) -> None:
    ticket = make_ticket(hall)
    for who, status in ((make_user("01777", "greeter", hall), 403), (zhao, 404)):
        for verb, body in (("call", {"reason": "赶火车"}), ("add-business", {"business": "payment"})):
            answer = client_of(who).post(f"/api/v1/tickets/{ticket.pk}/{verb}/", body, format="json")
            assert answer.status_code == status
    assert Ticket.objects.get().state == "waiting"


def test_a_note_says_what_was_told(api: APIClient, hall: Hall, window: Window, li: User) -> None:
    make_session(window, li)
    business = make_business("detail_print", e_channel="自助终端")
    ticket = make_ticket(hall, "serving", window=window, business=business)
    answers = [
        api.post(f"/api/v1/tickets/{ticket.pk}/note/", body, format="json").status_code
        for body in ({"told_online": True}, {"offer": "不在列表"}, {}, {"retention": "rubbish"}, {"offer": "\x00"})
    ]
    ticket.refresh_from_db()
    assert (answers, ticket.told_online, ticket.events.count()) == ([200, 409, 409, 400, 400], True, 1)
