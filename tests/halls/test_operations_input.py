"""Hall operations as they are used badly: words too long, days of 1900, phones that are none, lost photos, lists."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from core import time
from core.errors import Refused
from core.texts import whole
from halls.actions import incidents
from halls.actions.faults import Work, find_fault, report_fault, save_equipment
from halls.actions.first_lists import write_first_lists
from halls.models import CheckList, Equipment, EquipmentKind, Fault, Incident, RoundAnswer, Stain, UmbrellaLoan
from staff.states import Role
from tests.factories import make_hall, make_user
from tests.halls.pictures import png

NOW = time.now()
TODAY = time.business_day(NOW)
LONG = "长" * 3000


def test_words_are_kept_whole_or_refused_with_their_number():
    assert whole(" 十个字以内 ", 10, "说明") == "十个字以内"
    assert whole("长" * 10, 10, "说明") == "长" * 10
    with pytest.raises(Refused) as no:
        whole("长" * 11, 10, "说明")
    assert (no.value.code, no.value.message) == ("too_long", "说明最多 10 个字,现在有 11 个字,请精简。")


@pytest.fixture
def hall(db):
    write_first_lists()
    return make_hall("ZJ01", windows=1)


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def page(wang, client):
    client.force_login(wang)
    return client


def test_the_end_of_an_incident_keeps_what_was_typed_until_everybody_is_told(page, hall, wang):
    row = incidents.open_incident(hall, "power", "停电", actor=wang, now=NOW)
    no = page.post(f"/halls/incidents/{row.pk}/end/", {"measures": "已换备用电源"})
    assert (no.status_code, "已换备用电源</textarea>" in no.content.decode()) == (422, True)
    for tell in row.tells.all():
        incidents.note_told(tell, actor=wang, now=NOW)
    assert page.post(f"/halls/incidents/{row.pk}/end/", {"measures": LONG}).status_code == 422
    assert Incident.objects.get().measures == "已换备用电源"
    assert page.post(f"/halls/incidents/{row.pk}/end/", {"measures": "长" * 300}).status_code == 302
    assert Incident.objects.get().measures == "长" * 300


def test_words_that_are_too_long_change_nothing_on_any_page(page, hall, wang):
    thing = Equipment.objects.create(hall=hall, kind=EquipmentKind.objects.get(code="pos"), name="POS 1")
    page.post(f"/halls/equipment/{thing.pk}/fault/", {"symptom": LONG})
    page.post("/halls/stains/", {"hall": "ZJ01", "place": LONG})
    assert page.post("/halls/incidents/begin/", {"hall": "ZJ01", "kind": "power", "text": LONG}).status_code == 422
    for address, fields in (("loans", ("thing", "borrower", "phone")), ("visitors", ("name", "company", "purpose"))):
        given = {"hall": "ZJ01", "due_on": TODAY.isoformat(), **dict.fromkeys(fields, LONG)}
        assert page.post(f"/halls/{address}/", given).status_code == 422
    counts = [model.objects.count() for model in (Fault, Stain, Incident, UmbrellaLoan)]
    assert (counts, hall.visitors.count()) == ([0, 0, 0, 0], 0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"supplier_phone": "找小王"}, "supplier_phone"), ({"installed_on": "1900-01-01"}, "installed_on"),
        ({"expires_on": "9999-12-31"}, "expires_on"),
        ({"installed_on": "2026-05-01", "expires_on": "2026-04-30"}, "expires_on"),
    ],
)  # fmt: skip
def test_equipment_has_believable_days_and_a_phone(page, hall, given, field):
    kind = EquipmentKind.objects.get(code="pos").pk
    no = page.post("/halls/equipment/add/", {"hall": "ZJ01", "kind": kind, "name": "POS 1", **given})
    assert (no.status_code, list(no.context["form"].errors), Equipment.objects.count()) == (422, [field], 0)


@pytest.mark.parametrize(
    ("phone", "days", "said"),
    [
        ("13800000001", 90, ""), ("13800000001", 91, "应还日期请选 90 天以内。"),
        ("13800000001", -1, "应还日期已经过去,请改为今天或以后。"), ("1380000", 1, "手机号应为 11 位数字,请核对。"),
    ],
)  # fmt: skip
def test_r_h_17_a_loan_has_a_phone_and_an_end(page, hall, phone, days, said):
    due = (TODAY + timedelta(days=days)).isoformat()
    given = {"hall": "ZJ01", "thing": "雨伞", "borrower": "陈女士", "phone": phone, "due_on": due}
    answer = page.post("/halls/loans/", given)
    assert (answer.status_code, UmbrellaLoan.objects.count()) == ((422, 0) if said else (302, 1))
    assert said in answer.content.decode()


def test_a_plan_is_not_for_another_year(page, hall, wang):
    thing = Equipment.objects.create(hall=hall, kind=EquipmentKind.objects.get(code="pos"), name="POS 1")
    row = find_fault(thing, "缺纸", actor=wang, now=NOW)
    with pytest.raises(Refused) as no:
        report_fault(row.pk, Work("送纸", TODAY + timedelta(days=367)), actor=wang, now=NOW)
    assert (no.value.code, Fault.objects.get().state) == ("far_plan", "to_report")
    assert report_fault(row.pk, Work("送纸", TODAY + timedelta(days=366)), actor=wang, now=NOW).state == "reported"


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "9999-12-31", "x"])
def test_a_day_out_of_this_world_is_today(page, hall, day):
    assert page.get(f"/halls/checks/?day={day}").context["day"] == TODAY


def test_r_h_7_a_line_is_answered_with_its_photo_over_http_and_a_lost_photo_is_missing(
    page, hall, wang, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    row = hall.rounds.create(
        list=CheckList.objects.create(kind="patrol", hall=hall), kind="patrol", slot=NOW, started_at=NOW, by=wang
    )
    item = row.list.items.create(text="门外与橱窗", wants_photo=True)
    path = f"/api/v1/rounds/{row.pk}/answers/"

    def answer(data):
        photo = SimpleUploadedFile("x.png", data, "image/png")
        return page.post(path, {"item": item.pk, "answer": "good", "photo": photo})

    no = page.post(path, {"item": item.pk, "answer": "good"})
    assert (no.status_code, no.json()["code"]) == (409, "no_photo")
    assert (answer(b"GIF89a").json()["code"], RoundAnswer.objects.count()) == ("not_a_picture", 0)
    assert answer(png(300, 300)).status_code == 200
    kept = RoundAnswer.objects.get()
    assert page.get(f"/halls/rounds/photos/{kept.pk}/").status_code == 200
    (tmp_path / "rounds" / kept.picture).unlink()
    assert page.get(f"/halls/rounds/photos/{kept.pk}/").status_code == 404


def cells(answer):
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active.iter_rows(min_row=4)]


def test_registers_are_searched_and_taken_out_as_tables(page, hall, wang):
    told = (("power", "停电一小时"), ("crowd", "排队四十人"))
    rows = [incidents.open_incident(hall, kind, text, actor=wang, now=NOW) for kind, text in told]
    for tell in rows[0].tells.all():
        incidents.note_told(tell, actor=wang, now=NOW)
    incidents.end_incident(rows[0], "来电", actor=wang, now=NOW)
    assert [one.pk for one in page.get("/halls/incidents/?state=open").context["page"]] == [rows[1].pk]
    [line] = cells(page.get("/halls/incidents/export/?state=ended"))
    assert (line[1], line[5], "王经理" in line[4]) == ("停电一小时", "来电", True)
    for name, company in (("张工", "移动物业"), ("李工", "中兴")):
        incidents.let_in(hall, (name, company, "检修"), actor=wang, now=NOW)
    incidents.let_out(hall.visitors.get(name="李工"), now=NOW)
    assert [one.name for one in page.get("/halls/registers/").context["visitors"]] == ["张工", "李工"]
    assert [line[0] for line in cells(page.get("/halls/visitors/export/?find=中兴"))] == ["李工"]
    incidents.ask_supplies(hall, incidents.Supplies("热敏纸", 20, "取号机"), actor=wang, now=NOW)
    assert [line[:3] for line in cells(page.get("/halls/supplies/export/"))] == [["热敏纸", 20, "取号机"]]


def test_a_month_of_checks_stains_loans_and_faults_as_tables(page, hall, wang):
    thing = Equipment.objects.create(hall=hall, kind=EquipmentKind.objects.get(code="payment"), name="交费机 1")
    fault = find_fault(thing, "缺纸", actor=wang, now=NOW)
    assert [line[:3] for line in cells(page.get("/halls/equipment/export/"))] == [["交费机 1", thing.kind.name, None]]
    assert [line[:2] for line in cells(page.get("/halls/faults/export/?state=open"))] == [["交费机 1", "缺纸"]]
    hall.stains.create(place="门口", minutes=5, found_at=NOW, found_by=wang)
    assert [line[0] for line in cells(page.get("/halls/stains/export/"))] == ["门口"]
    lent = {"thing": "雨伞", "borrower": "陈女士", "phone": "13800000001", "due_on": TODAY.isoformat()}
    page.post("/halls/loans/", {"hall": "ZJ01", **lent})
    [loan] = cells(page.get("/halls/loans/export/"))
    assert (loan[1], "13800000001" in map(str, loan)) == ("陈女士", False)
    first = TODAY.replace(day=1)
    card = [line for line in cells(page.get("/halls/rounds/checks/export/")) if line[1].date() == first]
    assert card != [] and page.get("/halls/rounds/cellar/export/").status_code == 404
    sign = page.get(f"/halls/faults/{fault.pk}/sign/").content.decode()
    assert ("暂停使用" in sign, "交费机 1" in sign, thing.kind.says in sign) == (True, True, True)


def test_equipment_is_corrected_on_its_page_and_two_people_add_one_name_once(page, hall, wang):
    kind = EquipmentKind.objects.get(code="pos")
    first = save_equipment(Equipment(hall=hall, kind=kind, name="POS 1"), actor=wang)
    with pytest.raises(Refused) as no:
        save_equipment(Equipment(hall=hall, kind=kind, name="POS 1"), actor=wang)
    assert (no.value.code, Equipment.objects.count()) == ("name_taken", 1)
    given = {"kind": kind.pk, "name": "POS 1", "supplier": "宏远电子", "supplier_phone": "0511-80000099"}
    assert page.post(f"/halls/equipment/{first.pk}/", {**given, "supplier_phone": "小王"}).status_code == 422
    assert page.post(f"/halls/equipment/{first.pk}/", given).status_code == 302
    assert Equipment.objects.get().supplier_phone == "0511-80000099"
    Equipment.objects.update(removed_at=NOW)
    assert page.post(f"/halls/equipment/{first.pk}/", {**given, "supplier": "别家"}).status_code == 422
    assert Equipment.objects.get().supplier == "宏远电子"
