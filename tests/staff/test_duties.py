"""R-S-2 and R-S-22: who is responsible today, and the tasks that come back."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import Refused
from core.time import at
from messaging.models import Notice
from staff.actions import duties as actions
from staff.actions.duties import Wish
from staff.models import Duty, RecurringTask, TaskDone
from staff.queries import duties as queries
from staff.rules import duties as rules
from staff.states import Cycle, DutySide, Role
from tests.factories import make_hall, make_user, open_daily
from tests.staff.rosters import make_roster, make_shift, put

MONDAY = date(2026, 11, 23)
NOON = at(MONDAY, time(12))


@pytest.mark.parametrize(
    ("a_away", "b_away", "side"),
    [
        (False, False, DutySide.A),
        (False, True, DutySide.A),
        (True, False, DutySide.B),
        (True, True, DutySide.NOBODY),
    ],
)
def test_r_s_2_b_answers_when_a_is_away_and_nobody_when_both_are(a_away, b_away, side):
    assert rules.responsible(a_is_away=a_away, b_is_away=b_away) == side


@pytest.mark.parametrize("ahead", range(7))
def test_r_s_22_temporary_files_are_cleared_on_mondays_and_fridays(ahead):
    day = MONDAY + timedelta(days=ahead)
    assert rules.is_due(day, cycle=Cycle.DAYS, weekdays=[0, 4], day_of_month=None) == (ahead in {0, 4})


@pytest.mark.parametrize(("day", "due"), [(date(2026, 2, 28), True), (date(2026, 2, 27), False)])
def test_a_monthly_task_has_its_day(day, due):
    assert rules.is_due(day, cycle=Cycle.MONTH, weekdays=[], day_of_month=28) == due


pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    hall = make_hall("ZJ01", windows=0, groups=False)
    open_daily(hall, time(8, 30), time(18))
    return hall


@pytest.fixture
def wang(hall):
    return make_user("01010", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def pair(hall):
    return make_user("01001", Role.CLERK, hall, name="小李"), make_user("01002", Role.CLERK, hall, name="周敏")


@pytest.fixture
def duty(hall, wang, pair):
    a, b = pair
    return actions.set_duty(hall, Wish("窗口电脑清理", a, b), actor=wang, now=NOON)


@pytest.fixture
def task(hall, duty):
    return RecurringTask.objects.create(
        hall=hall, duty=duty, name="清理浏览器临时文件", cycle=Cycle.DAYS, weekdays=[0, 4], before_opening=True
    )


def test_r_s_2_a_and_b_always_differ(hall, wang, pair):
    a, b = pair
    with pytest.raises(Refused) as no:
        actions.set_duty(hall, Wish("取号机换纸", a, a), actor=wang, now=NOON)
    assert no.value.code == "same_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(hall=hall, name="取号机换纸", a=b, b=b)
    assert Duty.objects.count() == 0


def test_r_s_2_holders_work_in_the_hall_and_a_name_stands_once(hall, wang, pair, duty):
    a, b = pair
    zhao = make_user("05001", Role.CLERK, make_hall("ZJ05", windows=0, groups=False))
    for wish, code in ((Wish("绿植", a, zhao), "not_here"), (Wish("窗口电脑清理", b, a), "name_taken")):
        with pytest.raises(Refused) as no:
            actions.set_duty(hall, wish, actor=wang, now=NOON)
        assert no.value.code == code
    assert list(Duty.objects.all()) == [duty]


def test_r_s_2_the_roster_says_who_answers_today(hall, pair, duty):
    a, b = pair
    shift, roster = make_shift(hall, "early", time(8, 15), time(16, 15)), make_roster(hall, MONDAY)
    put(roster, b, MONDAY, shift)
    put(roster, a, MONDAY + timedelta(days=1), shift)

    def side(ahead):
        [one] = queries.today(hall, MONDAY + timedelta(days=ahead))
        return one.side, one.person

    assert [side(ahead) for ahead in (0, 1, 2)] == [(DutySide.B, b), (DutySide.A, a), (DutySide.NOBODY, None)]
    assert [one.duty for one in queries.mine(b, NOON)] == [duty]


def test_r_s_2_who_left_the_hall_is_away(hall, pair, duty):
    pair[0].employments.update(valid_to=MONDAY - timedelta(days=1))

    assert [one.side for one in queries.today(hall, MONDAY)] == [DutySide.B]


def test_r_s_2_managers_are_warned_once_a_day_when_both_are_away(hall, wang, pair, duty):
    pair[0].employments.update(valid_to=MONDAY - timedelta(days=1))
    pair[1].employments.update(valid_to=MONDAY - timedelta(days=1))

    actions.watch_duties(NOON)
    actions.watch_duties(NOON + timedelta(minutes=5))

    assert [(row.user, row.title) for row in Notice.objects.all()] == [
        (wang, "ZJ01 营业厅:「窗口电脑清理」今天 A、B 角都不在,请指定人员")
    ]


def test_r_s_22_the_task_is_due_before_opening_and_done_once(hall, pair, task):
    [due] = queries.due(hall, MONDAY)
    assert (due.due_at, due.person, due.done) == (at(MONDAY, time(8, 30)), pair[0], None)
    assert [due.is_late(at(MONDAY, clock)) for clock in (time(8, 29), time(8, 30))] == [False, True]

    actions.do_task(task, MONDAY, actor=pair[1], now=NOON)
    [due] = queries.due(hall, MONDAY)
    assert (due.done.done_by, due.is_late(NOON)) == (pair[1], False)
    for day, code in (
        (MONDAY, "done_already"),
        (MONDAY - timedelta(days=1), "not_due"),
        (MONDAY + timedelta(days=4), "not_yet"),
    ):
        with pytest.raises(Refused) as no:
            actions.do_task(task, day, actor=pair[0], now=NOON)
        assert no.value.code == code
    assert TaskDone.objects.count() == 1


def test_r_s_22_nothing_is_due_while_the_hall_is_closed(hall, task):
    hall.hours_exceptions.create(day=MONDAY, is_closed=True, reason="盘点")

    assert queries.due(hall, MONDAY) == []


@pytest.mark.parametrize(("minute", "told"), [(29, 0), (30, 1)])
def test_r_s_22_managers_are_told_of_a_late_task(hall, wang, task, minute, told):
    actions.watch_duties(at(MONDAY, time(8, minute)))

    assert Notice.objects.count() == told


def test_a_duty_ends_with_its_tasks_and_once(wang, duty, task):
    actions.end_duty(duty, actor=wang, now=NOON)

    task.refresh_from_db()
    assert task.is_active is False
    with pytest.raises(Refused) as no:
        actions.end_duty(duty, actor=wang, now=NOON)
    assert no.value.code == "ended_already"
