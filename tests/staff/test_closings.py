"""R-S-10: 日清月结."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.errors import Refused
from core.time import SHANGHAI
from halls.models import HoursException
from staff import hooks
from staff.actions import closings as actions
from staff.actions import money
from staff.actions.closings import Forms
from staff.hooks import ServiceFigures
from staff.models import BoundForms, DailyClosing, Difference, MonthClosing
from staff.queries import closings as reads
from staff.rules import closings as rules
from staff.rules.money import ThreeWays
from staff.states import ClosingState, PayMethod, Role
from tests.factories import make_user
from tests.staff.money import DAY, NOW, make_scene

pytestmark = pytest.mark.django_db
D = Decimal
EVENING = datetime(2026, 3, 10, 18, 30, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 3, 11, 0, 0, tzinfo=SHANGHAI)


@pytest.fixture
def scene():
    return make_scene()


def live_day(scene, *, counted="250.00", system="250.00", stubs="250.00", received=True):
    """A day's money: what the system says and one slip."""
    figure = money.Figure(scene.clerk, PayMethod.SCAN, D(system), pieces=4)
    money.note_takings(scene.hall, DAY, figure, source=money.Source(file_name="boss.csv"), now=NOW)
    tally = money.Tally(scan=D(counted), stubs=D(stubs))
    slip = money.cash_up(scene.hall, scene.window, tally, clerk=scene.clerk, now=NOW)
    if received:
        money.receive(slip.pk, receiver=scene.manager, now=NOW)
    closing = actions.open_day(scene.hall, DAY, actor=scene.manager, now=EVENING)
    actions.bind_forms(closing.pk, [Forms("业务受理单", 31, "2026-03-1")])
    return closing


def refused(act, *args, **fields):
    with pytest.raises(Refused) as no:
        act(*args, **fields)
    return no.value.code


def test_r_s_10_account_cash_and_receipts_agree_and_the_day_is_locked(scene):
    closing = live_day(scene)
    done = actions.submit(closing.pk, actor=scene.manager, now=EVENING)

    assert (done.state, done.is_late, done.submitted_at) == (ClosingState.SUBMITTED, False, EVENING)
    assert done.ways == ThreeWays(D("250.00"), D("0.00"), D("0.00"), D("250.00"), D("0.00"), D("250.00"))
    assert done.report["clerks"] == [
        {"staff_no": "01001", "name": "小李", "system": "250.00", "counted": "250.00", "stubs": "250.00"}
    ]
    for change in (
        lambda: DailyClosing.objects.update(cash=1),
        lambda: BoundForms.objects.update(count=1),
        done.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert refused(actions.submit, closing.pk, actor=scene.manager, now=EVENING) == "closed"
    assert refused(live_day, scene) == "day_locked"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "账、款、票据相符,可以提交。"),
        ({"counted": "230.00"}, "短款 20.00 元,请填写原因并请店长确认。"),
        ({"counted": "255.00"}, "长款 5.00 元,请填写原因并请店长确认。"),
        ({"stubs": "240.00"}, "票据存根与系统相差 10.00 元,请填写原因并请店长确认。"),
    ],
)
def test_r_s_10_the_screen_says_how_the_three_ways_stand(scene, fields, sentence):
    assert DailyClosing.objects.get(pk=live_day(scene, **fields).pk).ways.sentence == sentence


def test_r_s_10_a_difference_needs_reason_and_manager(scene):
    closing = live_day(scene, counted="230.00")
    closing.refresh_from_db()
    assert closing.state == ClosingState.EXCEPTION
    assert refused(actions.submit, closing.pk, actor=scene.manager, now=EVENING) == "difference"
    assert (
        refused(actions.except_difference, closing.pk, "找零多付", manager=scene.manager, now=EVENING) == "unconfirmed"
    )
    for row in Difference.objects.all():
        money.explain(row.pk, "找零多付", actor=scene.clerk, now=EVENING)
        money.confirm(row.pk, manager=scene.manager, now=EVENING)
    assert refused(actions.except_difference, closing.pk, " ", manager=scene.manager, now=EVENING) == "no_reason"
    actions.except_difference(closing.pk, "找零多付 20 元", manager=scene.manager, now=EVENING)

    done = actions.submit(closing.pk, actor=scene.manager, now=EVENING)
    assert (done.state, done.exception_by) == (ClosingState.SUBMITTED, scene.manager)


def test_a_managers_word_is_about_the_figures_it_was_given_for(scene):
    closing = live_day(scene, counted="230.00")
    for row in Difference.objects.all():
        money.explain(row.pk, "找零多付", actor=scene.clerk, now=EVENING)
        money.confirm(row.pk, manager=scene.manager, now=EVENING)
    actions.except_difference(closing.pk, "找零多付", manager=scene.manager, now=EVENING)
    figure = money.Figure(scene.clerk, PayMethod.SCAN, D("260.00"))
    money.note_takings(scene.hall, DAY, figure, source=money.Source(typist=scene.manager), now=EVENING)
    assert refused(actions.submit, closing.pk, actor=scene.manager, now=EVENING) == "difference"


def test_errors_that_cancel_out_still_need_the_manager(scene):
    for clerk, counted in ((scene.clerk, "120.00"), (scene.relief, "80.00")):
        figure = money.Figure(clerk, PayMethod.SCAN, D("100.00"))
        money.note_takings(scene.hall, DAY, figure, source=money.Source(file_name="b.csv"), now=NOW)
        tally = money.Tally(scan=D(counted), stubs=D(100))
        slip = money.cash_up(scene.hall, None, tally, clerk=clerk, now=NOW)
        money.receive(slip.pk, receiver=scene.manager, now=NOW)
    closing = actions.open_day(scene.hall, DAY, actor=scene.manager, now=EVENING)
    actions.bind_forms(closing.pk, [Forms("业务受理单", 3, "1")])
    assert closing.ways.agree
    assert refused(actions.submit, closing.pk, actor=scene.manager, now=EVENING) == "unconfirmed"


def test_the_report_keeps_what_the_apps_above_counted(scene, monkeypatch):
    figures = ServiceFigures(
        halls={scene.hall.pk: {"served": 12, "answered": 10, "wait_seconds": 3600, "business:payment": 9}},
        people={(scene.hall.pk, scene.clerk.pk): {"served": 12}},
    )
    monkeypatch.setattr(hooks, "_counters", [lambda halls, since, until, now: figures])
    done = actions.submit(live_day(scene).pk, actor=scene.manager, now=EVENING)
    assert done.report["service"] == [
        {"label": "办结号码", "value": 12},
        {"label": "平均等候", "value": "6.0 分钟"},
    ]
    assert done.report["volumes"] == [{"business": "payment", "count": 9}]
    assert done.report["persons"] == [{"name": "小李", "served": 12}]
    assert done.report["faults"] == []


def test_what_is_missing_is_said(scene):
    closing = actions.open_day(scene.hall, DAY, actor=scene.manager, now=EVENING)
    assert refused(actions.submit, closing.pk, actor=scene.manager, now=EVENING) == "no_system"
    live_day(scene, received=False)
    assert refused(actions.submit, closing.pk, actor=scene.manager, now=EVENING) == "slips_waiting"
    money.receive(scene.hall.cash_ups.get().pk, receiver=scene.manager, now=EVENING)
    actions.bind_forms(closing.pk, [])
    assert refused(actions.submit, closing.pk, actor=scene.manager, now=EVENING) == "no_forms"
    assert (
        refused(actions.open_day, scene.hall, DAY + timedelta(days=1), actor=scene.manager, now=EVENING) == "future_day"
    )
    bad = [Forms("业务受理单", 3, "1"), Forms("业务受理单", 2, "1")]
    assert refused(actions.bind_forms, closing.pk, bad) == "bad_forms"


@pytest.mark.parametrize(("moment", "late"), [(MIDNIGHT, False), (MIDNIGHT + timedelta(seconds=1), True)])
def test_r_s_10_a_day_is_submitted_by_its_24_00(scene, moment, late):
    closing = live_day(scene)
    assert rules.is_overdue(DAY, moment) is late
    assert actions.submit(closing.pk, actor=scene.manager, now=moment).is_late is late


@pytest.mark.parametrize(
    ("stored", "moment", "month_closed", "shown"),
    [
        (None, EVENING, False, ClosingState.NOT_STARTED),
        ("counting", EVENING, False, ClosingState.COUNTING),
        ("exception", MIDNIGHT, False, ClosingState.EXCEPTION),
        ("counting", MIDNIGHT + timedelta(seconds=1), False, ClosingState.OVERDUE),
        (None, MIDNIGHT + timedelta(hours=9), False, ClosingState.OVERDUE),
        ("submitted", EVENING, False, ClosingState.SUBMITTED),
        ("submitted", MIDNIGHT + timedelta(hours=9), False, ClosingState.LOCKED),
    ],
)
def test_the_word_for_a_day(stored, moment, month_closed, shown):
    assert rules.shown_state(stored, DAY, moment, month_closed=month_closed) == shown


def submit_days(scene, days):
    for day in days:
        DailyClosing.objects.create(
            hall=scene.hall,
            day=day,
            state=ClosingState.SUBMITTED,
            opened_by=scene.manager,
            opened_at=NOW,
            submitted_by=scene.manager,
            submitted_at=NOW,
            system=D("10.00"),
            scan=D("10.00"),
            stubs=D("10.00"),
        )


def test_r_s_10_a_month_is_closed_when_all_its_days_are(scene):
    february, march = date(2026, 2, 1), datetime(2026, 3, 1, 9, 0, tzinfo=SHANGHAI)
    shut, left_open = date(2026, 2, 17), date(2026, 2, 20)
    HoursException.objects.create(hall=scene.hall, day=shut, is_closed=True, reason="春节")
    days = [date(2026, 2, number) for number in range(1, 29)]
    submit_days(scene, [day for day in days if day not in (shut, left_open)])
    closing = {"actor": scene.manager, "now": march}
    assert (
        refused(actions.close_month, scene.hall, february, actor=scene.manager, now=march - timedelta(days=1))
        == "month_running"
    )
    with pytest.raises(Refused) as no:
        actions.close_month(scene.hall, february, **closing)
    assert (no.value.code, no.value.message) == ("days_open", "还有 1 天没有日结:20 日,不能月结。")
    submit_days(scene, [left_open])

    done = actions.close_month(scene.hall, february, **closing)

    assert (done.report["system"], done.report["days"]) == ("270.00", 27)
    assert refused(actions.close_month, scene.hall, february, **closing) == "closed"
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthClosing.objects.update(report={})


def test_a_submitted_day_agrees_or_is_excepted_in_the_database_too(scene):
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyClosing.objects.create(
            hall=scene.hall,
            day=DAY,
            state=ClosingState.SUBMITTED,
            opened_by=scene.manager,
            opened_at=NOW,
            submitted_by=scene.manager,
            submitted_at=NOW,
            system=D(10),
            cash=D(9),
            stubs=D(10),
        )


def test_the_district_hears_once_of_each_overdue_day(scene):
    district = make_user("00001", Role.DISTRICT, region=scene.hall.region)
    submit_days(scene, [DAY - timedelta(days=2), DAY])
    morning = MIDNIGHT + timedelta(hours=1)

    assert [(one.hall, one.day) for one in reads.overdue(morning)] == [(scene.hall, DAY - timedelta(days=1))]
    assert (actions.tell_overdue(morning), actions.tell_overdue(morning)) == (1, 1)
    assert [notice.title for notice in district.notices.all()] == ["ZJ01 营业厅 03-09 日结超时未交"]
    assert reads.overdue(MIDNIGHT - timedelta(days=1)) == []


def test_the_list_of_days_names_each_open_day(scene):
    submit_days(scene, [DAY - timedelta(days=1)])
    HoursException.objects.create(hall=scene.hall, day=DAY - timedelta(days=2), is_closed=True, reason="盘点")
    found = reads.days(scene.hall, DAY - timedelta(days=3), DAY, EVENING)
    assert [(one.day.day, one.state) for one in found] == [
        (10, ClosingState.NOT_STARTED),
        (9, ClosingState.LOCKED),
        (7, ClosingState.OVERDUE),
    ]
