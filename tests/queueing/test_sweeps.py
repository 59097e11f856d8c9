from datetime import datetime, time, timedelta

import pytest

from core.redis import client, key
from halls.models import Hall, Window
from messaging.models import OutboxMessage
from queueing import live
from queueing.actions import Actor, sweeps
from queueing.models import Ticket, WindowSession
from queueing.queries import layout
from staff.models import User
from tests.factories import make_customer, make_session, make_ticket, open_daily


def test_the_night_closes_what_is_open_and_deletes_nothing(
    hall: Hall, window: Window, li: User, noon: datetime
) -> None:
    open_daily(hall, time(8, 30), time(18, 0))
    make_session(window, li, at=noon)
    states = ("waiting", "held", "done", "no_show")
    tickets = [make_ticket(hall, state, taken_at=noon) for state in states]
    midnight = noon + timedelta(hours=12, minutes=5)
    assert sweeps.close_day(midnight) == 3
    assert sweeps.close_day(midnight) == 0
    found = [(ticket.state, ticket.end_mark) for ticket in Ticket.objects.filter(pk__in=[t.pk for t in tickets])]
    assert sorted(found) == [("closed", "night"), ("closed", "night"), ("done", ""), ("no_show", "")]
    session = WindowSession.objects.get()
    assert (session.signed_out_at, session.end_mark) == (midnight, "night")


def test_today_is_left_alone(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    make_session(window, li, at=noon)
    make_ticket(hall, taken_at=noon)
    assert sweeps.close_day(noon + timedelta(hours=11, minutes=59)) == 0


def test_a_hall_open_across_midnight_keeps_who_still_waits(hall: Hall, noon: datetime) -> None:
    late = make_ticket(hall, taken_at=noon + timedelta(hours=11, minutes=50))
    assert sweeps.close_day(noon + timedelta(hours=12, minutes=30)) == 0
    assert sweeps.close_day(noon + timedelta(hours=13, minutes=50)) == 1
    late.refresh_from_db()
    assert late.state == "closed"


@pytest.mark.parametrize(("days", "kept"), [(89.99, True), (90.01, False)])
def test_phones_on_old_numbers_are_erased(hall: Hall, noon: datetime, days: float, kept: bool) -> None:
    ticket = make_ticket(hall, "done", phone="13800000001", customer=make_customer(), taken_at=noon)
    sweeps.erase_old_phones(noon + timedelta(days=days))
    ticket.refresh_from_db()
    assert (ticket.phone, ticket.customer_id is not None) == (("13800000001", True) if kept else ("", False))


def test_two_ahead_is_told_once(hall: Hall, noon: datetime) -> None:
    for minutes in (9, 8):
        make_ticket(hall, taken_at=noon - timedelta(minutes=minutes))
    make_ticket(hall, phone="13800000001", taken_at=noon, ahead_when_taken=5)
    far = make_ticket(hall, phone="13800000002", taken_at=noon + timedelta(minutes=1), ahead_when_taken=6)
    assert [sweeps.tell_who_is_near(noon) for _ in range(2)] == [1, 0]
    message = OutboxMessage.objects.get()
    assert (message.phone, "前面还有 2 位" in message.text) == ("13800000001", True)
    far.refresh_from_db()
    assert far.near_told_at is None


def test_who_took_a_number_with_two_ahead_needs_no_text(hall: Hall, noon: datetime) -> None:
    make_ticket(hall, phone="13800000001", taken_at=noon, ahead_when_taken=0)
    sweeps.tell_who_is_near(noon)
    assert OutboxMessage.objects.count() == 0


def test_a_lost_push_is_healed_once(
    hall: Hall, window: Window, at_window: Actor, boards: list[tuple[str, dict[str, object]]]
) -> None:
    from core import time as clock

    live.publish_board(hall.pk)
    assert sweeps.heal_boards(clock.now()) == 0
    layout.forget()
    make_ticket(hall)  # a change whose push never came
    assert sweeps.heal_boards(clock.now()) == 1
    assert sweeps.heal_boards(clock.now()) == 0
    assert [code for code, _ in boards] == ["ZJ01", "ZJ01"]


def test_changed_hours_reach_quiet_screens_and_the_clock_alone_does_not(
    hall: Hall, boards: list[tuple[str, dict[str, object]]]
) -> None:
    from core import time as clock

    make_ticket(hall, letter="V", taken_at=clock.now() - timedelta(minutes=29))
    live.publish_board(hall.pk)
    client().delete(key("healed-all"))
    assert sweeps.heal_boards(clock.now() + timedelta(minutes=5)) == 0
    open_daily(hall, time(9, 0), time(17, 0))
    layout.forget()
    client().delete(key("healed-all"))
    assert sweeps.heal_boards(clock.now()) == 1
    assert len(boards) == 2
