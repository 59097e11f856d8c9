"""The doors: who may see and do what, and what bad input is answered with."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.time import now
from inspections.models import Visit
from inspections.states import VisitKind, VisitState
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.inspections.rows import JPEG, Pen, hand_in, make_auditor, make_card, make_visit, photo_value, uuid_text

pytestmark = pytest.mark.django_db
API = "/api/v1/inspections/"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def hall():
    return make_hall()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, path: str, body: Any, **headers: Any):
    return client.post(API + path, json.dumps(body), content_type="application/json", headers=headers or None)


def batch(pen: Pen, *told) -> dict[str, Any]:
    rows = [{**vars(one), "visit": str(one.visit)} for one in told or pen.log]
    return {"tablet": str(pen.tablet), "operations": rows}


def seen_by(user) -> set[str]:
    answer = signed_in(user).get(f"{API}visits/")
    return {one["id"] for one in answer.json()["results"]} if answer.status_code == 200 else {str(answer.status_code)}


def test_the_tablet_gets_the_days_way_by_hall(hall):
    auditor = make_auditor()
    places = {"ZJ03": ("32.00000", "119.10000"), "ZJ04": ("32.00000", "119.30000"), "ZJ05": ("32.00000", "119.20000")}
    visits = {
        code: make_visit(make_hall(code, latitude=lat, longitude=lon), auditor) for code, (lat, lon) in places.items()
    }
    nowhere = make_visit(hall, auditor)
    told = {one["id"]: one["way"] for one in signed_in(auditor).get(f"{API}tablet/").json()["visits"]}
    step = told[str(visits["ZJ05"].pk)]["metres"]
    assert {code: told[str(visit.pk)] for code, visit in visits.items()} == {
        "ZJ03": {"stop": 1, "metres": 0},
        "ZJ05": {"stop": 2, "metres": step},
        "ZJ04": {"stop": 3, "metres": step},
    }
    assert told[str(nowhere.pk)] is None


def test_a_hall_sees_its_submitted_visits_only_and_an_auditor_only_own_drafts(hall):
    other_hall = make_hall("ZJ02", region=make_region("RZ"))
    auditor, other = make_auditor(), make_auditor()
    planned = make_visit(hall, auditor, kind=VisitKind.MYSTERY)
    running = make_visit(hall, auditor, state=VisitState.RUNNING)
    over = hand_in(make_visit(hall, auditor), "A1.9")
    elsewhere = hand_in(make_visit(other_hall, auditor))
    drafts, done = {str(planned.pk), str(running.pk)}, {str(over.pk)}
    assert seen_by(make_user(role=Role.HALL_MANAGER, hall=hall)) == done
    assert seen_by(make_user(role=Role.DUTY_MANAGER, hall=hall)) == done
    assert seen_by(make_user(role=Role.HALL_MANAGER, hall=other_hall)) == {str(elsewhere.pk)}
    assert seen_by(make_user(role=Role.CLERK, hall=hall)) == {"403"}
    assert seen_by(make_user(role=Role.DISTRICT, region=hall.region)) == drafts | done
    assert seen_by(auditor) == drafts | done | {str(elsewhere.pk)}
    assert seen_by(other) == done | {str(elsewhere.pk)}


def test_a_stranger_gets_404_and_a_colleague_without_the_right_403(hall):
    planned = make_visit(hall, kind=VisitKind.MYSTERY)
    over = hand_in(make_visit(hall))
    manager, clerk = make_user(role=Role.HALL_MANAGER, hall=hall), make_user(role=Role.CLERK, hall=hall)
    assert signed_in(manager).get(f"{API}visits/{planned.pk}/").status_code == 404
    assert signed_in(manager).get(f"{API}visits/{over.pk}/").status_code == 200
    assert signed_in(clerk).get(f"{API}visits/{over.pk}/").status_code == 403
    assert Client().get(f"{API}visits/{over.pk}/").status_code == 401
    assert signed_in(manager).get(f"{API}tablet/").status_code == 200
    assert signed_in(clerk).get(f"{API}tablet/").status_code == 403
    assert post(signed_in(manager), f"visits/{over.pk}/cancel/", {}).status_code == 403


def test_the_second_auditor_does_not_see_the_first_visit_before_the_own_is_in(hall):
    one, two = make_auditor(), make_auditor()
    first = make_visit(hall, one)
    second = make_visit(hall, two, second_of=first)
    hand_in(first)
    assert seen_by(two) == {str(second.pk)}
    assert signed_in(two).get(f"{API}tablet/").json()["visits"][0]["before"] == []
    hand_in(second)
    assert seen_by(two) == {str(first.pk), str(second.pk)}


def test_the_tablet_takes_along_what_it_needs(hall):
    auditor = make_auditor()
    before = hand_in(make_visit(hall, auditor), "A1.9")
    visit = make_visit(hall, auditor)
    make_visit(hall)
    answer = signed_in(auditor).get(f"{API}tablet/").json()
    assert [one["id"] for one in answer["visits"]] == [str(visit.pk)]
    assert [one["item"] for one in answer["visits"][0]["before"]] == ["A1.9"]
    assert answer["cards"][0]["content"] == before.version.content
    assert answer["visits"][0]["peak"] == "off_peak"
    assert answer["person"]["staff_no"] == auditor.staff_no


def test_operations_over_http_are_answered_one_by_one(hall):
    visit = make_visit(hall)
    pen, client = Pen(visit), signed_in(visit.auditor)
    pen.write("answer:A1.1", "fail")
    pen.write("answer:Z9", "fail")
    answer = post(client, "operations/", batch(pen)).json()
    assert [(one["counter"], one["status"], one["code"]) for one in answer["results"]] == [
        (1, "applied", ""), (2, "refused", "unknown_item"),
    ]  # fmt: skip
    assert answer["results"][1]["message"] == "「Z9」不在本次检查的评分表里,没有记入。"
    assert answer["visits"] == [{"id": str(visit.pk), "state": "running", "score": None}]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"tablet": "x", "operations": []},
        {"tablet": "0b9c1c9e-4c1e-4b1e-8b1e-0b9c1c9e4c1e"},
        {"tablet": "0b9c1c9e-4c1e-4b1e-8b1e-0b9c1c9e4c1e", "operations": [{"counter": 2**60}]},
        {"tablet": "0b9c1c9e-4c1e-4b1e-8b1e-0b9c1c9e4c1e", "operations": "x"},
    ],
)
def test_a_batch_that_is_none_is_a_400(hall, body: Any):
    assert post(signed_in(make_auditor()), "operations/", body).status_code == 400


def patch(client: Client, name: str, offset: object, data: bytes):
    head = {"Upload-Offset": str(offset)}
    kind = "application/octet-stream"
    return client.patch(f"{API}photos/{name}/upload/", data, content_type=kind, headers=head)


def test_a_photo_over_http(hall):
    visit, name = make_visit(hall), uuid_text()
    client, manager = signed_in(visit.auditor), signed_in(make_user(role=Role.HALL_MANAGER, hall=hall))
    pen = Pen(visit)
    pen.write(f"photo:{name}", photo_value(JPEG))
    post(client, "operations/", batch(pen))
    assert client.get(f"{API}photos/{name}/upload/").json() == {"received": 0, "size": len(JPEG), "is_complete": False}
    assert patch(client, name, 0, JPEG[:99]).json()["received"] == 99
    assert patch(client, name, 150, JPEG[150:]).json()["code"] == "wrong_offset"
    assert patch(client, name, "x", JPEG).status_code == 400
    assert patch(client, name, 99, b"").status_code == 400
    assert patch(signed_in(make_auditor()), name, 99, JPEG[99:]).status_code == 404
    assert client.get(f"{API}photos/{name}/").status_code == 404
    assert patch(client, name, 99, JPEG[99:]).json()["is_complete"] is True
    shown = client.get(f"{API}photos/{name}/")
    assert (shown.status_code, shown["Content-Type"], b"".join(shown.streaming_content)) == (200, "image/jpeg", JPEG)
    assert manager.get(f"{API}photos/{name}/").status_code == 404
    hand_in(visit)
    assert manager.get(f"{API}photos/{name}/").status_code == 200


def test_arranging_a_visit_and_its_refusals(hall):
    make_card()
    auditor, district = make_auditor(), make_user(role=Role.DISTRICT, region=hall.region)
    today = now().date().isoformat()
    body = {"hall": hall.code, "auditor": auditor.staff_no, "on": today, "kind": "mystery"}
    client = signed_in(district)
    assert post(signed_in(auditor), "visits/", body).status_code == 403
    assert post(client, "visits/", {**body, "hall": "ZJ99"}).status_code == 404
    assert post(client, "visits/", {**body, "kind": "patrol"}).status_code == 400
    assert post(client, "visits/", {**body, "auditor": "NOBODY"}).json()["code"] == "unknown_person"
    assert post(client, "visits/", {**body, "auditor": district.staff_no}).json()["code"] == "not_an_auditor"
    assert not Visit.objects.exists()
    made = post(client, "visits/", body, **{"Idempotency-Key": "k"})
    again = post(client, "visits/", body, **{"Idempotency-Key": "k"})
    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    cancelled = post(client, f"visits/{made.json()['id']}/cancel/", {})
    assert cancelled.json()["state"] == "cancelled"


def test_a_patrol_uses_the_short_card_and_does_not_count(hall):
    make_card("patrol")
    duty = make_user(role=Role.DUTY_MANAGER, hall=hall)
    client = signed_in(duty)
    assert client.get(f"{API}tablet/").json()["patrols"] == [{"hall": hall.code, "name": hall.name}]
    made = post(client, "patrols/", {"hall": hall.code})
    assert (made.status_code, made.json()["card"], made.json()["kind"]) == (201, "PATROL", "patrol")
    assert post(client, "patrols/", {"hall": hall.code}).json()["id"] == made.json()["id"]
    pen = Pen(Visit.objects.get())
    pen.write("answer:P1.1", "fail")
    pen.submit()
    assert post(client, "operations/", batch(pen)).json()["visits"][0]["score"] == 18
    assert Visit.objects.ranked().count() == 0


def test_appeal_action_and_month_over_http(hall):
    manager, district = make_user(role=Role.HALL_MANAGER, hall=hall), make_user(role=Role.DISTRICT, region=hall.region)
    visit = hand_in(make_visit(hall), "A1.9")
    ours, theirs = signed_in(manager), signed_in(district)
    finding = ours.get(f"{API}visits/{visit.pk}/").json()["findings"][0]
    assert (finding["item"], finding["points"]) == ("A1.9", 2)
    action = ours.get(f"{API}actions/").json()["results"][0]
    assert post(ours, f"actions/{action['id']}/proof/", {"proof": "已修剪"}).json()["state"] == "recheck"
    assert post(ours, f"actions/{action['id']}/recheck/", {"passed": True}).status_code == 403
    assert post(theirs, f"actions/{action['id']}/recheck/", {"passed": True}).json()["state"] == "done"
    body = {"findings": [finding["id"]], "reason": "不认可"}
    assert post(theirs, f"visits/{visit.pk}/appeals/", body).status_code == 403
    made = post(ours, f"visits/{visit.pk}/appeals/", body).json()
    decided = post(theirs, f"appeals/{made['id']}/decision/", {"granted": [finding["id"]], "answer": "属实"}).json()
    assert (decided["state"], decided["score_after"]) == ("accepted", 100)
    months = ours.get(f"{API}months/").json()["results"]
    assert [(one["hall"], one["score"], one["rank"]) for one in months] == [(hall.code, "100.00", None)]
    assert ours.get(f"{API}months/?month=2026-13").status_code == 400


def test_a_list_asks_as_many_questions_for_three_as_for_one(hall):
    client, auditor = signed_in(make_user(role=Role.DISTRICT, region=hall.region)), make_auditor()
    client.get(f"{API}visits/")
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_visit(hall, auditor)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{API}visits/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
