"""The month's safety card: filled in on a phone, pressing near the month's end, urged for once a stage (R-H-6)."""

from datetime import datetime, time
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.time import SHANGHAI
from halls.actions import rounds
from halls.actions.first_lists import write_first_lists
from halls.models import CheckItem, Hall, Round
from halls.states import CheckKind
from messaging.models import Notice
from overview.actions import urging
from overview.models import Urging
from overview.queries import todo
from overview.queries.owed import owed
from overview.rules.todo import TODAY, WAITS
from overview.states import OwedKind, UrgeStage
from staff.models import User
from staff.states import Role
from tests.factories import make_hall, make_user, open_daily
from tests.halls.pictures import png

FIRST = datetime(2026, 11, 1, tzinfo=SHANGHAI)
NEAR = datetime(2026, 11, 26, tzinfo=SHANGHAI)  # five days before the last second of the month, rounded up


def at(day: int, hour: int = 10, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def hall(db: None, settings: Any, tmp_path: Any) -> Hall:
    settings.MEDIA_ROOT = tmp_path
    write_first_lists()
    hall = make_hall("ZJ01", windows=1)
    open_daily(hall, time(8, 30), time(18))
    return hall


@pytest.fixture
def wang(hall: Hall) -> User:
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


def fill_in(hall: Hall, person: User, now: datetime, slot: datetime = FIRST) -> Round:
    row = rounds.start_round(hall, CheckKind.SAFETY, slot, actor=person, now=now)
    for item in CheckItem.objects.filter(list=row.list):
        found = rounds.Found("good", picture="a" * 40 + ".jpg")
        rounds.answer_item(row, item, found, actor=person, now=now)
    return rounds.finish_round(row, actor=person, now=now)


def stage(hall: Hall, now: datetime) -> list[tuple[str, UrgeStage | None]]:
    return [(one.subject, one.stage) for one in owed({hall.pk}, now, kind=OwedKind.SAFETY)]


def test_r_h_6_the_card_is_owed_from_five_days_before_the_months_end(hall: Hall) -> None:
    before = datetime(2026, 11, 25, 23, 59, 58, tzinfo=SHANGHAI)
    assert stage(hall, before) == []
    assert stage(hall, NEAR) == [("2026-11", UrgeStage.BEFORE)]
    assert stage(hall, datetime(2026, 11, 30, 23, 59, 59, tzinfo=SHANGHAI)) == [("2026-11", UrgeStage.BEFORE)]


def test_a_card_that_was_signed_is_not_owed(hall: Hall, wang: User) -> None:
    row = rounds.start_round(hall, CheckKind.SAFETY, FIRST, actor=wang, now=at(20))
    assert stage(hall, NEAR) == [("2026-11", UrgeStage.BEFORE)]  # begun is not signed
    row.delete()
    assert fill_in(hall, wang, at(27)).in_time is True
    assert stage(hall, at(28)) == []


def test_last_months_card_is_late_where_the_hall_was_at_work(hall: Hall, wang: User) -> None:
    assert stage(hall, at(1, month=12)) == []  # no sign that the hall was there in November
    opening = at(20, 8).replace(minute=30)
    rounds.start_round(hall, CheckKind.OPENING, opening, actor=wang, now=opening)
    [late] = owed({hall.pk}, at(1, month=12), kind=OwedKind.SAFETY)
    assert (late.subject, late.stage, late.url) == (
        "2026-11",
        UrgeStage.LATE,
        "/halls/checks/?hall=ZJ01&day=2026-11-30",
    )
    assert stage(hall, at(4, month=12)) == [("2026-11", UrgeStage.LONG_LATE)]
    assert fill_in(hall, wang, at(4, month=12)).in_time is False
    assert stage(hall, at(4, month=12)) == []


def test_a_hall_without_a_list_owes_nothing(db: None) -> None:
    assert stage(make_hall("ZJ09"), NEAR) == []


def test_the_beat_urges_once_a_hall_and_stage(hall: Hall, wang: User) -> None:
    other = make_hall("ZJ02")
    with time_machine.travel(NEAR, tick=False):
        assert (urging.urge_due(NEAR), urging.urge_due(NEAR), urging.urge_due(at(29))) == (2, 0, 0)
        [notice] = Notice.objects.filter(user=wang)
    assert notice.title == f"催办:{hall.name} 11 月安全月查,应在 11 月 30 日 23:59 前完成"
    assert set(Urging.objects.values_list("hall", "stage", "by")) == {
        (hall.pk, UrgeStage.BEFORE, None),
        (other.pk, UrgeStage.BEFORE, None),
    }


@pytest.mark.parametrize(("now", "urgency"), [(at(25), WAITS), (at(26), TODAY), (at(30, 23), TODAY)])
def test_the_manager_has_a_line_that_presses_near_the_end(hall: Hall, wang: User, now: datetime, urgency: int) -> None:
    with time_machine.travel(now, tick=False):
        found = [one for one in todo.of_hall(hall, wang, now) if one.title == "安全月查未完成"]
        assert [(one.urgency, one.url) for one in found] == [(urgency, "/halls/checks/?hall=ZJ01")]
        fill_in(hall, wang, now)
        assert [one for one in todo.of_hall(hall, wang, now) if one.title == "安全月查未完成"] == []


def test_the_card_is_filled_in_on_its_page(hall: Hall, wang: User) -> None:
    client = Client()
    client.force_login(wang)
    with time_machine.travel(at(26), tick=True):
        client.force_login(wang)
        assert "11 月内完成" in client.get("/halls/checks/?hall=ZJ01").content.decode()
        begun = client.post(
            "/halls/rounds/start/", {"hall": "ZJ01", "kind": "safety", "slot": FIRST.isoformat()}, follow=True
        )
        row = Round.objects.get(kind=CheckKind.SAFETY)
        page = begun.content.decode()
        for word in ("灭火器", "报警按钮", "监控抽查", "应急灯"):
            assert word in page
        items = list(CheckItem.objects.filter(list=row.list))
        refused = client.post(f"/halls/rounds/{row.pk}/items/{items[0].pk}/", {"answer": "good"})
        assert "需要一张照片" in refused.content.decode()
        for item in items:
            photo = SimpleUploadedFile("a.png", png(400, 300), "image/png")
            client.post(f"/halls/rounds/{row.pk}/items/{item.pk}/", {"answer": "good", "photo": photo})
        client.post(f"/halls/rounds/{row.pk}/finish/")
    row.refresh_from_db()
    assert (row.in_time, row.by, row.answers.count()) == (True, wang, 5)
