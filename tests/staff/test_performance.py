"""Month sheets, stars (R-S-16), competitions (R-S-17): counted figures, given words, locks that hold."""

from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st

from core import time
from core.errors import Refused
from staff import hooks
from staff.actions import awards as awards_actions
from staff.actions import month_sheets as actions
from staff.actions.awards import Choice, Plan
from staff.hooks import ServiceFigures
from staff.models import Award, CompetitionResult, ConductNote, Course, MonthSheet
from staff.queries import awards as queries
from staff.queries.month_lines import Lines
from staff.rules import performance as rules
from staff.states import AwardKind, Matter, MatterState, Role
from staff.states import MonthSheetState as S
from tests.factories import make_hall, make_user

NOVEMBER = date(2026, 11, 1)
NOW = datetime(2026, 12, 2, 9, tzinfo=time.SHANGHAI)


def test_months_and_their_ends():
    assert [rules.month_before(day) for day in (date(2026, 1, 31), NOVEMBER)] == [date(2025, 12, 1), date(2026, 10, 1)]
    assert [rules.last_day(day) for day in (date(2026, 2, 1), date(2028, 2, 1))] == [
        date(2026, 2, 28),
        date(2028, 2, 29),
    ]


def test_r_s_16_the_service_star_is_ordered_by_rating_then_fewer_faults_then_volume():
    def order(mean, low=0, errors=0, served=100):
        return rules.service_order(
            {"ratings": 100, "rating_sum": int(mean * 100), "low_ratings": low, "errors": errors, "served": served},
            least=20,
        )

    rows = [order(4.9), order(4.8), order(4.8, errors=1), order(4.8, low=1), order(4.5, served=900), order(4.5)]
    assert sorted(rows) == rows


@pytest.mark.parametrize(("ratings", "is_candidate"), [(0, False), (19, False), (20, True)])
def test_r_s_16_too_few_ratings_are_no_candidate(ratings, is_candidate):
    found = rules.service_order({"ratings": ratings, "rating_sum": 5 * ratings}, least=20)

    assert (found is not None) == is_candidate


def test_r_s_16_the_sales_star_is_ordered_by_what_was_accepted():
    rows = [rules.sales_order(one) for one in ({"accepted": 9, "offered": 30}, {"accepted": 8, "offered": 10})]

    assert sorted(rows) == rows
    assert rules.sales_order({"offered": 30}) is None


@settings(max_examples=80)
@given(st.lists(st.decimals(0, 100, places=1), min_size=1, max_size=12))
def test_r_s_17_ranks_follow_scores_and_equals_share(scores):
    ranks = rules.ranks(scores)

    assert min(ranks) == 1
    for score, rank in zip(scores, ranks, strict=True):
        assert rank == 1 + sum(other > score for other in scores)


def test_r_s_17_points_by_rank():
    assert [rules.points_for(rank, (5, 3, 2)) for rank in (1, 2, 3, 4)] == [5, 3, 2, 0]


@pytest.mark.parametrize(
    ("today", "share"), [(1, "0"), (2, "1/30"), (16, "15/30"), (30, "29/30"), (31, "1"), (45, "1")]
)
def test_pace_counts_the_days_that_are_over(today, share):
    part, _, whole = share.partition("/")
    day = NOVEMBER + timedelta(days=today - 1)

    assert rules.pace(NOVEMBER, day) == Decimal(part) / Decimal(whole or 1)


# ---- with rows -------------------------------------------------------------------------------------------------------


@pytest.fixture
def hall(db):
    return make_hall(windows=0)


@pytest.fixture
def li(hall):
    return make_user("01002", Role.CLERK, hall, name="小李")


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def counted(monkeypatch, hall, li):
    """What the apps above would count; a test may change it."""
    figures = {li.pk: {"served": 300, "service_seconds": 144000, "ratings": 40, "rating_sum": 190, "low_ratings": 1}}
    figures[li.pk] |= {"offered": 30, "accepted": 9}

    def count(hall_ids, since, until, now):
        return ServiceFigures(people={(pk, person): dict(row) for pk in hall_ids for person, row in figures.items()})

    monkeypatch.setattr(hooks, "_counters", [count])
    return figures


@pytest.fixture
def sheet(hall, li, wang, counted):
    actions.make_for(hall, NOVEMBER, NOW)
    return MonthSheet.objects.get(person=li)


def test_everybody_of_the_month_gets_one_sheet_with_what_was_counted(hall, li, wang, counted):
    assert [actions.make_sheets(NOW), actions.make_sheets(NOW)] == [2, 0]

    mine, boss = MonthSheet.objects.get(person=li), MonthSheet.objects.get(person=wang)
    assert (mine.month, mine.figures) == (NOVEMBER, {**counted[li.pk], "violations": 0})
    texts = Lines(mine).texts
    assert (texts["served"], texts["mean_service"], texts["rating"]) == ("300", "8.0", "4.75")
    assert boss.figures == {"violations": 0}  # our own register knows of none
    assert {name for name, text in Lines(boss).texts.items() if text != "—"} == {"violations"}  # uncounted is not zero


def test_r_s_20_violations_that_a_manager_has_decided_stand_on_the_sheet(hall, li, wang, counted):
    for day, state in [
        (NOVEMBER, MatterState.CONFIRMED),
        (rules.last_day(NOVEMBER), MatterState.OBJECTED),
        (NOVEMBER, MatterState.NOTED),
        (NOVEMBER, MatterState.DISMISSED),
        (NOVEMBER - timedelta(days=1), MatterState.CONFIRMED),
        (rules.last_day(NOVEMBER) + timedelta(days=1), MatterState.CONFIRMED),
    ]:
        facts = {"matter": Matter.values[0], "what": "离岗", "noted_by": wang, "noted_at": NOW, "state": state}
        ConductNote.objects.create(hall=hall, person=li, happened_at=time.at(day, clock(0, 30)), **facts)

    actions.make_for(hall, NOVEMBER, NOW)

    sheets = MonthSheet.objects.order_by("person__staff_no")
    assert [Lines(one).text("violations") for one in sheets] == ["0", "2"]


def test_r_s_15_tests_of_the_months_courses_stand_on_the_sheet(hall, li, wang, counted):
    for title, day, score in [
        ("5G 套餐", NOVEMBER, 90),
        ("服务礼仪", rules.last_day(NOVEMBER), 81),
        ("上个月", NOVEMBER - timedelta(days=1), 10),
        ("没有考试", NOVEMBER, None),
    ]:
        facts = {"kind": "chosen", "trainer": "讲师", "begins": "14:00", "minutes": 60, "seats": 30, "made_at": NOW}
        course = Course.objects.create(title=title, day=day, made_by=wang, **facts)
        course.seats_taken.create(person=li, taken_at=NOW, came=True, score=score)

    actions.make_for(hall, NOVEMBER, NOW)

    mine, boss = MonthSheet.objects.get(person=li), MonthSheet.objects.get(person=wang)
    assert (mine.figures["exams"], mine.figures["exam_sum"]) == (2, 171)
    assert (Lines(mine).text("exam_score"), Lines(boss).text("exam_score")) == ("85.5", "—")


def test_answers_of_several_apps_are_one(monkeypatch, hall, li):
    monkeypatch.setattr(hooks, "_counters", [])
    key = (hall.pk, li.pk)
    one = ServiceFigures(halls={hall.pk: {"served": 3}}, people={key: {"served": 3}})
    other = ServiceFigures(people={key: {"complaints": 1, "served": 2}})
    hooks.answer_service_figures(lambda *asked: one)
    hooks.answer_service_figures(lambda *asked: other)

    found = hooks.service_figures([hall.pk], NOVEMBER, NOVEMBER, NOW)
    assert (found.halls, found.people) == ({hall.pk: {"served": 3}}, {key: {"served": 5, "complaints": 1}})


def test_late_ratings_come_in_until_the_person_has_looked(hall, li, sheet, counted):
    counted[li.pk]["ratings"] = 41
    actions.make_for(hall, NOVEMBER, NOW)
    sheet.refresh_from_db()
    assert sheet.figures["ratings"] == 41

    actions.accept(sheet.pk, person=li, now=NOW)
    counted[li.pk]["ratings"] = 99
    actions.make_for(hall, NOVEMBER, NOW)
    sheet.refresh_from_db()
    assert (sheet.figures["ratings"], sheet.state) == (41, S.SEEN)


def test_an_objection_is_answered_with_fresh_figures_before_it_can_be_signed(li, wang, sheet, counted):
    actions.object_to(sheet.pk, "少算了 11 月 30 日", person=li, now=NOW)
    with pytest.raises(Refused) as no:
        actions.sign(sheet.pk, actor=wang, now=NOW)
    assert no.value.code == "objection_open"

    counted[li.pk]["served"] = 312
    actions.answer(sheet.pk, "已补入。", actor=wang, now=NOW)
    signed = actions.sign(sheet.pk, actor=wang, now=NOW)
    assert (signed.state, signed.figures["served"], signed.signed_by) == (S.SIGNED, 312, wang)


def test_a_signed_sheet_is_locked_against_everybody(hall, li, wang, sheet, counted):
    actions.accept(sheet.pk, person=li, now=NOW)
    actions.sign(sheet.pk, actor=wang, now=NOW)
    before = MonthSheet.objects.filter(pk=sheet.pk).values().get()

    counted[li.pk]["served"] = 1
    actions.make_for(hall, NOVEMBER, NOW)
    for act in (
        lambda: actions.accept(sheet.pk, person=li, now=NOW),
        lambda: actions.object_to(sheet.pk, "不对", person=li, now=NOW),
        lambda: actions.answer(sheet.pk, "对的", actor=wang, now=NOW),
        lambda: actions.sign(sheet.pk, actor=wang, now=NOW),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "locked"
    assert MonthSheet.objects.filter(pk=sheet.pk).values().get() == before


@pytest.mark.parametrize(("days", "signed"), [(0, False), (2, False), (3, True)])
def test_a_sheet_nobody_looked_at_can_be_signed_after_some_days(wang, sheet, days, signed):
    later = NOW + timedelta(days=days)
    if signed:
        assert actions.sign(sheet.pk, actor=wang, now=later).state == S.SIGNED
    else:
        with pytest.raises(Refused) as no:
            actions.sign(sheet.pk, actor=wang, now=later)
        assert no.value.code == "not_seen"


def test_nobody_signs_their_own_and_clerks_sign_none(hall, li, wang, sheet):
    own = MonthSheet.objects.get(person=wang)
    with pytest.raises(Refused) as no:
        actions.sign(own.pk, actor=wang, now=NOW + timedelta(days=9))
    assert no.value.code == "own_sheet"
    with pytest.raises(PermissionDenied):
        actions.sign(sheet.pk, actor=li, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.accept(sheet.pk, person=wang, now=NOW)


def test_a_sheet_is_seen_by_the_person_and_who_signs_it(client, hall, li, wang, sheet):
    page = f"/staff/months/{sheet.pk}/"
    other = make_user("01004", Role.CLERK, hall)
    stranger = make_user("05001", Role.HALL_MANAGER, make_hall("ZJ05", windows=0))
    for person, status in ((li, 200), (wang, 200), (other, 404), (stranger, 404)):
        client.force_login(person)
        assert (person.staff_no, client.get(page).status_code) == (person.staff_no, status)
    client.force_login(li)
    assert client.get("/staff/months/").status_code == 403
    assert client.post(f"{page}sign/").status_code == 403
    kept = client.post(f"{page}object/", {"words": ""})
    assert kept.status_code == 200
    client.force_login(wang)
    table = b"".join(client.get("/staff/months/export/?month=2026-11").streaming_content).decode().splitlines()
    assert [row.split(",")[:3] for row in table[1:]] == [["01001", "王经理", "—"], ["01002", "小李", "300"]]


# ---- R-S-16 ----------------------------------------------------------------------------------------------------------


def test_r_s_16_the_manager_chooses_among_the_candidates_with_a_reason(hall, li, wang, counted):
    award = awards_actions.decide(hall, NOVEMBER, Choice(AwardKind.SERVICE, li, "全月评价最高"), actor=wang, now=NOW)

    assert (award.person, award.reason, award.figures["rating_sum"]) == (li, "全月评价最高", 190)
    actions.make_for(hall, NOVEMBER, NOW)
    assert MonthSheet.objects.get(person=li).figures["stars"] == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "no_reason"),
        ({"kind": "beauty"}, "no_reason"),
        ({"month": date(2026, 12, 1)}, "month_not_over"),
        ({"person": "zhou"}, "no_candidate"),
        ({"person": "wang"}, "own_award"),
    ],
)
def test_r_s_16_no_star_without_figures_reason_and_a_month_that_is_over(hall, li, wang, counted, change, code):
    people = {"li": li, "wang": wang, "zhou": make_user("01004", Role.CLERK, hall)}
    choice = Choice(
        change.get("kind", AwardKind.SALES), people[change.get("person", "li")], change.get("reason", "最多")
    )
    with pytest.raises(Refused) as no:
        awards_actions.decide(hall, change.get("month", NOVEMBER), choice, actor=wang, now=NOW)

    assert no.value.code == code
    assert not Award.objects.exists()


def test_r_s_16_one_star_of_a_kind_and_month_until_it_is_revoked(hall, li, wang, counted):
    def decide():
        return awards_actions.decide(hall, NOVEMBER, Choice(AwardKind.SALES, li, "成交最多"), actor=wang, now=NOW)

    first = decide()
    with pytest.raises(Refused) as no:
        decide()
    assert no.value.code == "already_decided"
    awards_actions.revoke(first.pk, actor=wang, now=NOW)
    assert decide().pk != first.pk
    assert list(queries.awards({hall.pk}).values_list("person", flat=True)) == [li.pk]


def test_r_s_16_a_star_of_a_signed_month_stays(hall, li, wang, counted):
    award = awards_actions.decide(hall, NOVEMBER, Choice(AwardKind.SALES, li, "成交最多"), actor=wang, now=NOW)
    actions.make_for(hall, NOVEMBER, NOW)
    actions.sign(MonthSheet.objects.get(person=li).pk, actor=wang, now=NOW + timedelta(days=3))

    with pytest.raises(Refused) as no:
        awards_actions.revoke(award.pk, actor=wang, now=NOW)
    assert no.value.code == "month_signed"


def test_r_s_16_the_page_shows_candidates_to_the_manager_only(client, hall, li, wang, counted):
    client.force_login(wang)
    kinds = client.get("/staff/stars/?month=2026-11").context["kinds"]
    assert [[one.person.name for one in kind["candidates"]] for kind in kinds] == [["小李"], ["小李"]]
    kept = client.post("/staff/stars/decide/", {"month": "2026-11", "kind": "sales", "sales-reason": "最多"})
    assert kept.context["kinds"][1]["form"]["reason"].value() == "最多"

    client.force_login(li)
    assert [kind["candidates"] for kind in client.get("/staff/stars/?month=2026-11").context["kinds"]] == [[], []]
    assert client.post("/staff/stars/decide/", {"month": "2026-11", "kind": "sales"}).status_code == 403
    assert not Award.objects.exists()


# ---- R-S-17 ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def contest(hall, wang):
    return awards_actions.plan(Plan("点钞赛", "单指单张", date(2026, 11, 20), hall), actor=wang)


def test_r_s_17_the_final_result_enters_the_month_it_was_held_in(hall, li, wang, counted, contest):
    zhou = make_user("01004", Role.CLERK, hall)
    scores = {li: Decimal("95.5"), zhou: Decimal(88), wang: None}
    awards_actions.enter_scores(contest.pk, scores, actor=wang)
    actions.make_for(hall, NOVEMBER, NOW)
    assert "competition_points" not in MonthSheet.objects.get(person=li).figures  # not public yet

    awards_actions.close(contest.pk, actor=wang, now=NOW)
    actions.make_for(hall, NOVEMBER, NOW)
    assert [(one.person, one.rank, one.points) for one in contest.results.all()] == [(li, 1, 5), (zhou, 2, 3)]
    assert MonthSheet.objects.get(person=li).figures["competition_points"] == 5


def test_r_s_17_a_closed_result_is_not_changed(li, wang, contest):
    awards_actions.enter_scores(contest.pk, {li: Decimal(90)}, actor=wang)
    awards_actions.close(contest.pk, actor=wang, now=NOW)
    with pytest.raises(Refused) as no:
        awards_actions.enter_scores(contest.pk, {li: Decimal(99)}, actor=wang)

    assert no.value.code == "closed"
    assert CompetitionResult.objects.get().score == 90


def test_r_s_17_nothing_is_made_public_without_scores_or_before_the_day(hall, wang, contest):
    with pytest.raises(Refused) as no:
        awards_actions.close(contest.pk, actor=wang, now=NOW)
    assert no.value.code == "no_scores"
    coming = awards_actions.plan(Plan("话术赛", "宽带", date(2026, 12, 20), hall), actor=wang)
    awards_actions.enter_scores(coming.pk, {wang: Decimal(1)}, actor=wang)
    with pytest.raises(Refused) as no:
        awards_actions.close(coming.pk, actor=wang, now=NOW)
    assert no.value.code == "not_held"


def test_r_s_17_who_runs_it_types_the_scores_and_others_read_them(client, hall, li, wang, contest):
    page = f"/staff/competitions/{contest.pk}/"
    client.force_login(li)
    assert client.get(page).context["form"] is None
    assert client.post(page, {f"p{li.pk}": "99"}).status_code == 403
    client.force_login(make_user("05001", Role.HALL_MANAGER, make_hall("ZJ05", windows=0)))
    assert client.get(page).status_code == 404

    client.force_login(wang)
    assert client.post(page, {f"p{li.pk}": "-1", "close": ""}).context["form"].errors
    client.post(page, {f"p{li.pk}": "91.25", "close": ""})
    assert contest.results.get().points == 5
    with pytest.raises(PermissionDenied):
        awards_actions.plan(Plan("市赛", "综合", NOVEMBER, hall.region), actor=wang)
