"""What the apps above answer to a handover's questions."""

from datetime import datetime, timedelta

import pytest

from core.time import SHANGHAI
from queueing.states import HoldKind, TicketState
from staff import hooks
from tests.factories import make_hall, make_session, make_ticket, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=SHANGHAI)


def test_numbers_on_hold_and_at_the_window_are_open_work_of_the_clerk_who_has_them():
    hall = make_hall()
    clerk, other = make_user("01001", hall=hall), make_user("01002", hall=hall)
    mine = make_session(hall.windows.get(number=1), clerk)
    make_session(hall.windows.get(number=2), other)
    held = make_ticket(
        hall, TicketState.HELD, taken_at=NOW - timedelta(hours=1), clerk=clerk, held_kind=HoldKind.PAPERS
    )
    serving = make_ticket(hall, TicketState.SERVING, taken_at=NOW, window=mine.window)
    make_ticket(hall, TicketState.DONE, taken_at=NOW, window=mine.window)
    make_ticket(hall, TicketState.HELD, taken_at=NOW - timedelta(days=1), clerk=clerk)

    found = hooks.open_work(hall, clerk, NOW)

    assert [one.key for one in found] == [f"ticket:{held.pk}", f"ticket:{serving.pk}"]
    assert {one.kind for one in found} == {"号码"}
    assert hooks.open_work(hall, other, NOW) == []


def test_a_hall_is_at_its_peak_as_the_queue_counts_it():
    hall = make_hall(windows=1)
    make_session(hall.windows.get(), make_user("01001", hall=hall))
    assert hooks.is_peak(hall, NOW) is False
    for _ in range(4):
        make_ticket(hall, taken_at=NOW)
    assert hooks.is_peak(hall, NOW) is True
