"""`import_takings`: a file as billing systems write it, in the letters they write it in."""

import codecs
import csv
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from core import time
from staff.models import Difference, Takings
from staff.queries import money
from staff.views import takings_files
from tests.factories import make_business, make_hall, make_user
from tests.staff.money import make_scene

pytestmark = pytest.mark.django_db
HEAD = "hall,day,staff_no,method,business,amount,pieces\n"


def taken_in(path):
    said = StringIO()
    code = 0
    try:
        call_command("import_takings", str(path), stdout=said, stderr=StringIO())
    except SystemExit as end:
        code = end.code
    return code, json.loads(said.getvalue().splitlines()[-1])


@pytest.fixture
def day():
    return time.business_day(time.now())


@pytest.mark.parametrize(
    "write", [str.encode, lambda text: codecs.BOM_UTF8 + text.encode(), lambda text: text.encode("gb18030")]
)
def test_every_kind_of_letters_is_read(tmp_path, day, write):
    scene, business = make_scene(), make_business("payment")
    file = tmp_path / "boss.csv"
    file.write_bytes(write(f"{HEAD}ZJ01,{day},01001,现金,payment,250.50,3\r\nZJ01,{day},01001,scan,,80,1\r\n"))

    code, told = taken_in(file)

    assert (code, told["rows"], told["accepted"], told["rejected"], told["reject_file"]) == (0, 2, 2, 0, None)
    rows = list(Takings.objects.order_by("pk").values_list("person", "method", "business", "amount", "pieces"))
    assert rows == [
        (scene.clerk.pk, "cash", business.pk, Decimal("250.50"), 3),
        (scene.clerk.pk, "scan", None, Decimal("80.00"), 1),
    ]
    assert {row.file_name for row in money.system_rows(scene.hall, day)} == {"boss.csv"}


def test_bad_lines_are_told_with_their_reason_and_the_good_ones_count(tmp_path, day, settings):
    settings.VAR = tmp_path
    make_scene()
    lines = [
        f"ZJ01,{day},01001,cash,,100.00,1",
        f"ZJ77,{day},01001,cash,,1,1",
        "ZJ01,昨天,01001,cash,,1,1",
        f"ZJ01,{day},09999,cash,,1,1",
        f"ZJ01,{day},01001,gold,,1,1",
        f"ZJ01,{day},01001,cash,,1.005,1",
        f"ZJ01,{day},01001,cash,moon,1,1",
        f"ZJ01,{day},01001,cash,,1,-1",
        f"ZJ01,{day},01001",
        "ZJ01,2099-01-01,01001,cash,,1,1",
    ]
    file = tmp_path / "boss.csv"
    file.write_text(HEAD + "\n".join(lines), encoding="utf-8")

    code, told = taken_in(file)

    assert (code, told["rows"], told["accepted"], told["rejected"]) == (1, 10, 1, 9)
    refused = Path(told["reject_file"]).read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [row[:2] for row in csv.reader(refused)] == [
        ["3", "没有营业厅 ZJ77。"],
        ["4", "日期应为 2026-01-31 的写法。"],
        ["5", "没有工号 09999。"],
        ["6", "方式应为 cash、pos、scan 或 cheque。"],
        ["7", "金额应为不超过两位小数的数字。"],
        ["8", "没有业务 moon。"],
        ["9", "笔数应为不小于 0 的整数。"],
        ["10", "列数与第 1 行不一致。"],
        ["11", "日期还没有到,请核对。"],
    ]
    assert Takings.objects.get().amount == Decimal("100.00")


def test_the_same_file_twice_changes_nothing(tmp_path, day):
    make_scene()
    file = tmp_path / "boss.csv"
    file.write_text(f"{HEAD}ZJ01,{day},01001,cash,,100.00,1\n", encoding="utf-8")
    assert (taken_in(file)[0], taken_in(file)[0]) == (0, 0)
    assert (Takings.objects.count(), Difference.objects.count()) == (1, 0)


@pytest.mark.parametrize("text", ["", "hall,day,staff_no\nZJ01,2026-01-01,01001\n"])
def test_a_file_without_the_columns_is_refused_whole(tmp_path, text):
    file = tmp_path / "boss.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match="缺少列"):
        taken_in(file)
    with pytest.raises(CommandError, match="打不开文件"):
        taken_in(tmp_path / "none.csv")


def handed_in(text, name="boss.csv"):
    return SimpleUploadedFile(name, text.encode())


def test_a_file_handed_in_is_tried_first_and_bad_lines_are_told_by_number(client, day):
    scene = make_scene()
    other = make_hall("ZJ02", groups=False)
    make_user("02001", hall=other)
    client.force_login(scene.manager)
    text = f"{HEAD}ZJ01,{day},01001,cash,,250.50,3\nZJ01,{day},01001,gold,,1,1\nZJ02,{day},02001,cash,,9.00,1\n"

    tried = client.post("/money/ZJ01/takings/import/", {"file": handed_in(text), "try": "1"}).content.decode()

    assert "试导入,没有写入:共 3 行,可导入 1 行,不合格 2 行。" in tried
    assert "方式应为 cash、pos、scan 或 cheque。" in tried
    assert "没有录入 ZJ02 营业厅 系统金额的权限。" in tried
    assert Takings.objects.count() == 0
    client.post("/money/ZJ01/takings/import/", {"file": handed_in(text), "take": "1"})
    assert list(Takings.objects.values_list("hall", "amount", "file_name", "entered_by")) == [
        (scene.hall.pk, Decimal("250.50"), "boss.csv", None)
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hall,day\n", "第 1 行缺少列:staff_no、method、amount。"),
        (HEAD + "ZJ01,2026-01-05,01001,cash,,1,1\n" * 3, "文件超过 2 行"),
        ("", "文件是空的,请重新导出。"),
    ],
)
def test_a_file_that_cannot_be_taken_in_says_why_and_changes_nothing(client, monkeypatch, text, said):
    monkeypatch.setattr(takings_files, "MOST", 2)
    client.force_login(make_scene().manager)

    assert said in client.post("/money/ZJ01/takings/import/", {"file": handed_in(text), "take": "1"}).content.decode()
    assert Takings.objects.count() == 0
