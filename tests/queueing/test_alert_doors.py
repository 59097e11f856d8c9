"""Alerts over pages and HTTP: who may, and what bad input does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from core.time import SHANGHAI
from halls.models import Hall
from messaging.models import Notice
from queueing.actions import alert_sweep
from queueing.actions import alerts as acts
from queueing.models import Alert, SupportCall, Ticket, VipArrival, Visit
from staff.models import User
from tests.factories import make_session, make_ticket, make_user

TEN = datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def at_ten() -> Any:
    with time_machine.travel(TEN, tick=False):
        yield


@pytest.fixture
def chen(hall: Hall) -> User:
    """陈静 of the back office."""
    return make_user("01500", "back_office", hall, name="陈静")


@pytest.fixture
def busy(hall: Hall, wang: User) -> Alert:
    """Five wait for one window, the other one is closed."""
    make_session(hall.windows.get(number=1), make_user(hall=hall), at=TEN)
    for _ in range(5):
        make_ticket(hall, taken_at=TEN)
    alert_sweep.watch_floors(TEN)
    return Alert.objects.get(kind="more_windows")


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def page(user: User) -> Client:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user)
    return client


def test_named_people_are_asked_once_and_their_answer_time_is_kept(busy: Alert, wang: User, chen: User) -> None:
    for _ in range(2):
        assert api(wang).post(f"/api/v1/alerts/{busy.pk}/support/", {"people": ["01500"]}, "json").status_code == 200
    call = SupportCall.objects.get()
    assert (call.person, call.asked_by, call.asked_at, call.is_coming) == (chen, wang, TEN, None)
    notice = Notice.objects.get(user=chen)
    assert (notice.title, notice.url) == ("王芳请你到前台支援", f"/support/{call.pk}/")
    with time_machine.travel(TEN + timedelta(seconds=40), tick=False):
        answer = api(chen).post(f"/api/v1/alerts/{busy.pk}/answer/", {"coming": True}, format="json")
    assert [(one["name"], one["is_coming"]) for one in answer.json()["support"]] == [("陈静", True)]
    call.refresh_from_db()
    assert (call.is_coming, call.answered_at) == (True, TEN + timedelta(seconds=40))


def test_who_was_asked_answers_on_a_page_of_their_own(busy: Alert, wang: User, chen: User) -> None:
    acts.ask_support(busy.pk, [chen.pk], actor=wang, now=TEN)
    call = SupportCall.objects.get()
    assert page(chen).get(f"/support/{call.pk}/").status_code == 200
    assert page(wang).get(f"/support/{call.pk}/").status_code == 404
    assert page(chen).post(f"/support/{call.pk}/answer/", {"coming": "0"}).url == f"/support/{call.pk}/"
    call.refresh_from_db()
    assert (call.is_coming, call.answered_at) == (False, TEN)


def test_people_of_another_hall_or_at_an_open_window_cannot_be_asked(busy: Alert, wang: User, zhao: User) -> None:
    sitting = Alert.objects.get(pk=busy.pk).hall.windows.get(number=1).sessions.get().clerk
    for person in (zhao, sitting):
        answer = api(wang).post(f"/api/v1/alerts/{busy.pk}/support/", {"people": [person.staff_no]}, "json")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_here")
    assert (SupportCall.objects.count(), Alert.objects.get(pk=busy.pk).answer) == (0, "")


def test_one_unknown_number_among_the_asked_refuses_all_and_sends_nothing(busy: Alert, wang: User, chen: User) -> None:
    answer = api(wang).post(f"/api/v1/alerts/{busy.pk}/support/", {"people": [chen.staff_no, "99999"]}, "json")
    said = answer.json()
    assert (answer.status_code, said["code"]) == (409, "unknown_person")
    assert said["message"] == "没有工号 99999,请核对后再请支援。"
    assert (SupportCall.objects.count(), Notice.objects.filter(user=chen).count()) == (0, 0)
    assert Alert.objects.get(pk=busy.pk).answer == ""


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("noted", {"reason": "because"}, 400),
        ("noted", {}, 400),
        ("support", {"people": []}, 400),
        ("support", {"people": ["x" * 3000]}, 400),
        ("support", {"people": ["0\x00"]}, 400),
        ("answer", {"coming": "perhaps"}, 400),
        ("answer", {"coming": True}, 409),
        ("arrived", {}, 409),
        ("nothing", {}, 404),
    ],
)
def test_bad_input_is_told_and_changes_nothing(busy: Alert, wang: User, verb: str, body: Any, status: int) -> None:
    assert api(wang).post(f"/api/v1/alerts/{busy.pk}/{verb}/", body, format="json").status_code == status
    fresh = Alert.objects.get(pk=busy.pk)
    assert (fresh.answer, fresh.answered_at, fresh.snoozed_until, fresh.closed_at) == ("", None, None, None)


def test_numbers_that_no_alert_has_are_not_found(busy: Alert, wang: User) -> None:
    for number in (0, 10**30):
        assert api(wang).post(f"/api/v1/alerts/{number}/handling/").status_code == 404
        assert page(wang).post(f"/alerts/{number}/handling/").status_code == 404
    assert page(wang).post(f"/alerts/{busy.pk}/support/", {"person": "9" * 40}).status_code == 409


def test_what_is_over_takes_no_answer(busy: Alert, wang: User) -> None:
    Alert.objects.update(closed_at=TEN)
    answer = api(wang).post(f"/api/v1/alerts/{busy.pk}/handling/")
    assert (answer.status_code, answer.json()["code"]) == (409, "alert_over")


@pytest.mark.parametrize(
    ("role", "verb", "status"),
    [
        ("greeter", "handling", 200),
        ("greeter", "noted", 403),
        ("duty_manager", "noted", 200),
        ("inspector", "handling", 403),
    ],
)
def test_who_may_do_what(busy: Alert, hall: Hall, role: str, verb: str, status: int) -> None:
    person = make_user("01777", role, hall)
    body = {"reason": "nobody_free"} if verb == "noted" else {}
    assert api(person).post(f"/api/v1/alerts/{busy.pk}/{verb}/", body, format="json").status_code == status
    assert page(person).post(f"/alerts/{busy.pk}/{verb}/", body).status_code in {status, 409}


def test_a_stranger_finds_nothing(busy: Alert, zhao: User) -> None:
    assert api(zhao).get("/api/v1/halls/ZJ01/alerts/").status_code == 404
    assert api(zhao).post(f"/api/v1/alerts/{busy.pk}/handling/").status_code == 404
    assert page(zhao).get("/alerts/halls/ZJ01/").status_code == 404
    assert page(zhao).post(f"/alerts/{busy.pk}/handling/").status_code == 404


def test_the_list_tells_what_stands(busy: Alert, wang: User) -> None:
    answer = api(wang).get("/api/v1/halls/ZJ01/alerts/").json()
    assert [(row["kind"], row["level"], row["text"]) for row in answer["results"]] == [
        ("peak", "yellow", "客流高峰:5 位等候,开了 1 / 2 个窗口,请全部打开。"),
        ("more_windows", "red", "平均每个窗口等候 5 位以上,请加开窗口。"),
    ]


def test_one_tap_does_the_work_itself_and_the_card_is_gone(hall: Hall, li: User) -> None:
    late = make_ticket(hall, taken_at=TEN - timedelta(minutes=31))
    vip = VipArrival.objects.create(hall=hall, declared_at=TEN)
    visit = Visit.objects.create(hall=hall, at=TEN - timedelta(minutes=3), outcome="self_service", person=li)
    alert_sweep.watch_floors(TEN)
    by_kind = {alert.kind: alert.pk for alert in Alert.objects.filter(kind__in=("care", "vip", "lingering"))}
    for kind, verb in (("care", "cared"), ("vip", "received"), ("lingering", "looked-after")):
        answer = page(li).post(f"/alerts/{by_kind[kind]}/{verb}/")
        assert (answer.status_code, f'data-kind="{kind}"' in answer.content.decode()) == (200, False)
    for row in (vip, visit):
        row.refresh_from_db()
    cared = Ticket.objects.get(pk=late.pk)
    assert (cared.cared_by, vip.received_by, visit.looked_after_by) == (li, li, li)
    alert_sweep.watch_floors(TEN + timedelta(seconds=2))
    assert Alert.objects.filter(closed_at=None, pk__in=by_kind.values()).count() == 0
