from datetime import datetime, timedelta

import pytest

from core.errors import Refused
from halls.models import Hall, Window
from queueing import actions
from queueing.actions import Actor, Target
from queueing.models import Ticket
from queueing.states import Did, TicketState
from staff.models import User
from tests.factories import make_group, make_session, make_ticket, make_user

VERBS = {
    Did.RECALLED: actions.recall,
    Did.STARTED: actions.start,
    Did.FINISHED: actions.finish,
    Did.NO_SHOW: actions.mark_no_show,
    Did.HELD: lambda pk, **by: actions.hold(pk, "away", **by),
    Did.TRANSFERRED: lambda pk, **by: actions.transfer(pk, Target(business="payment"), **by),
    Did.CANCELLED: actions.cancel,
    Did.REQUEUED: actions.requeue,
}
FROM = {
    Did.RECALLED: {"called"},
    Did.STARTED: {"called"},
    Did.FINISHED: {"called", "serving"},
    Did.NO_SHOW: {"called"},
    Did.HELD: {"called", "serving"},
    Did.TRANSFERRED: {"waiting", "called", "serving", "held"},
    Did.CANCELLED: {"waiting", "called", "held"},
    Did.REQUEUED: {"no_show"},
}


@pytest.fixture
def mine(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> Ticket:
    """A number that 小李 called a minute ago."""
    called = noon - timedelta(minutes=1)
    return make_ticket(hall, "called", window=window, taken_at=noon - timedelta(minutes=9), called_at=called)


@pytest.mark.parametrize("state", TicketState)
@pytest.mark.parametrize("did", VERBS)
def test_every_verb_moves_or_refuses_and_then_changes_nothing(
    hall: Hall, window: Window, at_window: Actor, noon: datetime, did: str, state: str, nudges: list[object]
) -> None:
    ticket = make_ticket(hall, state, window=window if state != "waiting" else None, taken_at=noon - timedelta(hours=1))
    Ticket.objects.filter(pk=ticket.pk).update(clerk=at_window.person)
    if state in FROM[did]:
        VERBS[did](ticket.pk, actor=at_window, now=noon)
        assert [event.did for event in ticket.events.all()] == [did]
        return
    with pytest.raises(Refused) as no:
        VERBS[did](ticket.pk, actor=at_window, now=noon)
    assert no.value.code == "bad_move"
    ticket.refresh_from_db()
    assert ticket.state == state
    assert list(ticket.events.all()) == []
    assert nudges == []


@pytest.mark.parametrize(("seconds", "allowed"), [(9.999, False), (10, True)])
def test_ten_seconds_between_two_calls(mine: Ticket, at_window: Actor, seconds: float, allowed: bool) -> None:
    assert mine.called_at
    moment = mine.called_at + timedelta(seconds=seconds)
    if allowed:
        again = actions.recall(mine.pk, actor=at_window, now=moment)
        assert (again.calls, again.called_at) == (2, moment)
        assert again.events.get().detail["times"] == 2
    else:
        with pytest.raises(Refused) as no:
            actions.recall(mine.pk, actor=at_window, now=moment)
        assert no.value.code == "too_soon"


def test_a_colleague_may_not_touch_my_number_but_the_duty_manager_may(
    mine: Ticket, hall: Hall, wang: User, noon: datetime
) -> None:
    with pytest.raises(Refused) as no:
        actions.start(mine.pk, actor=Actor(person=make_user(hall=hall)), now=noon)
    assert no.value.code == "not_yours"
    assert actions.start(mine.pk, actor=Actor(person=wang), now=noon).state == "serving"


def test_a_forgotten_start_counts_from_the_call(mine: Ticket, at_window: Actor, noon: datetime) -> None:
    done = actions.finish(mine.pk, actor=at_window, now=noon)
    assert (done.started_at, done.finished_at) == (mine.called_at, noon)
    assert done.served_for(noon) == timedelta(minutes=1)


def test_held_time_is_kept_out_of_the_service(mine: Ticket, at_window: Actor, noon: datetime) -> None:
    actions.start(mine.pk, actor=at_window, now=noon)
    actions.hold(mine.pk, "papers", actor=at_window, now=noon + timedelta(minutes=2))
    actions.resume(mine.pk, actor=at_window, now=noon + timedelta(minutes=10))
    done = actions.finish(mine.pk, actor=at_window, now=noon + timedelta(minutes=13))
    assert done.held_seconds == 8 * 60
    assert done.served_for(noon + timedelta(hours=1)) == timedelta(minutes=5)


def test_another_window_can_go_on_with_a_held_number(
    mine: Ticket, hall: Hall, at_window: Actor, noon: datetime
) -> None:
    actions.hold(mine.pk, "away", actor=at_window, now=noon)
    other = make_user(hall=hall)
    make_session(hall.windows.get(number=2), other)
    resumed = actions.resume(mine.pk, actor=Actor(person=other), now=noon)
    assert resumed.window is not None
    assert (resumed.clerk, resumed.window.number) == (other, 2)


def test_a_busy_window_resumes_nothing(
    mine: Ticket, hall: Hall, window: Window, at_window: Actor, noon: datetime
) -> None:
    held = make_ticket(hall, "held", window=window)
    with pytest.raises(Refused) as no:
        actions.resume(held.pk, actor=at_window, now=noon)
    assert no.value.code == "window_busy"


@pytest.mark.parametrize(("place", "position"), [("front", 0), ("age", 1), ("end", 2)])
def test_a_transferred_number_goes_where_it_was_sent(
    mine: Ticket, hall: Hall, at_window: Actor, noon: datetime, place: str, position: int
) -> None:
    group = hall.groups.get(code="payment")
    for minutes in (20, 2):
        make_ticket(hall, group=group, taken_at=noon - timedelta(minutes=minutes))
    actions.transfer(mine.pk, Target(business="payment", place=place), actor=at_window, now=noon)
    line = list(Ticket.objects.filter(state="waiting", group=group).order_by("call_order_at"))
    assert line.index(mine) == position
    mine.refresh_from_db()
    assert (mine.window, mine.clerk, mine.number, mine.business) == (None, None, "A001", mine.business)


def test_transfer_to_a_window_that_cannot_serve_is_refused(
    mine: Ticket, hall: Hall, at_window: Actor, noon: datetime
) -> None:
    other = hall.windows.get(number=2)
    other.groups.set(hall.groups.filter(code="payment"))
    stranger = make_user(role="greeter", hall=hall)
    lonely = make_group(hall, "broadband", letter="C", businesses=("broadband",))
    for target, code in [
        (Target(window=other), "not_served_here"),
        (Target(business=lonely.code), "not_served_here"),
        (Target(clerk=stranger), "no_target"),
        (Target(), "no_target"),
    ]:
        with pytest.raises(Refused) as no:
            actions.transfer(mine.pk, target, actor=at_window, now=noon)
        assert no.value.code == code
    mine.refresh_from_db()
    assert mine.state == "called"


def test_r_q_10_a_missed_number_comes_back_three_places_down_at_most_twice(
    mine: Ticket, hall: Hall, at_window: Actor, noon: datetime
) -> None:
    line = [make_ticket(hall, taken_at=noon - timedelta(minutes=minutes)) for minutes in (8, 7, 6, 5)]
    for _ in range(2):
        Ticket.objects.filter(pk=mine.pk).update(state="no_show")
        back = actions.requeue(mine.pk, actor=at_window, now=noon)
        order = list(Ticket.objects.filter(state="waiting").order_by("call_order_at"))
        assert order == [*line[:3], back, line[3]]
    Ticket.objects.filter(pk=mine.pk).update(state="no_show")
    with pytest.raises(Refused) as no:
        actions.requeue(mine.pk, actor=at_window, now=noon)
    assert no.value.code == "too_often"


def test_r_q_10_yesterdays_number_does_not_come_back(mine: Ticket, at_window: Actor, noon: datetime) -> None:
    actions.mark_no_show(mine.pk, actor=at_window, now=noon)
    with pytest.raises(Refused) as no:
        actions.requeue(mine.pk, actor=at_window, now=noon + timedelta(hours=12))
    assert no.value.code == "other_day"


def test_r_q_10_the_keys_patience(mine: Ticket, noon: datetime) -> None:
    assert actions.patience_until(mine, noon) is None
    mine.calls = 3
    assert mine.called_at
    assert actions.patience_until(mine, noon) == mine.called_at + timedelta(seconds=30)


def test_r_h_19_a_rating_is_given_once_after_the_service(mine: Ticket, at_window: Actor, noon: datetime) -> None:
    with pytest.raises(Refused) as no:
        actions.rate(mine.pk, 5, actor=Actor(), now=noon)
    assert no.value.code == "not_done"
    actions.finish(mine.pk, actor=at_window, now=noon)
    assert actions.rate(mine.pk, 4, actor=Actor(), now=noon).rating == 4
    with pytest.raises(Refused) as no:
        actions.rate(mine.pk, 1, actor=Actor(), now=noon)
    assert no.value.code == "rated_already"


def test_r_q_1_the_wait_runs_from_taking_to_the_call_that_was_answered(mine: Ticket, noon: datetime) -> None:
    assert mine.waited(noon + timedelta(hours=1)) == timedelta(minutes=8)
    mine.called_at = None
    assert mine.waited(noon) == timedelta(minutes=9)
