"""VIP reception, care, and sending on at the door."""

from datetime import datetime, timedelta

import pytest

from core.errors import Refused
from halls.models import Hall, Window
from queueing import actions
from queueing.actions import Actor, Wish
from queueing.models import Ticket, VipArrival, Visit
from queueing.states import Did, Outcome, Source, TicketState
from staff.models import User
from tests.factories import make_customer, make_hall, make_session, make_ticket, make_user


@pytest.fixture
def chen(hall: Hall) -> Actor:
    """小陈, the greeter."""
    return Actor(person=make_user("01800", "greeter", hall, name="陈静"))


def vip_number(hall: Hall, noon: datetime, source: str = Source.KIOSK, actor: Actor | None = None) -> Ticket:
    make_customer("13800000009", is_vip=True)
    wish = Wish("general", source, phone="13800000009")
    return actions.take_number(hall, wish, actor=actor or Actor(), now=noon)


def did(ticket: Ticket) -> list[str]:
    return [event.did for event in ticket.events.all()]


def refused(act: object, *args: object, **by: object) -> str:
    with pytest.raises(Refused) as no:
        act(*args, **by)  # type: ignore[operator]
    return no.value.code


# ---- R-Q-2 ----------------------------------------------------------------------------------------------------------


def test_r_q_2_a_v_number_declares_its_vip(hall: Hall, noon: datetime) -> None:
    ticket = vip_number(hall, noon)
    arrival = VipArrival.objects.get()
    assert (arrival.hall, arrival.ticket, arrival.customer) == (hall, ticket, ticket.customer)
    assert (arrival.declared_at, arrival.received_at) == (noon, None)


def test_r_q_2_another_number_declares_nobody(hall: Hall, noon: datetime) -> None:
    actions.take_number(hall, Wish("general", Source.KIOSK), actor=Actor(), now=noon)
    assert VipArrival.objects.count() == 0


def test_r_q_2_the_clock_runs_from_declaring_to_reception_not_to_service(
    hall: Hall, chen: Actor, noon: datetime, nudges: list[tuple[str, str, str]]
) -> None:
    ticket = vip_number(hall, noon)
    arrival = VipArrival.objects.get()
    nudges.clear()
    met = actions.receive_vip(arrival.pk, actor=chen, now=noon + timedelta(minutes=5))
    assert (met.received_by, met.met_after(noon + timedelta(hours=1))) == (chen.person, timedelta(minutes=5))
    assert nudges == [("hall.ZJ01", "vip.received", str(arrival.pk))]
    ticket.refresh_from_db()
    assert ticket.state == TicketState.WAITING


def test_r_q_2_who_takes_the_number_at_the_door_has_met_the_vip(hall: Hall, chen: Actor, noon: datetime) -> None:
    vip_number(hall, noon, Source.GREETER, chen)
    arrival = VipArrival.objects.get()
    assert (arrival.received_at, arrival.received_by) == (noon, chen.person)


def test_r_q_2_a_served_vip_was_met_at_the_answered_call(
    hall: Hall, window: Window, at_window: Actor, noon: datetime
) -> None:
    vip_number(hall, noon)
    ticket = actions.call_next(window, actor=at_window, now=noon + timedelta(minutes=4))
    assert ticket
    assert VipArrival.objects.get().received_at is None
    actions.start(ticket.pk, actor=at_window, now=noon + timedelta(minutes=6))
    arrival = VipArrival.objects.get()
    assert (arrival.received_at, arrival.received_by) == (noon + timedelta(minutes=4), at_window.person)


def test_r_q_2_reception_before_the_window_stands(
    hall: Hall, window: Window, chen: Actor, at_window: Actor, noon: datetime
) -> None:
    vip_number(hall, noon)
    actions.receive_vip(VipArrival.objects.get().pk, actor=chen, now=noon + timedelta(minutes=1))
    ticket = actions.call_next(window, actor=at_window, now=noon + timedelta(minutes=4))
    assert ticket
    actions.finish(ticket.pk, actor=at_window, now=noon + timedelta(minutes=6))
    arrival = VipArrival.objects.get()
    assert (arrival.received_at, arrival.received_by) == (noon + timedelta(minutes=1), chen.person)


def test_r_q_2_a_vip_who_left_was_not_met(
    hall: Hall, window: Window, chen: Actor, at_window: Actor, noon: datetime
) -> None:
    ticket = vip_number(hall, noon)
    actions.cancel(ticket.pk, actor=chen, now=noon + timedelta(minutes=2))
    arrival = VipArrival.objects.get()
    assert (arrival.left_at, arrival.received_at) == (noon + timedelta(minutes=2), None)
    assert refused(actions.receive_vip, arrival.pk, actor=chen, now=noon + timedelta(minutes=3)) == "vip_left"
    arrival.refresh_from_db()
    assert arrival.received_at is None


def test_r_q_2_receiving_twice_is_refused_and_changes_nothing(
    hall: Hall, chen: Actor, wang: User, noon: datetime, nudges: list[object]
) -> None:
    vip_number(hall, noon)
    arrival = VipArrival.objects.get()
    actions.receive_vip(arrival.pk, actor=chen, now=noon)
    nudges.clear()
    again = refused(actions.receive_vip, arrival.pk, actor=Actor(person=wang), now=noon + timedelta(minutes=1))
    assert again == "received_already"
    arrival.refresh_from_db()
    assert (arrival.received_at, arrival.received_by) == (noon, chen.person)
    assert nudges == []


def test_r_q_2_a_vip_declared_at_the_door_gets_the_number_later(hall: Hall, chen: Actor, noon: datetime) -> None:
    customer = make_customer("13800000009", is_vip=True)
    declared = actions.declare_vip(hall, phone="138 0000 0009", actor=chen, now=noon)
    assert declared.customer == customer
    ticket = actions.take_number(
        hall, Wish("general", Source.KIOSK, phone="13800000009"), actor=Actor(), now=noon + timedelta(minutes=2)
    )
    arrival = VipArrival.objects.get()
    assert (arrival.ticket, arrival.declared_at) == (ticket, noon)


def test_r_q_2_a_vip_is_declared_once(hall: Hall, chen: Actor, noon: datetime) -> None:
    vip_number(hall, noon)
    again = refused(actions.declare_vip, hall, phone="13800000009", actor=chen, now=noon)
    assert (again, VipArrival.objects.count()) == ("declared_already", 1)


def test_r_q_2_an_ordinary_phone_declares_no_vip(hall: Hall, chen: Actor, noon: datetime) -> None:
    make_customer("13800000001")
    assert refused(actions.declare_vip, hall, phone="13800000001", actor=chen, now=noon) == "not_vip"
    assert refused(actions.declare_vip, hall, phone="12", actor=chen, now=noon) == "bad_phone"
    assert VipArrival.objects.count() == 0
    assert actions.declare_vip(hall, actor=chen, now=noon).customer is None  # a card shown at the door is enough


# ---- R-Q-8 ----------------------------------------------------------------------------------------------------------


def test_r_q_8_care_is_recorded_with_person_and_time(hall: Hall, chen: Actor, noon: datetime) -> None:
    ticket = make_ticket(hall, taken_at=noon - timedelta(minutes=31))
    cared = actions.give_care(ticket.pk, actor=chen, now=noon)
    assert (cared.cared_at, cared.cared_by, cared.state) == (noon, chen.person, TicketState.WAITING)
    assert did(ticket) == [Did.CARED]


def test_r_q_8_care_is_given_once(hall: Hall, chen: Actor, wang: User, noon: datetime) -> None:
    ticket = make_ticket(hall, taken_at=noon - timedelta(minutes=31))
    actions.give_care(ticket.pk, actor=chen, now=noon)
    later = noon + timedelta(minutes=1)
    assert refused(actions.give_care, ticket.pk, actor=Actor(person=wang), now=later) == "cared_already"
    ticket.refresh_from_db()
    assert (ticket.cared_at, ticket.cared_by, did(ticket)) == (noon, chen.person, [Did.CARED])


@pytest.mark.parametrize("state", ["done", "no_show", "cancelled", "closed", "held"])
def test_r_q_8_nobody_who_is_gone_is_cared_for(hall: Hall, chen: Actor, noon: datetime, state: str) -> None:
    ticket = make_ticket(hall, state, taken_at=noon - timedelta(hours=1))
    assert refused(actions.give_care, ticket.pk, actor=chen, now=noon) == "bad_move"
    ticket.refresh_from_db()
    assert (ticket.cared_at, did(ticket)) == (None, [])


# ---- R-Q-11 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", Outcome)
def test_r_q_11_one_tap_records_how_a_visit_went_on(hall: Hall, chen: Actor, noon: datetime, outcome: str) -> None:
    visit = actions.record_visit(hall, outcome, business="payment", actor=chen, now=noon)
    assert (visit.outcome, visit.at, visit.person, visit.undone_at) == (outcome, noon, chen.person, None)
    assert visit.business
    assert visit.business.code == "payment"


def test_r_q_11_an_unknown_business_is_refused(hall: Hall, chen: Actor, noon: datetime) -> None:
    no = refused(actions.record_visit, hall, Outcome.ANSWERED, business="nothing", actor=chen, now=noon)
    assert (no, Visit.objects.count()) == ("not_served_here", 0)


def test_r_q_11_who_is_sent_on_gives_the_number_back_and_gets_it_again_by_undo(
    hall: Hall, chen: Actor, noon: datetime
) -> None:
    ticket = make_ticket(hall, taken_at=noon - timedelta(minutes=9))
    visit = actions.record_visit(hall, Outcome.SELF_SERVICE, ticket_id=ticket.pk, actor=chen, now=noon)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.CANCELLED
    actions.undo_visit(visit.pk, actor=chen, now=noon + timedelta(seconds=15))
    ticket.refresh_from_db()
    visit.refresh_from_db()
    assert (ticket.state, ticket.finished_at, ticket.call_order_at) == ("waiting", None, ticket.taken_at)
    assert visit.undone_at == noon + timedelta(seconds=15)
    assert did(ticket) == [Did.CANCELLED, Did.UNDONE]


def test_r_q_11_undo_is_refused_after_some_seconds_for_others_and_twice(
    hall: Hall, chen: Actor, li: User, noon: datetime
) -> None:
    visit = actions.record_visit(hall, Outcome.ANSWERED, actor=chen, now=noon)
    assert refused(actions.undo_visit, visit.pk, actor=Actor(person=li), now=noon) == "not_yours"
    assert refused(actions.undo_visit, visit.pk, actor=chen, now=noon + timedelta(seconds=16)) == "too_late"
    visit.refresh_from_db()
    assert visit.undone_at is None
    actions.undo_visit(visit.pk, actor=chen, now=noon)
    assert refused(actions.undo_visit, visit.pk, actor=chen, now=noon) == "undone_already"


def test_r_q_11_undo_leaves_a_number_that_moved_since(
    hall: Hall, window: Window, chen: Actor, li: User, noon: datetime
) -> None:
    ticket = make_ticket(hall, taken_at=noon - timedelta(minutes=9), phone="13800000001")
    visit = actions.record_visit(hall, Outcome.SELF_SERVICE, ticket_id=ticket.pk, actor=chen, now=noon)
    other = make_ticket(hall, taken_at=noon, phone="13800000001")
    assert refused(actions.undo_visit, visit.pk, actor=chen, now=noon) == "phone_has_number"
    visit.refresh_from_db()
    ticket.refresh_from_db()
    assert (visit.undone_at, ticket.state, other.state) == (None, "cancelled", "waiting")


def test_r_q_11_a_number_of_another_hall_is_not_sent_on(hall: Hall, chen: Actor, noon: datetime) -> None:
    ticket = make_ticket(make_hall("ZJ02"), taken_at=noon)
    no = refused(actions.record_visit, hall, Outcome.ANSWERED, ticket_id=ticket.pk, actor=chen, now=noon)
    ticket.refresh_from_db()
    assert (no, ticket.state, Visit.objects.count()) == ("other_hall", "waiting", 0)


def test_r_q_11_a_number_at_a_window_is_not_sent_on(hall: Hall, window: Window, chen: Actor, noon: datetime) -> None:
    make_session(window, make_user(hall=hall))
    ticket = make_ticket(hall, "serving", window=window, taken_at=noon)
    no = refused(actions.record_visit, hall, Outcome.ANSWERED, ticket_id=ticket.pk, actor=chen, now=noon)
    assert (no, Visit.objects.count()) == ("bad_move", 0)


# ---- R-Q-17 ---------------------------------------------------------------------------------------------------------


def test_r_q_17_looking_after_somebody_at_self_service_is_done_once(hall: Hall, chen: Actor, noon: datetime) -> None:
    visit = actions.record_visit(hall, Outcome.SELF_SERVICE, actor=chen, now=noon)
    looked = actions.look_after(visit.pk, actor=chen, now=noon + timedelta(minutes=3))
    assert (looked.looked_after_at, looked.looked_after_by) == (noon + timedelta(minutes=3), chen.person)
    assert refused(actions.look_after, visit.pk, actor=chen, now=noon) == "looked_after"


def test_r_q_17_nobody_else_is_looked_after_there(hall: Hall, chen: Actor, noon: datetime) -> None:
    answered = actions.record_visit(hall, Outcome.ANSWERED, actor=chen, now=noon)
    undone = actions.record_visit(hall, Outcome.SELF_SERVICE, actor=chen, now=noon)
    actions.undo_visit(undone.pk, actor=chen, now=noon)
    for visit in (answered, undone):
        assert refused(actions.look_after, visit.pk, actor=chen, now=noon) == "bad_visit"
    assert Visit.objects.filter(looked_after_at=None).count() == 2


# ---- R-Q-19 ---------------------------------------------------------------------------------------------------------


def test_r_q_19_people_who_insist_are_served(hall: Hall, chen: Actor, noon: datetime) -> None:
    """Nothing refuses a small top-up or forces to a machine: while the hall issues, a payment gets a number."""
    for visit in range(5):
        actions.record_visit(hall, Outcome.SELF_SERVICE, business="payment", actor=chen, now=noon)
        ticket = actions.take_number(hall, Wish("payment", Source.KIOSK), actor=Actor(), now=noon)
        assert (ticket.state, ticket.number) == ("waiting", f"B{visit + 1:03d}")
