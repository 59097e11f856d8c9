from datetime import datetime, time, timedelta

import pytest
import time_machine

from core.errors import Refused
from halls.models import Hall, HoursException
from loyalty.states import Brand, CustomerStatus
from queueing import actions
from queueing.actions.taking import next_number
from queueing.models import Ticket, TicketCounter
from queueing.states import Did, Source
from tests.factories import (
    make_business,
    make_customer,
    make_group,
    make_hall,
    make_session,
    make_user,
    open_daily,
)

CUSTOMER = actions.Actor()


def take(hall: Hall, now: datetime, business: str = "general", **wish: object) -> Ticket:
    return actions.take_number(
        hall, actions.Wish(business=business, source=Source.API, **wish), actor=CUSTOMER, now=now
    )


def test_numbers_start_at_001_each_day_and_letter(hall: Hall, noon: datetime) -> None:
    days = [noon, noon, noon + timedelta(days=1)]
    assert [take(hall, day).number for day in days] == ["A001", "A002", "A001"]
    assert take(hall, noon, "payment").number == "B001"


def test_after_999_comes_1000(hall: Hall, noon: datetime) -> None:
    TicketCounter.objects.create(hall=hall, day=noon.date(), letter="A", last=998)
    assert [next_number(hall.pk, noon.date(), "A") for _ in range(2)] == ["A999", "A1000"]


def test_a_business_code_names_its_group_and_is_kept(hall: Hall, noon: datetime) -> None:
    ticket = take(hall, noon, "sim_replace")
    assert (ticket.group.code, ticket.business and ticket.business.code) == ("general", "sim_replace")


def test_taking_writes_one_event_and_pushes(hall: Hall, noon: datetime, nudges: list[tuple[str, str, str]]) -> None:
    ticket = take(hall, noon)
    assert [(event.did, event.before, event.after) for event in ticket.events.all()] == [(Did.TAKEN, "", "waiting")]
    assert nudges == [("hall.ZJ01", "ticket.waiting", str(ticket.pk))]


@pytest.mark.parametrize(
    ("fields", "letter", "head_start"),
    [
        ({"brand": Brand.EASYOWN}, "A", 0),
        ({"brand": Brand.GOTONE}, "G", 10),
        ({"brand": Brand.MZONE, "star": 5}, "V", 30),
        ({"brand": Brand.EASYOWN, "is_vip": True}, "V", 30),
        ({"brand": Brand.GOTONE, "status": CustomerStatus.CLOSED}, "A", 0),
    ],
)
def test_the_phone_decides_class_and_head_start(
    hall: Hall, noon: datetime, fields: dict[str, object], letter: str, head_start: int
) -> None:
    make_customer("13800000001", **fields)
    ticket = take(hall, noon, phone="13800000001")
    assert ticket.letter == letter
    assert noon - ticket.call_order_at == timedelta(minutes=head_start)


def test_r_q_21_the_green_lane_keeps_the_letter_and_starts_earlier(hall: Hall, noon: datetime) -> None:
    ticket = take(hall, noon, lane="green")
    assert (ticket.letter, noon - ticket.call_order_at) == ("A", timedelta(minutes=30))


def test_one_active_number_per_phone(hall: Hall, noon: datetime) -> None:
    first = take(hall, noon, phone="13800000001")
    with pytest.raises(Refused) as no:
        take(hall, noon, phone="138 0000-0001")
    assert no.value.code == "phone_has_number"
    assert list(Ticket.objects.all()) == [first]

    actions.cancel(first.pk, actor=CUSTOMER, now=noon)
    assert take(hall, noon, phone="13800000001").state == "waiting"


@pytest.mark.parametrize("phone", ["12345", "23800000001", "1380000000１", "138000000011", "x" * 39])
def test_a_phone_that_is_not_one_is_refused(hall: Hall, noon: datetime, phone: str) -> None:
    with pytest.raises(Refused) as no:
        take(hall, noon, phone=phone)
    assert no.value.code == "bad_phone"
    assert Ticket.objects.count() == 0


def test_r_h_9_a_closed_day_gives_no_numbers(hall: Hall, noon: datetime) -> None:
    HoursException.objects.create(hall=hall, day=noon.date(), is_closed=True, reason="盘点")
    with pytest.raises(Refused) as no:
        take(hall, noon)
    assert no.value.code == "hall_closed"


@pytest.mark.parametrize(("clock", "gives"), [("17:29:59", True), ("17:30:00", False), ("08:29:59", False)])
def test_numbers_stop_before_closing(hall: Hall, noon: datetime, clock: str, gives: bool) -> None:
    open_daily(hall, time(8, 30), time(18, 0))
    Hall.objects.update(stop_issuing_minutes=30)
    moment = datetime.combine(noon.date(), time.fromisoformat(clock), noon.tzinfo)
    if gives:
        assert take(hall, moment).number == "A001"
    else:
        with pytest.raises(Refused) as no:
            take(hall, moment)
        assert no.value.code == "hall_closed"


def test_a_full_hall_gives_no_more_numbers(hall: Hall, noon: datetime) -> None:
    Hall.objects.update(waiting_capacity=1)
    take(hall, noon)
    with pytest.raises(Refused) as no:
        take(hall, noon)
    assert no.value.code == "hall_full"


def test_what_no_window_serves_is_refused(hall: Hall, noon: datetime) -> None:
    make_group(hall, "broadband", letter="C", businesses=("broadband",))
    make_business("roaming")
    for code in ("broadband", "roaming", "nothing"):
        with pytest.raises(Refused) as no:
            take(hall, noon, code)
        assert no.value.code == "not_served_here"


def test_the_slip_tells_people_ahead_and_an_unknown_wait_without_windows(hall: Hall, noon: datetime) -> None:
    take(hall, noon)
    second = take(hall, noon)
    assert (second.ahead_when_taken, second.promised_seconds) == (1, None)


def test_r_q_9_the_slip_tells_the_wait_as_a_range_when_windows_are_open(hall: Hall, noon: datetime) -> None:
    make_session(hall.windows.get(number=1), make_user(hall=hall))
    for _ in range(3):
        take(hall, noon)
    fourth = take(hall, noon)
    # three services of 8 minutes and 40 seconds in a row: 26 minutes in the mean, a little less for half of the people
    assert fourth.ahead_when_taken == 3
    assert (fourth.promised_seconds, fourth.promised_high_seconds) == (1440, 2220)
    stored = Ticket.objects.get(pk=fourth.pk)
    assert (stored.promised_seconds, stored.promised_high_seconds) == (1440, 2220)


def test_r_q_16_a_line_hall_counts_people_and_marks_the_figures(db: object, noon: datetime) -> None:
    hall = make_hall("ZJ06", queue_mode="line")
    first = actions.add_to_line(hall, actor=CUSTOMER, now=noon)
    second = actions.add_to_line(hall, actor=CUSTOMER, now=noon + timedelta(minutes=1))
    assert (first.source, first.is_estimated) == (Source.LINE, True)

    assert actions.take_from_line(hall, actor=CUSTOMER, now=noon + timedelta(minutes=2)) == second
    actions.take_from_line(hall, actor=CUSTOMER, now=noon + timedelta(minutes=2))
    with pytest.raises(Refused) as no:
        actions.take_from_line(hall, actor=CUSTOMER, now=noon)
    assert no.value.code == "queue_empty"


def test_a_hall_with_a_machine_has_no_line(hall: Hall, noon: datetime) -> None:
    with pytest.raises(Refused) as no:
        actions.add_to_line(hall, actor=CUSTOMER, now=noon)
    assert no.value.code == "not_a_line"


def test_the_day_changes_at_midnight_in_shanghai(hall: Hall) -> None:
    with time_machine.travel("2026-11-17T15:59:59Z", tick=False):
        before = take(hall, datetime.fromisoformat("2026-11-17T15:59:59+00:00"))
    after = take(hall, datetime.fromisoformat("2026-11-17T16:00:00+00:00"))
    assert [before.business_day.day, after.business_day.day] == [17, 18]
    assert [before.number, after.number] == ["A001", "A001"]
