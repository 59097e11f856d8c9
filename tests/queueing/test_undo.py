"""Taking back the last move: every verb, every refusal, and nothing else changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.errors import Refused
from halls.models import Hall, Window
from messaging.models import OutboxMessage
from queueing import actions
from queueing.actions import Actor, Target
from queueing.models import Ticket, WindowSession
from queueing.queries import board
from queueing.queries.undo import undoable
from queueing.states import Did
from staff.models import User
from tests.factories import make_device, make_session, make_ticket, make_user

SECOND = timedelta(seconds=1)
FACTS = [field.attname for field in Ticket._meta.concrete_fields if field.attname != "moved_at"]


def row(ticket: Ticket) -> dict[str, Any]:
    """Every stored fact but the moment of the last move."""
    return Ticket.objects.values(*FACTS).get(pk=ticket.pk)


VERBS: dict[str, tuple[str, Callable[..., object]]] = {
    Did.RECALLED: ("called", actions.recall),
    Did.STARTED: ("called", actions.start),
    Did.FINISHED: ("serving", actions.finish),
    Did.NO_SHOW: ("called", actions.mark_no_show),
    Did.HELD: ("serving", lambda pk, **by: actions.hold(pk, "papers", **by)),
    Did.RESUMED: ("held", actions.resume),
    Did.TRANSFERRED: ("serving", lambda pk, **by: actions.transfer(pk, Target(business="payment", place="end"), **by)),
    Did.CANCELLED: ("called", actions.cancel),
    Did.REQUEUED: ("no_show", actions.requeue),
}


@pytest.fixture
def mine(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> Callable[[str], Ticket]:
    def make(state: str, **fields: Any) -> Ticket:
        taken = noon - timedelta(minutes=9)
        ticket = make_ticket(hall, state, window=window, clerk=at_window.person, taken_at=taken, **fields)
        called = noon - timedelta(minutes=1)
        Ticket.objects.filter(pk=ticket.pk).update(called_at=called, started_at=None if state == "called" else called)
        ticket.refresh_from_db()
        return ticket

    return make


@pytest.mark.parametrize("did", VERBS)
def test_the_last_move_is_taken_back_whole(
    mine: Callable[..., Ticket], at_window: Actor, noon: datetime, did: str
) -> None:
    state, verb = VERBS[did]
    ticket = mine(state)
    before = row(ticket)
    verb(ticket.pk, actor=at_window, now=noon)
    assert row(ticket) != before
    assert actions.undo_last(actor=at_window, now=noon + 10 * SECOND) == [ticket]
    assert row(ticket) == before
    undone = ticket.events.get(did=Did.UNDONE)
    assert (undone.after, undone.detail["undid"], undone.person) == (state, did, at_window.person)


def test_a_call_is_taken_back_and_the_number_keeps_its_place(
    hall: Hall, window: Window, at_window: Actor, noon: datetime
) -> None:
    first, second = (make_ticket(hall, taken_at=noon - timedelta(minutes=m)) for m in (9, 3))
    before = row(first)
    assert actions.call_next(window, actor=at_window, now=noon) == first
    actions.undo_last(actor=at_window, now=noon + SECOND)
    assert row(first) == before
    assert actions.call_next(window, actor=at_window, now=noon + 2 * SECOND) == first
    assert row(second)["state"] == "waiting"


def test_one_key_that_finished_and_called_is_taken_back_as_one(
    hall: Hall, window: Window, mine: Callable[..., Ticket], at_window: Actor, noon: datetime
) -> None:
    current, following = mine("serving"), make_ticket(hall, taken_at=noon)
    before = [row(current), row(following)]
    actions.call_next(window, actor=at_window, now=noon, finishing=True)
    found = undoable(at_window.person, noon + SECOND)
    assert found is not None
    assert (found.what, found.until) == (f"办结 {current.number}、叫号 {following.number}", noon + 10 * SECOND)
    actions.undo_last(actor=at_window, now=noon + SECOND)
    assert [row(current), row(following)] == before
    assert undoable(at_window.person, noon + SECOND) is None


def test_r_q_16_somebody_counted_by_mistake_in_a_line_is_given_back(
    hall: Hall, window: Window, at_window: Actor, noon: datetime
) -> None:
    Hall.objects.update(queue_mode="line")
    hall.refresh_from_db()
    window.refresh_from_db()
    served = actions.serve_next_in_line(window, actor=at_window, now=noon)
    actions.undo_last(actor=at_window, now=noon + SECOND)
    served.refresh_from_db()
    assert (served.state, served.window) == ("cancelled", None)


def test_it_can_be_taken_back_for_ten_seconds_and_not_a_moment_longer(
    mine: Callable[..., Ticket], at_window: Actor, noon: datetime
) -> None:
    ticket = mine("called")
    actions.start(ticket.pk, actor=at_window, now=noon)
    after = row(ticket)
    late = noon + timedelta(seconds=10, microseconds=1)
    with pytest.raises(Refused) as no:
        actions.undo_last(actor=at_window, now=late)
    assert no.value.code == "undo_too_late"
    assert (row(ticket), undoable(at_window.person, late)) == (after, None)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


def test_what_somebody_else_moved_since_stays(
    hall: Hall, mine: Callable[..., Ticket], at_window: Actor, wang: User, noon: datetime
) -> None:
    ticket = mine("no_show")
    actions.requeue(ticket.pk, actor=at_window, now=noon)
    actions.cancel(ticket.pk, actor=Actor(person=wang), now=noon + SECOND)
    after = row(ticket)
    assert refused(lambda: actions.undo_last(actor=at_window, now=noon + 2 * SECOND)) == "moved_since"
    assert refused(lambda: actions.undo(ticket.pk, actor=at_window, now=noon + 2 * SECOND)) == "moved_since"
    assert row(ticket) == after


def test_a_number_rated_by_its_customer_stays_finished(
    mine: Callable[..., Ticket], at_window: Actor, noon: datetime
) -> None:
    ticket = mine("serving")
    actions.finish(ticket.pk, actor=at_window, now=noon)
    actions.rate(ticket.pk, 5, actor=Actor(), now=noon + SECOND)
    assert refused(lambda: actions.undo_last(actor=at_window, now=noon + 2 * SECOND)) == "moved_since"
    assert row(ticket)["state"] == "done"


def test_a_window_that_has_called_again_is_not_given_two_numbers(
    hall: Hall, window: Window, mine: Callable[..., Ticket], at_window: Actor, noon: datetime
) -> None:
    ticket = mine("serving")
    actions.finish(ticket.pk, actor=at_window, now=noon)
    following = make_ticket(hall, taken_at=noon)
    actions.call_next(window, actor=at_window, now=noon + SECOND)
    assert refused(lambda: actions.undo(ticket.pk, actor=at_window, now=noon + 2 * SECOND)) == "window_busy"
    assert (row(ticket)["state"], row(following)["state"]) == ("done", "called")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("paused_at", "window_paused"),
        ("signed_out_at", "not_signed_in"),
    ],
)
def test_a_number_does_not_go_back_to_a_window_that_rests(
    window: Window, mine: Callable[..., Ticket], at_window: Actor, noon: datetime, change: str, code: str
) -> None:
    ticket = mine("serving")
    actions.finish(ticket.pk, actor=at_window, now=noon)
    WindowSession.objects.filter(window=window).update(**{change: noon})
    assert refused(lambda: actions.undo_last(actor=at_window, now=noon + SECOND)) == code
    assert row(ticket)["state"] == "done"


def test_a_number_of_yesterday_stays_as_it_is(
    hall: Hall, window: Window, mine: Callable[..., Ticket], at_window: Actor, noon: datetime
) -> None:
    ticket = mine("serving", business_day=noon.date() - timedelta(days=1))
    actions.finish(ticket.pk, actor=at_window, now=noon)
    assert refused(lambda: actions.undo_last(actor=at_window, now=noon + SECOND)) == "other_day"
    assert undoable(at_window.person, noon + SECOND) is None


def test_a_phone_that_has_taken_a_new_number_keeps_that(
    hall: Hall, mine: Callable[..., Ticket], at_window: Actor, noon: datetime
) -> None:
    ticket = mine("called", phone="13800000001")
    actions.mark_no_show(ticket.pk, actor=at_window, now=noon)
    make_ticket(hall, taken_at=noon, phone="13800000001")
    assert refused(lambda: actions.undo_last(actor=at_window, now=noon + SECOND)) == "phone_has_number"
    assert row(ticket)["state"] == "no_show"


def test_only_ones_own_last_move_and_only_once(
    mine: Callable[..., Ticket], at_window: Actor, zhao: User, noon: datetime
) -> None:
    ticket = mine("called")
    actions.start(ticket.pk, actor=at_window, now=noon)
    for stranger in (Actor(person=zhao), Actor()):
        assert refused(lambda by=stranger: actions.undo_last(actor=by, now=noon)) == "nothing_to_undo"
        assert refused(lambda by=stranger: actions.undo(ticket.pk, actor=by, now=noon)) == "moved_since"
    actions.undo_last(actor=at_window, now=noon)
    assert refused(lambda: actions.undo_last(actor=at_window, now=noon)) == "nothing_to_undo"
    assert row(ticket)["state"] == "called"


def test_the_customers_own_cancel_is_theirs(hall: Hall, at_window: Actor, noon: datetime) -> None:
    ticket = make_ticket(hall, taken_at=noon - timedelta(minutes=5))
    actions.cancel(ticket.pk, actor=Actor(), now=noon)
    for anybody in (Actor(), at_window):
        assert refused(lambda by=anybody: actions.undo(ticket.pk, actor=by, now=noon)) == "moved_since"
    assert row(ticket)["state"] == "cancelled"


def test_a_number_that_was_only_taken_has_nothing_to_undo(hall: Hall, at_window: Actor, noon: datetime) -> None:
    wish = actions.Wish("payment", "counter")
    ticket = actions.take_number(hall, wish, actor=at_window, now=noon)
    assert refused(lambda: actions.undo(ticket.pk, actor=at_window, now=noon)) == "nothing_to_undo"
    assert refused(lambda: actions.undo_last(actor=at_window, now=noon)) == "nothing_to_undo"


def test_the_hardware_caller_takes_back_its_own(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    ticket = make_ticket(hall, taken_at=noon)
    caller = Actor(device=make_device(hall, "caller", window=window))
    actions.call_next(window, actor=caller, now=noon)
    assert refused(lambda: actions.undo_last(actor=at_window, now=noon)) == "nothing_to_undo"
    assert actions.undo_last(actor=caller, now=noon) == [ticket]


def test_a_wrong_call_that_was_texted_is_put_right_by_a_text_and_called_by_another(
    hall: Hall, window: Window, at_window: Actor, noon: datetime
) -> None:
    make_ticket(hall, taken_at=noon, phone="13800000001")
    actions.call_next(window, actor=at_window, now=noon)
    actions.undo_last(actor=at_window, now=noon + SECOND)
    actions.call_next(window, actor=at_window, now=noon + 2 * SECOND)
    sent = OutboxMessage.objects.order_by("created_at").values_list("template", flat=True)
    assert list(sent) == ["queue_called", "queue_undone", "queue_called"]


def test_an_undone_call_leaves_the_screens(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    kept, wrong = make_ticket(hall, taken_at=noon), make_ticket(hall, taken_at=noon)
    actions.call_next(window, actor=at_window, now=noon)
    actions.call_next(window, actor=at_window, now=noon + 20 * SECOND, finishing=True)
    shown = [call["number"] for call in board.document(hall.pk, noon + 20 * SECOND)["calls"]]
    assert shown == [wrong.number, kept.number]
    actions.undo_last(actor=at_window, now=noon + 21 * SECOND)
    shown = [call["number"] for call in board.document(hall.pk, noon + 21 * SECOND)["calls"]]
    assert shown == [kept.number]


def test_the_api_undoes_for_who_did_it(client: Any, hall: Hall, window: Window, li: User, at_window: Actor) -> None:
    ticket = make_ticket(hall)
    client.force_login(li)
    client.post(f"/api/v1/windows/{window.pk}/call-next/", {}, content_type="application/json")
    answer = client.post(f"/api/v1/tickets/{ticket.pk}/undo/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    again = client.post(f"/api/v1/tickets/{ticket.pk}/undo/", {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_undo")


def test_undoing_does_not_wait_behind_a_colleague(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    other = hall.windows.get(number=2)
    colleague = make_user(hall=hall)
    make_session(other, colleague)
    mine, theirs = make_ticket(hall, taken_at=noon), make_ticket(hall, taken_at=noon)
    actions.call_next(window, actor=at_window, now=noon)
    actions.call_next(other, actor=Actor(person=colleague), now=noon)
    assert actions.undo_last(actor=at_window, now=noon + SECOND) == [mine]
    assert row(theirs)["state"] == "called"
