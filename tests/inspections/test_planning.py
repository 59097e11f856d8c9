"""The plan: random but balanced, nobody where they belong (R-I-11, R-I-12); questions of the bank."""

from bisect import bisect
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from core.errors import Refused
from core.time import SHANGHAI, business_day, now
from inspections.actions import planning
from inspections.actions import visits as visit_actions
from inspections.models import AskedQuestion, Plan, Visit
from inspections.queries.cards import questions_for
from inspections.rules import questions
from inspections.rules.planning import Terms, draw
from inspections.rules.questions import Candidate
from inspections.states import VisitKind, VisitState
from staff.states import Role
from tests.factories import employ, make_hall, make_owner
from tests.inspections.rows import make_auditor, make_card, make_question, make_visit

DAYS = [date(2026, 12, 1) + timedelta(days=n) for n in range(31)]
TERMS = Terms(visits=4, mystery_percent=50, double_percent=5)


def drawn(halls: int = 10, auditors: int = 3, conflicts: set = frozenset(), seed: str = "a", terms: Terms = TERMS):
    return draw(dict.fromkeys(range(1, halls + 1), DAYS), list(range(101, 101 + auditors)), conflicts, terms, seed)


def test_r_i_11_every_hall_gets_its_visits_spread_over_the_month():
    plan = [one for one in drawn() if not one.is_second]
    assert set(Counter(one.hall for one in plan).values()) == {4}
    for hall in range(1, 11):
        days = sorted(one.day.day for one in plan if one.hall == hall)
        assert [bisect([7, 15, 23], day - 1) for day in days] == [0, 1, 2, 3]


def test_r_i_11_kinds_and_auditors_are_balanced():
    plan = [one for one in drawn() if not one.is_second]
    assert Counter(one.kind for one in plan) == {VisitKind.OPEN: 20, VisitKind.MYSTERY: 20}
    load = Counter(one.auditor for one in plan)
    assert max(load.values()) - min(load.values()) <= 3


def test_r_i_11_the_same_seed_draws_the_same_and_another_another():
    assert drawn() == drawn()
    assert drawn(seed="b") != drawn()


def test_r_i_11_a_share_is_seen_twice_by_another_auditor_on_the_same_day():
    plan = drawn()
    second = [one for one in plan if one.is_second]
    assert len(second) == 2
    for one in second:
        first = next(other for other in plan if (other.hall, other.day) == (one.hall, one.day) and not other.is_second)
        assert first.auditor != one.auditor


def test_r_i_12_nobody_is_sent_to_a_hall_they_belong_to():
    conflicts = {(101, hall) for hall in range(1, 6)}
    assert not {(one.auditor, one.hall) for one in drawn(conflicts=conflicts)} & conflicts
    with pytest.raises(Refused) as no:
        drawn(auditors=1, conflicts={(101, 3)})
    assert no.value.code == "no_auditor"


NOW = datetime(2026, 11, 20, 9, tzinfo=SHANGHAI)


def test_r_i_11_a_plan_is_drawn_once_and_second_visits_know_their_first(db: None):
    make_card()
    halls = [make_hall(f"ZJ{n:02d}", groups=False, windows=0) for n in (1, 2, 3)]
    one, two = make_auditor(), make_auditor()
    owner = make_owner()
    planning.draw(halls[0].region, date(2026, 12, 1), actor=owner, now=NOW)
    plan = Plan.objects.get()
    visits = Visit.objects.filter(plan=plan)
    assert set(Counter(visits.filter(second_of=None).values_list("hall", flat=True)).values()) == {4}
    assert set(visits.values_list("auditor", flat=True)) == {one.pk, two.pk}
    second = visits.exclude(second_of=None).get()
    assert (second.second_of.hall, second.second_of.planned_on) == (second.hall, second.planned_on)
    assert second.second_of.auditor_id != second.auditor_id
    with pytest.raises(Refused) as no:
        planning.draw(halls[0].region, date(2026, 12, 1), actor=owner, now=NOW)
    assert no.value.code == "plan_exists"
    for month in (date(2026, 10, 1), date(2027, 1, 1), date(2026, 12, 2)):
        with pytest.raises(Refused) as no:
            planning.draw(halls[0].region, month, actor=owner, now=NOW)
        assert no.value.code == "bad_month"


def test_r_i_12_by_hand_too_nobody_goes_to_the_own_hall_or_a_former_one(db: None):
    hall, auditor, today = make_hall(), make_auditor(), business_day(now())
    version = make_card()
    employ(auditor, Role.CLERK, hall, until=today - timedelta(days=200))
    with pytest.raises(Refused) as no:
        visit_actions.arrange(hall, version, auditor, on=today + timedelta(days=2), kind=VisitKind.OPEN)
    assert no.value.code == "conflict_of_interest"
    assert not Visit.objects.exists()
    auditor.employments.filter(hall=hall).update(valid_to=today - timedelta(days=400))
    made = visit_actions.arrange(hall, version, auditor, on=today + timedelta(days=2), kind=VisitKind.MYSTERY)
    assert made.state == VisitState.PLANNED
    visit_actions.cancel(made)
    made.refresh_from_db()
    assert made.state == VisitState.CANCELLED


def test_a_visit_under_way_is_not_cancelled(db: None):
    visit = make_visit(make_hall(), state=VisitState.RUNNING)
    with pytest.raises(Refused) as no:
        visit_actions.cancel(visit)
    assert no.value.code == "visit_begun"


def test_questions_differ_in_business_and_are_valid_that_day():
    bank = [Candidate(n, f"b{n % 2}", date(2026, 1, 1), None) for n in range(1, 7)]
    bank.append(Candidate(7, "old", date(2025, 1, 1), date(2025, 12, 31)))
    found = questions.draw(bank, {1, 2}, 2, on=date(2026, 6, 1), seed="x")
    assert len({n % 2 for n in found}) == 2
    assert not set(found) & {1, 2, 7}
    assert len(questions.draw(bank, {1, 2, 3, 4, 5}, 2, on=date(2026, 6, 1), seed="x")) == 1


def test_a_hall_does_not_get_a_question_again_for_three_months(db: None):
    hall, today = make_hall(), date(2026, 11, 24)
    asked, fresh = make_question("payment"), make_question("sim_replace")
    for question, days in ((asked, 80), (fresh, 100)):
        old = make_visit(hall, on=today - timedelta(days=days))
        AskedQuestion.objects.create(visit=old, question=question, order=0)
    assert questions_for(hall, today, "x") == [fresh.pk]
