"""The doors to appointments, issuing limits, call-backs and the rating pad: who may, and what a bad body does."""

import pytest
from django.test import Client

from core.time import now
from queueing import actions
from queueing.actions import Actor
from queueing.models import Appointment, GroupStop, LowRating, Ticket
from queueing.states import AppointmentState, Source, TicketState
from tests.factories import make_hall, make_ticket, make_user
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
def stranger(db):
    client = Client()
    client.force_login(make_user("05001", "duty_manager", make_hall("ZJ05")))
    return client


@pytest.fixture
def account_manager(hall):
    client = Client()
    client.force_login(make_user("01009", "account_manager", hall))
    return client


def form(**more):
    slot = next_slot()
    return {"slot": f"{slot:%Y-%m-%dT%H:%M}", "business": "general", "phone": PHONE, "day": slot.date(), **more}


@pytest.mark.parametrize("path", ["/appointments/ZJ01/", "/issuing/ZJ01/", "/call-backs/ZJ01/"])
def test_pages_are_for_those_who_may(hall, page, stranger, account_manager, path):
    assert Client().get(path).status_code == 302
    assert stranger.get(path).status_code == 404
    assert account_manager.get(path).status_code == 403
    assert page.get(path).status_code == 200
    assert page.get(f"{path}panel/").status_code == 200


@pytest.mark.parametrize("path", ["/appointments/", "/issuing/", "/call-backs/"])
def test_one_hall_is_chosen_by_itself(hall, page, account_manager, path):
    assert page.get(path).headers["Location"] == f"{path}ZJ01/"
    assert account_manager.get(path).status_code == 403


def test_several_halls_are_a_choice(hall):
    client = Client()
    client.force_login(make_user("90001", "district", region=hall.region))
    make_hall("ZJ05")

    assert "/issuing/ZJ05/" in client.get("/issuing/").content.decode()


def test_booking_on_the_page_shows_the_code(hall, page):
    answer = page.post("/appointments/ZJ01/book/", form())

    row = Appointment.objects.get()
    assert (answer.status_code, row.source, row.made_by.staff_no) == (200, Source.GREETER, "01001")
    assert f'预约码 <b class="num">{row.code}</b>' in answer.content.decode()
    assert PHONE not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"phone": "12"}, "bad_phone"),
        ({"phone": "1" * 3000}, "bad_phone"),
        ({"phone": "\x00"}, "bad_phone"),
        ({"slot": "yesterday"}, "bad_slot"),
        ({"slot": "9999-12-31T23:30"}, "too_far"),
        ({"slot": "2020-01-01T10:00"}, "slot_past"),
        ({"business": "a b"}, "bad_business"),
        ({"business": "nothing"}, "not_served_here"),
    ],
)
def test_a_bad_booking_is_a_sentence_and_changes_nothing(hall, page, change, code):
    answer = page.post("/appointments/ZJ01/book/", form(**change), **JSON)

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "x", "2026-02-30", "\x00", "9" * 3000])
def test_a_day_that_is_none_is_today(hall, page, day):
    assert page.get("/appointments/ZJ01/", {"day": day}).status_code == 200


def test_a_customer_who_is_here_gets_a_number_on_the_page_and_in_the_lobby_piece(hall, page):
    first, second = due(hall), due(hall, "13800000002")

    assert "已取号" in page.post(f"/appointments/ZJ01/{first.pk}/check-in/").content.decode()
    assert "A002" in page.post(f"/appointments/ZJ01/{second.pk}/arrive/").content.decode()
    assert [ticket.number for ticket in Ticket.objects.order_by("number")] == ["A001", "A002"]


def test_cancelling_on_the_page_frees_the_place(hall, page):
    row = booked(hall)
    page.post(f"/appointments/ZJ01/{row.pk}/cancel/")

    row.refresh_from_db()
    assert row.state == AppointmentState.CANCELLED


def test_what_is_not_there_is_404(hall, page, stranger):
    row = booked(hall)
    for path in (f"{row.pk}/burn", "999999999999999999999/cancel", "7/cancel", "7/arrive"):
        assert page.post(f"/appointments/ZJ01/{path}/").status_code == 404
    assert stranger.post(f"/appointments/ZJ01/{row.pk}/cancel/").status_code == 404
    assert page.post("/issuing/ZJ01/nothing/stop/", {"reason": "忙"}).status_code == 404
    assert page.post(f"/call-backs/ZJ01/{'0' * 8}-0000-0000-0000-{'0' * 12}/reveal/").status_code == 404
    assert Appointment.objects.get().state == AppointmentState.BOOKED


# -- issuing -------------------------------------------------------------------------------------------


def test_a_group_is_stopped_and_opened_on_the_page(hall, page):
    shown = page.post("/issuing/ZJ01/general/stop/", {"reason": "系统维护", "limit": ""}).content.decode()
    assert ("暂停取号" in shown, "系统维护 · 王经理" in shown) == (True, True)

    shown = page.post("/issuing/ZJ01/general/lift/").content.decode()
    assert "停止取号,系统维护" in shown
    assert GroupStop.objects.get().lifted_by.name == "王经理"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason": "忙", "limit": "many"}, "bad_limit"),
        ({"reason": "忙", "limit": "0"}, "bad_limit"),
        ({"reason": "忙", "limit": "9" * 3000}, "bad_limit"),
        ({"reason": ""}, "reason_needed"),
        ({"reason": "长" * 3000}, "reason_needed"),
        ({"reason": "a\x00b"}, "reason_needed"),
    ],
)
def test_a_bad_order_is_a_sentence_and_changes_nothing(hall, page, body, code):
    answer = page.post("/issuing/ZJ01/general/stop/", body, **JSON)

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert GroupStop.objects.count() == 0


# -- call-backs ----------------------------------------------------------------------------------------


def wanting(hall):
    ticket = make_ticket(hall, TicketState.DONE, rating=1, phone=PHONE)
    actions.explain_low_rating(ticket.pk, ["manner"], wants_call=True, actor=Actor(), now=now())
    return ticket


def test_a_call_back_hides_the_number_until_asked(hall, page):
    ticket = wanting(hall)
    shown = page.get("/call-backs/ZJ01/").content.decode()
    assert ("138****0001" in shown, PHONE in shown) == (True, False)

    answer = page.post(f"/call-backs/ZJ01/{ticket.pk}/reveal/")
    assert PHONE in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert PHONE not in page.get("/call-backs/ZJ01/panel/").content.decode()
    assert ticket.events.last().person.staff_no == "01001"


def test_a_call_back_is_done_with_a_note(hall, page):
    ticket = wanting(hall)
    answer = page.post(f"/call-backs/ZJ01/{ticket.pk}/done/", {"note": "已致歉"}).content.decode()

    assert ("没有待联系的客户。" in answer, "已致歉" in answer) == (True, True)
    assert LowRating.objects.get().note == "已致歉"
