"""待我审批: what waits for one's own signature: an inspection walked through, a shift given to one by name."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from core.errors import Refused
from core.time import business_day, day_bounds, local, now
from halls.models import Hall
from inspections.models import Visit
from inspections.rules.sheet import unsigned
from inspections.states import VisitKind, VisitState
from overview.actions.approvals import Answer, decide
from overview.queries.asks import asks_for, count_for
from overview.rules.approvals import Ask
from staff.models import Handover, User
from staff.states import HandoverKind, HandoverMode, HandoverState, Role
from tests.factories import make_hall, make_user
from tests.inspections.rows import make_auditor, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Any:
    hall = make_hall("ZJ01")
    return SimpleNamespace(
        hall=hall,
        giver=make_user("01002", Role.CLERK, hall, name="小李"),
        taker=make_user("01003", Role.CLERK, hall, name="小陈"),
        manager=make_user("01001", Role.HALL_MANAGER, hall, name="王经理"),
    )


def of(user: User) -> list[Ask]:
    person = User.objects.get(pk=user.pk)
    asks = asks_for(person, now())
    assert count_for(person) == len(asks)
    return asks


def given(place: Any, **more: Any) -> Handover:
    facts = {
        "hall": place.hall, "giver": place.giver, "taker": place.taker, "day": business_day(now()),
        "state": HandoverState.WAITING_TAKER, "opened_at": now(), "giver_signed_at": now(), "note": "3 号窗打印机卡纸",
    }  # fmt: skip
    return Handover.objects.create(**{**facts, **more})


def signing(hall: Hall, person: User, **sheet: Any) -> Visit:
    signed = {f"signature:{who}": [given, 1] for who, given in sheet.items()}
    return make_visit(hall, person, state=VisitState.SIGNING, started_at=now(), sheet=signed)


# ---- 接班确认 ---------------------------------------------------------------------------------------------------


def test_r_s_5_a_shift_given_to_me_waits_for_me_alone(place):
    row = given(place)
    (ask,) = of(place.taker)
    assert (ask.kind, ask.pk, ask.title, ask.who) == ("taking", row.pk, "值班经理交接待您接班确认", "小李")
    assert ask.url == f"/handovers/ZJ01/{row.pk}/"
    assert ask.facts == ("请当面清点后签名", "3 号窗打印机卡纸")
    assert ask.due == day_bounds(business_day(now()))[1]
    assert (ask.is_decided_here, of(place.giver), of(place.manager)) == (False, [], [])
    client = Client()
    client.force_login(place.taker)
    assert client.get(ask.url).status_code == 200


@pytest.mark.parametrize("state", [HandoverState.FILLING, HandoverState.DONE, HandoverState.CANCELLED])
def test_a_shift_that_is_not_given_or_taken_already_waits_for_nobody(place, state):
    given(place, state=state, taker_signed_at=now() + timedelta(seconds=1))
    assert of(place.taker) == []


def test_a_giver_who_may_not_leave_is_told_with_the_minutes(place):
    due = now() - timedelta(minutes=12)
    given(place, state=HandoverState.WAITING_RELIEF, relief_due_at=due, mode=HandoverMode.FACE)
    (ask,) = of(place.taker)
    assert (ask.facts[0], ask.due) == ("小李等您接班才能离岗,已晚 12 分钟", due)
    assert ask.is_late(now())


def test_who_may_not_take_it_any_more_is_not_asked(place):
    given(place, kind=HandoverKind.DUTY)  # a clerk can't take the duty manager's post
    assert of(place.taker) == []
    moved = make_user("02001", Role.CLERK, make_hall("ZJ02"))
    given(place, taker=moved, kind=HandoverKind.COUNTER)
    assert of(moved) == []


def test_a_shift_is_not_taken_from_the_list(place):
    row = given(place)
    with pytest.raises(Refused) as no:
        decide("taking", row.pk, Answer(True, "好", place.taker, now()))
    row.refresh_from_db()
    assert (no.value.code, row.state, row.taker_signed_at) == ("elsewhere", HandoverState.WAITING_TAKER, None)


# ---- 检查签字 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "signed", "lacking"),
    [
        (VisitKind.OPEN, (), ["检查人签字", "营业厅签字或拒签原因"]),
        (VisitKind.MYSTERY, ("auditor",), ["营业厅签字或拒签原因"]),
        (VisitKind.OPEN, ("hall", "auditor"), []),
        (VisitKind.PATROL, (), ["检查人签字"]),
        (VisitKind.SELF_CHECK, ("auditor",), []),
    ],
)
def test_r_i_11_a_halls_own_check_is_signed_by_nobody_else(kind, signed, lacking):
    assert unsigned({f"signature:{who}": [{"strokes": [[1, 2]]}, 1] for who in signed}, kind) == lacking


def test_an_inspection_that_was_walked_through_waits_for_its_auditor(place):
    auditor = make_auditor(name="赵督导")
    row = signing(place.hall, auditor)
    (ask,) = of(auditor)
    assert (ask.kind, ask.pk, ask.title) == ("signing", row.pk, f"{place.hall.name}明察已查完,待签字提交")
    assert ask.facts == ("还缺检查人签字、营业厅签字或拒签原因", "请在检查平板上完成")
    assert ask.url == f"/inspections/tablet/#/v/{row.pk}/end"
    assert (ask.is_decided_here, local(ask.due).hour) == (False, 0)
    assert (of(place.manager), of(make_user("90009", Role.DISTRICT, region=place.hall.region))) == ([], [])


@pytest.mark.parametrize("state", [VisitState.PLANNED, VisitState.RUNNING, VisitState.UPLOADING, VisitState.SUBMITTED])
def test_an_inspection_in_another_state_waits_for_no_signature(place, state):
    auditor = make_auditor()
    Visit.objects.filter(pk=signing(place.hall, auditor).pk).update(state=state)
    assert of(auditor) == []


def test_both_kinds_stand_on_the_page_on_the_mark_and_in_the_api(place):
    taken, patrol = given(place, taker=place.manager), signing(place.hall, place.manager, auditor={"strokes": [[1, 2]]})
    client = Client()
    client.force_login(place.manager)
    page = client.get("/approvals/").content.decode()
    for words in ("接班确认 1", "检查签字 1", f"#/v/{patrol.pk}/end", f"/handovers/ZJ01/{taken.pk}/"):
        assert words in page
    assert 'data-asks="2"' in client.get("/approvals/mark/").content.decode()
    told = {
        one["kind"]: (one["id"], one["may_agree_here"]) for one in client.get("/api/v1/approvals/").json()["results"]
    }
    assert told == {"taking": (taken.pk, False), "signing": (str(patrol.pk), False)}
    assert client.get("/api/v1/approvals/?kind=signing").json()["count"] == 1
    assert client.post(f"/approvals/signing/{uuid4()}/").status_code == 404
    assert client.post("/approvals/signing/7/", {"agree": "yes"}).status_code == 404
