"""预填单 and the post board."""

from datetime import datetime, timedelta

import pytest

from core.errors import Refused
from halls.models import BusinessType, Hall, Window
from queueing import actions
from queueing.actions import Actor, Form
from queueing.models import Checklist, FloorPost, PreAcceptance
from queueing.queries import posts, preacceptance
from queueing.states import Did, ItemKind
from staff.models import User
from tests.factories import make_business, make_session, make_ticket, make_user


@pytest.fixture
def chen(hall: Hall) -> Actor:
    return Actor(person=make_user("01800", "greeter", hall, name="陈静"))


@pytest.fixture
def sim(hall: Hall) -> BusinessType:
    """补卡: one document, three of nine."""
    business = make_business("sim_replace")
    checklist = Checklist.objects.create(business=business, information_needed=3)
    checklist.items.create(text="机主本人有效身份证件", kind=ItemKind.DOCUMENT)
    for which in range(9):
        checklist.items.create(text=f"信息 {which + 1}", kind=ItemKind.INFORMATION, order=which)
    return business


def items(business: BusinessType, information: int) -> list[int]:
    found = business.checklist.items
    document = found.get(kind=ItemKind.DOCUMENT)
    return [document.pk, *found.filter(kind=ItemKind.INFORMATION).values_list("pk", flat=True)[:information]]


@pytest.mark.parametrize(("ticked", "missing"), [(2, ["核对信息还差 1 项"]), (3, []), (9, [])])
def test_r_q_12_two_of_nine_are_not_enough_three_are(
    hall: Hall, chen: Actor, sim: BusinessType, noon: datetime, ticked: int, missing: list[str]
) -> None:
    ticket = make_ticket(hall, taken_at=noon)
    actions.fill(ticket.pk, Form("sim_replace", items(sim, ticked), "新卡要小卡", True), actor=chen, now=noon)
    sheet = preacceptance.of(ticket)
    assert sheet
    assert (sheet.missing, sheet.is_complete, sheet.given, sheet.needed) == (missing, not missing, ticked, 3)
    assert (sheet.note, sheet.id_copied, sheet.filled_by, sheet.filled_at) == ("新卡要小卡", True, "陈静", noon)


def test_r_q_12_a_number_without_a_form_has_none(hall: Hall, sim: BusinessType, noon: datetime) -> None:
    ticket = make_ticket(hall, taken_at=noon)
    assert preacceptance.of(ticket) is None
    assert preacceptance.form(ticket, sim).given == 0


def test_r_q_12_filling_again_replaces_and_the_business_becomes_exact(
    hall: Hall, chen: Actor, sim: BusinessType, noon: datetime
) -> None:
    ticket = make_ticket(hall, taken_at=noon - timedelta(minutes=5))
    actions.fill(ticket.pk, Form("sim_replace", items(sim, 2)), actor=chen, now=noon)
    actions.fill(ticket.pk, Form("sim_replace", items(sim, 4), id_copied=True), actor=chen, now=noon)
    ticket.refresh_from_db()
    assert ticket.business == sim
    assert ticket.call_order_at == noon - timedelta(minutes=5)
    assert [event.did for event in ticket.events.all()] == [Did.CHANGED]
    assert PreAcceptance.objects.get().items.count() == 5


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (Form("nothing"), "not_served_here"),
        (Form("sim_replace", [10**12]), "bad_item"),
        (Form("sim_replace", note="长" * 201), "bad_note"),
        (Form("sim_replace", note="a\x00b"), "bad_note"),
    ],
)
def test_r_q_12_a_bad_form_changes_nothing(
    hall: Hall, chen: Actor, sim: BusinessType, noon: datetime, form: Form, code: str
) -> None:
    ticket = make_ticket(hall, taken_at=noon)
    with pytest.raises(Refused) as no:
        actions.fill(ticket.pk, form, actor=chen, now=noon)
    ticket.refresh_from_db()
    assert (no.value.code, ticket.business, PreAcceptance.objects.count()) == (code, None, 0)


def test_r_q_12_nothing_is_filled_in_for_a_number_that_is_over(
    hall: Hall, chen: Actor, sim: BusinessType, noon: datetime
) -> None:
    ticket = make_ticket(hall, "done", taken_at=noon)
    with pytest.raises(Refused) as no:
        actions.fill(ticket.pk, Form("sim_replace"), actor=chen, now=noon)
    assert (no.value.code, PreAcceptance.objects.count()) == ("bad_move", 0)


# ---- posts ----------------------------------------------------------------------------------------------------------


def test_the_post_board_shows_floor_and_windows(
    hall: Hall, window: Window, li: User, chen: Actor, noon: datetime
) -> None:
    assert chen.person
    until = noon + timedelta(minutes=45)
    session = make_session(window, li, at=noon - timedelta(hours=3))
    session.paused_at, session.pause_reason, session.back_at = noon, "meal", until
    session.save()
    actions.stand_at(hall, chen.person, "引导台", until=until, now=noon)
    board = posts.board(hall, noon)
    assert [(post.place, post.name, post.until, post.away) for post in board] == [
        ("引导台", "陈静", until, ""),
        ("1 号窗口", "李敏", until, "用餐"),
    ]
    assert [post.is_over for post in posts.board(hall, until)] == [True, True]


def test_a_person_stands_at_one_place(hall: Hall, chen: Actor, noon: datetime) -> None:
    assert chen.person
    first = actions.stand_at(hall, chen.person, "引导台", until=None, now=noon)
    second = actions.stand_at(hall, chen.person, "自助区", until=None, now=noon + timedelta(hours=1))
    first.refresh_from_db()
    assert first.ended_at == noon + timedelta(hours=1)
    assert [post.place for post in posts.board(hall, noon + timedelta(hours=1))] == ["自助区"]
    actions.leave_post(second.pk, now=noon + timedelta(hours=2))
    assert posts.board(hall, noon + timedelta(hours=2)) == []
    with pytest.raises(Refused) as no:
        actions.leave_post(second.pk, now=noon + timedelta(hours=3))
    assert no.value.code == "post_ended"


def test_a_bad_post_is_refused(hall: Hall, chen: Actor, zhao: User, noon: datetime) -> None:
    assert chen.person
    tries = [
        (zhao, "引导台", None, "not_here"),
        (chen.person, " ", None, "bad_place"),
        (chen.person, "台" * 21, None, "bad_place"),
        (chen.person, "引导台", noon, "bad_until"),
        (chen.person, "引导台", noon + timedelta(days=1), "bad_until"),
    ]
    for person, place, until, code in tries:
        with pytest.raises(Refused) as no:
            actions.stand_at(hall, person, place, until=until, now=noon)
        assert no.value.code == code
    assert FloorPost.objects.count() == 0


def test_yesterdays_post_is_not_shown(hall: Hall, chen: Actor, noon: datetime) -> None:
    assert chen.person
    actions.stand_at(hall, chen.person, "引导台", until=None, now=noon - timedelta(days=1))
    assert posts.board(hall, noon) == []
