"""Several clerks at once on a real PostgreSQL, with commits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from core import live as core_live
from core.errors import Refused
from core.time import now
from halls.models import Hall
from queueing import actions
from queueing.actions import Actor, Wish
from queueing.models import Ticket, TicketEvent, WindowSession
from queueing.queries import layout
from tests.factories import make_business, make_hall, make_session, make_ticket, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], Any], people: int) -> list[Any]:
    """Run `work(0…people-1)` in threads that start together; a refusal's code stands for its result."""
    start = threading.Barrier(people)

    def one(which: int) -> Any:
        start.wait()
        try:
            return work(which)
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


@pytest.fixture
def busy_hall(transactional_db: Any) -> Hall:
    layout.forget()
    hall = make_hall("ZJ01", windows=6)
    for window in hall.windows.order_by("number"):
        make_session(window, make_user(hall=hall))
    return hall


def test_no_number_is_called_twice(busy_hall: Hall) -> None:
    for _ in range(40):
        make_ticket(busy_hall)
    sessions = list(WindowSession.objects.select_related("window", "clerk"))

    def serve(which: int) -> list[str]:
        session, called = sessions[which], []
        while True:
            actor = Actor(person=session.clerk)
            ticket = actions.call_next(session.window, actor=actor, now=now(), finishing=True)
            if ticket is None:
                return called
            called.append(ticket.number)

    numbers = [number for part in at_once(serve, 6) for number in part]
    assert sorted(numbers) == sorted(Ticket.objects.values_list("number", flat=True))
    assert len(numbers) == 40
    assert set(Ticket.objects.values_list("state", flat=True)) == {"done"}


def test_no_number_is_given_twice(busy_hall: Hall) -> None:
    def take(which: int) -> list[str]:
        wish = Wish(business="general", source="api")
        return [actions.take_number(busy_hall, wish, actor=Actor(), now=now()).number for _ in range(10)]

    numbers = sorted(number for part in at_once(take, 6) for number in part)
    assert numbers == [f"A{serial:03d}" for serial in range(1, 61)]


def test_one_phone_gets_one_number(busy_hall: Hall) -> None:
    def take(which: int) -> str:
        wish = Wish(business="general", source="kiosk", phone="13800000001")
        return actions.take_number(busy_hall, wish, actor=Actor(), now=now()).state

    assert sorted(at_once(take, 5)) == ["phone_has_number"] * 4 + ["waiting"]


def test_two_taps_of_one_key_are_one_call(busy_hall: Hall) -> None:
    for _ in range(2):
        make_ticket(busy_hall)
    session = WindowSession.objects.select_related("window", "clerk").earliest("window__number")

    def call(which: int) -> str:
        ticket = actions.call_next(session.window, actor=Actor(person=session.clerk), now=now())
        return ticket.state if ticket else ""

    assert sorted(at_once(call, 2)) == ["called", "window_busy"]
    assert Ticket.objects.filter(state="called").count() == 1


def test_two_clerks_want_one_window(transactional_db: Any) -> None:
    layout.forget()
    hall = make_hall("ZJ01", windows=1)
    clerks = [make_user(hall=hall) for _ in range(4)]
    window = hall.windows.get()
    results = at_once(lambda which: actions.sign_in(window, clerk=clerks[which], now=now()).clerk, 4)
    assert results.count("window_taken") == 3
    assert WindowSession.objects.count() == 1


def test_finishing_twice_finishes_once(busy_hall: Hall) -> None:
    session = WindowSession.objects.select_related("window", "clerk").earliest("window__number")
    ticket = make_ticket(busy_hall, "serving", window=session.window)
    actor = Actor(person=session.clerk)
    results = at_once(lambda which: actions.finish(ticket.pk, actor=actor, now=now()).state, 3)
    assert sorted(results) == ["bad_move", "bad_move", "done"]
    assert TicketEvent.objects.filter(ticket=ticket).count() == 1


def test_the_board_goes_out_once_and_only_after_commit(busy_hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []

    def record(group: str, message: dict[str, Any]) -> None:
        if group.startswith("board."):
            assert not connection.in_atomic_block
            sent.append(Ticket.objects.count())

    monkeypatch.setattr(core_live, "send_to_group", record)
    with transaction.atomic():
        for _ in range(3):
            actions.take_number(busy_hall, Wish(business="general", source="api"), actor=Actor(), now=now())
        assert sent == []
    assert sent == [3]

    with pytest.raises(RuntimeError):
        take_and_fail(busy_hall)
    assert sent == [3]


@transaction.atomic
def take_and_fail(hall: Hall) -> None:
    actions.take_number(hall, Wish(business="general", source="api"), actor=Actor(), now=now())
    raise RuntimeError


def test_two_clerks_who_choose_the_same_number_get_it_once(busy_hall: Hall) -> None:
    ticket = make_ticket(busy_hall)
    clerks = [session.clerk for session in WindowSession.objects.select_related("clerk")]

    def choose(which: int) -> str:
        return actions.call_chosen(ticket.pk, "赶火车", actor=Actor(person=clerks[which]), now=now()).number

    results = at_once(choose, len(clerks))

    assert sorted(results) == sorted(["A001", *["not_waiting"] * (len(clerks) - 1)])
    assert TicketEvent.objects.filter(ticket=ticket).count() == 1


def test_the_same_business_is_added_once(busy_hall: Hall) -> None:
    session = WindowSession.objects.select_related("window", "clerk").order_by("pk").first()
    assert session is not None
    ticket = make_ticket(busy_hall, "serving", window=session.window, business=make_business("sim_replace"))

    def add(which: int) -> str:
        return actions.add_business(ticket.pk, "payment", actor=Actor(person=session.clerk), now=now()).number

    assert sorted(at_once(add, 4)) == ["A001", "has_business", "has_business", "has_business"]
    assert ticket.more_businesses.count() == 1


def test_r_q_2_of_two_greeters_who_press_one_receives_the_vip(busy_hall: Hall) -> None:
    greeters = [make_user(role="greeter", hall=busy_hall, name=f"引导员{which}") for which in range(4)]
    arrival = actions.declare_vip(busy_hall, actor=Actor(person=greeters[0]), now=now())

    def receive(which: int) -> str:
        actor = Actor(person=greeters[which])
        received = actions.receive_vip(arrival.pk, actor=actor, now=now())
        return f"by {received.received_by_id}"

    results = at_once(receive, len(greeters))

    arrival.refresh_from_db()
    assert sorted(results) == [f"by {arrival.received_by_id}", *["received_already"] * (len(greeters) - 1)]
    assert arrival.received_at is not None
