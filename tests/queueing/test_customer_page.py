import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import segno
from django.test import Client

from core import time
from halls.models import Hall
from queueing.models import Appointment, LowRating, Ticket, TicketBusiness
from queueing.states import TicketState as S
from tests.factories import make_business, make_ticket

PHONE = "13800000001"
ASKS_JSON = {"Accept": "application/json"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(hall: Hall) -> Ticket:
    return make_ticket(hall, phone=PHONE)


def address(ticket: Ticket, part: str = "") -> str:
    return f"/t/{ticket.pk}/{part}"


def status(client: Client, ticket: Ticket) -> Any:
    return client.get(address(ticket, "status/")).json()


def post(client: Client, ticket: Ticket, part: str, **data: Any) -> Any:
    return client.post(address(ticket, part), data, headers=ASKS_JSON)


def test_the_page_opens_without_sign_in_and_names_nobody(client: Client, ticket: Ticket):
    response = client.get(address(ticket))

    page = response.content.decode()
    assert response.status_code == 200
    assert ticket.number in page
    assert PHONE not in page
    assert "138****0001" not in page


def test_page_and_status_stay_out_of_caches_and_search_engines(client: Client, ticket: Ticket):
    for part in ("", "status/", "qr.svg"):
        response = client.get(address(ticket, part))

        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_the_status_is_a_closed_list_of_facts(client: Client, ticket: Ticket):
    assert sorted(status(client, ticket)) == [
        "about",
        "about_en",
        "ahead",
        "as_of",
        "called_at",
        "calls",
        "can_cancel",
        "can_explain",
        "can_rate",
        "documents",
        "estimated_wait_high_seconds",
        "estimated_wait_seconds",
        "finished_at",
        "hall",
        "held_kind",
        "more",
        "near_ahead",
        "number",
        "outage",
        "phone_known",
        "rating",
        "requeue_places",
        "slot",
        "state",
        "taken_at",
        "window",
    ]


def test_the_status_counts_who_is_ahead(client: Client, hall: Hall, ticket: Ticket):
    make_ticket(hall, waited=timedelta(minutes=9))

    told = status(client, ticket)

    assert (told["state"], told["ahead"], told["estimated_wait_seconds"]) == ("waiting", 1, None)
    assert (told["near_ahead"], told["requeue_places"]) == (2, 3)


def test_documents_are_told_when_the_business_is_known(client: Client, hall: Hall):
    kind = make_business("sim_replace")
    kind.documents = "机主身份证原件"
    kind.save()
    ticket = make_ticket(hall, business=kind)

    assert status(client, ticket)["documents"] == "机主身份证原件"


@pytest.mark.parametrize("part", ["", "status/", "qr.svg"])
def test_an_unknown_number_is_a_kind_404(client: Client, part: str):
    response = client.get(f"/t/{uuid4()}/{part}")

    assert response.status_code == 404
    assert "没有找到这个号码" in response.content.decode()


def test_an_unknown_number_is_a_404_in_json_for_scripts(client: Client):
    response = client.get(f"/t/{uuid4()}/status/", headers=ASKS_JSON)

    assert response.status_code == 404
    assert response.json() == {"code": "not_found", "message": "没有找到这个号码,请重新扫码。"}


def test_something_that_is_no_number_at_all_is_a_404(client: Client):
    assert client.get("/t/A012/").status_code == 404


@pytest.mark.parametrize("state", [S.WAITING, S.CALLED, S.HELD])
def test_the_customer_may_cancel_before_being_served(client: Client, hall: Hall, state: str):
    ticket = make_ticket(hall, state)

    response = post(client, ticket, "cancel/")

    assert response.status_code == 200
    assert response.json()["state"] == "cancelled"
    event = ticket.events.get()
    assert (event.did, event.person, event.device) == ("cancelled", None, None)


@pytest.mark.parametrize("state", [S.SERVING, S.DONE, S.NO_SHOW, S.CANCELLED, S.CLOSED])
def test_a_number_past_that_is_not_cancelled_and_says_why(client: Client, hall: Hall, state: str):
    ticket = make_ticket(hall, state)

    response = post(client, ticket, "cancel/")

    assert response.status_code == 409
    label = ticket.get_state_display()
    assert response.json() == {
        "code": "bad_move",
        "message": f"{ticket.number} 现在是「{label}」,不能这样操作。",
    }
    ticket.refresh_from_db()
    assert ticket.state == state
    assert list(ticket.events.all()) == []


def test_without_a_script_a_cancel_leads_back_to_the_page(client: Client, ticket: Ticket):
    response = client.post(address(ticket, "cancel/"))

    assert (response.status_code, response["Location"]) == (302, address(ticket))


def test_without_a_script_a_refusal_is_read_on_the_page(client: Client, hall: Hall):
    ticket = make_ticket(hall, S.DONE)
    back = f"http://testserver{address(ticket)}"

    response = client.post(address(ticket, "cancel/"), headers={"Referer": back}, follow=True)

    assert f"{ticket.number} 现在是「已办结」,不能这样操作。" in response.content.decode()


def test_a_done_number_is_rated_with_one_tap(client: Client, hall: Hall):
    ticket = make_ticket(hall, S.DONE)
    assert status(client, ticket)["can_rate"] is True

    response = post(client, ticket, "rate/", score=5)

    told = response.json()
    assert (response.status_code, told["rating"], told["can_rate"]) == (200, 5, False)


def test_rating_twice_is_refused_and_the_first_stays(client: Client, hall: Hall):
    ticket = make_ticket(hall, S.DONE)
    post(client, ticket, "rate/", score=2)

    response = post(client, ticket, "rate/", score=5)

    assert response.status_code == 409
    assert response.json() == {"code": "rated_already", "message": "这次服务已经评价过了,谢谢您。"}
    ticket.refresh_from_db()
    assert ticket.rating == 2


def test_rating_before_the_end_is_refused(client: Client, ticket: Ticket):
    response = post(client, ticket, "rate/", score=5)

    assert response.status_code == 409
    assert response.json() == {"code": "not_done", "message": "业务办结后才能评价。"}
    ticket.refresh_from_db()
    assert ticket.rating is None


@pytest.mark.parametrize("score", ["", "0", "6", "满意", "5" * 5000])
def test_a_score_that_is_none_is_refused_in_words(client: Client, hall: Hall, score: str):
    ticket = make_ticket(hall, S.DONE)

    response = post(client, ticket, "rate/", score=score)

    assert response.status_code == 409
    assert response.json() == {"code": "bad_score", "message": "请在五个评价中点选一个。"}


def test_changes_need_the_forms_token(ticket: Ticket):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(address(ticket, "cancel/"), headers=ASKS_JSON)

    assert response.status_code == 403
    ticket.refresh_from_db()
    assert ticket.state == S.WAITING


def test_a_get_changes_nothing(client: Client, ticket: Ticket):
    assert client.get(address(ticket, "cancel/")).status_code == 405
    assert client.get(address(ticket, "rate/")).status_code == 405
    ticket.refresh_from_db()
    assert ticket.state == S.WAITING


def test_the_code_for_cameras_is_a_picture_of_this_address(client: Client, ticket: Ticket, settings: Any):

    settings.PUBLIC_URL = "https://hall.example"
    wanted = io.BytesIO()
    code = segno.make(f"https://hall.example/t/{ticket.pk}/", error="m", micro=False)
    code.save(wanted, kind="svg", border=2, omitsize=True, light="#fff")

    response = client.get(address(ticket, "qr.svg"))

    assert response["Content-Type"] == "image/svg+xml"
    assert response.content == wanted.getvalue()


def test_the_page_carries_its_first_status_so_that_nothing_jumps(client: Client, hall: Hall):
    ticket = make_ticket(hall, S.CALLED)
    page = client.get(address(ticket)).content.decode()

    carried = json.loads(page.split('<script id="status" type="application/json">')[1].split("</script>")[0])

    assert carried["state"] == "called"
    assert carried["window"]["label"] == "1 号窗口"
    assert time.local(time.now()).isoformat() >= carried["as_of"]


def low(hall: Hall, **fields: Any) -> Ticket:
    return make_ticket(hall, S.DONE, rating=1, **fields)


def test_after_a_low_rating_the_page_asks_why_and_takes_one_answer(client: Client, hall: Hall):
    ticket = low(hall)
    assert status(client, ticket)["can_explain"] is True

    answer = post(client, ticket, "why/", reasons=["wait", "place"])

    assert (answer.status_code, answer.json()["can_explain"]) == (200, False)
    assert LowRating.objects.get().reasons == ["wait", "place"]
    again = post(client, ticket, "why/", reasons=["manner"])
    assert (again.status_code, again.json()["code"]) == (409, "explained_already")
    assert LowRating.objects.get().reasons == ["wait", "place"]


def test_a_satisfied_customer_is_not_asked_why(client: Client, hall: Hall):
    assert status(client, make_ticket(hall, S.DONE, rating=3))["can_explain"] is False


def test_who_wants_a_call_leaves_a_phone_or_has_left_one(client: Client, hall: Hall):
    with_phone, without = low(hall, phone=PHONE), low(hall)

    assert (status(client, with_phone)["phone_known"], status(client, without)["phone_known"]) == (True, False)
    assert post(client, without, "why/", wants_call="on").json()["code"] == "phone_needed"
    assert post(client, without, "why/", wants_call="on", phone="13900000002").status_code == 200
    assert post(client, with_phone, "why/", wants_call="on").status_code == 200
    assert sorted(LowRating.objects.values_list("phone", flat=True)) == [PHONE, "13900000002"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad_reason"),
        ({"reasons": "rude"}, "bad_reason"),
        ({"reasons": "\x00"}, "bad_reason"),
        ({"wants_call": "on", "phone": "1" * 3000}, "bad_reason"),
        ({"wants_call": "on", "phone": "123"}, "bad_phone"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_sentence(client: Client, hall: Hall, body: dict[str, str], code: str):
    answer = post(client, low(hall), "why/", **body)

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert LowRating.objects.count() == 0


def test_the_page_knows_of_an_appointment_and_of_more_businesses(client: Client, hall: Hall, ticket: Ticket):
    slot = time.now().replace(minute=30, second=0, microsecond=0)
    Ticket.objects.filter(pk=ticket.pk).update(source="booked")
    Appointment.objects.create(
        hall=hall, group=ticket.group, day=slot.date(), slot_at=slot, code="123456", state="arrived", ticket=ticket,
        source="greeter", made_at=slot,
    )  # fmt: skip
    TicketBusiness.objects.create(ticket=ticket, business=make_business("top_up", name="交费"), added_at=slot)

    told = status(client, ticket)

    assert (told["slot"], told["more"]) == (time.local(slot).isoformat(), ["交费"])


def test_a_held_number_says_what_it_waits_for(client: Client, hall: Hall):
    assert status(client, make_ticket(hall, S.HELD, held_kind="papers"))["held_kind"] == "papers"
