"""R-H-12: a weekly report is begun, saved, signed and corrected; reminded of and told as late."""

import time as clock
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from core.errors import Refused
from core.time import SHANGHAI
from messaging.models import Notice
from overview.actions import support, weekly
from overview.models import SupportRequest, WeeklyReport, WeeklyVersion
from overview.queries import roll_up, week
from overview.queries import weekly as reads
from overview.states import Section, SupportState
from queueing.states import TicketState
from staff.states import Role
from tests.factories import make_hall, make_ticket, make_user
from tests.overview.week_rows import FRIDAY, MONDAY, NEXT_MONDAY, fresh, make_draft, make_signed, report_of

pytestmark = pytest.mark.django_db
FRIDAY_MORNING = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)
TUESDAY = datetime(2026, 11, 17, 10, tzinfo=SHANGHAI)


@pytest.fixture
def hall():
    return make_hall("ZJ01", name="大市口")


@pytest.fixture
def manager(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


def refused(act) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


def save(version, *, actor, asks=(), edits=None, **texts):
    written = weekly.Written(texts, list(asks), version.edits if edits is None else edits)
    return weekly.save(version, written, actor=actor, now=FRIDAY)


def test_beginning_twice_opens_the_same_draft(hall, manager):
    one = weekly.begin(hall, MONDAY, actor=manager, now=TUESDAY)
    assert weekly.begin(hall, MONDAY, actor=manager, now=FRIDAY).pk == one.pk
    assert [one.number, one.texts, one.figures] == [1, {}, {}]


@pytest.mark.parametrize("monday", [date(2026, 11, 23), date(2026, 10, 12), date(2026, 11, 18)])
def test_a_week_to_come_or_long_gone_or_no_week_is_refused(hall, manager, monday):
    assert refused(lambda: weekly.begin(hall, monday, actor=manager, now=FRIDAY)) == "bad_week"
    assert WeeklyReport.objects.count() == 0


def test_r_h_12_signing_freezes_figures_and_words(hall, manager):
    make_ticket(hall, TicketState.DONE, taken_at=FRIDAY_MORNING)
    draft = save(make_draft(hall), actor=manager, care="为等候的客户送水。")
    signed = weekly.sign(draft, edits=draft.edits, actor=manager, now=FRIDAY)

    assert (signed.figures["queue"]["issued"], signed.figures["until"]) == (1, "2026-11-20")
    assert signed.texts["care"] == "为等候的客户送水。"
    assert signed.texts["effect"].startswith("本周取号 1 个,办结 1 个。")
    assert sorted(signed.texts) == sorted(Section.values)
    make_ticket(hall, TicketState.DONE, taken_at=FRIDAY_MORNING)
    shown = reads.shown(fresh(signed), NEXT_MONDAY)
    assert (shown.figures["queue"]["issued"], shown.texts) == (1, signed.texts)


def test_r_h_12_untouched_sections_follow_the_figures_until_signed(hall, manager):
    draft = save(make_draft(hall), actor=manager, care="自己写的。")
    before = reads.shown(fresh(draft), FRIDAY)
    make_ticket(hall, TicketState.DONE, taken_at=FRIDAY_MORNING)
    after = reads.shown(fresh(draft), FRIDAY)
    assert before.texts["effect"] == "本周没有取号记录。"
    assert after.texts["effect"].startswith("本周取号 1 个")
    assert [before.texts["care"], after.texts["care"]] == ["自己写的。", "自己写的。"]


def test_r_h_12_what_is_signed_stays_in_the_database(hall, manager):
    signed = make_signed(hall, manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyVersion.objects.filter(pk=signed.pk).update(texts={})
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyVersion.objects.filter(pk=signed.pk).delete()
    assert refused(lambda: save(signed, actor=manager, care="改")) == "signed"
    assert fresh(signed).texts == signed.texts


def test_r_h_12_a_correction_is_a_new_version_beside_the_signed_one(hall, manager):
    signed = make_signed(hall, manager, care="原文")
    report = signed.report
    assert refused(lambda: weekly.correct(report, " ", actor=manager, now=NEXT_MONDAY)) == "no_reason"
    draft = weekly.correct(report, "数字更正", actor=manager, now=NEXT_MONDAY)
    assert (draft.number, draft.texts["care"], draft.figures) == (2, "原文", {})
    assert refused(lambda: weekly.correct(report, "再改", actor=manager, now=NEXT_MONDAY)) == "draft_exists"
    assert reads.current(report).pk == signed.pk
    saved = save(draft, actor=manager, care="新文")
    weekly.sign(saved, edits=saved.edits, actor=manager, now=NEXT_MONDAY)
    assert reads.current(report).texts["care"] == "新文"
    assert [one.texts["care"] for one in report.versions.order_by("number")] == ["原文", "新文"]
    assert report_of(hall).signed_at == NEXT_MONDAY


def test_a_correction_can_be_dropped_and_a_first_draft_not(hall, manager):
    draft = make_draft(hall)
    assert refused(lambda: weekly.drop_correction(draft.report, actor=manager)) == "no_correction"
    assert refused(lambda: weekly.correct(draft.report, "改", actor=manager, now=FRIDAY)) == "not_signed"
    signed = weekly.sign(draft, edits=0, actor=manager, now=FRIDAY)
    weekly.correct(signed.report, "改", actor=manager, now=NEXT_MONDAY)
    weekly.drop_correction(signed.report, actor=manager)
    assert [one.pk for one in signed.report.versions.all()] == [signed.pk]


def test_r_h_12_who_saves_over_a_colleague_is_told_and_changes_nothing(hall, manager):
    other = make_user("01002", Role.DUTY_MANAGER, hall, name="赵班长")
    draft = make_draft(hall)
    save(draft, actor=other, care="赵班长写的")
    assert refused(lambda: save(draft, actor=manager, care="王经理写的", edits=0)) == "moved_on"
    assert refused(lambda: weekly.sign(draft, edits=0, actor=manager, now=FRIDAY)) == "moved_on"
    assert (fresh(draft).texts, fresh(draft).edits) == ({"care": "赵班长写的"}, 1)


@pytest.mark.parametrize(
    ("texts", "asks", "code"),
    [
        ({"care": "长" * 3000}, [], "too_long"),
        ({}, [{"section": "floor_problems", "text": "长" * 501}], "too_long"),
        ({}, [{"section": "plan", "text": "换设备"}], "bad_section"),
        ({}, [{"section": "floor_problems", "text": f"第 {at} 项"} for at in range(11)], "too_many"),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(hall, manager, texts, asks, code):
    draft = make_draft(hall)
    assert refused(lambda: save(draft, actor=manager, asks=asks, **texts)) == code
    assert (fresh(draft).texts, fresh(draft).edits) == ({}, 0)


def test_a_text_of_exactly_two_thousand_characters_is_kept(hall, manager):
    assert len(save(make_draft(hall), actor=manager, care="长" * 2000).texts["care"]) == 2000


def test_r_h_12_a_week_is_not_signed_before_its_friday(hall, manager):
    draft = weekly.begin(hall, MONDAY, actor=manager, now=TUESDAY)
    assert refused(lambda: weekly.sign(draft, edits=0, actor=manager, now=TUESDAY)) == "too_early"
    assert fresh(draft).state == "draft"


def test_an_empty_week_can_be_signed_and_says_that_it_was_empty(hall, manager):
    signed = make_signed(hall, manager)
    assert signed.texts["effect"] == "本周没有取号记录。"
    assert signed.figures["queue"]["mean_wait"] is None


def test_r_h_12_friday_makes_the_drafts_and_reminds_once(hall, manager):
    make_hall("ZJ09", is_live=False)
    assert weekly.make_due_drafts(FRIDAY - timedelta(days=1)) == 0
    assert [weekly.make_due_drafts(FRIDAY), weekly.make_due_drafts(FRIDAY)] == [1, 0]
    assert [weekly.remind(FRIDAY), weekly.remind(FRIDAY)] == [1, 0]
    told = Notice.objects.get(user=manager)
    assert told.title == "大市口周报已备好数据,请在 11 月 23 日 12:00 前签字"
    assert told.url == f"/overview/weekly/{report_of(hall).pk}/"


def test_r_h_12_a_late_report_is_told_once_to_hall_and_district(hall, manager):
    chief = make_user("00001", Role.DISTRICT, region=hall.region, name="李主管")
    draft = make_draft(hall)
    due = draft.report.due_at
    assert [weekly.tell_late(due), weekly.tell_late(due + timedelta(minutes=1)), weekly.tell_late(due)] == [0, 1, 0]
    told = list(Notice.objects.order_by("user__staff_no").values_list("user__staff_no", "title"))
    title = "大市口 2026 年 11 月 16 日 – 11 月 22 日周报超时未交"
    assert told == [(chief.staff_no, title), (manager.staff_no, title)]


def test_a_hall_that_missed_its_friday_gets_the_draft_of_last_week(hall, manager):
    make_signed(hall, manager, monday=MONDAY - timedelta(weeks=2), now=FRIDAY)
    assert weekly.make_due_drafts(NEXT_MONDAY) == 1
    assert report_of(hall).monday == MONDAY


def test_r_h_12_support_asked_for_becomes_an_item_of_the_city_once(hall, manager):
    city = make_user("00009", Role.OPERATIONS, region=hall.region.parent, name="周运营")
    signed = make_signed(hall, manager, asks=["统一更换过期门贴"])
    item = SupportRequest.objects.get()
    assert (item.text, item.section, item.state, item.due_on) == (
        "统一更换过期门贴", "floor_problems", SupportState.OPEN, date(2026, 11, 30),
    )  # fmt: skip
    assert Notice.objects.get(user=city).title == "大市口提出支撑需求:统一更换过期门贴"
    draft = weekly.correct(signed.report, "补充", actor=manager, now=NEXT_MONDAY)
    weekly.sign(draft, edits=0, actor=manager, now=NEXT_MONDAY)
    assert SupportRequest.objects.count() == 1


def test_r_h_12_the_answer_reaches_the_hall_and_its_next_report(hall, manager):
    city = make_user("00009", Role.OPERATIONS, region=hall.region.parent, name="周运营")
    make_signed(hall, manager, asks=["统一更换过期门贴"])
    item = SupportRequest.objects.get()
    support.answer(item, "下周统一配送。", promised_on=date(2026, 12, 1), actor=city, now=NEXT_MONDAY)
    assert Notice.objects.filter(user=manager, title="支撑需求已答复:统一更换过期门贴").count() == 1
    told = week.support(hall, date(2026, 11, 23))
    assert (told["asked"], told["answered"]) == (1, 1)
    assert told["rows"] == [
        {
            "text": "统一更换过期门贴",
            "state": "已答复",
            "owner": "周运营",
            "answer": "下周统一配送。",
            "promised_on": "2026-12-01",
        }
    ]
    support.confirm_done(item, actor=manager, now=NEXT_MONDAY)
    assert week.support(hall, date(2026, 11, 30))["asked"] == 0


def test_support_moves_only_along_its_way(hall, manager):
    city = make_user("00009", Role.OPERATIONS, region=hall.region.parent)
    make_signed(hall, manager, asks=["加装雨棚"])
    item = SupportRequest.objects.get()
    day = date(2026, 12, 1)
    assert refused(lambda: support.confirm_done(item, actor=manager, now=NEXT_MONDAY)) == "bad_move"
    assert refused(lambda: support.answer(item, " ", promised_on=day, actor=city, now=NEXT_MONDAY)) == "no_answer"
    yesterday = date(2026, 11, 22)
    assert refused(lambda: support.answer(item, "好", promised_on=yesterday, actor=city, now=NEXT_MONDAY)) == "bad_day"
    assert refused(lambda: support.assign(item, manager, actor=city, now=NEXT_MONDAY)) == "not_an_answerer"
    support.decline(item, "年度预算已排满", actor=city, now=NEXT_MONDAY)
    assert refused(lambda: support.answer(item, "好", promised_on=day, actor=city, now=NEXT_MONDAY)) == "bad_move"
    did = list(SupportRequest.objects.get().events.values_list("did", flat=True))
    assert did == ["raised", "declined"]


def test_late_support_is_told_once_a_term(hall, manager):
    city = make_user("00009", Role.OPERATIONS, region=hall.region.parent)
    make_signed(hall, manager, asks=["加装雨棚"])
    item, last = SupportRequest.objects.get(), datetime(2026, 11, 30, 23, tzinfo=SHANGHAI)
    assert [support.tell_late(last), support.tell_late(last + timedelta(hours=2)), support.tell_late(last)] == [0, 1, 0]
    support.answer(item, "下周", promised_on=date(2026, 12, 4), actor=city, now=last)
    assert [support.tell_late(datetime(2026, 12, day, 9, tzinfo=SHANGHAI)) for day in (4, 5, 6)] == [0, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_r_h_12_of_two_managers_signing_at_once_one_signs():
    hall = make_hall("ZJ01")
    people = [make_user(f"0100{at}", Role.HALL_MANAGER, hall) for at in (1, 2)]
    draft = save(make_draft(hall), actor=people[0], asks=[{"section": "floor_problems", "text": "加装雨棚"}])

    def sign(actor):
        try:
            clock.sleep(0.01)
            return weekly.sign(fresh(draft), edits=draft.edits, actor=actor, now=FRIDAY).signed_by_id
        except Refused as no:
            return no.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(sign, people))
    assert sorted(map(str, found)) == sorted(["signed", str(fresh(draft).signed_by_id)])
    assert SupportRequest.objects.count() == 1


def test_r_h_12_no_week_before_a_halls_first_report_is_missing(hall, manager):
    weeks = [MONDAY - timedelta(weeks=at) for at in range(4)]
    unasked = {one.monday for one in reads.lines(manager, weeks, NEXT_MONDAY)}
    assert unasked == {MONDAY}  # no report yet: only last week may be begun

    make_signed(hall, manager, monday=MONDAY - timedelta(weeks=1))

    found = {one.monday: one.words for one in reads.lines(manager, weeks, NEXT_MONDAY)}
    assert list(found) == [MONDAY, MONDAY - timedelta(weeks=1)]
    old = reads.lines_of([hall], [weeks[3]], NEXT_MONDAY)[0]
    assert (old.is_asked, old.words) == (False, "尚未启用")
    assert roll_up.of_region(hall.region, weeks[3], NEXT_MONDAY).missing == []
    assert [one.hall for one in roll_up.of_region(hall.region, MONDAY, NEXT_MONDAY).missing] == [hall]
