"""任务 over HTTP: the same acts and refusals as the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.time import business_day, now
from overview.models import HallTask, Task
from staff.models import User
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.halls.pictures import png

JSON = "application/json"


@pytest.fixture
def people(db: None, settings: Any, tmp_path: Any) -> dict[str, User]:
    settings.MEDIA_ROOT = tmp_path
    hall = make_hall("ZJ01")
    make_hall("ZJ02")
    far = make_hall("NJ01", region=make_region("NJ"))
    return {
        "district": make_user(role=Role.DISTRICT, region=hall.region, name="周主管"),
        "manager": make_user(role=Role.HALL_MANAGER, hall=hall, name="王经理"),
        "clerk": make_user(role=Role.CLERK, hall=hall),
        "stranger": make_user(role=Role.DISTRICT, region=far.region),
    }


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def order(**more: Any) -> dict[str, Any]:
    day = (business_day(now()) + timedelta(days=3)).isoformat()
    return {"title": "更换门贴", "text": "按新式样", "due_on": day, "halls": ["ZJ01", "ZJ02"], **more}


def give(people: dict[str, User], **more: Any) -> HallTask:
    made = signed_in(people["district"]).post("/api/v1/tasks/", order(**more), content_type=JSON)
    assert made.status_code == 201
    return HallTask.objects.get(task=made.json()["id"], hall__code="ZJ01")


def test_a_task_goes_from_the_district_to_the_hall_and_back(people: dict[str, User]) -> None:
    row = give(people)
    district, manager = signed_in(people["district"]), signed_in(people["manager"])
    base = f"/api/v1/hall-tasks/{row.pk}/"
    [mine] = manager.get("/api/v1/hall-tasks/?hall=ZJ01").json()["results"]
    assert (mine["id"], mine["hall"], mine["state"], mine["read_at"]) == (row.pk, "ZJ01", "sent", None)
    assert manager.post(f"{base}receive/").json()["state"] == "read"
    assert manager.post(f"{base}done/", {"proof": "已更换"}).json()["state"] == "done"
    refused = district.post(f"{base}judge/", {"accepted": False}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_reason")
    back = district.post(f"{base}judge/", {"accepted": False, "why": "侧门没换"}, content_type=JSON).json()
    assert (back["state"], back["returned_why"]) == ("returned", "侧门没换")
    manager.post(f"{base}done/", {"proof": "都已更换"}, content_type=JSON)
    done = district.post(f"{base}judge/", {"accepted": True}, content_type=JSON).json()
    assert [one["did"] for one in done["events"]] == ["given", "read", "done", "returned", "done", "accepted"]
    [line] = district.get("/api/v1/tasks/?state=all").json()["results"]
    assert [line[name] for name in ("halls", "read", "done", "accepted")] == [2, 1, 1, 1]
    whole = district.get(f"/api/v1/tasks/{row.task_id}/").json()
    assert [(one["hall"], one["state"]) for one in whole["halls"]] == [("ZJ01", "accepted"), ("ZJ02", "sent")]
    again = manager.post(f"{base}done/", {"proof": "再交"}, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "bad_move")


def test_a_photo_that_is_wanted_comes_by_multipart(people: dict[str, User]) -> None:
    row, manager = give(people, wants_photo=True), signed_in(people["manager"])
    base = f"/api/v1/hall-tasks/{row.pk}/done/"
    none = manager.post(base, {"proof": "已更换"}, content_type=JSON)
    assert (none.status_code, none.json()["code"]) == (409, "no_photo")
    bad = manager.post(base, {"proof": "已更换", "photo": SimpleUploadedFile("a.jpg", b"no picture")})
    assert bad.status_code == 409
    row.refresh_from_db()
    assert (row.state, row.photo) == ("sent", "")
    good = manager.post(base, {"proof": "已更换", "photo": SimpleUploadedFile("a.png", png(400, 300))}).json()
    assert (good["state"], good["photo"]) == ("done", f"/overview/tasks/mine/{row.pk}/photo/")
    assert manager.get(good["photo"]).status_code == 200


def test_a_hall_is_urged_once_a_stage(people: dict[str, User]) -> None:
    early, soon = give(people), give(people, due_on=business_day(now()).isoformat())
    district = signed_in(people["district"])
    no = district.post(f"/api/v1/hall-tasks/{early.pk}/urge/")
    assert (no.status_code, no.json()["code"]) == (409, "not_owed")
    assert district.post(f"/api/v1/hall-tasks/{soon.pk}/urge/").json()["stage"] == "before"
    again = district.post(f"/api/v1/hall-tasks/{soon.pk}/urge/")
    assert (again.status_code, again.json()["code"]) == (409, "urged_already")


def test_a_task_is_withdrawn_once(people: dict[str, User]) -> None:
    row, district = give(people), signed_in(people["district"])
    address = f"/api/v1/tasks/{row.task_id}/withdraw/"
    assert {one["state"] for one in district.post(address).json()["halls"]} == {"withdrawn"}
    assert district.post(address).status_code == 409


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"halls": ["ZJ01", "NJ01"]}, 400),
        ({"halls": []}, 400),
        ({"due_on": "2020-01-01"}, 409),
        ({"due_on": "x"}, 400),
        ({"title": "长" * 61}, 400),
    ],
)
def test_a_bad_order_makes_nothing(people: dict[str, User], more: dict[str, Any], status: int) -> None:
    told = signed_in(people["district"]).post("/api/v1/tasks/", order(**more), content_type=JSON)
    assert (told.status_code, Task.objects.count()) == (status, 0)


def test_who_may_not_is_told_so_and_a_stranger_finds_nothing(people: dict[str, User]) -> None:
    row = give(people)
    base = f"/api/v1/hall-tasks/{row.pk}/"
    assert signed_in(people["stranger"]).get(base).status_code == 404
    assert signed_in(people["stranger"]).get(f"/api/v1/tasks/{row.task_id}/").status_code == 404
    assert signed_in(people["clerk"]).get(base).status_code == 404
    assert signed_in(people["clerk"]).get("/api/v1/hall-tasks/").status_code == 403
    judged = signed_in(people["manager"]).post(f"{base}judge/", {"accepted": True}, content_type=JSON)
    assert judged.status_code == 403
    assert signed_in(people["district"]).post(f"{base}receive/").status_code == 403
    assert signed_in(people["manager"]).get("/api/v1/hall-tasks/?state=x").status_code == 400
    assert signed_in(people["manager"]).get(f"/api/v1/hall-tasks/{2**70}/").status_code == 404
    row.refresh_from_db()
    assert row.state == "sent"
