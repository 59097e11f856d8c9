"""R-S-18: suggestions of staff are made, answered, adopted or declined; none stays without a word."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from core import time
from core.errors import Refused
from messaging.models import Notice
from staff.actions import suggestions as actions
from staff.models import Suggestion
from staff.queries import suggestions as queries
from staff.rules import suggestions as rules
from staff.states import Role, SuggestionTopic
from staff.states import SuggestionState as S
from tests.factories import make_hall, make_user

NOW = datetime(2026, 11, 24, 10, tzinfo=time.SHANGHAI)


@pytest.mark.parametrize(
    ("before", "after", "can"),
    [
        (S.NEW, S.ANSWERED, True),
        (S.NEW, S.ADOPTED, False),
        (S.NEW, S.DECLINED, False),
        (S.ANSWERED, S.ADOPTED, True),
        (S.ANSWERED, S.DECLINED, True),
        (S.ADOPTED, S.DECLINED, False),
        (S.DECLINED, S.ADOPTED, False),
    ],
)
def test_r_s_18_a_suggestion_is_answered_before_it_is_decided(before, after, can):
    assert rules.can_move(before, after) == can


@pytest.mark.parametrize(("hours", "days", "late"), [(0, 0, False), (191, 7, False), (192, 8, True), (216, 9, True)])
def test_r_s_18_an_answer_is_late_after_the_limit_in_whole_days(hours, days, late):
    made = NOW - timedelta(hours=hours)

    assert rules.days_open(made, NOW) == days
    assert rules.is_overdue(made, NOW, days=7) == late


@pytest.fixture
def hall(db):
    return make_hall(windows=0)


@pytest.fixture
def li(hall):
    return make_user("01002", Role.CLERK, hall, name="小李")


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


def make(hall, author, *, at=NOW, title="补卡单预印姓名") -> Suggestion:
    words = (title, "每单省半分钟。")
    return actions.suggest(hall, author=author, words=words, topic=SuggestionTopic.PROCESS, now=at)


def test_r_s_18_from_new_to_adopted_with_a_word_to_the_author(hall, li, wang):
    row = make(hall, li)
    assert list(Notice.objects.values_list("user__staff_no", flat=True)) == ["01001"]

    actions.answer(row.pk, "下月起试行。", actor=wang, now=NOW)
    done = actions.decide(row.pk, adopted=True, actor=wang, now=NOW)

    assert (done.state, done.answer, done.answered_by, done.decided_by) == (S.ADOPTED, "下月起试行。", wang, wang)
    assert Notice.objects.filter(user=li).count() == 2


def test_r_s_18_adopting_without_an_answer_changes_nothing(hall, li, wang):
    row = make(hall, li)
    with pytest.raises(Refused) as no:
        actions.decide(row.pk, adopted=True, actor=wang, now=NOW)

    assert no.value.code == "not_answered"
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (S.NEW, None)


def test_r_s_18_a_second_answer_is_refused(hall, li, wang):
    row = make(hall, li)
    actions.answer(row.pk, "好。", actor=wang, now=NOW)
    with pytest.raises(Refused) as no:
        actions.answer(row.pk, "不好。", actor=wang, now=NOW)

    assert no.value.code == "bad_move"
    row.refresh_from_db()
    assert row.answer == "好。"


def test_r_s_18_counts_per_hall(hall, li, wang):
    rows = [make(hall, li, title=f"建议 {n}") for n in range(4)]
    for row in rows[:3]:
        actions.answer(row.pk, "知道了。", actor=wang, now=NOW)
    actions.decide(rows[0].pk, adopted=True, actor=wang, now=NOW)
    actions.decide(rows[1].pk, adopted=False, actor=wang, now=NOW)
    make(other := make_hall("ZJ05", windows=0), make_user("05001", Role.CLERK, other))

    assert [(one.hall, one.made, one.answered, one.adopted, one.waiting) for one in queries.counts(wang)] == [
        (hall, 4, 3, 1, 1)
    ]


def test_r_s_18_what_waits_nine_days_is_pressed_once(hall, li, wang):
    late = make(hall, li, at=NOW - timedelta(days=9))
    make(hall, li, at=NOW - timedelta(days=7))
    Notice.objects.all().delete()

    assert list(queries.overdue([hall.pk], NOW)) == [late]
    assert [actions.press(NOW), actions.press(NOW)] == [1, 0]
    assert Notice.objects.get().title == "员工建议 9 天未答复"


def test_nobody_answers_their_own_and_clerks_answer_none(hall, li, wang):
    own, lis = make(hall, wang), make(hall, li)
    with pytest.raises(Refused) as no:
        actions.answer(own.pk, "好。", actor=wang, now=NOW)
    assert no.value.code == "own_suggestion"
    with pytest.raises(PermissionDenied):
        actions.answer(lis.pk, "好。", actor=li, now=NOW)


def test_a_suggestion_is_made_where_one_works(hall, li):
    with pytest.raises(PermissionDenied):
        make(make_hall("ZJ05", windows=0), li)
    with pytest.raises(Refused) as no:
        make(hall, li, title="  ")
    assert no.value.code == "no_words"


def test_colleagues_see_what_was_adopted_and_nothing_else(client, hall, li, wang):
    row = make(hall, li)
    zhou = make_user("01004", Role.CLERK, hall)
    client.force_login(zhou)
    page = f"/staff/suggestions/{row.pk}/"

    assert client.get(page).status_code == 404
    actions.answer(row.pk, "好。", actor=wang, now=NOW)
    actions.decide(row.pk, adopted=True, actor=wang, now=NOW)
    assert client.get(page).status_code == 200
    assert client.post(f"{page}decide/", {"adopted": "0"}).status_code == 403


def test_the_page_keeps_a_refused_answer_and_the_api_speaks_in_codes(client, hall, li, wang):
    row = make(hall, li)
    client.force_login(wang)
    assert client.post(f"/staff/suggestions/{row.pk}/answer/", {"words": ""}).status_code == 200

    early = client.post(f"/api/v1/suggestions/{row.pk}/decide/", {"adopted": True}, "application/json")
    assert (early.status_code, early.json()["code"]) == (409, "not_answered")
    said = client.post(f"/api/v1/suggestions/{row.pk}/answer/", {"answer": "好。"}, "application/json")
    assert (said.status_code, said.json()["state"]) == (200, "answered")
    client.force_login(li)
    sent = {"hall": "ZJ01", "topic": "system", "title": "叫号键", "text": "太小"}
    assert client.post("/api/v1/suggestions/", sent, "application/json").status_code == 201
    assert client.post("/api/v1/suggestions/", {**sent, "hall": "ZJ99"}, "application/json").status_code == 404
    assert client.get("/api/v1/suggestions/?state=new").json()["count"] == 1
