from datetime import datetime, timedelta

import pytest

from core.errors import Refused
from halls.models import Hall, Window
from messaging.models import OutboxMessage
from queueing import actions
from queueing.actions import Actor
from queueing.models import Ticket
from queueing.states import Did
from staff.models import User
from tests.factories import make_device, make_session, make_ticket, make_user


def call(window: Window, actor: Actor, now: datetime, **more: bool) -> Ticket | None:
    return actions.call_next(window, actor=actor, now=now, **more)


def test_first_come_first_served_inside_a_class(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    tickets = [make_ticket(hall, taken_at=noon - timedelta(minutes=m)) for m in (3, 9, 6)]
    called = call(window, at_window, noon)
    assert called == tickets[1]
    assert (called.state, called.window, called.clerk) == ("called", window, at_window.person)
    assert called.why == f"叫 {called.number}:先到先办,已等候 9 分钟"


def test_a_head_start_lets_vips_pass_those_who_came_within_it(
    hall: Hall, window: Window, at_window: Actor, noon: datetime
) -> None:
    start = timedelta(minutes=30)
    early = make_ticket(hall, taken_at=noon - timedelta(minutes=31))
    vip = make_ticket(hall, letter="V", taken_at=noon, call_order_at=noon - start)
    late = make_ticket(hall, taken_at=noon - timedelta(minutes=29))
    order = [call(window, at_window, noon, finishing=True) for _ in range(3)]
    assert order == [early, vip, late]


def test_nobody_waits_is_none(window: Window, at_window: Actor, noon: datetime) -> None:
    assert call(window, at_window, noon) is None


def test_a_window_serves_only_its_groups(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    window.groups.set(hall.groups.filter(code="payment"))
    make_ticket(hall, group=hall.groups.get(code="general"))
    assert call(window, at_window, noon) is None
    payment = make_ticket(hall, group=hall.groups.get(code="payment"))
    assert call(window, at_window, noon) == payment


@pytest.mark.parametrize(
    ("reserved", "first"),
    [("", "A"), ("vip", "V"), ("gotone", "G"), ("green", "B")],
)
def test_a_reserved_window_takes_its_own_first_then_others(
    hall: Hall, window: Window, at_window: Actor, noon: datetime, reserved: str, first: str
) -> None:
    Window.objects.filter(pk=window.pk).update(reserved=reserved)
    minutes = {"A": 9, "G": 7, "V": 5, "B": 3}
    for letter, waited in minutes.items():
        lane = "green" if letter == "B" else ""
        make_ticket(hall, letter=letter, lane=lane, taken_at=noon - timedelta(minutes=waited))
    order = [call(window, at_window, noon, finishing=True) for _ in range(4)]
    assert order[0] is not None
    assert order[0].letter == first
    assert sorted(ticket.letter for ticket in order if ticket) == ["A", "B", "G", "V"]


def test_a_busy_window_may_not_call(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    make_ticket(hall)
    waiting = make_ticket(hall)
    call(window, at_window, noon)
    with pytest.raises(Refused) as no:
        call(window, at_window, noon)
    assert no.value.code == "window_busy"
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_one_key_finishes_and_calls_the_next(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    first, second = make_ticket(hall), make_ticket(hall)
    call(window, at_window, noon)
    later = noon + timedelta(minutes=5)
    assert call(window, at_window, later, finishing=True) == second
    first.refresh_from_db()
    assert (first.state, first.started_at, first.finished_at) == ("done", noon, later)
    assert call(window, at_window, later, finishing=True) is None
    second.refresh_from_db()
    assert second.state == "done"


def test_a_paused_or_empty_window_may_not_call(window: Window, at_window: Actor, noon: datetime, hall: Hall) -> None:
    window.sessions.update(paused_at=noon, pause_reason="meal")
    with pytest.raises(Refused) as no:
        call(window, at_window, noon)
    assert no.value.code == "window_paused"
    with pytest.raises(Refused) as no:
        call(hall.windows.get(number=2), at_window, noon)
    assert no.value.code == "not_signed_in"


def test_only_the_clerk_of_the_window_calls(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    make_ticket(hall)
    for stranger in (Actor(person=make_user(hall=hall)), Actor(), Actor(device=make_device(hall, "kiosk"))):
        with pytest.raises(Refused) as no:
            call(window, stranger, noon)
        assert no.value.code == "not_yours"


def test_the_hardware_caller_of_the_window_calls_for_its_clerk(
    hall: Hall, window: Window, at_window: Actor, noon: datetime
) -> None:
    ticket = make_ticket(hall)
    caller = Actor(device=make_device(hall, "caller", window=window))
    called = call(window, caller, noon)
    assert called == ticket
    assert called.clerk == at_window.person
    assert called.events.get(did=Did.CALLED).device == caller.device


def test_a_number_directed_elsewhere_is_not_called_here(
    hall: Hall, window: Window, at_window: Actor, noon: datetime, li: User
) -> None:
    other = hall.windows.get(number=2)
    make_ticket(hall, directed_window=other)
    make_ticket(hall, directed_clerk=make_user(hall=hall))
    assert call(window, at_window, noon) is None
    mine = make_ticket(hall, directed_clerk=li)
    called = call(window, at_window, noon)
    assert called == mine
    assert "指定在本窗口办理" in called.why


def test_a_call_puts_one_text_into_the_outbox(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    make_ticket(hall, phone="13800000001")
    make_ticket(hall)
    call(window, at_window, noon)
    call(window, at_window, noon, finishing=True)
    assert [message.phone for message in OutboxMessage.objects.all()] == ["13800000001"]


def test_r_q_16_one_key_serves_whoever_steps_up(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    Hall.objects.update(queue_mode="line")
    hall.refresh_from_db()
    window.refresh_from_db()
    counted = actions.add_to_line(hall, actor=at_window, now=noon)
    later = noon + timedelta(minutes=4)
    assert actions.serve_next_in_line(window, actor=at_window, now=later) == counted
    uncounted = actions.serve_next_in_line(window, actor=at_window, now=later)
    counted.refresh_from_db()
    assert (counted.state, uncounted.state, uncounted.is_estimated) == ("done", "serving", True)
    assert counted.waited(later) == timedelta(minutes=4)


def test_a_clerk_with_two_windows_is_impossible(hall: Hall, window: Window, at_window: Actor, li: User) -> None:
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        make_session(hall.windows.get(number=2), li)
