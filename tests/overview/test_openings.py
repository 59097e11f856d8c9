"""开新厅: a copy without people, lists taken in whole or not at all, and a door that opens when nothing is missing."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from core.errors import Refused
from core.models import Parameter
from core.time import business_day, now
from halls.models import CheckList, Equipment, EquipmentKind, Hall
from overview.actions import hall_lists, openings
from overview.actions.openings import Face, copy_hall, open_hall
from overview.queries.list_template import template
from overview.queries.openings import steps
from overview.rules import openings as rules
from overview.rules.openings import SHEETS
from staff.models import Employment, StockItem, User
from staff.states import Role
from tests.factories import make_device, make_hall, make_region, make_ticket, make_user
from tests.queueing.test_races import at_once

TODAY = business_day(now())
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# ---- pure ------------------------------------------------------------------------------------------------------


def test_a_table_is_known_by_its_page_or_its_columns():
    rows = [["镇江开厅"], ["窗口号*", "名称", "可办分组(必填)"], ["1", "综合", "综合业务"]]
    head = rules.sheet_of(rows)
    assert (head.sheet, head.columns, head.below) == ("windows", {"number": 0, "name": 1, "groups": 2}, 2)
    assert rules.sheet_of([["品种", "数量"]], "库存").sheet == "stock"
    assert rules.sheet_of([["什么", "都不是"]]) is None


@pytest.mark.parametrize(("text", "said"), [("是", True), (" 有 ", True), ("", False), ("否", False), ("也许", None)])
def test_yes_and_no(text, said):
    assert rules.yes(text) is said


def test_parts_however_divided():
    assert rules.parts("综合业务、交费充值,综合业务 / 宽带") == ["综合业务", "交费充值", "宽带"]


# ---- copying ---------------------------------------------------------------------------------------------------


@pytest.fixture
def pattern(db):
    hall = make_hall("ZJ01", region=make_region("JK"), windows=3, address="大市口 1 号", phone="0511-80000001")
    kind = EquipmentKind.objects.create(code="pc", name="窗口电脑")
    window = hall.windows.get(number=1)
    Equipment.objects.create(hall=hall, kind=kind, name="1 号电脑", window=window, installed_on=TODAY)
    Equipment.objects.create(hall=hall, kind=kind, name="旧电脑", removed_at=now())
    CheckList.objects.create(kind="opening", hall=hall).items.create(text="开门")
    for day, value in ((-9, 12), (-2, 15), (5, 20)):
        Parameter.objects.create(
            name="queueing.recall_seconds", scope="ZJ01", value=value, valid_from=TODAY + timedelta(days=day)
        )
    return hall


@pytest.fixture
def head(pattern):
    return make_user("90001", Role.DISTRICT, region=pattern.region)


def face(code="ZJ15", **fields) -> Face:
    return Face(**{"code": code, "name": "新区营业厅", "region": make_region("JK"), **fields})


def test_a_copy_has_places_and_lists_and_never_people_or_numbers(pattern, head):
    clerk = make_user(hall=pattern)
    make_ticket(pattern)
    make_device(pattern, token="hkd_" + "a" * 30)

    new = copy_hall(pattern, face(), actor=head, now=now())

    assert (new.is_live, new.type, new.address) == (False, pattern.type, "")
    assert [one.number for one in new.windows.all()] == [1, 2, 3]
    assert {one.name for one in new.windows.get(number=1).groups.all()} == {"综合业务", "交费充值"}
    assert not set(new.windows.get(number=1).groups.all()) & set(pattern.groups.all())
    assert {one.code for one in new.groups.get(code="general").businesses.all()} == {"new_account", "sim_replace"}
    assert new.weekly_hours.count() == 7
    assert [(one.name, one.window.hall, one.installed_on) for one in new.equipment.all()] == [("1 号电脑", new, None)]
    assert [item.text for item in new.check_lists.get().items.all()] == ["开门"]
    copied = Parameter.objects.filter(scope="ZJ15").order_by("valid_from")
    assert [(row.value, row.valid_from) for row in copied] == [(15, TODAY), (20, TODAY + timedelta(days=5))]
    assert not Employment.objects.filter(hall=new).exists()
    assert (new.tickets.count(), new.devices.count()) == (0, 0)
    assert clerk.employments.get().hall == pattern


def test_a_code_that_is_taken_or_odd_is_refused(pattern, head):
    for given, code in [("ZJ01", "code_taken"), ("JK", "code_taken"), ("新 厅", "bad_face")]:
        with pytest.raises(Refused) as no:
            copy_hall(pattern, face(given), actor=head, now=now())
        assert no.value.code == code
    assert Hall.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_copy_to_the_same_code_one_is_told_so():
    pattern = make_hall("ZJ01", region=make_region("JK"))
    heads = [make_user(role=Role.DISTRICT, region=pattern.region) for _ in range(2)]
    done = at_once(lambda which: copy_hall(pattern, face(), actor=heads[which], now=now()).code, 2)
    assert sorted(done) == ["ZJ15", "code_taken"]


# ---- lists -----------------------------------------------------------------------------------------------------


@pytest.fixture
def new(pattern, head):
    StockItem.objects.create(code="bag", name="手提袋", kind="device", unit="个", has_serials=False)
    hall = copy_hall(pattern, face(), actor=head, now=now())
    head.__dict__.pop("_rights", None)
    return hall


def book(**pages: list[list[object]]) -> Workbook:
    made = Workbook()
    made.remove(made.active)
    for key, rows in pages.items():
        page = made.create_sheet(SHEETS[key].name)
        page.append(SHEETS[key].titles)
        for row in rows:
            page.append(row)
    return made


def kept(made: Workbook, folder: Path) -> Path:
    made.save(folder / "lists.xlsx")
    return folder / "lists.xlsx"


GOOD = {
    "windows": [[1, "全能窗口", "综合业务、交费充值", "VIP 专席", "", "否"], [9, "移动", "交费充值", "", "", "是"]],
    "staff": [["15001", "王经理", "店长", "13900000001"], ["15002", "小李", "营业员"]],
    "devices": [["窗口电脑", "9 号电脑", "柜台", 9]],
    "stock": [["手提袋", 200]],
}


def test_a_trial_keeps_nothing_and_the_same_file_is_then_taken_in_whole(new, head, tmp_path):
    path = kept(book(**GOOD), tmp_path)

    tried = hall_lists.take_in(new, path, is_trial=True, actor=head, now=now())
    assert (tried.good, tried.bad, tried.is_saved, tried.hired) == (
        {"windows": 2, "staff": 2, "devices": 1, "stock": 1}, [], False, [],
    )  # fmt: skip
    assert (new.windows.count(), Employment.objects.filter(hall=new).count()) == (3, 0)
    told = hall_lists.take_in(new, path, is_trial=False, actor=head, now=now())

    assert (told.is_saved, [one.person.staff_no for one in told.hired]) == (True, ["15001", "15002"])
    first = new.windows.get(number=1)
    assert (first.number, first.name, first.reserved, first.is_mobile) == (
        1,
        "全能窗口",
        "vip",
        False,
    )
    assert new.windows.get(number=9).is_mobile
    assert new.equipment.get(name="9 号电脑").window.number == 9
    assert new.stock.get().quantity == 200


def test_one_bad_row_and_nothing_is_kept_but_every_one_is_told(new, head, tmp_path):
    pages = {
        "windows": [
            *GOOD["windows"],
            ["x", "", "综合业务"],
            [4, "", "没有的组"],
            [5, "", "综合业务", "贵宾"],
            [6, "", ""],
        ],
        "staff": [["15001", "王经理", "船长"], ["15002", "小李", "营业员", "123"], ["90001", "另一人", "营业员"]],
        "devices": [["飞船", "x"], ["窗口电脑", "y", "", 77], ["窗口电脑", "z", "", "", "", "", "下周"]],
        "stock": [["金条", 1], ["手提袋", "一些"]],
    }

    told = hall_lists.take_in(new, kept(book(**pages), tmp_path), is_trial=False, actor=head, now=now())

    assert not told.is_saved
    assert [(one.sheet, one.number) for one in told.bad] == [
        ("窗口", 4), ("窗口", 5), ("窗口", 6), ("窗口", 7),
        ("人员", 2), ("人员", 3), ("人员", 4),
        ("设备", 2), ("设备", 3), ("设备", 4),
        ("库存", 2), ("库存", 3),
    ]  # fmt: skip
    assert told.bad[1].why == "本厅没有取号分组「没有的组」。"
    assert (new.windows.count(), Employment.objects.filter(hall=new).count()) == (3, 0)


def test_merged_cells_fill_downwards_and_a_remark_is_no_row(new, head, tmp_path):
    made = book(windows=[[7, "甲", "综合业务"], [8, "乙", None], ["合计 2 个窗口"]])
    made["窗口"].merge_cells("C2:C3")
    told = hall_lists.take_in(new, kept(made, tmp_path), is_trial=False, actor=head, now=now())
    assert (told.good, told.bad) == ({"windows": 2}, [])
    assert [one.name for one in new.windows.get(number=8).groups.all()] == ["综合业务"]


def test_a_list_in_gb18030_is_read(new, head, tmp_path):
    path = tmp_path / "staff.csv"
    path.write_bytes("工号,姓名,岗位\r\n15002,小李,营业员\r\n".encode("gb18030"))
    assert hall_lists.take_in(new, path, is_trial=False, actor=head, now=now()).good == {"staff": 1}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bad_header"),
        ("没有,这样,的表\n1,2,3\n".encode(), "bad_header"),
        ("窗口号,可办分组\n".encode(), "empty_file"),
        (b"\xd0\xcf\x11\xe0old", "bad_file"),
        (b"PK\x03\x04broken", "bad_file"),
    ],
)
def test_files_that_are_no_list_are_refused(new, head, tmp_path, content, code):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Refused) as no:
        hall_lists.take_in(new, path, is_trial=True, actor=head, now=now())
    assert no.value.code == code


def test_a_hall_that_is_open_takes_in_no_lists(pattern, head, tmp_path):
    StockItem.objects.create(code="bag", name="手提袋", kind="device", unit="个", has_serials=False)
    with pytest.raises(Refused) as no:
        hall_lists.take_in(pattern, kept(book(stock=GOOD["stock"]), tmp_path), is_trial=False, actor=head, now=now())
    assert no.value.code == "open_already"


def test_the_template_is_read_as_lists_and_its_examples_are_not(new, head, tmp_path):
    path = tmp_path / "template.xlsx"
    path.write_bytes(template())
    assert [page.title for page in load_workbook(path)][:4] == ["窗口", "人员", "设备", "库存"]
    with pytest.raises(Refused) as no:
        hall_lists.take_in(new, path, is_trial=True, actor=head, now=now())
    assert no.value.code == "empty_file"


# ---- opening ---------------------------------------------------------------------------------------------------


def lacking(hall):
    return [step.title for step in rules.missing(steps(hall, now()))]


def test_a_hall_opens_when_nothing_is_missing(new, head, tmp_path):
    assert lacking(new) == ["地址与电话", "店长", "营业人员", "设备配对"]
    with pytest.raises(Refused) as no:
        open_hall(new.pk, actor=head, now=now())
    assert (no.value.code, no.value.message) == ("not_ready", "还缺:地址与电话、店长、营业人员、设备配对。")

    hall_lists.take_in(new, kept(book(**GOOD), tmp_path), is_trial=False, actor=head, now=now())
    place = {"address": "新区 1 号", "phone": "0511-80000015", "latitude": None, "longitude": None}
    openings.set_place(new.pk, place, actor=head)
    for kind in ("kiosk", "tv"):
        make_device(new, kind, token=f"hkd_{kind}{'b' * 30}")
    new.refresh_from_db()

    assert lacking(new) == []
    assert open_hall(new.pk, actor=head, now=now()).is_live
    with pytest.raises(Refused) as no:
        open_hall(new.pk, actor=head, now=now())
    assert no.value.code == "open_already"


def test_a_group_that_no_window_serves_stops_the_opening(new):
    new.groups.create(code="tv", name="宽带电视", letter="C")
    assert {"取号分组与业务", "每个分组有窗口可办"} <= set(lacking(new))


# ---- doors -----------------------------------------------------------------------------------------------------


def test_the_pages_copy_try_and_open(pattern, head, client):
    client.force_login(head)
    given = {"pattern": pattern.pk, "code": "ZJ15", "name": "新区营业厅", "region": pattern.region.pk}
    assert client.get("/openings/").status_code == 200
    assert client.post("/openings/new/", given)["Location"] == "/openings/ZJ15/"
    assert "代码 ZJ15 已经有了" in client.post("/openings/new/", given).content.decode()
    out = BytesIO()
    book(windows=[["x", "", "综合业务"]]).save(out)
    out.seek(0)
    out.name = "lists.xlsx"
    tried = client.post("/openings/ZJ15/lists/", {"file": out, "try": "1"}).content.decode()
    assert "「窗口号」应为整数,不是「x」。" in tried
    assert "请选择文件。" in client.post("/openings/ZJ15/lists/", {}).content.decode()
    assert "还缺" in client.post("/openings/ZJ15/open/", follow=True).content.decode()
    assert client.get("/openings/template/")["Content-Type"] == XLSX


def test_the_api_copies_tries_and_says_what_is_missing(pattern, head, client, tmp_path):
    client.force_login(head)
    given = {"pattern": "ZJ01", "code": "ZJ15", "name": "新区营业厅", "region": "JK"}
    made = client.post("/api/v1/openings/", given, content_type="application/json")
    assert (made.status_code, made.json()["missing"][0]) == (201, "地址与电话")
    again = client.post("/api/v1/openings/", given, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "code_taken")
    bad = client.post("/api/v1/openings/", {**given, "region": "GL"}, content_type="application/json")
    assert set(bad.json()) == {"region"}
    with kept(book(windows=GOOD["windows"]), tmp_path).open("rb") as file:
        told = client.post("/api/v1/openings/ZJ15/lists/", {"file": file}).json()
    assert told == {"is_saved": False, "good": {"窗口": 2}, "bad": []}
    assert client.post("/api/v1/openings/ZJ15/open/").json()["code"] == "not_ready"
    assert [one["code"] for one in client.get("/api/v1/openings/").json()["results"]] == ["ZJ15"]


def test_a_manager_opens_no_halls(pattern, client):
    client.force_login(make_user(role=Role.HALL_MANAGER, hall=pattern))
    assert client.get("/openings/").status_code == 403
    assert client.get("/openings/ZJ01/").status_code == 403
    assert User.objects.count() == 1
