"""通报签收: who has not received a circular in time is on the list, is urged, and sees it on the cockpit."""

from datetime import datetime, timedelta

import pytest

from core.time import SHANGHAI
from halls.models import Hall
from messaging.models import Notice
from overview.actions import circulars, urging
from overview.models import Circular, CircularReading
from overview.queries import circulars as reads
from overview.queries import todo
from overview.queries.owed import owed
from overview.states import OwedKind, UrgeStage
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.overview.circular_acts import begin, issue, refused
from tests.overview.month_rows import NOVEMBER_2

pytestmark = pytest.mark.django_db


@pytest.fixture
def halls():
    return [make_hall(f"ZJ0{at}", name=f"{at} 号厅") for at in (1, 2, 3)]


@pytest.fixture
def chief(halls):
    return make_user("00001", Role.DISTRICT, region=halls[0].region, name="李主管")


@pytest.fixture
def manager(halls):
    return make_user("01001", Role.HALL_MANAGER, halls[0], name="王经理")


def issued(halls, chief):
    return issue(begin(halls[0].region, chief), chief)


def test_a_correction_is_a_new_version_that_is_received_anew(halls, chief, manager):
    draft = begin(halls[0].region, chief)
    written = circulars.Written({"praise": "原文"}, [], draft.edits)
    first = issue(circulars.save(draft, written, actor=chief, now=NOVEMBER_2), chief)
    circular, hall = first.circular, halls[0]
    assert refused(lambda: circulars.correct(circular, " ", actor=chief, now=NOVEMBER_2)) == "no_reason"
    circulars.receive(circular, hall, actor=manager, now=NOVEMBER_2)
    circulars.receive(circular, hall, actor=manager, now=NOVEMBER_2)
    assert CircularReading.objects.count() == 1
    draft = circulars.correct(circular, "数字更正", actor=chief, now=NOVEMBER_2)
    assert refused(lambda: circulars.correct(circular, "再改", actor=chief, now=NOVEMBER_2)) == "draft_exists"
    assert (draft.number, draft.texts["praise"]) == (2, "原文")
    assert reads.lines([circular], manager)[0].unread == []
    issue(draft, chief)
    assert reads.lines([circular], manager)[0].unread == [hall]
    assert Notice.objects.filter(user=manager).count() == 2


def test_only_halls_of_the_region_receive_and_only_what_is_issued(halls, chief, manager):
    draft = begin(halls[0].region, chief)
    act = lambda hall: circulars.receive(draft.circular, hall, actor=manager, now=NOVEMBER_2)  # noqa: E731
    assert refused(lambda: act(halls[0])) == "not_issued"
    issue(draft, chief)
    assert refused(lambda: act(make_hall("NJ01", region=make_region("NJ")))) == "not_addressed"
    assert CircularReading.objects.count() == 0


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


def owing(halls, now) -> list[tuple[str, str, UrgeStage | None]]:
    rows = owed({one.pk for one in halls}, now, kind=OwedKind.CIRCULAR)
    return [(one.hall.code, one.what, one.stage) for one in rows]


def test_a_circular_not_received_within_three_days_is_owed_by_the_halls_it_went_to(halls, chief, manager):
    assert issued(halls, chief).issued_at == NOVEMBER_2
    circular, what = Circular.objects.get(), f"{halls[0].region.name} 2026 年 10 月通报"
    make_hall("ZJ09", region=halls[0].region)  # opened after it was issued
    everywhere = [*halls, make_hall("NJ01", region=make_region("NJ"))]
    circulars.receive(circular, halls[1], actor=manager, now=NOVEMBER_2)
    last_second = datetime(2026, 11, 5, 23, 59, 59, tzinfo=SHANGHAI)
    assert owing(everywhere, last_second - timedelta(hours=24, seconds=1)) == []
    assert owing(everywhere, last_second) == [("ZJ01", what, UrgeStage.BEFORE), ("ZJ03", what, UrgeStage.BEFORE)]
    assert owing(everywhere, last_second + timedelta(seconds=1)) == [
        ("ZJ01", what, UrgeStage.LATE),
        ("ZJ03", what, UrgeStage.LATE),
    ]
    assert [one.code for one, _ in reads.receipts(reads.issued_of(circular))] == ["ZJ01", "ZJ02", "ZJ03"]
    (line,) = reads.lines([circular], manager)
    assert (line.audience, line.read) == (3, 1)
    assert refused(lambda: circulars.receive(circular, Hall.objects.get(code="ZJ09"), actor=manager, now=at(6))) == (
        "not_addressed"
    )


def test_a_correction_is_received_anew_and_an_old_version_owed_by_nobody(halls, chief, manager):
    issued(halls, chief)
    circular = Circular.objects.get()
    circulars.receive(circular, halls[0], actor=manager, now=NOVEMBER_2)
    draft = circulars.correct(circular, "名次有误", actor=chief, now=at(9))
    assert owing(halls[:1], at(20)) == []  # a draft is owed by nobody
    circulars.issue(draft, edits=draft.edits, actor=chief, now=at(9))
    what = f"{halls[0].region.name} 2026 年 10 月通报(更正)"
    assert owing(halls[:1], at(12)) == [("ZJ01", what, UrgeStage.BEFORE)]
    assert owing(halls[:1], at(13)) == [("ZJ01", what, UrgeStage.LATE)]


def test_the_beat_urges_the_managers_for_it_once_a_stage_until_it_is_received(halls, chief, manager):
    issued(halls, chief)
    circular = Circular.objects.get()
    assert [urging.urge_due(now) for now in (at(4), at(5), at(5, 18), at(6), at(6, 18))] == [0, 3, 0, 3, 0]
    titles = list(Notice.objects.filter(user=manager, title__startswith="催办").values_list("title", "url"))
    asked = f"催办:1 号厅 {halls[0].region.name} 2026 年 10 月通报,应在 11 月 5 日 23:59 前完成"
    assert titles == [(asked, f"/overview/circulars/{circular.pk}/")] * 2
    circulars.receive(circular, halls[0], actor=manager, now=at(7))
    assert urging.urge_due(at(10)) == 2  # the third stage, of the other two


def test_the_manager_sees_it_on_the_cockpit_until_it_is_received(halls, chief, manager):
    issued(halls, chief)
    circular, title = Circular.objects.get(), f"{halls[0].region.name} 2026 年 10 月通报待签收"
    found = [one for one in todo.of_hall(halls[0], manager, at(6)) if one.kind == "circular"]
    assert [(one.title, one.url, one.is_late) for one in found] == [
        (title, f"/overview/circulars/{circular.pk}/", True)
    ]
    circulars.receive(circular, halls[0], actor=manager, now=at(6))
    assert [one for one in todo.of_hall(halls[0], manager, at(6)) if one.kind == "circular"] == []


def test_who_has_not_received_is_asked_as_often_for_many_halls_as_for_one(halls, chief, django_assert_num_queries):
    issued(halls, chief)
    known = list(Hall.objects.select_related("region__parent__parent").order_by("code"))
    with django_assert_num_queries(2):
        assert len(reads.unread(known[:1])) == 1
    with django_assert_num_queries(2):
        assert len(reads.unread(known)) == 3
