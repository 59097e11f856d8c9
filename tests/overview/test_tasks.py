"""任务 from a district to its halls, what is owed, and urging once a stage."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.errors import Refused
from core.time import SHANGHAI, business_day, now
from messaging.models import Notice
from overview.actions import tasks, urging
from overview.models import HallTask, Urging
from overview.queries.owed import owed
from overview.rules.owed import late_text, stage_of
from overview.states import OwedKind, TaskState, UrgeStage
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.halls.pictures import png

DUE = datetime(2026, 11, 20, 18, tzinfo=SHANGHAI)


def test_the_list_says_for_how_many_days_a_thing_is_late() -> None:
    due = now()
    told = [
        late_text(due, due + late) for late in (timedelta(0), timedelta(seconds=1), timedelta(hours=71), timedelta(3))
    ]
    assert told == ["", "已超期", "超期 2 天", "超期 3 天"]


@pytest.mark.parametrize(
    ("minutes", "stage"),
    [
        (-24 * 60 - 1, None),
        (-24 * 60, UrgeStage.BEFORE),
        (0, UrgeStage.BEFORE),
        (1, UrgeStage.LATE),
        (3 * 24 * 60 - 1, UrgeStage.LATE),
        (3 * 24 * 60, UrgeStage.LONG_LATE),
    ],
)
def test_urging_has_three_stages(minutes: int, stage: Any) -> None:
    assert stage_of(DUE, DUE + timedelta(minutes=minutes), soon_hours=24, long_days=3) == stage


@pytest.fixture
def people(db: None, settings: Any, tmp_path: Any) -> dict[str, Any]:
    settings.MEDIA_ROOT = tmp_path
    hall, other = make_hall("ZJ01"), make_hall("ZJ02")
    return {
        "hall": hall,
        "other": other,
        "district": make_user(role=Role.DISTRICT, region=hall.region),
        "manager": make_user(role=Role.HALL_MANAGER, hall=hall),
        "stranger": make_user(role=Role.DISTRICT, region=make_hall("NJ01", region=make_region("NJ")).region),
    }


def given(people: dict[str, Any], *, days: int = 5, wants_photo: bool = False) -> HallTask:
    order = tasks.Order("更换门贴", "按新式样更换", business_day(now()) + timedelta(days=days), wants_photo)
    task = tasks.give(order, [people["hall"], people["other"]], actor=people["district"], now=now())
    return task.halls.get(hall=people["hall"])


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("title", "text", "days", "halls", "code"),
    [(" ", "要求", 1, True, "no_title"), ("任务", "要求", -1, True, "bad_day"), ("任务", "要求", 0, False, "no_halls")],
)
def test_a_task_without_words_day_or_hall_is_refused(
    people: dict[str, Any], title: str, text: str, days: int, halls: bool, code: str
) -> None:
    order = tasks.Order(title, text, business_day(now()) + timedelta(days=days))
    with pytest.raises(Refused) as no:
        tasks.give(order, [people["hall"]] if halls else [], actor=people["district"], now=now())
    assert (no.value.code, HallTask.objects.count()) == (code, 0)


def test_a_task_is_received_done_returned_and_accepted(people: dict[str, Any]) -> None:
    row, manager, district = given(people), people["manager"], people["district"]
    tasks.receive(row, actor=manager, now=now())
    tasks.receive(row, actor=make_user(role=Role.DUTY_MANAGER, hall=people["hall"]), now=now())
    tasks.finish(row, "已更换", actor=manager, now=now())
    with pytest.raises(Refused) as no:
        tasks.judge(row, accepted=False, why=" ", actor=district, now=now())
    assert no.value.code == "no_reason"
    tasks.judge(row, accepted=False, why="侧门没换", actor=district, now=now())
    tasks.finish(row, "都已更换", actor=manager, now=now())
    tasks.judge(row, accepted=True, why="", actor=district, now=now())
    row.refresh_from_db()
    assert (row.state, row.read_by, row.proof) == (TaskState.ACCEPTED, manager, "都已更换")
    assert [one.did for one in row.events.all()] == ["given", "read", "done", "returned", "done", "accepted"]
    with pytest.raises(Refused) as no:
        tasks.finish(row, "再交", actor=manager, now=now())
    assert no.value.code == "bad_move"


def test_a_photo_that_is_wanted_must_come_and_be_one(people: dict[str, Any]) -> None:
    row, client = given(people, wants_photo=True), signed_in(people["manager"])
    change = f"/overview/tasks/mine/{row.pk}/change/"
    assert "须上传照片" in client.post(change, {"proof": "已更换"}).content.decode()
    text = SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")
    assert client.post(change, {"proof": "已更换", "photo": text}).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.photo) == (TaskState.SENT, "")
    picture = SimpleUploadedFile("a.png", png(400, 300), "image/png")
    assert client.post(change, {"proof": "已更换", "photo": picture}).status_code == 302
    row.refresh_from_db()
    assert row.state == TaskState.DONE
    shown = signed_in(people["district"]).get(f"/overview/tasks/mine/{row.pk}/photo/")
    assert b"".join(shown.streaming_content) == png(400, 300)
    assert signed_in(people["stranger"]).get(f"/overview/tasks/mine/{row.pk}/").status_code == 404


def test_the_district_gives_a_task_on_its_page_and_sees_how_far_the_halls_are(people: dict[str, Any]) -> None:
    client, day = signed_in(people["district"]), business_day(now()) + timedelta(days=3)
    form = {"title": "核对价签", "text": "逐台核对", "due_on": day, "halls": ["ZJ01", "ZJ02"]}
    told = client.post("/overview/tasks/new/", form)
    row = HallTask.objects.get(hall=people["hall"])
    assert told["Location"] == f"/overview/tasks/{row.task_id}/"
    assert Notice.objects.filter(user=people["manager"], key=f"overview.task.{row.pk}").count() == 1
    tasks.receive(row, actor=people["manager"], now=now())
    assert "1 / 2" in client.get("/overview/tasks/").content.decode()
    again = client.post("/overview/tasks/new/", form | {"due_on": "2020-01-01"}).content.decode()
    assert "完成期限不能早于今天" in again
    client.post(f"/overview/tasks/{row.task_id}/withdraw/")
    assert set(HallTask.objects.values_list("state", flat=True)) == {TaskState.WITHDRAWN}


def test_what_is_owed_is_urged_for_once_a_stage(people: dict[str, Any]) -> None:
    row = given(people, days=0)
    halls = {people["hall"].pk}
    (item,) = owed(halls, now(), kind=OwedKind.TASK)
    assert (item.key, item.stage, item.urged) == (f"task:{row.pk}", UrgeStage.BEFORE, None)
    client = signed_in(people["district"])
    client.post("/overview/owed/urge/", {"hall": "ZJ01", "key": item.key})
    client.post("/overview/owed/urge/", {"hall": "ZJ01", "key": item.key})
    assert [(one.stage, one.by) for one in Urging.objects.all()] == [(UrgeStage.BEFORE, people["district"])]
    assert Notice.objects.filter(user=people["manager"], title__startswith="催办").count() == 1
    assert urging.urge_due(now()) == 1  # the other hall's; this one's stage has had its urging
    later = now() + timedelta(days=1)
    assert urging.urge_due(later) == 2
    assert urging.urge_due(later) == 0
    tasks.finish(row, "已更换", actor=people["manager"], now=now())
    with pytest.raises(Refused) as no:
        urging.find(halls, people["hall"], item.key, later)
    assert no.value.code == "not_owed"
    assert signed_in(people["stranger"]).post("/overview/owed/urge/", {"hall": "ZJ01", "key": "x"}).status_code == 404
