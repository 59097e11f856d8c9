"""What counts as waiting and what as service, through holds, transfers and late returns."""

from datetime import datetime, timedelta

import pytest

from halls.models import Hall, Window
from queueing import actions
from queueing.actions import Actor, Target
from queueing.models import Ticket
from queueing.states import Did
from tests.factories import make_session, make_ticket, make_user

MINUTE = timedelta(minutes=1)


@pytest.fixture
def called(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> Ticket:
    """Taken at 11:50, called at 12:00."""
    make_ticket(hall, taken_at=noon - 10 * MINUTE)
    ticket = actions.call_next(window, actor=at_window, now=noon)
    assert ticket is not None
    return ticket


@pytest.fixture
def colleague(hall: Hall) -> Actor:
    """At window 2."""
    clerk = make_user("01002", "clerk", hall, name="孙洁")
    make_session(hall.windows.get(number=2), clerk)
    return Actor(person=clerk)


def test_a_hold_before_the_service_is_neither_wait_nor_service(
    called: Ticket, at_window: Actor, noon: datetime
) -> None:
    actions.hold(called.pk, "away", actor=at_window, now=noon + MINUTE)
    actions.resume(called.pk, actor=at_window, now=noon + 6 * MINUTE)
    done = actions.finish(called.pk, actor=at_window, now=noon + 9 * MINUTE)
    assert (done.waited(noon), done.served_for(noon), done.held_seconds) == (10 * MINUTE, 3 * MINUTE, 0)


def test_holds_in_the_service_are_left_out_of_it(called: Ticket, at_window: Actor, noon: datetime) -> None:
    actions.start(called.pk, actor=at_window, now=noon + MINUTE)
    for minute in (2, 6):
        actions.hold(called.pk, "papers", actor=at_window, now=noon + minute * MINUTE)
        held = Ticket.objects.get(pk=called.pk)
        assert held.served_for(noon + minute * MINUTE) == held.served_for(noon + (minute + 1) * MINUTE)
        actions.resume(called.pk, actor=at_window, now=noon + (minute + 3) * MINUTE)
    done = actions.finish(called.pk, actor=at_window, now=noon + 11 * MINUTE)
    assert (done.waited(noon), done.served_for(noon), done.held_seconds) == (10 * MINUTE, 4 * MINUTE, 360)


def test_the_first_clerks_work_on_a_number_sent_on_is_no_wait_and_stays_on_record(
    called: Ticket, at_window: Actor, colleague: Actor, noon: datetime, hall: Hall
) -> None:
    other = hall.windows.get(number=2)
    actions.start(called.pk, actor=at_window, now=noon + MINUTE)
    actions.hold(called.pk, "papers", actor=at_window, now=noon + 3 * MINUTE)
    actions.resume(called.pk, actor=at_window, now=noon + 5 * MINUTE)
    actions.transfer(called.pk, Target(window=other), actor=at_window, now=noon + 8 * MINUTE)
    again = actions.call_next(other, actor=colleague, now=noon + 10 * MINUTE)
    assert again is not None
    assert again.why == f"叫 {again.number}:指定在本窗口办理,已等候 12 分钟"
    done = actions.finish(called.pk, actor=colleague, now=noon + 13 * MINUTE)
    assert (done.waited(noon), done.served_for(noon)) == (12 * MINUTE, 3 * MINUTE)
    sent_on = done.events.get(did=Did.TRANSFERRED)
    assert (sent_on.detail["served_seconds"], sent_on.person) == (300, at_window.person)


def test_who_missed_the_call_did_not_wait_while_gone(
    called: Ticket, at_window: Actor, window: Window, noon: datetime
) -> None:
    actions.mark_no_show(called.pk, actor=at_window, now=noon + 2 * MINUTE)
    actions.requeue(called.pk, actor=at_window, now=noon + 20 * MINUTE)
    again = actions.call_next(window, actor=at_window, now=noon + 25 * MINUTE)
    assert again is not None
    assert (again.waited(noon), again.away_seconds) == (15 * MINUTE, 1200)
