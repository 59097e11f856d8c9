"""What the apps above answer to a handover's questions."""

from datetime import datetime, timedelta

import pytest

from core.time import SHANGHAI
from queueing.models import Alert, Appointment, VipArrival
from queueing.states import AlertKind, AlertLevel, HoldKind, Source, TicketState
from staff import hooks
from staff.states import Role
from tests.factories import make_customer, make_hall, make_session, make_ticket, make_user

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


def test_who_runs_the_floor_hands_over_vip_bookings_arrivals_and_standing_alerts():
    hall = make_hall()
    manager, clerk = make_user("01003", Role.DUTY_MANAGER, hall), make_user("01001", hall=hall)
    vip, plain = make_customer("13800000001", is_vip=True), make_customer("13800000002")
    booked = [_booking(hall, vip, NOW + timedelta(hours=20)), _booking(hall, plain, NOW + timedelta(hours=2))]
    _booking(hall, make_customer("13800000003", is_vip=True), NOW + timedelta(days=3))
    waits = VipArrival.objects.create(hall=hall, customer=vip, declared_at=NOW - timedelta(minutes=3))
    VipArrival.objects.create(hall=hall, declared_at=NOW, received_at=NOW)
    stands = Alert.objects.create(
        hall=hall,
        kind=AlertKind.PEAK,
        level=AlertLevel.RED,
        opened_at=NOW,
        facts={"waiting": 12, "open": 1, "windows": 2},
    )
    Alert.objects.create(hall=hall, kind=AlertKind.VIP, level=AlertLevel.RED, opened_at=NOW)

    found = hooks.open_work(hall, manager, NOW)

    assert [one.key for one in found] == [f"booking:{booked[0].pk}", f"vip-arrival:{waits.pk}", f"alert:{stands.pk}"]
    assert found[0].title == "03-11 11:00 综合业务"
    assert hooks.open_work(hall, clerk, NOW) == []


def _booking(hall, customer, at):
    group = hall.groups.get(code="general")
    known = {"customer": customer, "phone": customer.phone, "code": customer.phone[-6:], "made_at": NOW}
    return Appointment.objects.create(
        hall=hall, group=group, day=at.astimezone(SHANGHAI).date(), slot_at=at, source=Source.GREETER, **known
    )
