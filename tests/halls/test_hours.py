"""Opening hours: changed by those who may, on record, obeyed at once."""

from datetime import date, datetime, timedelta
from datetime import time as clock_time

import pytest
import time_machine

from core import time
from core.models import SettingChange
from halls import queries
from halls.models import HoursException
from staff.states import Role
from tests.factories import make_hall, make_user, open_daily

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def at(hour, minute=0, day=MONDAY) -> datetime:
    return time.at(day, clock_time(hour, minute))


@pytest.fixture(autouse=True)
def monday_morning():
    """Before anybody signs in: a session of today would be too old by then."""
    with time_machine.travel(at(9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    hall = make_hall(windows=0)
    open_daily(hall, clock_time(8, 30), clock_time(18))
    return hall


@pytest.fixture
def wang(client, hall):
    person = make_user("01001", Role.HALL_MANAGER, hall, name="王经理")
    client.force_login(person)
    return person


def week(**changes) -> dict[str, str]:
    sent = {}
    for day in range(7):
        sent |= {f"day{day}-opens": "08:30", f"day{day}-closes": "18:00"}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def test_new_hours_are_obeyed_at_once_and_on_record(client, hall, wang):
    assert queries.is_open(hall, at(9)) is True
    changed = week(**{"day0-opens": "10:00", "day0-closes": "00:00", "day6-is_closed": "on"})

    assert client.post("/halls/ZJ01/hours/week/", changed).status_code == 302

    assert queries.is_open(hall, at(9)) is False
    assert queries.is_open(hall, at(23, 59)) is True
    assert queries.is_open(hall, at(12, day=date(2026, 11, 29))) is False
    rows = SettingChange.objects.order_by("id").values_list("actor", "label", "field", "before", "after")
    assert list(rows) == [
        (wang.pk, hall.name, "周一营业时间", "08:30–18:00", "10:00–24:00"),
        (wang.pk, hall.name, "周日营业时间", "08:30–18:00", "停业"),
    ]


def test_saving_the_same_hours_is_no_change(client, hall, wang):
    client.post("/halls/ZJ01/hours/week/", week())
    assert SettingChange.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"day0-opens": ""},
        {"day0-opens": "18:00"},
        {"day0-opens": "19:00"},
        {"day0-closes": "25:00"},
        {"day0-opens": None, "day0-closes": None},
        {"day0-opens": "x" * 5000},
        {"day0-opens": "08:30\x00"},
    ],
)
def test_bad_hours_change_nothing_and_keep_what_was_typed(client, hall, wang, changes):
    response = client.post("/halls/ZJ01/hours/week/", week(**{"day1-closes": "20:00"}, **changes))

    assert response.status_code == 200
    page = response.content.decode()
    assert "还有 1 处需要修改,已填内容都在。" in page
    assert 'value="20:00"' in page
    assert SettingChange.objects.count() == 0
    assert queries.weekly_hours(hall)[1].text == "08:30–18:00"


def add(client, day, **more):
    return client.post("/halls/ZJ01/hours/exceptions/", {"exception-day": day, **more})


def test_an_exception_beats_the_weekday_and_its_removal_gives_it_back(client, hall, wang):
    closed = {"exception-is_closed": "on", "exception-reason": "盘点"}
    assert add(client, "2026-11-23", **closed).status_code == 302
    assert queries.is_open(hall, at(9)) is False

    row = HoursException.objects.get()
    assert client.post(f"/halls/ZJ01/hours/exceptions/{row.pk}/delete/").status_code == 302
    assert queries.is_open(hall, at(9)) is True
    rows = SettingChange.objects.order_by("id").values_list("field", "before", "after")
    assert list(rows) == [
        ("2026-11-23 营业时间例外", "", "停业(盘点)"),
        ("2026-11-23 营业时间例外", "停业(盘点)", "已删除"),
    ]


HOURS = {"exception-opens": "10:00", "exception-closes": "16:00", "exception-reason": "年会"}


@pytest.mark.parametrize(
    ("day", "more"),
    [
        ("2026-11-22", HOURS),
        ("2029-01-01", HOURS),
        ("", HOURS),
        ("2026-02-30", HOURS),
        ("2026-11-23", {**HOURS, "exception-reason": ""}),
        ("2026-11-23", {**HOURS, "exception-closes": "09:00"}),
        ("2026-11-23", {"exception-reason": "年会"}),
        ("2026-11-23", {**HOURS, "exception-reason": "长" * 5000}),
    ],
)
def test_a_bad_exception_changes_nothing(client, hall, wang, day, more):
    assert add(client, day, **more).status_code == 200
    assert HoursException.objects.count() == 0
    assert SettingChange.objects.count() == 0


def test_a_day_has_one_exception(client, hall, wang):
    add(client, "2026-12-01", **HOURS)
    response = add(client, "2026-12-01", **HOURS)

    assert response.context["form"].errors["day"] == ["2026-12-01 已有例外,请先删除原来的再添加。"]
    assert HoursException.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "code", "status"),
    [
        (Role.HALL_MANAGER, "ZJ01", 200),
        (Role.HALL_MANAGER, "ZJ05", 404),
        (Role.HALL_MANAGER, "NOPE", 404),
        (Role.DUTY_MANAGER, "ZJ01", 403),
        (Role.CLERK, "ZJ01", 403),
        (Role.CLERK, "ZJ05", 404),
    ],
)
def test_strangers_get_404_and_colleagues_without_the_right_403(client, hall, role, code, status):
    make_hall("ZJ05", windows=0)
    client.force_login(make_user("01009", role, hall))

    assert client.get(f"/halls/{code}/hours/").status_code == status
    sent = week(**{"day0-is_closed": "on"})
    assert client.post(f"/halls/{code}/hours/week/", sent).status_code == (302 if status == 200 else status)
    assert SettingChange.objects.count() == (1 if status == 200 else 0)


def test_an_exception_of_another_hall_is_not_found(client, hall, wang):
    other = make_hall("ZJ05", windows=0)
    row = HoursException.objects.create(hall=other, day=MONDAY + timedelta(days=9), is_closed=True, reason="x")

    assert client.post(f"/halls/ZJ01/hours/exceptions/{row.pk}/delete/").status_code == 404
    assert HoursException.objects.count() == 1


def test_the_list_asks_as_much_for_one_hall_as_for_three(django_assert_num_queries, hall):
    now = at(9)
    boss = make_user("90001", Role.DISTRICT, region=hall.region)
    boss.rights  # noqa: B018  read once per request
    with django_assert_num_queries(3):
        assert len(queries.halls_with_hours(boss, "hall.configure", now)) == 1
    make_hall("ZJ02", windows=3)
    make_hall("ZJ03", windows=1)
    boss.__dict__.pop("_rights")
    boss.rights  # noqa: B018
    with django_assert_num_queries(3):
        assert [one.windows for one in queries.halls_with_hours(boss, "hall.configure", now)] == [0, 3, 1]
