"""`import_staff`: lists of people as halls keep them, by command and by page."""

import codecs
import csv
import json
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from core.models import SettingChange
from core.time import business_day, now
from staff.models import Certificate, Employment, User
from staff.rules import staff_lists as rules
from staff.states import JobKind, Role
from tests.factories import make_hall, make_owner, make_user

TODAY = business_day(now())
HEAD = "工号,姓名,手机号,岗位,营业厅,起,止,上岗证号,上岗证有效期起,上岗证有效期止\n"
ZHOU = "01050,周敏,13800000050,营业员,ZJ01,2026-01-05,,ZJ-50,2026-01-01,2028-12-31\n"


@pytest.fixture
def owner(db):
    return make_owner(name="系统管理员")


@pytest.fixture
def hall(db):
    return make_hall("ZJ01", windows=0, groups=False, name="紫荆路营业厅")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def taken_in(path, *options):
    said, code = StringIO(), 0
    try:
        call_command("import_staff", str(path), *options, stdout=said, stderr=StringIO())
    except SystemExit as end:
        code = end.code
    return code, json.loads(said.getvalue().splitlines()[-1])


def written(folder, text, encode=str.encode):
    file = folder / "people.csv"
    file.write_bytes(encode(text))
    return file


def book_of(*rows, merge=(), formats=()):
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for area in merge:
        page.merge_cells(area)
    for cell, shown in formats:
        page[cell].number_format = shown
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# ---- what cells and heads mean ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026/1/5", date(2026, 1, 5)),
        ("2026.01.05", date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5)),
        ("2026-01-05 00:00:00", date(2026, 1, 5)),
        ("46027", date(2026, 1, 5)),
        ("", None),
        ("长期", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text, day):
    assert rules.day_of(text) == day


@pytest.mark.parametrize("text", ["昨天", "2026-13-01", "2026-02-30", "5/1/2026", "2026-01"])
def test_what_is_no_day_is_not_guessed(text):
    with pytest.raises(ValueError):
        rules.day_of(text)


def test_the_head_is_found_below_titles_and_words_vary():
    rows = [["人员花名册"], [], ["序号", "员 工 号*", "姓名(必填)", "职务", "网点", "联系电话"]]
    head = rules.head_of(rows)
    assert head == rules.Head({"staff_no": 1, "name": 2, "role": 3, "place": 4, "phone": 5}, 3)
    assert rules.missing(head) == []


def test_a_second_pair_of_dates_is_the_certificates():
    head = rules.head_of([["工号", "姓名", "起", "止", "上岗证号", "起", "止"]])
    assert head.columns["first"] == 2
    assert (head.columns["paper_first"], head.columns["paper_last"]) == (5, 6)
    assert rules.missing(head) == ["岗位", "营业厅或区域"]


@pytest.mark.parametrize(
    ("number", "others", "whole"),
    [("1001", ["01002", "01003"], "01001"), ("1001", ["01002", "123456"], "1001"), ("1001", [], "1001")],
)
def test_lost_zeros_come_back_where_the_others_agree(number, others, whole):
    assert rules.with_zeros(number, others) == whole


# ---- by command -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encode", [str.encode, lambda text: codecs.BOM_UTF8 + text.encode(), lambda text: text.encode("gb18030")]
)
def test_every_kind_of_letters_is_read(owner, hall, tmp_path, encode):
    code, told = taken_in(written(tmp_path, HEAD + ZHOU, encode))

    assert (code, told["rows"], told["accepted"], told["rejected"], told["reject_file"]) == (0, 1, 1, 0, None)
    person = User.objects.get(staff_no="01050")
    assert (person.name, person.phone, person.must_change_password) == ("周敏", "13800000050", True)
    job = person.employments.get()
    assert (job.role, job.hall, job.kind, job.valid_from, job.valid_to) == (
        Role.CLERK,
        hall,
        JobKind.REGULAR,
        date(2026, 1, 5),
        None,
    )
    paper = Certificate.objects.get(person=person)
    assert (paper.number, paper.valid_from, paper.valid_to) == ("ZJ-50", date(2026, 1, 1), date(2028, 12, 31))


def test_a_book_with_titles_merged_cells_blank_rows_and_numbers(owner, hall, tmp_path):
    content = book_of(
        ["紫荆路营业厅人员花名册"],
        ["制表:王经理"],
        ["工号", "姓名", "手机号码", "岗位", "营业厅", "上岗证号", "上岗证有效期", None],
        [None, None, None, None, None, None, "起", "止"],
        [1051, "周敏", 13800000051, "营业员", "紫荆路营业厅", "ZJ-51", date(2026, 1, 1), date(2028, 12, 31)],
        [],
        ["01052", "吴军", None, "引导", None],
        [1053, "郑洁", None, "厅经理", None],
        ["合计:3 人"],
        merge=["A1:H1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4", "F3:F4", "G3:H3", "E5:E8"],
        formats=[("A5", "00000")],
    )
    file = tmp_path / "people.xlsx"
    file.write_bytes(content)

    code, told = taken_in(file)

    assert (code, told["rows"], told["hired"], told["rejected"]) == (0, 3, 3, 0)
    found = Employment.objects.filter(hall=hall).order_by("user__staff_no")
    assert list(found.values_list("user__staff_no", "user__name", "user__phone", "role")) == [
        ("01051", "周敏", "13800000051", "clerk"),
        ("01052", "吴军", "", "greeter"),
        ("01053", "郑洁", "", "hall_manager"),
    ]
    assert Certificate.objects.get().valid_to == date(2028, 12, 31)


def test_bad_lines_are_told_with_their_reason_and_the_good_ones_count(owner, hall, tmp_path):
    make_user("01001", hall=hall, name="小李")
    lines = [
        ZHOU.strip(),
        "01051,吴军,,店小二,ZJ01,,,,,",
        "01052,吴军,,营业员,ZJ77,,,,,",
        "01053,吴军,138,营业员,ZJ01,,,,,",
        "01054,吴军,,营业员,ZJ01,昨天,,,,",
        "01055,吴军,,营业员,ZJ01,2026-02-01,2026-01-01,,,",
        "01056,吴军,,营业员,ZJ01,,,ZJ-56,,",
        "01057,吴军,,营业员,ZJ01,,,ZJ-50,2026-01-01,2028-12-31",
        "01001,吴军,,营业员,ZJ01,,,,,",
        "甲,吴军,,营业员,ZJ01,,,,,",
        "01058,,,营业员,ZJ01,,,,,",
        "01059,吴军,,区县主管,ZJ01,,,,,",
    ]
    code, told = taken_in(written(tmp_path, HEAD + "\n".join(lines)))

    assert (code, told["rows"], told["accepted"], told["rejected"]) == (1, 12, 1, 11)
    refused = list(csv.reader(Path(told["reject_file"]).read_text(encoding="utf-8-sig").splitlines()))
    assert [row[:2] for row in refused] == [
        ["line", "reason"],
        ["3", "没有岗位「店小二」,请核对。"],
        ["4", "没有营业厅或区域「ZJ77」,请核对。"],
        ["5", "手机号应为 11 位数字,请核对。"],
        ["6", "「起」的日期 昨天 不能识别,请写成 2026-01-31。"],
        ["7", "最后一天不能早于第一天,请核对。"],
        ["8", "上岗证号与有效期起、止请一起填写。"],
        ["9", "证书编号 ZJ-50 已登记在周敏名下,请核对。"],
        ["10", "工号 01001 已由小李使用,每人一个工号,请核对。"],
        ["11", "工号为 3–20 位字母或数字,至少一位数字,请核对。"],
        ["12", "请填写姓名,最多 40 字。"],
        ["13", "「区县主管」不能设在营业厅,请改选区域。"],
    ]
    assert refused[1][2:5] == ["01051", "吴军", ""]
    # nothing half-written: who was refused for the certificate was not hired either
    assert set(User.objects.values_list("staff_no", flat=True)) == {"OWNER1", "01001", "01050"}


def test_the_same_list_again_changes_nothing(owner, hall, tmp_path):
    region = hall.region
    text = HEAD + ZHOU + f"90001,林主管,,区县主管,{region.code},,,,,\n01060,学生甲,,营业员,ZJ01,,,,,\n"
    file = written(tmp_path, text)
    assert taken_in(file)[1]["hired"] == 3
    before = [User.objects.count(), Employment.objects.count(), Certificate.objects.count()]
    kept = [set(User.objects.values_list("password", flat=True)), SettingChange.objects.count()]

    code, told = taken_in(file)

    assert (code, told["accepted"], told["hired"], told["changed"]) == (0, 3, 0, 0)
    assert [User.objects.count(), Employment.objects.count(), Certificate.objects.count()] == before
    assert [set(User.objects.values_list("password", flat=True)), SettingChange.objects.count()] == kept


def test_a_later_list_adds_jobs_ends_them_and_corrects_phones(owner, hall, tmp_path):
    taken_in(written(tmp_path, HEAD + ZHOU))
    later = "1050,周敏,13800000059,营业员,ZJ01,2026-01-05,2099-12-31,,,\n01050,周敏,,引导员,ZJ01,2026-02-01,,,,\n"

    code, told = taken_in(written(tmp_path, HEAD + later))

    person = User.objects.get(staff_no="01050")
    assert (code, told["hired"], told["changed"], person.phone) == (0, 0, 2, "13800000059")
    assert list(person.employments.order_by("valid_from").values_list("role", "valid_from", "valid_to")) == [
        ("clerk", date(2026, 1, 5), date(2099, 12, 31)),
        ("greeter", date(2026, 2, 1), None),
    ]


def test_passwords_go_to_the_named_file_only(owner, hall, tmp_path):
    code, told = taken_in(written(tmp_path, HEAD + ZHOU), "--passwords", str(tmp_path / "out.csv"))

    row = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")
    assert (code, row[:2], (tmp_path / "out.csv").stat().st_mode & 0o777) == (0, ["01050", "周敏"], 0o600)
    assert User.objects.get(staff_no="01050").check_password(row[2])
    assert row[2] not in json.dumps(told)


def test_r_s_1_nobody_gives_jobs_beyond_their_own_reach(hall, tmp_path):
    make_hall("ZJ05", windows=0, groups=False)
    make_user("01010", Role.HALL_MANAGER, hall)
    text = HEAD + "01051,吴军,,营业员,ZJ05,,,,,\n01052,吴军,,店长,ZJ01,,,,,\n01053,郑洁,,营业员,ZJ01,,,,,\n"

    code, told = taken_in(written(tmp_path, text), "--by", "01010")

    assert (code, told["accepted"], told["rejected"]) == (1, 1, 2)
    assert list(User.objects.order_by("staff_no").values_list("staff_no", flat=True)) == ["01010", "01053"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "没有找到表头"),
        ("工号,姓名\n01001,小李\n".encode(), "表头缺少列:岗位、营业厅或区域。"),
        (HEAD.encode(), "表头下面没有人员"),
        (b"\xd0\xcf\x11\xe0old", "不是能识别的 Excel"),
        (b"PK\x05\x06" + b"\0" * 18, "不是能识别的 Excel"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(owner, tmp_path, content, says):
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        taken_in(file)
    with pytest.raises(CommandError, match="打不开文件"):
        taken_in(tmp_path / "none.csv")


def test_without_anybody_to_act_nothing_is_taken_in(hall, tmp_path):
    with pytest.raises(CommandError, match="没有可用的办理人工号"):
        taken_in(written(tmp_path, HEAD + ZHOU))
    assert User.objects.count() == 0


# ---- by page ----------------------------------------------------------------------------------------------------


def test_the_page_takes_the_same_list_and_shows_passwords_once(client, hall):
    client.force_login(make_user("01010", Role.HALL_MANAGER, hall, name="王经理"))
    text = HEAD + ZHOU + "01051,吴军,,店小二,ZJ01,,,,,\n"

    response = client.post("/staff/import/", {"file": SimpleUploadedFile("名单.csv", text.encode("gb18030"))})

    page, (hired,) = response.content.decode(), response.context["told"].hired
    assert page.count(hired.password) == 1
    assert [(line.number, why) for line, why in response.context["refused"]] == [(3, "没有岗位「店小二」,请核对。")]
    assert User.objects.get(staff_no="01050").check_password(hired.password)


def test_the_page_refuses_what_is_no_list_and_who_may_not(client, hall):
    client.force_login(make_user("01010", Role.HALL_MANAGER, hall))
    response = client.post("/staff/import/", {"file": SimpleUploadedFile("a.csv", "一,二\n".encode())})
    assert "没有找到表头" in response.content.decode()
    (form,) = client.post("/staff/import/").context["forms"]
    assert {key: [one.code for one in told] for key, told in form.errors.as_data().items()} == {"file": ["required"]}

    client.force_login(make_user("01001", Role.CLERK, hall))
    assert client.get("/staff/import/").status_code == 403
