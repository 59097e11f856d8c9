"""The daily running of a hall: what happens to the rows, who may, and what is refused."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from core.errors import Refused
from core.time import business_day, now
from halls.actions import faults, incidents, rounds
from halls.actions.faults import Work
from halls.actions.first_lists import write_first_lists
from halls.actions.rounds import Found
from halls.models import (
    CalendarDay,
    CheckItem,
    Equipment,
    EquipmentKind,
    Fault,
    HallZone,
    Incident,
    Round,
    RoundAnswer,
    Stain,
    UmbrellaLoan,
)
from halls.queries import content
from halls.queries.faults import faults_of, lacks
from halls.queries.rounds import due_on
from halls.states import CheckKind, FaultState, Zone
from messaging.models import Notice
from staff.actions.hall_watch import watch_halls
from staff.states import Role
from tests.factories import make_hall, make_user, open_daily

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-11-20T12:00:00+08:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def hall():
    write_first_lists()
    hall = make_hall("ZJ01", windows=1)
    open_daily(hall, time(8, 30), time(18))
    return hall


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.DUTY_MANAGER, hall, name="王经理")


@pytest.fixture
def li(hall):
    return make_user("01002", Role.CLERK, hall, name="小李")


@pytest.fixture
def payment(hall):
    return Equipment.objects.create(hall=hall, kind=EquipmentKind.objects.get(code="payment"), name="交费机 1")


def refused(act, *given, **named) -> str:
    with pytest.raises(Refused) as no:
        act(*given, **named)
    return no.value.code


# ---- faults ----------------------------------------------------------------------------------------------------


def test_r_h_4_a_fault_goes_its_way_and_the_tv_says_what_to_do_meanwhile(hall, wang, li, payment):
    CalendarDay.objects.create(day=NOON.date() + timedelta(days=1), kind="makeup", name="调休")
    fault = faults.find_fault(payment, "吞币", actor=li, now=NOON)
    assert (fault.report_due, fault.fix_due) == (NOON + 8 * HOUR, NOON + timedelta(days=7) - 12 * HOUR)
    assert [item["text"] for item in content(hall, NOON)["items"]] == ["交费机维修中,请到窗口交费"]

    plan = Work(note="明天上门", planned_on=NOON.date() + timedelta(days=1))
    faults.report_fault(fault.pk, plan, actor=wang, now=NOON + HOUR)
    faults.end_repair(fault.pk, Work(), actor=wang, now=NOON + 20 * HOUR)
    faults.reject_repair(fault.pk, Work(note="还吞币"), actor=li, now=NOON + 21 * HOUR)
    faults.end_repair(fault.pk, Work(), actor=wang, now=NOON + 25 * HOUR)
    done = faults.accept_repair(fault.pk, Work(cost=Decimal("120.00")), actor=wang, now=NOON + 26 * HOUR)

    assert (done.state, done.fixed_at, done.cost) == (FaultState.FIXED, NOON + 26 * HOUR, Decimal("120.00"))
    assert [event.did for event in done.events.all()] == ["found", "reported", "done", "rejected", "done", "accepted"]
    assert content(hall, NOON)["items"] == []


def test_what_cannot_be_done_to_a_fault_changes_nothing(wang, li, payment):
    fault = faults.find_fault(payment, "吞币", actor=li, now=NOON)
    before = Fault.objects.values().get()

    assert refused(faults.find_fault, payment, "缺纸", actor=li, now=NOON) == "already_broken"
    assert refused(faults.find_fault, payment, "  ", actor=li, now=NOON) == "no_symptom"
    assert refused(faults.report_fault, fault.pk, Work(), actor=wang, now=NOON) == "no_plan"
    past = Work(note="昨天", planned_on=NOON.date() - timedelta(days=1))
    assert refused(faults.report_fault, fault.pk, past, actor=wang, now=NOON) == "past_plan"
    assert refused(faults.accept_repair, fault.pk, Work(), actor=wang, now=NOON) == "bad_move"
    assert refused(faults.remove_equipment, payment, actor=wang, now=NOON) == "still_broken"

    assert Fault.objects.values().get() == before
    assert fault.events.count() == 1


def test_r_h_4_managers_are_told_once_for_each_deadline_that_passes(hall, wang, li, payment):
    CalendarDay.objects.all().delete()
    fault = faults.find_fault(payment, "吞币", actor=li, now=NOON)

    def told() -> list[str]:
        return list(Notice.objects.filter(key__startswith="fault:").order_by("id").values_list("key", "user__name"))

    watch_halls(fault.report_due)
    assert told() == []
    for _ in range(2):
        watch_halls(fault.report_due + timedelta(seconds=1))
    assert told() == [(f"fault:{fault.pk}:report", "王经理")]
    for _ in range(2):
        watch_halls(fault.fix_due)
    assert told() == [(f"fault:{fault.pk}:report", "王经理"), (f"fault:{fault.pk}:fix", "王经理")]
    (late,) = faults_of([hall.pk], fault.fix_due, state="late")
    assert (late.report_late, late.fix_late) == (True, True)


def test_r_h_2_r_h_3_a_hall_is_told_what_it_lacks(hall):
    have = [Zone.BUSINESS, Zone.SELF_SERVICE, Zone.REST, Zone.HANDSET_CLUB, Zone.GOTONE, Zone.ENQUIRY]
    HallZone.objects.bulk_create(HallZone(hall=hall, zone=zone) for zone in have)
    for code in ("payment", "query", "statement", "numbers", "online"):
        Equipment.objects.create(hall=hall, kind=EquipmentKind.objects.get(code=code), name=code)

    found = {(lack.what, lack.short, lack.missing) for lack in lacks(hall, NOON.date())}

    assert found == {("自助服务", 1, "话单打印"), ("功能区", 1, "接待室")}


# ---- checks ----------------------------------------------------------------------------------------------------


def open_round(hall, person, kind=CheckKind.OPENING, clock="08:10") -> Round:
    at = datetime.fromisoformat(f"2026-11-20T{clock}:00+08:00")
    due = next(one for one in due_on(hall, at.date(), at) if one.list.kind == kind)
    return rounds.start_round(hall, kind, due.slot, actor=person, now=at)


def test_r_h_6_a_check_is_finished_when_every_line_has_an_answer(hall, wang):
    row = open_round(hall, wang)
    items = list(CheckItem.objects.filter(list=row.list))
    for item in items[1:]:
        rounds.answer_item(row, item, Found("good"), actor=wang, now=NOON)
    assert refused(rounds.finish_round, row, actor=wang, now=NOON) == "unanswered"
    assert refused(rounds.answer_item, row, items[0], Found("bad"), actor=wang, now=NOON) == "no_note"
    rounds.answer_item(row, items[0], Found("bad", "门锁坏"), actor=wang, now=NOON)

    at_opening = datetime.fromisoformat("2026-11-20T08:30:00+08:00")
    done = rounds.finish_round(row, actor=wang, now=at_opening)

    assert (done.finished_at, done.in_time) == (at_opening, True)
    assert refused(rounds.answer_item, row, items[0], Found("good"), actor=wang, now=NOON) == "round_finished"
    assert RoundAnswer.objects.filter(answer="bad").count() == 1
    assert row.pk == open_round(hall, wang).pk  # begun once


def test_r_h_7_a_patrol_after_its_time_counts_as_late_and_some_lines_want_a_photo(hall, wang):
    row = open_round(hall, wang, CheckKind.PATROL, "08:55")
    with_photo = CheckItem.objects.get(list=row.list, wants_photo=True)
    assert refused(rounds.answer_item, row, with_photo, Found("good"), actor=wang, now=NOON) == "no_photo"
    for item in CheckItem.objects.filter(list=row.list):
        rounds.answer_item(row, item, Found("good", picture="a" * 40 + ".jpg"), actor=wang, now=NOON)

    late = rounds.finish_round(row, actor=wang, now=datetime.fromisoformat("2026-11-20T09:30:01+08:00"))

    assert late.in_time is False


def test_a_check_does_not_begin_before_its_time_or_for_no_time(hall, wang):
    opening = datetime.fromisoformat("2026-11-20T08:30:00+08:00")
    early = opening - timedelta(minutes=31)

    assert refused(rounds.start_round, hall, CheckKind.OPENING, opening, actor=wang, now=early) == "too_early"
    assert refused(rounds.start_round, hall, CheckKind.OPENING, NOON, actor=wang, now=NOON) == "no_such_round"
    assert Round.objects.count() == 0


def test_r_h_6_a_check_nobody_made_is_told_to_the_managers_once(hall, wang):
    for _ in range(2):
        watch_halls(datetime.fromisoformat("2026-11-20T08:30:01+08:00"))

    assert [notice.title for notice in Notice.objects.all()] == [f"{hall.name}:开门检查超时未做"]


def test_r_h_5_a_stain_keeps_the_limit_it_was_found_under(hall, li):
    row = rounds.find_stain(hall, "引导台前", relaxed=True, actor=li, now=NOON)
    assert row.minutes == 10
    assert refused(rounds.find_stain, hall, " ", relaxed=False, actor=li, now=NOON) == "no_place"

    done = rounds.clean_stain(row, by="孙阿姨", now=NOON + timedelta(minutes=10))

    assert done.in_time is True
    assert refused(rounds.clean_stain, row, by="孙阿姨", now=NOON) == "already_clean"
    assert Stain.objects.count() == 1


# ---- incidents and registers -----------------------------------------------------------------------------------


def test_r_h_10_an_incident_names_whom_to_tell_and_ends_when_all_were_told(hall, wang, li):
    row = incidents.open_incident(hall, "system", "系统登录不上", actor=li, now=NOON)
    first, second = row.tells.all()
    assert [(tell.whom, tell.due_at - NOON) for tell in (first, second)] == [
        ("值班经理", timedelta(minutes=3)),
        ("市公司支撑", timedelta(minutes=5)),
    ]
    watch_halls(NOON + timedelta(minutes=4))
    assert Notice.objects.filter(key=f"untold:{first.pk}").count() == 1
    incidents.note_told(first, actor=li, now=NOON + timedelta(minutes=2))
    again = incidents.note_told(first, actor=wang, now=NOON + HOUR)
    assert (again.told_by, again.told_at) == (li, NOON + timedelta(minutes=2))
    assert refused(incidents.end_incident, row, "恢复", actor=wang, now=NOON + HOUR) == "not_told"
    incidents.note_told(second, actor=wang, now=NOON + HOUR)
    assert refused(incidents.end_incident, row, " ", actor=wang, now=NOON + HOUR) == "no_measures"

    incidents.end_incident(row, "35 分钟后恢复", actor=wang, now=NOON + HOUR)

    assert refused(incidents.end_incident, row, "再次", actor=wang, now=NOON + HOUR) == "already_ended"
    assert Incident.objects.get().measures == "35 分钟后恢复"


def test_r_h_17_a_phone_is_kept_only_until_the_umbrella_is_back(hall, li):
    wish = incidents.Borrowing("雨伞", "陈先生", "138 0000 0321", NOON.date())
    row = incidents.lend(hall, wish, actor=li, now=NOON)
    assert (row.phone, row.masked_phone) == ("13800000321", "138****0321")

    assert [incidents.give_back(row, now=NOON), incidents.give_back(row, now=NOON)] == [True, False]

    assert UmbrellaLoan.objects.get().phone == ""
    bad = incidents.Borrowing("雨伞", "陈先生", "12345", NOON.date())
    assert refused(incidents.lend, hall, bad, actor=li, now=NOON) == "bad_phone"


def test_supplies_are_answered_once_and_a_cut_needs_a_word(hall, li):
    district = make_user("90001", Role.DISTRICT, region=hall.region)
    row = incidents.ask_supplies(hall, incidents.Supplies("热敏纸", 40, "月初"), actor=li, now=NOON)

    assert refused(incidents.answer_supplies, row, 20, "", actor=district, now=NOON) == "no_reason"
    assert refused(incidents.answer_supplies, row, 41, "多给", actor=district, now=NOON) == "bad_quantity"
    done = incidents.answer_supplies(row, 20, "库存不足,下周补", actor=district, now=NOON)
    assert (done.granted, done.answered_by) == (20, district)
    assert refused(incidents.answer_supplies, row, 40, "", actor=district, now=NOON) == "already_answered"


# ---- pages -----------------------------------------------------------------------------------------------------

PAGES = ["/halls/checks/", "/halls/patrols/", "/halls/convenience/", "/halls/equipment/", "/halls/incidents/"]
PAGES += ["/halls/registers/"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_for_the_hall_and_for_nobody_else(client, hall, li, page):
    make_hall("ZJ05", windows=0)
    client.force_login(li)
    assert client.get(page).status_code == 200
    assert client.get(f"{page}?hall=ZJ05").status_code == 404
    client.force_login(make_user("01009", Role.INSPECTOR, hall))
    assert client.get(page).status_code == 403


def test_a_clerk_reports_and_only_a_manager_plans(client, hall, wang, li, payment):
    client.force_login(li)
    there = client.post(f"/halls/equipment/{payment.pk}/fault/", {"symptom": "吞币"})
    fault = Fault.objects.get()
    assert there.url == f"/halls/faults/{fault.pk}/"
    told = {"note": "明天上门", "planned_on": business_day(now()).isoformat()}
    assert client.post(f"/halls/faults/{fault.pk}/reported/", told).status_code == 403
    client.force_login(wang)
    assert client.post(f"/halls/faults/{fault.pk}/reported/", {"note": "明天上门"}).status_code == 422
    assert client.post(f"/halls/faults/{fault.pk}/reported/", told).status_code == 302
    fault.refresh_from_db()
    assert (fault.state, fault.plan) == (FaultState.REPORTED, "明天上门")


def test_what_was_typed_is_kept_when_a_form_is_refused(client, hall, li):
    client.force_login(li)
    page = client.post("/halls/incidents/begin/", {"hall": "ZJ01", "text": "两位客户争吵"})
    assert page.status_code == 422
    assert "两位客户争吵" in page.content.decode()
    assert "请先选择是哪一种情况" in page.content.decode()
    assert Incident.objects.count() == 0


def test_a_round_is_walked_through_on_its_page(client, hall, wang):
    client.force_login(wang)
    row = open_round(hall, wang)
    item = CheckItem.objects.filter(list=row.list).first()
    url = f"/halls/rounds/{row.pk}/items/{item.pk}/"

    assert "请写明情况" in client.post(url, {"answer": "bad", "note": ""}).content.decode()
    assert RoundAnswer.objects.count() == 0
    assert client.post(url, {"answer": "good"}).status_code == 200
    assert RoundAnswer.objects.get().answer == "good"
    assert client.get(f"/halls/rounds/{row.pk}/").status_code == 200
    assert client.post(url, {"answer": "splendid"}).status_code == 404
