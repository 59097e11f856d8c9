"""After the score comes improvement (R-I-10), and a hall may appeal (R-I-12)."""

from datetime import timedelta

import pytest

from core.errors import Refused
from core.live import may_listen
from core.time import business_day, now
from inspections.actions import appeals, improvement, submitting
from inspections.models import ActionEvent, Appeal, CorrectiveAction, MonthResult, Visit
from inspections.rules.improvement import working_days_after
from inspections.states import ActionState, AppealState, VisitState
from messaging.models import Notice
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.inspections.rows import hand_in, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall()


@pytest.fixture
def manager(hall):
    return make_user(role=Role.HALL_MANAGER, hall=hall)


@pytest.fixture
def district(hall):
    return make_user(role=Role.DISTRICT, region=make_region())


def test_r_i_10_every_action_has_an_owner_who_can_act(hall, district):
    def owner_of_the_next(item):
        hand_in(make_visit(hall), item)
        return CorrectiveAction.objects.latest("pk").owner

    assert owner_of_the_next("A1.9") == district
    duty = make_user(role=Role.DUTY_MANAGER, hall=hall)
    assert owner_of_the_next("A1.8") == duty
    manager = make_user(role=Role.HALL_MANAGER, hall=hall)
    assert owner_of_the_next("A1.7") == manager


def test_r_i_10_proof_and_recheck_by_somebody_else(hall, manager, district, nudges):
    hand_in(make_visit(hall), "A1.9")
    action = CorrectiveAction.objects.get()
    with pytest.raises(Refused) as no:
        improvement.prove(action, "  ", actor=manager, now=now())
    assert no.value.code == "no_proof"
    improvement.prove(action, "已修剪", actor=manager, now=now())
    with pytest.raises(Refused) as no:
        improvement.recheck(action, passed=True, note="", actor=manager, now=now())
    assert no.value.code == "own_action"
    with pytest.raises(Refused) as no:
        improvement.recheck(action, passed=False, note="", actor=district, now=now())
    assert no.value.code == "no_reason"
    improvement.recheck(action, passed=False, note="还有一人", actor=district, now=now())
    improvement.prove(action, "都已修剪", actor=manager, now=now())
    improvement.recheck(action, passed=True, note="", actor=district, now=now())
    action.refresh_from_db()
    assert action.state == ActionState.DONE
    assert [event for topic, event, _ in nudges if topic == f"inspections.{hall.code}"] == [
        "visit.submitted", "action.recheck", "action.open", "action.recheck", "action.done",
    ]  # fmt: skip
    assert [one.did for one in ActionEvent.objects.filter(action=action)] == [
        "opened", "proved", "returned", "proved", "passed",
    ]  # fmt: skip
    with pytest.raises(Refused) as no:
        improvement.recheck(action, passed=True, note="", actor=district, now=now())
    assert no.value.code == "bad_move"


def test_who_sees_a_halls_inspections_may_hear_of_them(hall, manager, district):
    clerk = make_user(role=Role.CLERK, hall=hall)
    topic = f"inspections.{hall.code}"
    assert [may_listen(one, topic) for one in (manager, district, clerk)] == [True, True, False]
    assert not may_listen(manager, "inspections.ZJ99")


def test_r_i_10_what_is_past_its_day_is_told_upwards_once(hall, manager, district):
    hand_in(make_visit(hall), "A1.9")
    action = CorrectiveAction.objects.get()
    CorrectiveAction.objects.update(due_on=business_day(now()))
    assert improvement.escalate_overdue(now()) == 0
    CorrectiveAction.objects.update(due_on=business_day(now()) - timedelta(days=1))
    assert improvement.escalate_overdue(now()) == 1
    assert improvement.escalate_overdue(now()) == 0
    told = Notice.objects.filter(key=f"inspections.overdue.{action.pk}").values_list("user", flat=True)
    assert set(told) == {manager.pk, district.pk}


def test_working_days_leave_weekends_out():
    friday = business_day(now())
    while friday.weekday() != 4:
        friday += timedelta(days=1)
    assert working_days_after(friday, 3, lambda day: day.weekday() < 5) == friday + timedelta(days=5)


def test_r_i_12_a_granted_appeal_issues_the_score_anew_and_both_stay(hall, manager, district):
    visit = hand_in(make_visit(hall), "A1.9", "A2.1")
    first = visit.findings.get(item="A2.1")
    appeal = appeals.raise_appeal(visit, [first], "当时在为老人拿水", actor=manager, now=now())
    visit.refresh_from_db()
    assert (visit.state, visit.score) == (VisitState.APPEALING, 94)
    for actor, code in ((visit.auditor, "conflict_of_interest"), (manager, "conflict_of_interest")):
        with pytest.raises(Refused) as no:
            appeals.decide(appeal, [first], "同意", actor=actor, now=now())
        assert no.value.code == code
    appeals.decide(appeal, [first], "录像属实", actor=district, now=now())
    visit.refresh_from_db()
    appeal = Appeal.objects.get()
    assert (visit.state, visit.score, visit.first_score) == (VisitState.FINAL, 98, 94)
    assert (appeal.state, appeal.score_before, appeal.score_after) == (AppealState.ACCEPTED, 94, 98)
    assert visit.breakdown["groups"][1]["text"] == "15 分"
    assert CorrectiveAction.objects.get(finding=first).state == ActionState.DONE
    assert MonthResult.objects.get().score == 98


def test_r_i_12_a_declined_appeal_leaves_the_score(hall, manager, district):
    visit = hand_in(make_visit(hall), "A1.9")
    appeal = appeals.raise_appeal(visit, list(visit.findings.all()), "不认可", actor=manager, now=now())
    appeals.decide(appeal, [], "照片清楚", actor=district, now=now())
    visit.refresh_from_db()
    assert (visit.state, visit.score, Appeal.objects.get().state) == (VisitState.FINAL, 98, AppealState.DECLINED)


def test_r_i_12_after_three_working_days_the_score_is_final(hall, manager):
    visit = hand_in(make_visit(hall), "A1.9")
    late = now() + timedelta(days=8)
    with pytest.raises(Refused) as no:
        appeals.raise_appeal(visit, list(visit.findings.all()), "不认可", actor=manager, now=late)
    assert no.value.code == "appeal_too_late"
    assert submitting.close_appeal_time(now()) == 0
    assert submitting.close_appeal_time(late) == 1
    visit.refresh_from_db()
    assert visit.state == VisitState.FINAL


def test_a_granted_appeal_against_a_veto_gives_the_score_back(hall, manager, district):
    from tests.inspections.rows import Pen

    pen = Pen(make_visit(hall))
    pen.fill(failed=("A1.9",))
    span = {"started_at": "2026-11-24T10:00:00+08:00", "ended_at": "2026-11-24T10:21:00+08:00"}
    pen.write("veto", {**span, "returned": False})
    pen.submit()
    pen.tell()
    visit = Visit.objects.get()
    assert visit.score == 0
    veto = visit.findings.get(item="V1")
    appeal = appeals.raise_appeal(visit, [veto], "停电疏散", actor=manager, now=now())
    appeals.decide(appeal, [veto], "属实", actor=district, now=now())
    visit.refresh_from_db()
    assert (visit.score, visit.is_vetoed) == (98, False)
