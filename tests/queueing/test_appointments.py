"""Appointments: half hours, places, codes, checking in to the minute, and what lapses."""

import threading
from datetime import date, time, timedelta

import pytest
from django.db import connection

from core.errors import Refused
from core.models import Parameter
from core.time import at
from halls.models import HoursException
from halls.rules import Hours
from loyalty.states import Brand
from messaging.models import OutboxMessage
from queueing import actions
from queueing.actions import Actor, Booking, sweeps
from queueing.models import Appointment, Ticket
from queueing.queries import appointments as reads
from queueing.queries import layout
from queueing.rules import appointments as rules
from queueing.states import AppointmentState, Source, TicketState
from tests.factories import make_customer, make_hall, make_ticket, make_user, open_daily

TODAY = date(2026, 11, 23)
NOW = at(TODAY, time(9, 10))
TEN = at(TODAY, time(10))
PHONES = ["13800000001", "13800000002", "13800000003"]


@pytest.fixture
def hall(db):
    hall = make_hall(all_day=False)
    open_daily(hall, time(8, 45), time(18, 15))
    return hall


def booked(hall, phone=PHONES[0], slot=TEN, *, business="sim_replace", now=NOW, actor=None):
    booking = Booking(business=business, slot_at=slot, phone=phone, source=Source.GREETER)
    return actions.book(hall, booking, actor=actor or Actor(), now=now)


def refused(act, *args, **kwargs):
    with pytest.raises(Refused) as no:
        act(*args, **kwargs)
    return no.value.code


# -- rules ---------------------------------------------------------------------------------------------


def test_half_hours_lie_wholly_inside_the_opening_hours():
    found = rules.slots(TODAY, Hours(time(8, 45), time(18, 15)))

    assert (found[0], found[-1]) == (at(TODAY, time(9)), at(TODAY, time(17, 30)))
    assert len(found) == 18


def test_a_day_that_never_closes_has_48_and_a_closed_one_none():
    assert len(rules.slots(TODAY, Hours(time(0), time(0)))) == 48
    assert rules.slots(TODAY, None) == []
    assert rules.slots(TODAY, Hours(time(9), time(9, 29))) == []
    assert rules.slots(TODAY, Hours(time(9), time(9, 30))) == [at(TODAY, time(9))]


@pytest.mark.parametrize(("minutes", "lapsed"), [(0, False), (15, False), (16, True)])
def test_fifteen_minutes_late_exactly_is_in_time(minutes, lapsed):
    assert rules.is_lapsed(TEN, TEN + timedelta(minutes=minutes), late_minutes=15) == lapsed


def test_one_microsecond_more_is_not():
    late = TEN + timedelta(minutes=15, microseconds=1)
    assert rules.is_lapsed(TEN, late, late_minutes=15) is True


def test_the_order_is_the_slots_unless_walking_in_is_better():
    half_hour_before = TEN - timedelta(minutes=30)

    assert rules.order_at(TEN, TEN + timedelta(minutes=15), head_start_minutes=30) == half_hour_before
    assert rules.order_at(TEN, TEN - timedelta(minutes=60), head_start_minutes=30) == TEN - timedelta(minutes=60)


@pytest.mark.parametrize(("days", "too_far"), [(7, False), (8, True)])
def test_days_ahead_count_whole_days(days, too_far):
    assert rules.is_too_far(TODAY + timedelta(days=days), NOW, days_ahead=7) == too_far


# -- booking -------------------------------------------------------------------------------------------


def test_a_booking_has_a_code_and_the_phone_gets_it(hall, nudges):
    clerk = make_user("01001", hall=hall)
    customer = make_customer(PHONES[0])

    row = booked(hall, actor=Actor(person=clerk))

    assert (row.state, row.day, row.slot_at, row.customer, row.made_by) == ("booked", TODAY, TEN, customer, clerk)
    assert (len(row.code), row.code.isdigit()) == (6, True)
    message = OutboxMessage.objects.get()
    assert (message.phone, message.kind) == (PHONES[0], "code")
    assert message.text == (
        f"已预约 11 月 23 日 10:00 ZJ01 营业厅,预约码 {row.code}。请按时到厅取号,迟到 15 分钟以上不再保留。"
    )
    assert nudges == [("hall.ZJ01", "appointment.booked", str(row.pk))]


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        (at(TODAY, time(9)), "slot_past"),
        (NOW, "slot_past"),
        (at(TODAY, time(8, 30)), "slot_past"),
        (at(TODAY, time(18)), "outside_hours"),
        (at(TODAY, time(10, 15)), "outside_hours"),
        (at(TODAY + timedelta(days=1), time(8, 30)), "outside_hours"),
        (at(TODAY + timedelta(days=8), time(10)), "too_far"),
        (at(TODAY + timedelta(days=2), time(10)), "closed_day"),
    ],
)
def test_a_slot_that_cannot_be_had_is_refused(hall, slot, code):
    HoursException.objects.create(hall=hall, day=TODAY + timedelta(days=2), is_closed=True, reason="盘点")

    assert refused(booked, hall, slot=slot) == code
    assert Appointment.objects.count() == 0
    assert OutboxMessage.objects.count() == 0


def test_the_last_day_and_the_last_half_hour_can_be_had(hall):
    slot = at(TODAY + timedelta(days=7), time(17, 30))

    assert booked(hall, slot=slot).slot_at == slot


def test_two_places_are_two(hall):
    booked(hall, PHONES[0])
    booked(hall, PHONES[1])

    assert refused(booked, hall, PHONES[2]) == "slot_full"
    assert Appointment.objects.count() == 2
    assert booked(hall, PHONES[2], TEN + rules.SLOT).state == AppointmentState.BOOKED


def test_a_cancelled_or_lapsed_place_is_free_a_used_one_is_not(hall):
    gone = booked(hall, PHONES[0])
    used = booked(hall, PHONES[1])
    actions.cancel_appointment(gone.pk, actor=Actor(), now=NOW)
    actions.check_in(used.pk, actor=Actor(), now=TEN - timedelta(minutes=30))
    assert booked(hall, PHONES[2]).state == AppointmentState.BOOKED

    assert refused(booked, hall, "13800000004") == "slot_full"


def test_places_are_a_dated_parameter_of_the_hall(hall):
    Parameter.objects.create(name=rules.CAPACITY, scope="ZJ01", value=1, valid_from=TODAY + timedelta(days=1))
    tomorrow = TEN + timedelta(days=1)
    booked(hall, PHONES[0], tomorrow)

    assert refused(booked, hall, PHONES[1], tomorrow) == "slot_full"
    booked(hall, PHONES[1])
    assert booked(hall, PHONES[2]).slot_at == TEN


def test_one_open_appointment_per_phone(hall):
    booked(hall)

    assert refused(booked, hall, slot=TEN + timedelta(days=1)) == "phone_has_appointment"
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("business", "phone", "code"),
    [("nothing", PHONES[0], "not_served_here"), ("payment", "1380000", "bad_phone"), ("payment", "", "bad_phone")],
)
def test_a_wish_that_makes_no_sense_is_refused(hall, business, phone, code):
    assert refused(booked, hall, phone, business=business) == code
    assert Appointment.objects.count() == 0


def test_a_hall_without_numbers_takes_no_appointments(db):
    assert refused(booked, make_hall("ZJ06", queue_mode="line")) == "no_appointments"


@pytest.mark.django_db(transaction=True)
def test_two_bookers_never_share_the_last_place():
    hall = make_hall()
    slot = at(TODAY, time(12))
    booked(hall, "13800000009", slot)
    answers = []
    start = threading.Barrier(6)

    def ask(phone):
        start.wait()
        try:
            booked(hall, phone, slot)
            answers.append("booked")
        except Refused as no:
            answers.append(no.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(f"1390000000{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["booked"] + ["slot_full"] * 5
    assert Appointment.objects.filter(slot_at=slot).count() == 2


# -- checking in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-30, 0, 15])
def test_in_its_time_an_appointment_becomes_a_number(hall, minutes):
    row = booked(hall)
    now = TEN + timedelta(minutes=minutes)
    clerk = make_user("01001", hall=hall)

    ticket = actions.check_in(row.pk, actor=Actor(person=clerk), now=now)

    row.refresh_from_db()
    assert (row.state, row.ticket, row.ended_at, row.ended_by) == ("arrived", ticket, now, clerk)
    assert (ticket.source, ticket.phone, ticket.business.code) == ("booked", PHONES[0], "sim_replace")
    assert ticket.call_order_at == TEN - timedelta(minutes=30)
    assert [event.did for event in ticket.events.all()] == ["taken"]


@pytest.mark.parametrize(("seconds", "code"), [(-30 * 60 - 1, "too_early"), (15 * 60 + 1, "appointment_lapsed")])
def test_a_second_outside_is_refused_and_changes_nothing(hall, seconds, code):
    row = booked(hall)

    assert refused(actions.check_in, row.pk, actor=Actor(), now=TEN + timedelta(seconds=seconds)) == code

    row.refresh_from_db()
    assert (row.state, row.ticket_id, Ticket.objects.count()) == ("booked", None, 0)


def test_tomorrows_customer_is_told_the_day(hall):
    row = booked(hall, slot=TEN + timedelta(days=1))
    with pytest.raises(Refused) as no:
        actions.check_in(row.pk, actor=Actor(), now=NOW)
    assert no.value.message == "还没到预约时间,请在 11 月 24 日 09:30 以后取号。"


def test_nobody_checks_in_twice(hall):
    row = booked(hall)
    actions.check_in(row.pk, actor=Actor(), now=TEN)

    assert refused(actions.check_in, row.pk, actor=Actor(), now=TEN) == "already_arrived"
    assert Ticket.objects.count() == 1


def test_an_early_vip_keeps_the_better_place(hall):
    make_customer(PHONES[0], is_vip=True, brand=Brand.GOTONE)
    row = booked(hall)
    now = TEN - timedelta(minutes=30)

    ticket = actions.check_in(row.pk, actor=Actor(), now=now)

    assert (ticket.letter, ticket.call_order_at) == ("V", now - timedelta(minutes=30))


def test_a_promise_holds_in_a_full_hall_after_issuing_and_with_the_group_stopped(hall):
    manager = make_user("01002", "duty_manager", hall)
    last = at(TODAY, time(17, 30))
    row = booked(hall, slot=last)
    hall.waiting_capacity, hall.stop_issuing_minutes = 1, 60
    hall.save()
    make_ticket(hall, number="A900", taken_at=NOW)
    layout.forget()
    actions.stop_group(row.group, limit=None, reason="系统升级", manager=manager, now=NOW)

    assert actions.check_in(row.pk, actor=Actor(), now=last).state == TicketState.WAITING


def test_a_closed_hall_gives_no_number_even_so(hall):
    row = booked(hall, slot=at(TODAY, time(9, 30)))
    open_daily(hall, time(9, 45), time(18))
    layout.forget()

    assert refused(actions.check_in, row.pk, actor=Actor(), now=at(TODAY, time(9, 30))) == "hall_closed"
    row.refresh_from_db()
    assert row.state == AppointmentState.BOOKED


def test_somebody_with_a_number_keeps_the_appointment(hall):
    row = booked(hall)
    make_ticket(hall, number="A900", phone=PHONES[0], taken_at=NOW)

    assert refused(actions.check_in, row.pk, actor=Actor(), now=TEN) == "phone_has_number"
    row.refresh_from_db()
    assert row.state == AppointmentState.BOOKED


def test_it_is_found_by_phone_and_by_code_on_its_day_in_its_hall(hall):
    row = booked(hall)
    elsewhere = make_hall("ZJ05")

    assert actions.find_appointment(hall, PHONES[0], now=NOW) == row
    assert actions.find_appointment(hall, f"{row.code[:3]} {row.code[3:]}", now=NOW) == row
    for place, given, now in [
        (elsewhere, row.code, NOW),
        (hall, row.code, NOW - timedelta(days=1)),
        (hall, PHONES[1], NOW),
        (hall, "", NOW),
        (hall, "\x00", NOW),
        (hall, "1" * 3000, NOW),
    ]:
        assert refused(actions.find_appointment, place, given, now=now) == "no_appointment"


def test_the_open_one_of_several_is_found(hall):
    first = booked(hall, slot=at(TODAY, time(9, 30)))
    actions.check_in(first.pk, actor=Actor(), now=NOW)
    second = booked(hall)

    assert actions.find_appointment(hall, PHONES[0], now=NOW) == second


# -- cancelling and lapsing ----------------------------------------------------------------------------


def test_only_an_open_appointment_is_cancelled(hall):
    row = booked(hall)
    assert actions.cancel_appointment(row.pk, actor=Actor(), now=NOW).state == AppointmentState.CANCELLED

    assert refused(actions.cancel_appointment, row.pk, actor=Actor(), now=NOW) == "bad_move"
    assert refused(actions.check_in, row.pk, actor=Actor(), now=TEN) == "bad_move"


def test_the_sweep_lapses_what_is_too_late_and_nothing_else(hall, nudges):
    late = booked(hall, PHONES[0])
    coming = booked(hall, PHONES[1], TEN + rules.SLOT)
    nudges.clear()

    assert sweeps.lapse_appointments(TEN + timedelta(minutes=15)) == 0
    assert sweeps.lapse_appointments(TEN + timedelta(minutes=15, seconds=1)) == 1
    assert sweeps.lapse_appointments(TEN + timedelta(minutes=15, seconds=2)) == 0

    late.refresh_from_db()
    coming.refresh_from_db()
    assert (late.state, coming.state) == ("lapsed", "booked")
    assert nudges == [("hall.ZJ01", "appointment.lapsed", str(late.pk))]
    assert refused(actions.check_in, late.pk, actor=Actor(), now=TEN + timedelta(minutes=20)) == "appointment_lapsed"


def test_phones_of_appointments_are_forgotten_too(hall):
    row = booked(hall)
    make_customer(PHONES[0])

    sweeps.erase_old_phones(TEN + timedelta(days=90))
    row.refresh_from_db()
    assert row.phone == PHONES[0]
    sweeps.erase_old_phones(TEN + timedelta(days=91))
    row.refresh_from_db()
    assert (row.phone, row.customer) == ("", None)


# -- reads ---------------------------------------------------------------------------------------------


def test_a_day_shows_every_half_hour_with_its_places(hall):
    row = booked(hall)
    slots = {slot.starts_at: slot for slot in reads.day(hall, TODAY, NOW)}

    assert len(slots) == 18
    assert (slots[TEN].free, slots[TEN].appointments) == (1, (row,))
    assert (slots[at(TODAY, time(9))].free, slots[at(TODAY, time(9))].is_over) == (0, True)
    assert [count for _, count in reads.days(hall, NOW)] == [1, 0, 0, 0, 0, 0, 0, 0]


def test_an_appointment_outside_changed_hours_is_still_shown(hall):
    row = booked(hall)
    open_daily(hall, time(13), time(18))

    assert reads.day(hall, TODAY, NOW)[0].appointments == (row,)


def test_the_estimator_hears_of_who_is_still_to_come(hall):
    row = booked(hall, PHONES[0])
    booked(hall, PHONES[1], TEN + timedelta(days=1))
    half_hour = timedelta(minutes=30)
    group = row.group_id

    assert reads.ahead(hall.pk, TEN + timedelta(minutes=15)) == (reads.Booked(TEN, TEN - half_hour, group),)
    assert reads.ahead(hall.pk, TEN + timedelta(minutes=16)) == ()
