"""The month: means, places, ties, bonus (R-I-8, R-I-9); repeats and calibration."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.time import SHANGHAI
from inspections.actions import months as actions
from inspections.models import Bonus, MonthResult, Visit
from inspections.rules import months as rules
from inspections.rules.calibration import agreement, weighted_kappa
from inspections.rules.months import BonusTerms, bonus_points
from inspections.states import VisitKind, VisitState
from tests.factories import make_hall, make_region, make_user
from tests.inspections.rows import make_auditor, make_card, make_visit

TERMS = BonusTerms(rank_max=5, criteria_min=3, points_min=1, points_max=2, two_points_from=6)
MONTH = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([95, 88, 91], "91.33"), ([100, 99], "99.50"), ([0, 100, 100], "66.67"), ([90, 90, 91], "90.33"), ([98], "98.00")],
)
def test_r_i_9_the_mean_has_two_decimals_and_a_veto_counts_as_nothing(scores: list[int], expected: str):
    assert rules.mean(scores) == Decimal(expected)


def test_r_i_9_half_a_hundredth_rounds_up():
    assert rules.mean([0] * 7 + [1]) == Decimal("0.13")


@pytest.mark.parametrize(
    ("scores", "expected"), [([90], None), ([90, 90], "0.00"), ([90, 91], "0.71"), ([80, 90, 97], "8.54")]
)
def test_the_spread_is_that_of_a_sample(scores: list[int], expected: str | None):
    assert rules.spread(scores) == (expected and Decimal(expected))


def test_r_i_8_ties_share_the_better_place():
    means = {1: Decimal("95"), 2: Decimal("93"), 3: Decimal("93"), 4: Decimal("90")}
    assert rules.ranks(means) == {1: 1, 2: 2, 3: 2, 4: 4}


@settings(max_examples=60)
@given(st.dictionaries(st.integers(1, 50), st.integers(0, 100).map(Decimal), max_size=20))
def test_r_i_9_a_place_is_one_more_than_those_who_did_better(means: dict[int, Decimal]):
    places = rules.ranks(means)
    assert places == {hall: 1 + sum(other > score for other in means.values()) for hall, score in means.items()}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 1),
        ({"rank": 5}, 1),
        ({"rank": 6}, "rank_too_low"),
        ({"rank": None}, "not_ranked"),
        ({"criteria": 2}, "too_few_criteria"),
        ({"criteria": 5}, 1),
        ({"criteria": 6}, 2),
        ({"is_region_wide": True}, 2),
        ({"has_innovation": False}, "no_innovation"),
        ({"vetoed": True}, "bonus_vetoed"),
        ({"criteria": 13, "is_region_wide": True}, 2),
    ],
)
def test_r_i_8_bonus(changed: dict, expected: object):
    facts = {"rank": 1, "criteria": 3, "has_innovation": True, "is_region_wide": False, "vetoed": False, **changed}
    try:
        found: object = bonus_points(TERMS, **facts)
    except Refused as no:
        found = no.code
    assert found == expected


def test_an_item_is_a_repeat_when_it_failed_twice_in_the_last_three():
    visits = [frozenset({"A", "B"}), frozenset({"A"}), frozenset(), frozenset({"B", "C"}), frozenset({"B"})]
    assert rules.repeated(visits) == {"B": 2}
    assert rules.repeated(visits[:2]) == {"A": 2}


def test_calibration_tells_bias_and_agreement():
    same = agreement([(95, 95)], [("pass", "pass"), ("fail", "fail")])
    assert (same.bias, same.kappa) == (0, 1.0)
    strict = agreement([(90, 95), (92, 95)], [("fail", "pass"), ("pass", "pass"), ("fail", "fail")])
    assert strict.bias == -4.0
    assert weighted_kappa([(0, 2), (2, 0)], 3) == -1.0
    assert weighted_kappa([(0, 0)], 3) is None
    assert weighted_kappa([], 3) is None


def over(hall, *scores: int, day: int = 10, **fields) -> None:
    for number, score in enumerate(scores):
        at = datetime(2026, 11, day + number, 10, tzinfo=SHANGHAI)
        more = {"state": VisitState.SUBMITTED, "score": score, "started_at": at, "submitted_at": at, **fields}
        make_visit(hall, auditor=fields.get("auditor") or AUDITOR[0], on=at.date(), **more)


AUDITOR: list = []


@pytest.fixture
def halls(db: None):
    AUDITOR[:] = [make_auditor()]
    return [make_hall(f"ZJ{n:02d}", type="township", groups=False, windows=0) for n in range(1, 5)]


def places() -> dict[str, tuple]:
    return {one.hall.code: (one.score, one.rank) for one in MonthResult.objects.select_related("hall")}


def test_r_i_9_a_hall_is_ranked_in_its_class_after_three_visits(halls: list):
    for hall, scores in zip(halls, [(95, 95, 95), (90, 90, 90), (90, 90, 90), (99, 99)], strict=True):
        over(hall, *scores)
    other = make_hall("ZJ09", type="standard", groups=False, windows=0)
    over(other, 50, 50, 50)
    assert actions.reckon(MONTH, now=datetime(2026, 11, 30, tzinfo=SHANGHAI)) == 5
    assert places() == {
        "ZJ01": (Decimal("95.00"), 1),
        "ZJ02": (Decimal("90.00"), 2),
        "ZJ03": (Decimal("90.00"), 2),
        "ZJ04": (Decimal("99.00"), None),
        "ZJ09": (Decimal("50.00"), 1),
    }


def test_r_i_11_patrols_and_second_visits_do_not_count(halls: list):
    hall = halls[0]
    over(hall, 90, 90, 90)
    over(hall, 10, day=20, kind=VisitKind.PATROL, version=make_card("patrol"))
    over(hall, 20, day=21, second_of=Visit.objects.filter(score=90).first())
    over(hall, 30, day=22, state=VisitState.UPLOADING)
    over(hall, 40, day=1, started_at=datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI))
    actions.reckon(MONTH, now=datetime(2026, 11, 30, tzinfo=SHANGHAI))
    assert places() == {"ZJ01": (Decimal("90.00"), 1)}


def test_reckoning_again_changes_only_what_changed(halls: list, django_assert_max_num_queries):
    for hall in halls:
        over(hall, 80, 80, 80)
    now = datetime(2026, 11, 30, tzinfo=SHANGHAI)
    with django_assert_max_num_queries(12):
        actions.reckon(MONTH, now=now)
    Visit.objects.filter(hall=halls[0]).update(score=99)
    Visit.objects.filter(hall=halls[1]).update(state=VisitState.CANCELLED)
    later = datetime(2026, 12, 1, tzinfo=SHANGHAI)
    actions.reckon(MONTH, now=later)
    assert places() == {
        "ZJ01": (Decimal("99.00"), 1), "ZJ03": (Decimal("80.00"), 2), "ZJ04": (Decimal("80.00"), 2),
    }  # fmt: skip
    assert list(MonthResult.objects.filter(reckoned_at=later).values_list("hall__code", flat=True)) == [
        "ZJ01", "ZJ03", "ZJ04",
    ]  # fmt: skip
    actions.reckon(MONTH, now=datetime(2026, 12, 2, tzinfo=SHANGHAI))
    assert MonthResult.objects.filter(reckoned_at=later).count() == 3


def test_r_i_8_a_nomination_is_granted_by_somebody_else_and_added_to_the_month(halls: list):
    over(halls[0], 99, 99, 99)
    now = datetime(2026, 11, 30, tzinfo=SHANGHAI)
    actions.reckon(MONTH, now=now)
    manager = make_user(role="hall_manager", hall=halls[0])
    district = make_user(role="district", region=make_region())
    facts = {"is_region_wide": False, "actor": manager}
    with pytest.raises(Refused) as no:
        actions.nominate(halls[0], MONTH, ["C1", "C2", "C99"], "快办岛", **facts)
    assert no.value.code == "too_few_criteria"
    bonus = actions.nominate(halls[0], MONTH, ["C1", "C2", "C3", "C4", "C5", "C6"], "快办岛", **facts)
    with pytest.raises(Refused) as no:
        actions.nominate(halls[0], MONTH, ["C1", "C2", "C3"], "又一项", **facts)
    assert no.value.code == "bonus_exists"
    with pytest.raises(Refused) as no:
        actions.decide(bonus, approved=True, answer="", actor=manager, now=now)
    assert no.value.code == "own_bonus"
    actions.decide(bonus, approved=True, answer="值得推广", actor=district, now=now)
    actions.reckon(MONTH, now=now)
    result = MonthResult.objects.get()
    assert (result.bonus, result.total, result.rank) == (2, Decimal("101.00"), 1)
    assert Bonus.objects.get().points == 2
