"""Editors: shift types, the scheme of hours, limits and weights (R-S-3), and the handover's list (R-S-5)."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from core.errors import Refused
from core.models import Parameter, SettingChange
from core.parameters import forget
from core.time import business_day, now
from staff.actions import count_lists, shift_types
from staff.actions.count_lists import When
from staff.models import CountItem, ShiftType, StockItem, Turn, WindowFloat, WorkScheme
from staff.queries import roster_problem
from staff.queries.handovers import count_items
from staff.rules import rosters as rules
from staff.states import HandoverKind, Role, SchemeKind
from tests.factories import employ, make_hall, make_region, make_user
from tests.staff.money import make_count_item
from tests.staff.rosters import make_roster, make_shift, put

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)
DECEMBER = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to("2026-11-25T10:00:00+08:00", tick=False)
    yield
    forget()


@pytest.fixture
def hall():
    return make_hall("ZJ06", region=make_region("DY", name="丹阳"), groups=False)


@pytest.fixture
def wang(hall):
    return make_user("06001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def li(hall):
    return make_user("06002", Role.CLERK, hall, name="小李")


@pytest.fixture
def zhou(hall):
    person = make_user("D0001", name="周主管")
    employ(person, Role.DISTRICT, region=hall.region)
    return person


@pytest.fixture
def early(hall):
    return make_shift(hall, "early", time(8, 30), time(16, 30), name="早班", mark="早")


def typed(**fields):
    values = {"name": "中班", "mark": "中", "begins": "11:00", "ends": "19:00", "break_minutes": "0", "order": "2"}
    return {**values, **fields}


def given(**fields):
    values = {"name": "早班", "mark": "早", "begins": time(8, 30), "ends": time(16, 30), "break_minutes": 0}
    return {**values, **dict.fromkeys(["break_from", "break_to", "gap_begins", "gap_ends"]), **fields}


def refused(code, act):
    with pytest.raises(Refused) as no:
        act()
    assert no.value.code == code


# ---- shift types ----------------------------------------------------------------------------------------------


def test_the_manager_adds_a_shift_with_a_break(client, hall, wang, early):
    client.force_login(wang)

    answer = client.post(
        "/rosters/ZJ06/rules/shifts/new/",
        typed(break_minutes="45", break_from="16:00", break_to="18:00", is_late="on"),
    )

    assert answer.status_code == 302
    made = ShiftType.objects.get(name="中班")
    assert (made.hall, made.minutes, made.is_late, made.is_active) == (hall, 8 * 60 - 45, True, True)
    assert SettingChange.objects.get().actor == wang
    assert "11:00–19:00" in client.get("/rosters/ZJ06/rules/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends": "11:00"}, "下班应在上班之后,请核对。"),
        ({"break_minutes": "30"}, "有用餐时间的班次,请填写用餐最早与最晚的时间。"),
        ({"break_minutes": "60", "break_from": "12:00", "break_to": "12:30"}, "用餐的起止之间放不下用餐分钟,请核对。"),
        ({"break_minutes": "60", "break_from": "10:00", "break_to": "12:30"}, "用餐时间应在上下班之间,请核对。"),
        ({"gap_begins": "13:00"}, "两头班请把中间离岗和回岗都填上。"),
        ({"gap_begins": "13:00", "gap_ends": "19:00"}, "中间离岗应在上下班之间,请核对。"),
        ({"name": "早班"}, "本厅已有名称为「早班」的班次,请换一个。"),
        ({"mark": "早"}, "本厅已有表内字样为「早」的班次,请换一个。"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_and_what_was_typed_stays(client, wang, early, wrong, said):
    client.force_login(wang)

    page = client.post("/rosters/ZJ06/rules/shifts/new/", typed(**wrong)).content.decode()

    assert said in page
    assert 'value="19:00"' in page or "ends" in wrong
    assert list(ShiftType.objects.all()) == [early]


def test_hours_that_a_roster_has_used_are_never_rewritten(hall, wang, li, early):
    turn = put(make_roster(hall, DECEMBER), li, date(2026, 12, 7), early)

    saved = shift_types.change_shift(early.pk, given(begins=time(9)), actor=wang)

    early.refresh_from_db()
    assert (early.begins, early.is_active) == (time(8, 30), False)
    assert (saved.begins, saved.is_active, saved.name) == (time(9), True, "早班")
    assert Turn.objects.get(pk=turn.pk).shift == early
    refused("out_of_use", lambda: shift_types.change_shift(early.pk, given(), actor=wang))
    refused("known", lambda: shift_types.use_shift_again(early.pk, actor=wang))


def test_a_shift_without_rosters_or_with_the_same_hours_is_changed_in_place(hall, wang, li, early):
    assert shift_types.change_shift(early.pk, given(begins=time(9)), actor=wang).pk == early.pk
    put(make_roster(hall, DECEMBER), li, date(2026, 12, 7), early)

    saved = shift_types.change_shift(early.pk, given(begins=time(9), name="晨班"), actor=wang)

    assert (saved.pk, saved.name) == (early.pk, "晨班")


def test_the_last_shift_stays_in_use_and_another_can_be_stopped_and_used_again(client, hall, wang, early):
    refused("last_shift", lambda: shift_types.stop_shift(early.pk, actor=wang))
    late = make_shift(hall, "late", time(10), time(18), name="晚班", mark="晚")
    client.force_login(wang)

    client.post("/rosters/ZJ06/rules/act/", {"act": "stop", "shift": late.pk})
    late.refresh_from_db()
    assert late.is_active is False
    refused("moved_on", lambda: shift_types.stop_shift(late.pk, actor=wang))
    client.post("/rosters/ZJ06/rules/act/", {"act": "again", "shift": late.pk})
    late.refresh_from_db()
    assert late.is_active is True


def test_a_hall_without_shifts_begins_with_three(client, hall, wang):
    client.force_login(wang)
    assert "先用早、晚、全三个常用班次" in client.get("/rosters/ZJ06/rules/").content.decode()

    client.post("/rosters/ZJ06/rules/act/", {"act": "first"})

    rows = ShiftType.objects.filter(hall=hall)
    assert [(row.name, row.hours) for row in rows] == [("早班", 7.0), ("晚班", 7.25), ("全班", 9.0)]
    refused("known", lambda: shift_types.first_shifts(hall, actor=wang))


# ---- the scheme and the numbers -------------------------------------------------------------------------------


def test_a_scheme_holds_from_a_month_on(client, hall, wang):
    client.force_login(wang)
    asked = {"month": "2026-12-01", "kind": SchemeKind.COMPREHENSIVE, "weekly_hours": "36"}

    assert client.post("/rosters/ZJ06/rules/scheme/", asked).status_code == 302

    assert list(WorkScheme.objects.values_list("kind", "weekly_hours", "valid_from")) == [
        ("comprehensive", 36, DECEMBER)
    ]
    here = [
        roster_problem.problem_of(hall, roster_problem.month_days(month)) for month in (TODAY.replace(day=1), DECEMBER)
    ]
    assert [one.scheme.weekly_minutes for one in here] == [40 * 60, 36 * 60]
    assert "没有需要保存的修改" in client.post("/rosters/ZJ06/rules/scheme/", asked).content.decode()
    assert (
        "请选择以后的月份"
        in client.post("/rosters/ZJ06/rules/scheme/", {**asked, "month": "2026-11-01"}).content.decode()
    )
    assert WorkScheme.objects.count() == 1


def numbers_of(page):
    """The values that the form shows, as a browser would send them back."""
    return {field.html_name: field.value() for field in page.context["form"]}


def test_weights_hold_for_the_hall_from_a_month_on(client, hall, wang, zhou):
    client.force_login(wang)
    page = client.get("/rosters/ZJ06/rules/numbers/")
    assert [one[0] for one in page.context["form"].fields["place"].choices] == ["ZJ06"]
    values = {**numbers_of(page), "month": "2026-12-01", "roster_weight_wish": "10"}

    assert client.post("/rosters/ZJ06/rules/numbers/", values).status_code == 302

    assert list(Parameter.objects.values_list("name", "scope", "value", "valid_from")) == [
        ("roster.weight_wish", "ZJ06", 10, DECEMBER)
    ]
    here = [
        roster_problem.problem_of(hall, roster_problem.month_days(month)) for month in (TODAY.replace(day=1), DECEMBER)
    ]
    assert [one.weight("wish") for one in here] == [60, 10]
    assert "没有需要保存的修改" in client.post("/rosters/ZJ06/rules/numbers/", values).content.decode()


def test_a_district_sets_numbers_for_all_its_halls(client, hall, zhou):
    other = make_hall("ZJ07", region=hall.region, groups=False)
    client.force_login(zhou)
    page = client.get("/rosters/ZJ06/rules/numbers/")
    values = {**numbers_of(page), "place": "DY", "month": "2026-12-01", "roster_rest_hours": "12"}

    assert client.post("/rosters/ZJ06/rules/numbers/", values).status_code == 302

    problem = roster_problem.problem_of(other, roster_problem.month_days(DECEMBER))
    assert problem.limits.rest == 12 * 60


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"roster_run_days": "7"}, "不能大于 6。"),
        ({"roster_rest_hours": "7"}, "不能小于 8。"),
        ({"roster_noon_from": "13:00", "roster_noon_to": "12:30"}, "午间结束应在午间开始之后。"),
        ({"place": "DY"}, "请选择适用范围。"),
        ({"roster_weight_wish": "多"}, "请填写整数。"),
    ],
)
def test_numbers_beyond_the_law_or_the_right_are_refused(client, hall, wang, wrong, said):
    client.force_login(wang)
    values = {**numbers_of(client.get("/rosters/ZJ06/rules/numbers/")), "month": "2026-12-01", **wrong}

    assert said in client.post("/rosters/ZJ06/rules/numbers/", values).content.decode()
    assert Parameter.objects.count() == 0


def test_every_weight_of_the_solver_can_be_edited(client, wang):
    client.force_login(wang)

    fields = client.get("/rosters/ZJ06/rules/numbers/").context["form"].fields

    assert {name.replace(".", "_") for name in rules.WEIGHTS.values()} <= set(fields)


# ---- the handover's list ---------------------------------------------------------------------------------------

ITEM = {"kind": "counter", "label": "雨伞", "unit": "把", "measure": "count", "source": "none", "order": "50"}


def labels(hall, day):
    return [row.label for row in count_items(hall, HandoverKind.COUNTER, day)]


def test_r_s_5_the_hall_adds_an_item_from_tomorrow(client, hall, wang):
    make_count_item("keys", label="钥匙")
    client.force_login(wang)

    answer = client.post("/handovers/ZJ06/items/new/", {**ITEM, "place": "ZJ06", "valid_from": "2026-11-26"})

    assert answer.status_code == 302
    assert labels(hall, TODAY) == ["钥匙"]
    assert labels(hall, TODAY + timedelta(days=1)) == ["钥匙", "雨伞"]
    assert labels(make_hall("ZJ07", region=hall.region, groups=False), TODAY + timedelta(days=1)) == ["钥匙"]


def test_r_s_5_an_item_changes_and_goes_from_a_day_on_and_comes_back_before_it(client, hall, wang):
    keys = make_count_item("keys", label="钥匙")
    client.force_login(wang)

    client.post(
        f"/handovers/ZJ06/items/{keys.pk}/",
        {**ITEM, "label": "保险柜钥匙", "place": "ZJ06", "valid_from": "2026-11-26"},
    )
    client.post(f"/handovers/ZJ06/items/{keys.pk}/off/", {"place": "ZJ06", "valid_from": "2026-11-28"})

    days = [TODAY + timedelta(days=ahead) for ahead in range(4)]
    assert [labels(hall, day) for day in days] == [["钥匙"], ["保险柜钥匙"], ["保险柜钥匙"], []]
    planned = CountItem.objects.get(valid_from=date(2026, 11, 28))
    client.post(f"/handovers/ZJ06/items/{planned.pk}/drop/")
    assert [labels(hall, day) for day in days] == [["钥匙"], ["保险柜钥匙"], ["保险柜钥匙"], ["保险柜钥匙"]]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"valid_from": "2026-11-25"}, "清单最早从明天起更改,今天的交接不受影响。请另选日期。"),
        ({"place": "DY"}, "请选择适用范围。"),
        ({"source": "cash"}, "备用金和收款按金额清点,请选择「金额」。"),
        ({"source": "stock"}, "账面来自台账时,请选择台账品种。"),
        ({"by_notes": "on"}, "按面额清点只用于金额。"),
        ({"measure": "money", "with_serials": "on"}, "起止号只用于数量。"),
        ({"label": "钥匙"}, "清单里已有「钥匙」,请直接修改原来的项目。"),
    ],
)
def test_an_item_that_cannot_be_counted_is_refused(client, hall, wang, wrong, said):
    make_count_item("keys", label="钥匙")
    client.force_login(wang)

    page = client.post("/handovers/ZJ06/items/new/", {**ITEM, "place": "ZJ06", "valid_from": "2026-11-26", **wrong})

    assert said in page.content.decode()
    assert CountItem.objects.count() == 1


def test_what_has_begun_or_belongs_to_the_district_is_not_taken_back(client, hall, wang, zhou):
    keys = make_count_item("keys", scope="DY", valid_from=date(2026, 12, 1))
    begun = make_count_item("old", scope="ZJ06")
    client.force_login(wang)

    assert client.post(f"/handovers/ZJ06/items/{keys.pk}/drop/").status_code == 404
    refused("begun", lambda: count_lists.drop_planned(begun.pk, actor=wang, today=TODAY))
    refused(
        "not_tomorrow", lambda: count_lists.take_off(begun, When("ZJ06", TODAY), actor=wang, today=business_day(now()))
    )
    assert CountItem.objects.count() == 2
    client.force_login(zhou)
    assert client.post(f"/handovers/ZJ06/items/{keys.pk}/drop/").status_code == 302
    assert CountItem.objects.count() == 1


def test_a_float_is_set_from_a_day_on(client, hall, wang):
    window = hall.windows.get(number=1)
    client.force_login(wang)
    asked = {"window": window.pk, "amount": "350.00", "valid_from": "2026-11-26"}

    assert client.post("/handovers/ZJ06/items/float/", asked).status_code == 302
    assert "本来就是 350.00 元" in client.post("/handovers/ZJ06/items/float/", asked).content.decode()
    assert (
        "备用金不能小于 0。" in client.post("/handovers/ZJ06/items/float/", {**asked, "amount": "-1"}).content.decode()
    )

    assert list(WindowFloat.objects.values_list("window", "amount", "valid_from")) == [
        (window.pk, Decimal("350.00"), date(2026, 11, 26))
    ]


def test_r_s_5_a_new_system_has_a_first_list_and_gets_it_once(hall):
    assert count_lists.write_first_lists() == 24
    assert count_lists.write_first_lists() == 0

    assert labels(hall, TODAY)[:3] == ["备用金", "本班现金", "本班 POS"]
    assert len(count_items(hall, HandoverKind.DUTY, TODAY)) == 8
    assert StockItem.objects.count() == 12
