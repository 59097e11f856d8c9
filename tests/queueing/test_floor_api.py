"""The door over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from core.time import now
from halls.models import Hall
from queueing import actions
from queueing.actions import Actor
from queueing.models import PrintJob, VipArrival, Visit
from staff.models import User
from tests.factories import make_device, make_hall, make_ticket, make_user

KIOSK = f"hkd_{'k' * 30}"


@pytest.fixture
def chen(hall: Hall) -> User:
    return make_user("01800", "greeter", hall, name="陈静")


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=user)[0].key}")
    return client


def machine(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Device {token}")
    return client


def post(client: APIClient, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    answer = client.post(f"/api/v1{path}", body or {}, format="json")
    return answer.status_code, answer.data if answer.status_code != 204 else None


def test_a_visit_is_recorded_and_undone(hall: Hall, chen: User) -> None:
    client = client_of(chen)
    status, visit = post(client, "/halls/ZJ01/visits/", {"outcome": "self_service", "business": "payment"})
    assert (status, visit["outcome"], visit["business"], visit["undone_at"]) == (201, "self_service", "payment", None)
    assert post(client, f"/visits/{visit['id']}/undo/")[0] == 200
    status, no = post(client, f"/visits/{visit['id']}/undo/")
    assert (status, no["code"]) == (409, "undone_already")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "gone"},
        {"outcome": "answered", "ticket": "x"},
        {"outcome": "answered", "business": "b" * 3000},
        {"outcome": "answered", "business": "a\x00b"},
    ],
)
def test_a_bad_visit_is_refused(hall: Hall, chen: User, body: dict[str, Any]) -> None:
    assert post(client_of(chen), "/halls/ZJ01/visits/", body)[0] == 400
    assert Visit.objects.count() == 0


def test_the_verbs_of_a_number_at_the_door(hall: Hall, chen: User) -> None:
    client, ticket = client_of(chen), make_ticket(hall, waited=timedelta(minutes=31))
    path = f"/tickets/{ticket.pk}"
    assert post(client, f"{path}/care/")[0] == 200
    assert post(client, f"{path}/care/")[1]["code"] == "cared_already"
    assert post(client, f"{path}/set-aside/")[1]["state"] == "held"
    assert post(client, f"{path}/come-back/")[1]["state"] == "waiting"
    assert post(client, f"{path}/come-back/")[1]["code"] == "bad_move"
    assert post(client, f"{path}/change-business/", {"business": "payment"})[1]["group"]["code"] == "payment"
    assert post(client, f"{path}/change-business/", {"business": "zzz"})[1]["code"] == "not_served_here"
    assert post(client, f"{path}/change-business/")[0] == 400


def test_a_vip_is_received_once(hall: Hall, chen: User) -> None:
    client = client_of(chen)
    arrival = actions.declare_vip(hall, actor=Actor(person=chen), now=now())
    status, met = post(client, f"/vip-arrivals/{arrival.pk}/receive/")
    assert (status, met["received_by"]) == (200, "陈静")
    status, no = post(client, f"/vip-arrivals/{arrival.pk}/receive/")
    assert (status, no["code"]) == (409, "received_already")
    assert post(client, f"/vip-arrivals/{10**18}/receive/")[0] == 404


def test_strangers_get_404_and_colleagues_without_the_right_403(hall: Hall, chen: User, zhao: User) -> None:
    seller = make_user("01500", "handset_seller", hall)
    actor = Actor(person=chen)
    visit = actions.record_visit(hall, "answered", actor=actor, now=now())
    arrival, ticket = actions.declare_vip(hall, actor=actor, now=now()), make_ticket(hall)
    paths = [f"/visits/{visit.pk}/undo/", f"/vip-arrivals/{arrival.pk}/receive/", f"/tickets/{ticket.pk}/care/"]
    for path in [*paths, f"/tickets/{ticket.pk}/set-aside/"]:
        assert post(client_of(zhao), path)[0] == 404
        assert post(client_of(seller), path)[0] == 403
    for user, status in ((zhao, 404), (seller, 403)):
        assert post(client_of(user), "/halls/ZJ01/visits/", {"outcome": "answered"})[0] == status
    elsewhere = {"outcome": "answered", "ticket": str(make_ticket(make_hall("ZJ03")).pk)}
    assert post(client_of(chen), "/halls/ZJ01/visits/", elsewhere)[0] == 404
    ticket.refresh_from_db()
    assert (ticket.cared_at, ticket.state, Visit.objects.get().undone_at) == (None, "waiting", None)
    assert VipArrival.objects.get().received_at is None


def test_a_kiosk_prints_for_its_hall_only(hall: Hall, chen: User) -> None:
    make_device(hall, "kiosk", token=KIOSK)
    other = f"hkd_{'o' * 30}"
    make_device(make_hall("ZJ03"), "kiosk", token=other)
    tv = f"hkd_{'t' * 30}"
    make_device(hall, "tv", token=tv)
    ticket = make_ticket(hall)
    job = actions.print_slip(ticket.pk, actor=Actor(person=chen), now=now())
    assert post(machine(other), "/print-jobs/claim/")[0] == 204
    assert post(machine(tv), "/print-jobs/claim/")[0] == 403
    assert post(client_of(chen), "/print-jobs/claim/")[0] == 403
    status, paper = post(machine(KIOSK), "/print-jobs/claim/")
    assert (status, paper["kind"], paper["number"], paper["ticket"]["id"]) == (200, "slip", "A001", str(ticket.pk))
    assert post(machine(KIOSK), "/print-jobs/claim/")[0] == 204
    assert post(machine(other), f"/print-jobs/{job.pk}/printed/")[0] == 404
    assert post(machine(KIOSK), f"/print-jobs/{job.pk}/printed/")[0] == 204
    assert PrintJob.objects.get().printed_at is not None
