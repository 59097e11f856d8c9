"""The rating pad, the SMS link, appointments by API, numbers nobody waited for."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from core.time import business_day, now
from halls.states import DeviceKind
from messaging.models import OutboxMessage
from queueing import actions
from queueing.actions import Actor, sweeps
from queueing.models import Appointment, LowRating, Ticket
from queueing.states import TicketState
from tests.factories import make_device, make_hall, make_ticket, make_user
from tests.queueing.appointment_rows import PHONE, booked, due, next_slot

JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def hall(db):
    return make_hall()


@pytest.fixture
def page(hall):
    client = Client()
    client.force_login(make_user("01001", "duty_manager", hall, name="王经理"))
    return client


@pytest.fixture
def account_manager(hall):
    client = Client()
    client.force_login(make_user("01009", "account_manager", hall))
    return client


# -- call-backs ----------------------------------------------------------------------------------------


def wanting(hall):
    ticket = make_ticket(hall, TicketState.DONE, rating=1, phone=PHONE)
    actions.explain_low_rating(ticket.pk, ["manner"], wants_call=True, actor=Actor(), now=now())
    return ticket


# -- the pad -------------------------------------------------------------------------------------------


@pytest.fixture
def window(hall):
    return hall.windows.get(number=1)


def pad_of(window, kind=DeviceKind.RATER):
    token = "hkd_" + "r" * 30
    make_device(window.hall, kind, token=token, window=window)
    client = Client()
    client.cookies["device_token"] = token
    return client


def finished(window, minutes=1, **fields):
    done = now() - timedelta(minutes=minutes)
    return make_ticket(window.hall, TicketState.DONE, window=window, **{"finished_at": done, **fields})


def test_only_the_pad_of_this_window_opens_it(window, page):
    other = window.hall.windows.get(number=2)
    pad = pad_of(window)

    assert Client().get(f"/rate/{window.pk}/").status_code == 403
    assert page.get(f"/rate/{window.pk}/").status_code == 403
    assert pad.get(f"/rate/{other.pk}/").status_code == 403
    assert pad.get("/rate/999999/").status_code == 404
    assert pad.get(f"/rate/{window.pk}/").status_code == 200


def test_a_display_is_no_pad(window):
    assert pad_of(window, DeviceKind.WINDOW_DISPLAY).get(f"/rate/{window.pk}/").status_code == 403


def test_the_last_number_is_rated_once_by_the_pad(window):
    finished(window, minutes=3)
    last = finished(window)
    pad = pad_of(window)
    path = f"/rate/{window.pk}/"
    asked = pad.get(f"{path}status/").json()
    assert (asked["number"], asked["can_rate"]) == (last.number, True)

    answer = pad.post(f"{path}score/", {"number": last.number, "score": 5}, **JSON)

    last.refresh_from_db()
    assert (answer.status_code, answer.json()["can_rate"], last.rating) == (200, False, 5)
    assert last.events.get().device.kind == DeviceKind.RATER
    again = pad.post(f"{path}score/", {"number": last.number, "score": 1}, **JSON)
    assert (again.status_code, again.json()["code"]) == (409, "rated_already")
    last.refresh_from_db()
    assert last.rating == 5


@pytest.mark.parametrize("score", ["0", "6", "", "five", "9" * 3000, "\x00"])
def test_a_score_that_is_none_is_refused(window, score):
    last = finished(window)
    answer = pad_of(window).post(f"/rate/{window.pk}/score/", {"number": last.number, "score": score}, **JSON)

    assert (answer.status_code, answer.json()["code"]) == (409, "bad_score")
    last.refresh_from_db()
    assert last.rating is None


def test_nobody_rates_for_the_next_in_line_or_too_late(window):
    old = finished(window, minutes=6)
    pad = pad_of(window)
    assert pad.get(f"/rate/{window.pk}/status/").json()["number"] is None
    late = pad.post(f"/rate/{window.pk}/score/", {"number": old.number, "score": 5}, **JSON)
    assert late.json()["code"] == "rate_over"

    first, second = finished(window, 2), finished(window, 1)
    wrong = pad.post(f"/rate/{window.pk}/score/", {"number": first.number, "score": 5}, **JSON)
    assert wrong.json()["code"] == "rate_over"
    second.refresh_from_db()
    assert second.rating is None


def test_a_low_score_may_say_why_on_the_pad(window):
    last = finished(window)
    pad, path = pad_of(window), f"/rate/{window.pk}/"
    low = pad.post(f"{path}score/", {"number": last.number, "score": 2}, **JSON).json()
    assert low["can_explain"] is True

    bad = pad.post(f"{path}why/", {"number": last.number, "reasons": ["rude"]}, **JSON)
    assert bad.json()["code"] == "bad_reason"
    answer = pad.post(f"{path}why/", {"number": last.number, "reasons": ["wait", "manner"]}, **JSON)
    assert answer.json()["can_explain"] is False
    assert LowRating.objects.get().reasons == ["wait", "manner"]


# -- the SMS link --------------------------------------------------------------------------------------


def test_who_left_a_phone_is_asked_once_some_minutes_after(window, settings):
    moment = now()
    ticket = finished(window, phone=PHONE, finished_at=moment)
    settings.PUBLIC_URL = "http://hall.test"

    assert sweeps.ask_for_ratings(moment + timedelta(minutes=4, seconds=59)) == 0
    assert sweeps.ask_for_ratings(moment + timedelta(minutes=5)) == 1
    assert sweeps.ask_for_ratings(moment + timedelta(minutes=6)) == 0

    message = OutboxMessage.objects.get()
    assert (message.kind, message.phone, message.key) == ("greeting", PHONE, f"survey:{ticket.pk}")
    assert message.text.endswith(f"请点开评价:http://hall.test/t/{ticket.pk}/")


@pytest.mark.parametrize(
    "facts", [{"phone": ""}, {"rating": 4}, {"is_simulated": True}, {"finished_at": now() - timedelta(days=1)}]
)
def test_others_are_not_asked(window, facts):
    finished(window, **{"phone": PHONE, "minutes": 30, **facts})

    assert sweeps.ask_for_ratings(now()) == 0
    assert OutboxMessage.objects.count() == 0


def test_a_hall_may_switch_it_off(window):
    from core.models import Parameter
    from queueing.rules import ratings

    Parameter.objects.create(name=ratings.SURVEY_ON, scope="ZJ01", value=0, valid_from=business_day(now()))
    finished(window, minutes=30, phone=PHONE)

    assert sweeps.ask_for_ratings(now()) == 0


# -- the API -------------------------------------------------------------------------------------------


@pytest.fixture
def api(hall):
    client = APIClient()
    client.force_authenticate(make_user("01003", "greeter", hall))
    return client


def test_the_api_books_lists_checks_in_and_cancels(hall, api):
    slot = next_slot()
    made = api.post("/api/v1/halls/ZJ01/appointments/", {"business": "payment", "slot": slot, "phone": PHONE}, "json")
    assert (made.status_code, made.data["phone"], made.data["state"]) == (201, "138****0001", "booked")
    listed = api.get("/api/v1/halls/ZJ01/appointments/", {"day": slot.date()}).data
    found = {one["starts_at"]: one for one in listed["slots"]}[slot.isoformat()]
    assert (len(listed["slots"]), found["free"], found["appointments"][0]["id"]) == (48, 1, made.data["id"])

    gone = api.post(f"/api/v1/appointments/{made.data['id']}/cancel/")
    assert (gone.status_code, gone.data["state"]) == (200, "cancelled")
    row = due(hall)
    here = api.post(f"/api/v1/appointments/{row.pk}/check-in/")
    assert (here.status_code, here.data["source"], here.data["number"]) == (201, "booked", "A001")


def test_the_same_key_books_once(hall, api):
    body = {"business": "payment", "slot": next_slot(), "phone": PHONE}
    first = api.post("/api/v1/halls/ZJ01/appointments/", body, "json", headers={"idempotency-key": "k1"})
    again = api.post("/api/v1/halls/ZJ01/appointments/", body, "json", headers={"idempotency-key": "k1"})

    assert (first.status_code, again.status_code, first.data["id"]) == (201, 201, again.data["id"])
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"business": "payment", "slot": "9999-12-31T23:59:59Z", "phone": PHONE}, 400),
        ({"business": "payment", "slot": "soon", "phone": PHONE}, 400),
        ({"business": "\x00", "slot": "2030-01-01T10:00:00+08:00", "phone": PHONE}, 400),
        ({"business": "payment", "slot": "2020-01-01T10:00:00+08:00", "phone": PHONE}, 409),
        ({"business": "payment", "slot": "2030-01-01T10:00:00+08:00", "phone": "1"}, 409),
    ],
)
def test_a_bad_body_is_said_to_be_one(hall, api, body, status):
    answer = api.post("/api/v1/halls/ZJ01/appointments/", body, "json")

    assert answer.status_code == status
    assert Appointment.objects.count() == 0


def test_a_kiosk_checks_in_by_phone_or_code_and_sees_no_list(hall):
    kiosk = APIClient()
    kiosk.force_authenticate(make_device(hall, DeviceKind.KIOSK, token="hkd_" + "k" * 30))
    first, second = due(hall), due(hall, "13800000002")

    assert kiosk.get("/api/v1/halls/ZJ01/appointments/").status_code == 403
    path = "/api/v1/halls/ZJ01/appointments/arrive/"
    assert kiosk.post(path, {"given": PHONE}, "json").data["number"] == "A001"
    assert kiosk.post(path, {"given": second.code, "lane": "green"}, "json").data["lane"] == "green"
    again = kiosk.post(path, {"given": first.code}, "json")
    assert (again.status_code, again.data["code"]) == (409, "already_arrived")
    assert kiosk.post(f"/api/v1/appointments/{first.pk}/cancel/").status_code == 403


def test_guessing_codes_is_stopped(hall):
    kiosk = APIClient()
    kiosk.force_authenticate(make_device(hall, DeviceKind.KIOSK, token="hkd_" + "k" * 30))
    path = "/api/v1/halls/ZJ01/appointments/arrive/"

    answers = [kiosk.post(path, {"given": f"{n:06d}"}, "json").status_code for n in range(13)]

    assert answers == [409] * 12 + [429]
    assert Ticket.objects.count() == 0


def test_strangers_do_not_see_a_halls_appointments(hall):
    client = APIClient()
    client.force_authenticate(make_user("05003", "greeter", make_hall("ZJ05")))
    row = booked(hall)

    assert client.get("/api/v1/halls/ZJ01/appointments/").status_code == 404
    assert client.post(f"/api/v1/appointments/{row.pk}/cancel/").status_code == 404


# -- numbers nobody waited for -------------------------------------------------------------------------


@pytest.fixture
def kiosk(hall):
    client = APIClient()
    client.force_authenticate(make_device(hall, DeviceKind.KIOSK, token="hkd_" + "k" * 30))
    return client


TICKETS = "/api/v1/halls/ZJ01/tickets/"


def test_a_number_whose_answer_was_lost_is_given_back_once(hall, kiosk):
    kiosk.post(TICKETS, {"business": "general", "phone": PHONE}, "json", headers={"idempotency-key": "wish"})

    answers = [kiosk.post(f"{TICKETS}give-back/", {"key": "wish"}, "json") for _ in range(2)]

    assert [(one.status_code, one.data["number"]) for one in answers] == [(200, "A001"), (200, None)]
    assert Ticket.objects.get().state == TicketState.CANCELLED


def test_a_wish_that_arrives_after_it_was_given_back_gets_no_number(hall, kiosk):
    assert kiosk.post(f"{TICKETS}give-back/", {"key": "wish"}, "json").data == {"number": None}

    late = kiosk.post(TICKETS, {"business": "general"}, "json", headers={"idempotency-key": "wish"})

    assert (late.status_code, late.data["code"], Ticket.objects.count()) == (409, "key_reused", 0)


def test_a_number_that_is_being_served_stays(hall, kiosk):
    kiosk.post(TICKETS, {"business": "general"}, "json", headers={"idempotency-key": "wish"})
    Ticket.objects.update(state=TicketState.SERVING)

    assert kiosk.post(f"{TICKETS}give-back/", {"key": "wish"}, "json").data == {"number": None}
    assert Ticket.objects.get().state == TicketState.SERVING


def test_keys_are_ones_own(hall, kiosk):
    kiosk.post(TICKETS, {"business": "general"}, "json", headers={"idempotency-key": "wish"})
    other = APIClient()
    other.force_authenticate(make_user("01003", "greeter", hall))

    assert other.post(f"{TICKETS}give-back/", {"key": "wish"}, "json").data == {"number": None}
    assert Ticket.objects.get().state == TicketState.WAITING
    for key in ("", "x" * 101, "a\x00b", None):
        assert kiosk.post(f"{TICKETS}give-back/", {"key": key}, "json").status_code == 400


def test_the_workbench_counts_who_waits_for_a_call(hall, page, account_manager):
    wanting(hall)

    assert "1 位客户希望有人联系" in page.get("/workbench/").content.decode()
    assert "客户希望有人联系" not in account_manager.get("/workbench/").content.decode()
