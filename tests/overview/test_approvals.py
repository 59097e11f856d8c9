"""待我审批: one list, decided by the acts of the apps, once."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Refused
from core.time import business_day, day_bounds, now
from halls.models import Hall
from overview.actions.approvals import DECIDE, Answer, clean, decide
from overview.queries.asks import SOURCES, asks_for, count_for
from overview.rules import approvals as rules
from staff.models import CountItem, Handover, HandoverLine, Leave, User
from staff.states import Role
from tests.access.things import MAKERS
from tests.factories import make_hall, make_region, make_user
from tests.queueing.test_races import at_once

# ---- pure ------------------------------------------------------------------------------------------------------


def test_a_difference_is_told_with_both_sides():
    assert rules.difference(Decimal(640), Decimal(620), unit="元") == "账面 640.00,实点 620.00,少 20.00 元"
    assert rules.difference(Decimal(0), Decimal(5)) == "账面 0.00,实点 5.00,多 5.00"


def test_a_sum_leaves_out_what_is_zero():
    assert rules.total([("现金", Decimal(300)), ("POS", Decimal(0)), ("扫码", Decimal("0.5"))]) == (
        "现金 300.00 + 扫码 0.50 = 300.50 元"
    )
    assert rules.total([("现金", Decimal(0))]) == "合计 0.00 元"


def test_r_c_10_a_refund_shows_its_arithmetic():
    told = rules.refund(Decimal(30), Decimal("12.5"), Decimal(25), in_halves=True)
    assert told == "实收 30.00 元,多收 12.50 元,双倍返还共 25.00 元:先退 12.50 元,查证后再退 12.50 元"
    assert (
        rules.refund(Decimal(30), Decimal(30), Decimal(30), in_halves=False)
        == "实收 30.00 元,多收 30.00 元,退还 30.00 元"
    )


def test_what_is_due_first_stands_first():
    at = now()

    def ask(kind, due, since):
        return rules.Ask(
            kind, "", 1, "", "", "", at + timedelta(hours=since), at + timedelta(hours=due), (), "", rules.Buttons()
        )

    late, soon, older = ask("a", -1, 0), ask("b", 3, 0), ask("c", 3, -5)
    assert [one.kind for one in rules.ordered([soon, older, late])] == ["a", "c", "b"]
    assert (late.is_late(at), late.is_soon(at), soon.is_late(at)) == (True, False, False)


def test_who_cannot_leave_a_post_stands_before_everything():
    at = now()
    parts = ("", 1, "", "", "", at)
    waiting = [
        rules.Ask(kind, *parts, due, (), "", rules.Buttons())
        for kind, due in (("a", at), ("consent", at + timedelta(1)))
    ]
    assert [one.kind for one in rules.ordered(waiting)] == ["consent", "a"]


def test_midnight_is_told_as_the_day_that_ends():
    midnight = day_bounds(date(2026, 11, 25))[0]
    told = [
        rules.Ask("a", "", 1, "", "", "", midnight, due, (), "", rules.Buttons()).due_words
        for due in (midnight, midnight + timedelta(minutes=724))
    ]
    assert told == ["11 月 24 日内", "11 月 25 日 12:04"]


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "刚刚"), (59, "59 分钟前"), (60, "1 小时前"), (1439, "23 小时前"), (1440, "1 天前")]
)
def test_how_long_ago(minutes, words):
    assert rules.ago(timedelta(minutes=minutes)) == words


def test_the_usual_days_end_at_midnight():
    at = day_bounds(business_day(now()))[0]
    assert rules.end_of_day(at, days=0) == at + timedelta(days=1)
    assert rules.end_of_day(at, days=2) == at + timedelta(days=3)


def test_words_are_cleaned_and_cut():
    assert clean("  好\x00 的\n" + "x" * 300) == "好 的 " + "x" * 96


def test_every_kind_that_has_a_button_has_an_act():
    assert {one.kind.value for one in SOURCES.values() if one.buttons.agree} == {str(kind.value) for kind in DECIDE}


# ---- the list --------------------------------------------------------------------------------------------------


@pytest.fixture
def place(db) -> Any:
    hall = make_hall("ZJ01", region=make_region("JK"))
    return SimpleNamespace(
        hall=hall,
        manager=make_user("01001", Role.HALL_MANAGER, hall, name="王经理"),
        clerk=make_user("01002", Role.CLERK, hall, name="小李"),
        district=make_user("90001", Role.DISTRICT, region=hall.region),
        elsewhere=make_user("02001", Role.HALL_MANAGER, make_hall("ZJ02"), name="赵经理"),
    )


def kinds(user: User) -> list[str]:
    return sorted(one.kind for one in asks_for(User.objects.get(pk=user.pk), now()))


def make(name: str, hall: Hall, owner: User) -> int:
    return int(MAKERS[name](hall, owner)["pk"])


WAITING = {
    "leave": ("leave", Role.HALL_MANAGER),
    "difference": ("difference", Role.HALL_MANAGER),
    "slip": ("cash-slip", Role.DUTY_MANAGER),
    "transfer": ("transfer-here", Role.DUTY_MANAGER),
    "refund": ("refund", Role.DUTY_MANAGER),
    "offer": ("compensation", Role.DUTY_MANAGER),
    "supply": ("supply-request", Role.DISTRICT),
    "letter": ("letter", Role.HALL_MANAGER),
    "bonus": ("inspection-bonus", Role.DISTRICT),
    "appeal": ("inspection-appeal", Role.DISTRICT),
    "suggestion": ("suggestion", Role.HALL_MANAGER),
    "conduct": ("conduct-note", Role.HALL_MANAGER),
}


@pytest.mark.parametrize("kind", WAITING)
def test_what_waits_is_listed_for_who_decides_and_nobody_else(place, kind):
    name, role = WAITING[kind]
    pk = make(name, place.hall, place.clerk)
    region = place.hall.region if role == Role.DISTRICT else None
    decider = make_user("09999", role, None if region else place.hall, region=region)

    found = [(one.kind, one.pk) for one in asks_for(decider, now()) if one.kind == kind]

    assert found == [(kind, pk)]
    assert count_for(decider) == len(asks_for(decider, now()))
    assert kinds(place.clerk) == []
    assert kinds(place.elsewhere) == []


def test_nobody_is_asked_about_their_own(place):
    make("difference", place.hall, place.manager)
    make("cash-slip", place.hall, place.manager)
    Leave.objects.create(
        user=place.manager, hall=place.hall, kind="annual", first_day=business_day(now()), last_day=business_day(now()),
        asked_at=now(),
    )  # fmt: skip

    assert kinds(place.manager) == []
    assert kinds(place.district) == ["difference", "leave"]


def test_a_sum_above_the_rung_is_not_offered(place):
    from complaints.models import Compensation

    pk = make("compensation", place.hall, place.clerk)
    Compensation.objects.filter(pk=pk).update(rung="team")

    assert kinds(place.manager) == []


def test_the_list_asks_as_many_questions_for_three_as_for_one(place):
    def one_of_each():
        for name in ("leave", "difference", "cash-slip", "refund", "compensation", "suggestion", "conduct-note"):
            make(name, place.hall, make_user(hall=place.hall))

    def questions() -> int:
        person = User.objects.get(pk=place.manager.pk)
        with CaptureQueriesContext(connection) as asked:
            asks_for(person, now())
        return len(asked)

    one_of_each()
    first = questions()
    one_of_each()
    one_of_each()

    assert questions() == first


def test_leave_is_told_with_who_else_is_away(place):
    day = business_day(now()) + timedelta(days=9)
    other = make_user("01003", hall=place.hall, name="小张")
    facts = {"hall": place.hall, "kind": "annual", "first_day": day, "last_day": day, "asked_at": now()}
    Leave.objects.create(user=other, state="granted", **facts)
    Leave.objects.create(user=place.clerk, reason="回家", **facts)

    [ask] = asks_for(place.manager, now())

    assert ask.title == "小李申请年假 1 天"
    assert ask.facts == (f"{day.month} 月 {day.day} 日", "同期已准假:小张", "回家")
    assert ask.due == day_bounds(day)[0]


# ---- deciding --------------------------------------------------------------------------------------------------


def answer(user: User, *, agree: bool = True, words: str = "") -> Answer:
    return Answer(agree, words, user, now())


def test_agreeing_is_the_act_of_the_app(place):
    pk = make("leave", place.hall, place.clerk)

    assert decide("leave", pk, answer(place.manager)) == "已同意:请假。"

    row = Leave.objects.get(pk=pk)
    assert (row.state, row.decided_by) == ("granted", place.manager)
    assert kinds(place.manager) == []


def test_refusing_needs_a_word_and_changes_nothing_without(place):
    pk = make("leave", place.hall, place.clerk)

    with pytest.raises(Refused) as no:
        decide("leave", pk, answer(place.manager, agree=False))

    assert no.value.code == "needs_reason"
    assert Leave.objects.get(pk=pk).state == "asked"
    decide("leave", pk, answer(place.manager, agree=False, words="人手不够"))
    assert Leave.objects.get(pk=pk).answer == "人手不够"


def test_what_needs_a_page_of_its_own_is_not_decided_here(place):
    pk = make("inspection-appeal", place.hall, place.clerk)

    with pytest.raises(Refused) as no:
        decide("appeal", pk, answer(place.district))

    assert no.value.code == "elsewhere"


def test_a_stranger_finds_nothing_and_a_colleague_may_not(place):
    pk = make("leave", place.hall, place.clerk)

    with pytest.raises(LookupError):
        decide("leave", pk, answer(place.elsewhere))
    with pytest.raises(PermissionDenied):
        decide("leave", pk, answer(place.clerk))
    with pytest.raises(LookupError):
        decide("nothing", pk, answer(place.manager))
    with pytest.raises(LookupError):
        decide("leave", 2**80, answer(place.manager))
    assert Leave.objects.get(pk=pk).state == "asked"


@pytest.fixture
def differing_line(place) -> HandoverLine:
    item = CountItem.objects.create(
        kind="counter", code="float", label="备用金", unit="元", measure="money", valid_from="2020-01-01"
    )
    handover = Handover.objects.create(
        hall=place.hall, window=place.hall.windows.first(), day=business_day(now()), state="filling", giver=place.clerk,
        opened_at=now(), revealed_at=now(),
    )  # fmt: skip
    sums = {"system": Decimal(640), "counted": Decimal(620), "reason": "找零多给"}
    return HandoverLine.objects.create(handover=handover, item=item, order=1, **sums)


def test_r_s_5_a_difference_of_a_handover_is_confirmed_with_its_arithmetic(place, differing_line):
    [ask] = asks_for(place.manager, now())
    assert (ask.kind, ask.facts) == ("count", ("账面 640.00,实点 620.00,少 20.00 元", "原因:找零多给"))

    decide("count", differing_line.pk, answer(place.manager))

    differing_line.refresh_from_db()
    assert differing_line.confirmed_by == place.manager
    with pytest.raises(Refused) as no:
        decide("count", differing_line.pk, answer(place.district))
    assert no.value.code == "confirmed_already"
    differing_line.refresh_from_db()
    assert differing_line.confirmed_by == place.manager


def test_the_page_keeps_what_was_typed_when_it_is_refused(place, client):
    pk = make("leave", place.hall, place.clerk)
    client.force_login(place.manager)

    shown = client.post(f"/approvals/leave/{pk}/", {"agree": "no", "words": "  "})
    assert "请填写意见,对方会看到。" in shown.content.decode()
    Leave.objects.filter(pk=pk).update(state="withdrawn")
    gone = client.post(f"/approvals/leave/{pk}/", {"agree": "no", "words": "改天"}, follow=True)

    assert "这条请假已撤回,请刷新后查看。" in gone.content.decode()
    assert "没有待审批的事项" in gone.content.decode()


def test_the_mark_counts_and_says_nothing_to_strangers(place, client):
    make("leave", place.hall, place.clerk)
    assert client.get("/approvals/mark/").status_code == 401
    client.force_login(place.manager)
    assert 'data-asks="1"' in client.get("/approvals/mark/").content.decode()


def test_the_api_lists_and_decides_as_the_page_does(place, client):
    pk = make("leave", place.hall, place.clerk)
    client.force_login(place.manager)

    [row] = client.get("/api/v1/approvals/?kind=leave").json()["results"]
    assert (row["kind"], row["id"], row["may_agree_here"], row["may_refuse_here"]) == ("leave", pk, True, True)
    assert client.get("/api/v1/approvals/?kind=x").status_code == 400
    said = {"agree": False, "words": ""}
    no = client.post(f"/api/v1/approvals/leave/{pk}/", said, content_type="application/json")
    assert (no.status_code, no.json()["code"]) == (409, "needs_reason")
    yes = client.post(f"/api/v1/approvals/leave/{pk}/", {"agree": True}, content_type="application/json")
    assert (yes.status_code, yes.json()) == (200, {"done": "已同意:请假。"})
    again = client.post(f"/api/v1/approvals/leave/{pk}/", {"agree": True}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "decided")


# ---- two at once -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "name"), [("leave", "leave"), ("refund", "refund"), ("slip", "cash-slip")])
def test_of_two_who_decide_at_once_one_is_told_so(kind, name):
    hall = make_hall("ZJ01")
    pk = make(name, hall, make_user(hall=hall))
    managers = [make_user(role=Role.HALL_MANAGER, hall=hall) for _ in range(2)]

    done = at_once(lambda which: decide(kind, pk, answer(managers[which], agree=which == 0, words="不同意")), 2)

    assert sum(one.startswith("已") for one in done) == 1
    assert {one for one in done if not one.startswith("已")} <= {"decided", "bad_move"}
