"""第一天: who has the list, who ticks, who sees."""

from datetime import date, datetime, timedelta

import pytest

from core.time import SHANGHAI, business_day, now
from staff.actions import first_days as actions
from staff.models import FirstDayStep, FirstDayTick
from staff.queries import first_days as queries
from staff.rules import first_days as rules
from staff.rules.employments import Days
from staff.states import JobKind, Role
from tests.factories import employ, make_hall, make_user

DAY = date(2026, 11, 25)
TODAY = business_day(now())


@pytest.mark.parametrize(
    ("jobs", "shown"),
    [
        ([], False),
        ([("regular", Days(DAY - timedelta(days=30), None))], True),
        ([("regular", Days(DAY - timedelta(days=31), None))], False),
        ([("regular", Days(DAY + timedelta(days=1), None))], False),
        # a second job does not make anybody new
        ([("regular", Days(date(2020, 1, 1), None)), ("regular", Days(DAY, None))], False),
        ([("student", Days(date(2026, 1, 1), DAY))], True),
        ([("student", Days(date(2026, 1, 1), DAY - timedelta(days=1)))], False),
        ([("temporary", Days(DAY, DAY)), ("regular", Days(date(2020, 1, 1), DAY - timedelta(days=9)))], True),
    ],
)
def test_who_is_on_the_path(jobs, shown):
    assert rules.is_on_path(jobs, DAY, days=30) == shown


@pytest.fixture
def hall(db):
    return make_hall(windows=0, groups=False)


@pytest.fixture
def steps(db):
    FirstDayStep.objects.all().delete()
    first = FirstDayStep.objects.create(title="看班表", order=1)
    second = FirstDayStep.objects.create(title="修改密码", order=2)
    FirstDayStep.objects.create(title="旧事项", order=0, is_active=False)
    return [first, second]


@pytest.fixture
def student(hall):
    person = make_user("01050", None, name="周敏")
    employ(person, Role.CLERK, hall, since=TODAY, until=TODAY + timedelta(days=60), kind=JobKind.STUDENT)
    return person


def test_ticking_twice_is_one_tick_and_it_can_be_taken_back(student, steps):
    at = datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)
    actions.tick(steps[0], person=student, now=at)
    actions.tick(steps[0], person=student, now=at + timedelta(hours=1))
    assert [(one.step.title, one.at) for one in queries.steps(student)] == [("看班表", at), ("修改密码", None)]
    assert queries.left(student, now()) == 1

    actions.untick(steps[0], person=student)
    assert (FirstDayTick.objects.count(), queries.left(student, now())) == (0, 2)


def test_the_list_stands_on_the_workbench_until_it_is_done(client, student, steps):
    client.force_login(student)
    assert "第一天:还有 2 项" in client.get("/").content.decode()
    for step in steps:
        assert client.post(f"/staff/first-day/{step.pk}/tick/")["Location"] == "/staff/first-day/"
    assert "第一天:" not in client.get("/").content.decode()
    assert "全部完成" in client.get("/staff/first-day/").content.decode()

    client.post(f"/staff/first-day/{steps[1].pk}/tick/", {"undo": "1"})
    assert "第一天:还有 1 项" in client.get("/").content.decode()


def test_the_manager_sees_it_on_the_persons_page_and_a_colleague_without_the_right_does_not(
    client, hall, student, steps
):
    actions.tick(steps[0], person=student, now=now())
    client.force_login(make_user("01010", Role.HALL_MANAGER, hall))
    assert [one.at is None for one in client.get("/staff/01050/").context["first_day"]] == [False, True]
    client.force_login(make_user("01011", Role.DUTY_MANAGER, hall))
    assert client.get("/staff/01050/").context["first_day"] == []


def test_those_who_have_been_here_long_see_nothing(client, hall, steps):
    old = make_user("01001", Role.CLERK, hall)
    client.force_login(old)
    assert queries.left(old, now()) == 0
    assert "第一天:" not in client.get("/").content.decode()


def test_a_step_that_is_off_is_not_there(client, student, steps):
    client.force_login(student)
    gone = FirstDayStep.objects.get(title="旧事项")
    assert client.post(f"/staff/first-day/{gone.pk}/tick/").status_code == 404
    assert FirstDayTick.objects.count() == 0
