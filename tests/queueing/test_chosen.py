"""A number called out of turn, with the reason on record."""

from datetime import datetime

import pytest

from core.errors import Refused
from halls.models import Hall, Window
from queueing import actions
from queueing.actions import Actor
from queueing.models import Ticket, WindowSession
from queueing.rules.notes import REASON_LENGTH
from staff.models import User
from tests.factories import make_session, make_ticket, make_user


def test_a_chosen_number_comes_before_its_turn(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    first, chosen = make_ticket(hall, taken_at=noon), make_ticket(hall, taken_at=noon)

    actions.call_chosen(chosen.pk, " 赶火车\x00 \n", actor=at_window, now=noon)

    chosen.refresh_from_db()
    first.refresh_from_db()
    assert (chosen.state, chosen.window, chosen.clerk) == ("called", window, at_window.person)
    assert chosen.why == "叫 A002:指定叫号,赶火车"
    assert chosen.events.get().detail["reason"] == "赶火车"
    assert first.state == "waiting"


@pytest.mark.parametrize(
    ("reason", "code"), [("", "reason_needed"), (" \x00\n", "reason_needed"), ("很" * 81, "reason_too_long")]
)
def test_a_reason_is_needed_and_short(hall: Hall, at_window: Actor, noon: datetime, reason: str, code: str) -> None:
    ticket = make_ticket(hall, taken_at=noon)

    with pytest.raises(Refused) as no:
        actions.call_chosen(ticket.pk, reason, actor=at_window, now=noon)

    assert no.value.code == code
    unchanged(ticket)


def test_the_longest_reason_is_kept_whole_in_the_event(hall: Hall, at_window: Actor, noon: datetime) -> None:
    ticket = make_ticket(hall, taken_at=noon)
    reason = "很" * REASON_LENGTH

    actions.call_chosen(ticket.pk, reason, actor=at_window, now=noon)

    ticket.refresh_from_db()
    assert (len(ticket.why), ticket.events.get().detail["reason"]) == (80, reason)


@pytest.mark.parametrize("state", ["called", "serving", "held", "done", "no_show", "cancelled"])
def test_only_a_waiting_number_can_be_chosen(hall: Hall, at_window: Actor, noon: datetime, state: str) -> None:
    there = hall.windows.get(number=2)
    ticket = make_ticket(hall, state, taken_at=noon, window=there, clerk=make_user(hall=hall))

    with pytest.raises(Refused) as no:
        actions.call_chosen(ticket.pk, "赶火车", actor=at_window, now=noon)

    assert no.value.code == "not_waiting"
    unchanged(ticket, state)


def test_a_number_that_another_window_called_says_which(hall: Hall, at_window: Actor, noon: datetime) -> None:
    there = hall.windows.get(number=2)
    ticket = make_ticket(hall, "called", taken_at=noon, window=there, clerk=make_user(hall=hall))

    with pytest.raises(Refused) as no:
        actions.call_chosen(ticket.pk, "赶火车", actor=at_window, now=noon)

    assert no.value.message == "A001 刚被 2 号窗口叫走,请另选一位,或按「叫下一位」。"


def test_a_number_that_the_window_does_not_serve_is_refused(hall: Hall, window: Window, at_window: Actor) -> None:
    window.groups.set(hall.groups.filter(code="payment"))
    elsewhere = hall.windows.get(number=2)
    other_business = make_ticket(hall, group=hall.groups.get(code="general"))
    directed = make_ticket(hall, group=hall.groups.get(code="payment"), directed_window=elsewhere)

    for ticket in (other_business, directed):
        with pytest.raises(Refused) as no:
            actions.call_chosen(ticket.pk, "赶火车", actor=at_window, now=ticket.taken_at)
        assert no.value.code == "not_served_here"
        unchanged(ticket)


def test_a_busy_or_paused_window_chooses_nobody(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    ticket = make_ticket(hall, taken_at=noon)
    busy = make_ticket(hall, "serving", window=window)
    with pytest.raises(Refused) as no:
        actions.call_chosen(ticket.pk, "赶火车", actor=at_window, now=noon)
    assert no.value.code == "window_busy"

    Ticket.objects.filter(pk=busy.pk).update(state="done")
    WindowSession.objects.update(paused_at=noon, pause_reason="meal")
    with pytest.raises(Refused) as no:
        actions.call_chosen(ticket.pk, "赶火车", actor=at_window, now=noon)
    assert no.value.code == "window_paused"
    unchanged(ticket)


def test_a_clerk_without_a_window_here_chooses_nobody(hall: Hall, at_window: Actor, zhao: User, noon: datetime) -> None:
    ticket = make_ticket(hall, taken_at=noon)
    with pytest.raises(Refused) as no:
        actions.call_chosen(ticket.pk, "赶火车", actor=Actor(person=zhao), now=noon)
    assert no.value.code == "not_signed_in"

    make_session(Hall.objects.get(code="ZJ02").windows.get(number=1), zhao)
    with pytest.raises(Refused) as no:
        actions.call_chosen(ticket.pk, "赶火车", actor=Actor(person=zhao), now=noon)
    assert no.value.code == "not_served_here"
    unchanged(ticket)


def unchanged(ticket: Ticket, state: str = "waiting") -> None:
    ticket.refresh_from_db()
    assert ticket.state == state
    assert list(ticket.events.all()) == []
