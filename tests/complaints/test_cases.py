"""R-C-1, 2, 3, 8, 15, 16, 18: logging, the people of a case, its ways out."""

import pytest
from django.db import InternalError, transaction

from complaints.actions import cases, check, dispatching, ending, handling, papers
from complaints.models import Complaint, ComplaintEvent, Deadline
from complaints.states import Did, Status
from core.errors import Refused
from messaging.models import Notice, OutboxMessage
from tests.complaints.conftest import NOW, fresh, hours, make_case, team
from tests.complaints.histories import when
from tests.factories import make_customer, make_session, make_ticket, make_user

pytestmark = pytest.mark.django_db


def events(complaint):
    return list(ComplaintEvent.objects.filter(complaint=complaint).order_by("seq").values_list("did", flat=True))


def open_timers(complaint):
    return complaint.deadlines.filter(fired_at=None, ended_at=None).count()


def refused(code, act, *args, **kwargs):
    before = (Complaint.objects.count(), ComplaintEvent.objects.count(), Deadline.objects.count())
    with pytest.raises(Refused) as no, transaction.atomic():
        act(*args, **kwargs)
    assert no.value.code == code
    assert (Complaint.objects.count(), ComplaintEvent.objects.count(), Deadline.objects.count()) == before


def test_r_c_1_two_words_are_enough_and_it_is_on_record(place):
    found = make_case(place, content="")
    assert (found.number, found.status) == ("TS20261123-ZJ01-0001", Status.HANDLING)
    assert events(found) == ["logged", "accepted"]
    assert (found.handling_due_at, found.reply_due_at, found.next_due_at) == (hours(48), hours(48), hours(48))
    assert make_case(place).number == "TS20261123-ZJ01-0002"


def test_r_c_1_solved_on_the_spot_is_on_record_too(place):
    found = make_case(place, solved="已向客户解释并致歉,客户接受")
    assert events(found) == ["logged", "accepted", "closed", "archived"]
    assert (found.status, found.solved_on_spot, found.handling_late) == (Status.ARCHIVED, True, False)
    assert open_timers(found) == 0


def test_a_ticket_fills_in_customer_clerk_and_window(place):
    customer = make_customer("13800000009", is_vip=True)
    window = place.hall.windows.first()
    make_session(window, place.clerk)
    ticket = make_ticket(place.hall, "serving", window=window, phone="13800000009", customer=customer)
    found = make_case(place, ticket=ticket)
    assert (found.customer, found.phone, found.clerk, found.window) == (customer, "13800000009", place.clerk, window)
    assert (found.tier, found.handling_due_at) == ("vip", hours(8))


def test_the_tier_is_frozen_at_acceptance(place):
    found = make_case(place, tier="gotone")
    found.customer.is_vip = True
    found.customer.save()
    handling.note(found.pk, "客户升级为 VIP", person=place.clerk, now=hours(1))
    assert (fresh(found).tier, fresh(found).handling_due_at) == ("gotone", hours(24))


def test_r_c_2_the_first_handler_stays_until_a_manager_changes_it_with_a_reason(place):
    found = make_case(place)
    handling.transfer(found.pk, place.handler, "请核查计费", person=place.duty, now=hours(1))
    assert (fresh(found).first_handler, fresh(found).handler) == (place.clerk, place.handler)
    refused(
        "words_needed", handling.change_first_handler, found.pk, place.duty, " ", person=place.manager, now=hours(1)
    )
    handling.change_first_handler(found.pk, place.duty, "小李已离职", person=place.manager, now=hours(2))
    data = ComplaintEvent.objects.get(complaint=found, did=Did.FIRST_CHANGED).data
    assert (fresh(found).first_handler, data["before"], data["to"]) == (place.duty, "01005", "01002")


def test_r_c_3_somebody_elses_complaint_waits_for_the_owner_and_the_clock_starts_then(place):
    found = make_case(place, tier="vip", identity="not_owner")
    assert (found.status, found.accepted_at, found.handling_due_at) == (Status.OWNER, None, None)
    assert found.next_due_at == hours(24)
    assert OutboxMessage.objects.filter(template="complaint_owner").count() == 1
    cases.confirm_owner(found.pk, "call", person=place.clerk, now=hours(5))
    found = fresh(found)
    assert (found.status, found.identity, found.handling_due_at) == (Status.HANDLING, "owner", hours(13))


def test_r_c_3_the_owner_denies(place):
    found = make_case(place, tier="vip", identity="not_owner")
    cases.deny_owner(found.pk, person=place.clerk, now=hours(1))
    assert (fresh(found).status, open_timers(found)) == (Status.REJECTED, 0)
    refused("bad_move", cases.confirm_owner, found.pk, "call", person=place.clerk, now=hours(2))


def test_r_c_3_a_day_passes_without_a_word(place):
    found = make_case(place, tier="vip", identity="not_owner")
    assert cases.lapse_owner(found.pk, now=hours(24)) is False
    assert cases.lapse_owner(found.pk, now=hours(24.01)) is True
    assert cases.lapse_owner(found.pk, now=hours(24.02)) is False
    assert fresh(found).status == Status.REJECTED


def test_r_c_3_a_visitor_who_complains_about_the_hall_is_accepted_at_once(place):
    assert make_case(place, identity="visitor").status == Status.HANDLING


def test_r_c_4_sending_it_away_does_not_end_anything(place):
    """Another hall or the hotline is no way out: only an answer to the customer closes."""
    found = make_case(place)
    dispatching.dispatch(found.pk, team("billing"), "请查账", person=place.clerk, now=hours(1))
    refused("bad_move", ending.archive, found.pk, person=place.clerk, now=hours(2))
    assert fresh(found).handling_due_at == hours(48)


def test_r_c_8_only_two_kinds_may_be_extended_once_within_48_hours(place):
    found, late = make_case(place), hours(48 + 48)
    refused("not_exempt", handling.extend, found.pk, "hard", late, "忙", person=place.manager, now=hours(1))
    refused(
        "too_far", handling.extend, found.pk, "interconnect", hours(96.01), "等联通", person=place.manager, now=hours(1)
    )
    handling.extend(found.pk, "interconnect", late, "等联通答复", person=place.manager, now=hours(1))
    assert (fresh(found).handling_due_at, fresh(found).reply_due_at) == (late, hours(48))
    refused(
        "bad_move", handling.extend, found.pk, "interconnect", hours(99), "再等", person=place.manager, now=hours(2)
    )


def test_r_c_15_a_flag_is_on_record_and_moves_nothing(place):
    found = make_case(place)
    handling.flag(found.pk, "regulator", "12345 来电", person=place.duty, now=hours(1))
    assert (fresh(found).flag, fresh(found).handling_due_at) == ("regulator", hours(48))


def test_r_c_16_no_late_case_is_archived_without_a_reason(place):
    found = make_case(place, tier="vip")
    refused("not_late", handling.explain_late, found.pk, "hard", "", person=place.clerk, now=hours(7))
    ending.close(found.pk, "explained", "已向客户说明", person=place.clerk, now=hours(9))
    ending.follow_up(found.pk, "fair", "", person=place.clerk, now=hours(10))
    refused("late_reason_needed", ending.archive, found.pk, person=place.clerk, now=hours(11))
    handling.explain_late(found.pk, "other_team", "计费未回", person=place.clerk, now=hours(11))
    ending.archive(found.pk, person=place.clerk, now=hours(12))
    assert (fresh(found).status, fresh(found).handling_late, fresh(found).reply_late) == (Status.ARCHIVED, True, True)


def test_r_c_17_the_desk_sends_it_on_and_back_before_it_is_answered(place):
    found = make_case(place)
    dispatching.dispatch(found.pk, team("billing"), "请查账", person=place.clerk, now=hours(1), outside_no="JF-1")
    assert (fresh(found).status, fresh(found).outside_no) == (Status.DISPATCHED, "JF-1")
    assert Notice.objects.filter(user=place.handler, title__startswith=found.number).count() == 1
    dispatching.urge(found.pk, "客户在等", person=place.clerk, now=hours(2))
    dispatching.send_back(found.pk, "缺账单", person=place.handler, now=hours(3))
    dispatching.dispatch(found.pk, team("billing"), "已补账单", person=place.clerk, now=hours(4))
    dispatching.answer(found.pk, "确认多收 12.50 元", person=place.handler, now=hours(5))
    assert (fresh(found).status, fresh(found).first_replied_at) == (Status.ANSWERING, None)
    ending.close(found.pk, "refunded", "已告知退费", person=place.clerk, now=hours(6))
    found = fresh(found)
    assert (found.status, found.first_replied_at, found.closed_at) == (Status.FOLLOW_UP, hours(6), hours(6))
    refused("no_follow_up", ending.archive, found.pk, person=place.clerk, now=hours(7))
    ending.follow_up(found.pk, "yes", "客户满意", person=place.clerk, now=hours(8))
    ending.archive(found.pk, person=place.clerk, now=hours(9))
    assert (fresh(found).satisfied, open_timers(found)) == ("yes", 0)


def test_the_halls_own_team_answers_the_same_day(place):
    found = make_case(place)
    dispatching.dispatch(found.pk, team("hall"), "", person=place.clerk, now=hours(1))
    due = found.deadlines.get(clock="answer", level=2).due_at
    assert due == when("2026-11-23 23:59:59")
    assert Notice.objects.filter(user=place.duty, title__contains="店长").count() == 1


def test_r_c_18_an_entry_of_the_book_counts_from_its_writing(place):
    found = make_case(place, source="book", written_at=when("2026-11-22 15:00"))
    assert (found.handling_due_at, found.next_due_at) == (when("2026-11-24 15:00"), when("2026-11-24 15:00"))
    handling.review(found.pk, "请尽快回电", person=place.manager, now=hours(1))
    handling.reply(found.pk, "已致电致歉", person=place.clerk, now=hours(2))
    assert found.deadlines.filter(clock="book", ended_at=None).count() == 0
    refused("not_book", handling.review, make_case(place).pk, "x", person=place.manager, now=hours(1))


def test_r_c_20_reports_of_bad_information_have_a_category_and_the_ordinary_clock(place):
    from complaints.models import Category

    category = Category.objects.get(name="骚扰与垃圾信息")
    found = make_case(place, category=category)
    assert (found.category.parent.name, found.category.team.name, found.handling_due_at) == (
        "信息安全",
        "信安岗",
        hours(48),
    )


def test_r_c_21_every_look_at_a_whole_number_is_on_record(place):
    found = make_case(place, tier="vip")
    assert papers.reveal_phone(found, "call", person=place.clerk, now=hours(1)) == "13800000001"
    assert list(found.looks.values_list("person", "reason", "what")) == [(place.clerk.pk, "call", "完整号码")]
    with pytest.raises(Refused) as no:
        papers.reveal_phone(found, "curious", person=place.clerk, now=hours(1))
    assert (no.value.code, found.looks.count()) == ("bad_reason", 1)


def test_merging_ends_the_others_timers_and_the_earliest_deadline_wins(place):
    loser = make_case(place, tier="vip")
    winner = make_case(place, at=hours(0.5), phone="13800000001")
    Complaint.objects.filter(pk=winner.pk).update(tier="other")
    ending.merge(loser.pk, winner.pk, person=place.duty, now=hours(1))
    assert (fresh(loser).status, fresh(loser).merged_into_id, open_timers(loser)) == (Status.MERGED, winner.pk, 0)
    assert fresh(winner).handling_due_at == hours(8)
    refused("bad_move", ending.merge, loser.pk, winner.pk, person=place.duty, now=hours(2))
    refused("same_case", ending.merge, winner.pk, winner.pk, person=place.duty, now=hours(2))


def test_other_customers_and_halls_are_not_merged(place):
    from tests.factories import make_hall

    one = make_case(place, tier="vip")
    other = make_case(place, tier="gotone")
    refused("other_customer", ending.merge, one.pk, other.pk, person=place.duty, now=hours(1))
    far = cases.log(cases.Report(hall=make_hall("ZJ05", windows=0)), person=place.clerk, now=NOW)
    refused("other_hall", ending.merge, one.pk, far.pk, person=place.duty, now=hours(1))


def test_reopening_resumes_what_was_left(place):
    found = make_case(place, tier="vip")
    ending.close(found.pk, "solved", "已解决", person=place.clerk, now=hours(6))
    assert open_timers(found) == 0
    ending.reopen(found.pk, "客户称未收到退费", person=place.clerk, now=hours(30))
    found = fresh(found)
    assert (found.status, found.reopened, found.handling_due_at) == (Status.HANDLING, 1, hours(32))
    assert found.deadlines.filter(fired_at=None, ended_at=None, due_at__lte=hours(30)).count() == 0


def test_withdrawing_ends_every_timer(place):
    found = make_case(place)
    ending.withdraw(found.pk, "客户电话撤回", person=place.clerk, now=hours(1))
    assert (fresh(found).status, open_timers(found), fresh(found).next_due_at) == (Status.WITHDRAWN, 0, None)


def test_pauses_only_for_allowed_reasons_and_never_when_late(place):
    found = make_case(place, tier="vip")
    refused("no_pause", handling.pause, found.pk, "customer_away", "打不通", person=place.duty, now=hours(1))
    handling.pause(found.pk, "customer_papers", "等账单照片", person=place.duty, now=hours(2))
    assert (fresh(found).handling_due_at, fresh(found).consumed_seconds) == (None, 7200)
    handling.resume(found.pk, person=place.duty, now=hours(5))
    assert fresh(found).handling_due_at == hours(11)
    refused("bad_move", handling.pause, found.pk, "customer_papers", "再等", person=place.duty, now=hours(11.01))


def test_a_reply_after_closing_is_refused(place):
    found = make_case(place)
    ending.close(found.pk, "solved", "已解决", person=place.clerk, now=hours(1))
    refused("bad_move", handling.reply, found.pk, "补充", person=place.clerk, now=hours(2))


def test_a_hundred_thousand_characters_are_refused_with_a_sentence(place):
    refused("too_long", make_case, place, content="长" * 100_000)
    found = make_case(place)
    refused("too_long", handling.note, found.pk, "长" * 100_000, person=place.clerk, now=hours(1))


def test_promises_have_their_own_time_and_end_once(place):
    found = make_case(place)
    refused("past", handling.promise, found.pk, "回电", hours(0), person=place.clerk, now=hours(0))
    handling.promise(found.pk, "下午三点前回电", hours(5), person=place.clerk, now=hours(1))
    assert fresh(found).next_due_at == hours(5)
    handling.keep_promise(found.pk, 1, person=place.clerk, now=hours(4))
    assert fresh(found).next_due_at == hours(48)
    refused("no_promise", handling.keep_promise, found.pk, 1, person=place.clerk, now=hours(4))


def test_amending_keeps_what_stood_before(place):
    found = make_case(place, content="")
    cases.amend(found.pk, content="多收 12.50 元", person=place.clerk, now=hours(1))
    data = ComplaintEvent.objects.get(complaint=found, did=Did.AMENDED).data
    assert (fresh(found).content, data["before"]) == ("多收 12.50 元", {"content": ""})


def test_events_are_for_ever(place):
    found = make_case(place)
    for change in (
        lambda: ComplaintEvent.objects.filter(complaint=found).update(data={}),
        lambda: ComplaintEvent.objects.filter(complaint=found).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    assert events(found) == ["logged", "accepted"]


def test_the_nightly_proof_finds_what_was_changed_behind_the_journal(place):
    found, other = make_case(place, tier="vip"), make_case(place)
    handling.pause(other.pk, "customer_papers", "等", person=place.duty, now=hours(1))
    assert check.check_all(hours(2)).wrong == []
    Complaint.objects.filter(pk=found.pk).update(handling_due_at=hours(99))
    found.deadlines.filter(level=4).update(due_at=hours(99))
    assert sorted(check.check_all(hours(2)).wrong) == [f"{found.number}: handling_due_at", f"{found.number}: timers"]
    assert Notice.objects.filter(user=place.operations, title="2 处投诉记录与经过不符").count() == 1


def test_the_nightly_proof_sees_a_touched_event(place):
    from django.db import connection

    found = make_case(place)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE complaints_complaintevent DISABLE TRIGGER complaints_events_are_forever")
        cursor.execute("UPDATE complaints_complaintevent SET data = '{}' WHERE seq = 1")
        cursor.execute("ALTER TABLE complaints_complaintevent ENABLE TRIGGER complaints_events_are_forever")
    assert check.check_all(hours(1)).wrong == [f"{found.number}: event 1"]


def test_helpers_see_the_case_they_help_with(place):
    elsewhere = make_user("05001", "clerk", hall=None, name="赵")
    found = make_case(place)
    assert Complaint.objects.visible_to(elsewhere).count() == 0
    handling.add_helper(found.pk, elsewhere, person=place.duty, now=hours(1))
    assert list(Complaint.objects.visible_to(elsewhere)) == [found]
    handling.remove_helper(found.pk, elsewhere, person=place.duty, now=hours(2))
    assert Complaint.objects.visible_to(elsewhere).count() == 0


def test_r_c_19_0000_style_doubts_and_suggestions_have_rules_of_their_own(place):
    doubt = make_case(place, kind="vas_doubt")
    idea = make_case(place, kind="suggestion", content="希望增加座椅")
    assert (doubt.number, doubt.handling_due_at, doubt.reply_due_at) == ("ZZ20261123-ZJ01-0001", None, hours(72))
    assert (idea.number, idea.handling_due_at, idea.reply_due_at) == ("JY20261123-ZJ01-0001", None, hours(168))
    ending.close(idea.pk, "adopted", "下月增加 6 张座椅", person=place.manager, now=hours(2))
    ending.archive(idea.pk, person=place.manager, now=hours(3))
    assert (fresh(idea).status, fresh(idea).outcome) == (Status.ARCHIVED, "adopted")
