"""早报: made once when its hour has come, from rows, and kept as it was made."""

from datetime import date, datetime, timedelta

import pytest

from core import time
from halls.models import HoursException, Material
from staff import hooks
from staff.actions import audits as audit_actions
from staff.actions import bulletins as bulletin_actions
from staff.actions import mornings as actions
from staff.actions.bulletins import Text
from staff.hooks import ServiceFigures
from staff.models import AuditItem, Duty, MorningSheet
from staff.rules import mornings as rules
from staff.rules.audits import Handled
from staff.states import ErrorKind, Role
from tests.factories import make_hall, make_user

DAY = date(2026, 11, 25)
HALF_PAST = datetime(2026, 11, 25, 7, 30, tzinfo=time.SHANGHAI)


@pytest.mark.parametrize(("hour", "minute", "due"), [(7, 29, False), (7, 30, True), (0, 0, False), (23, 59, True)])
def test_the_hour_of_the_sheet(hour, minute, due):
    assert rules.is_due(HALF_PAST.replace(hour=hour, minute=minute), minute=450) == due


@pytest.fixture
def hall(db):
    return make_hall(windows=0)


@pytest.fixture
def li(hall):
    return make_user("01002", Role.CLERK, hall, name="小李")


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    asked = []

    def count(hall_ids, since, until, now):
        asked.append((since, until))
        row = {"issued": 280, "served": 260, "answered": 260, "wait_seconds": 260 * 480, "wait_within": 234}
        row |= {"ratings": 50, "rating_sum": 236, "low_ratings": 2}
        return ServiceFigures(halls=dict.fromkeys(hall_ids, row))

    monkeypatch.setattr(hooks, "_counters", [count])
    return asked


def test_one_sheet_for_each_hall_and_day_from_yesterdays_figures(hall, li, counted):
    early = HALF_PAST - timedelta(minutes=1)
    assert [actions.make_sheets(at) for at in (early, HALF_PAST, HALF_PAST)] == [0, 1, 0]

    sheet = MorningSheet.objects.get()
    yesterday = sheet.content["yesterday"]
    assert counted == [(date(2026, 11, 24), date(2026, 11, 24))]
    assert (sheet.day, sheet.made_at) == (DAY, HALF_PAST)
    assert (yesterday["mean_wait"], yesterday["within"], yesterday["rating"]) == (8.0, 90.0, 4.72)
    assert "complaints" not in yesterday  # no app counts them here, so nothing is said
    assert [one["name"] for one in sheet.content["on_duty"]] == ["小李"]


def test_r_s_2_it_says_who_answers_for_each_duty_today(client, hall, li):
    wang = make_user("01001", Role.HALL_MANAGER, hall, name="王经理")
    gone = make_user("01003", Role.CLERK, hall, name="小张")
    gone.employments.update(valid_to=DAY - timedelta(days=1))
    other = make_user("01004", None, hall, name="小陈")
    for order, (name, a, b) in enumerate([("饮水机", li, wang), ("海报", gone, li), ("保洁", gone, other)]):
        Duty.objects.create(hall=hall, name=name, a=a, b=b, order=order)

    actions.make_sheet(hall, HALF_PAST)

    lines = MorningSheet.objects.get().content["duties"]
    assert [(one["title"], one["name"], one["side"]) for one in lines] == [
        ("饮水机", "小李", "a"),
        ("海报", "小李", "b"),
        ("保洁", "", "nobody"),
    ]
    client.force_login(li)
    page = client.get("/staff/morning/?day=2026-11-25").content.decode()
    assert "小李(B 角)" in page and "A、B 角都不在,请安排" in page


def test_a_closed_day_has_no_sheet(hall):
    HoursException.objects.create(hall=hall, day=DAY, opens=None, closes=None, reason="停业")

    assert actions.make_sheets(HALF_PAST) == 0


def test_it_names_who_has_not_confirmed_what_was_wrong_and_what_ends(hall, li):
    wang = make_user("01001", Role.HALL_MANAGER, hall, name="王经理")
    text = Text("补卡新规", "双人核验。", DAY, halls=[hall], roles=[Role.CLERK])
    draft = bulletin_actions.draft(text, author=wang, now=HALF_PAST)
    bulletin_actions.issue(draft.pk, actor=wang, now=HALF_PAST)
    audit_actions.draw(hall, date(2026, 11, 23), [Handled("t:1", "A001", "过户", "", li.pk, HALF_PAST)], now=HALF_PAST)
    audit_actions.find_wrong(AuditItem.objects.get().pk, ErrorKind.SIGNATURE, "缺签名", actor=wang, now=HALF_PAST)
    for title, days in (("双 11 海报", 2), ("年历", 30)):
        Material.objects.create(
            hall=hall,
            title=title,
            kind="poster",
            valid_from=DAY,
            valid_to=DAY + timedelta(days=days),
            keeper=wang,
            made_by=wang,
            made_at=HALF_PAST,
        )

    actions.make_sheet(hall, HALF_PAST)

    content = MorningSheet.objects.get().content
    assert [(one["title"], one["names"]) for one in content["unconfirmed"]] == [("补卡新规", ["小李"])]
    assert content["error"] == {"about": "过户", "kind": "签名缺漏", "finding": "缺签名"}
    assert content["corrections"] == 1
    assert content["ending"]["materials"] == [{"title": "双 11 海报", "on": "2026-11-27"}]


def test_what_was_made_stays_as_it_was(client, hall, li):
    actions.make_sheet(hall, HALF_PAST)
    assert actions.make_sheet(hall, HALF_PAST + timedelta(hours=1)) is False

    client.force_login(li)
    shown = client.get("/staff/morning/?day=2026-11-25")
    assert shown.context["sheet"] == MorningSheet.objects.get()
    assert client.get("/staff/morning/?day=2026-11-01").context["sheet"] is None
    assert client.get("/staff/morning/?day=junk&hall=ZJ99").status_code == 200
    client.force_login(make_user("05001", Role.CLERK, elsewhere := make_hall("ZJ05", windows=0)))
    assert client.get("/staff/morning/?hall=ZJ01").context["hall"] == elsewhere
