"""Numbers that the door moves: set aside and back, another business, two who swap."""

from datetime import datetime, timedelta

import pytest

from core.errors import Refused
from halls.models import Hall, Window
from messaging.models import OutboxMessage
from queueing import actions
from queueing.actions import Actor, Wish
from queueing.models import Checklist, Ticket, Visit
from queueing.queries import counter, tickets
from queueing.states import Did, HoldKind, ItemKind, Outcome, Source
from tests.factories import make_business, make_hall, make_ticket, make_user


@pytest.fixture
def chen(hall: Hall) -> Actor:
    """小陈, the greeter."""
    return Actor(person=make_user("01800", "greeter", hall, name="陈静"))


@pytest.fixture
def ticket(hall: Hall, noon: datetime) -> Ticket:
    """A number that waits since ten minutes."""
    return make_ticket(hall, taken_at=noon - timedelta(minutes=10))


def did(ticket: Ticket) -> list[str]:
    return [event.did for event in ticket.events.all()]


def refused(act: object, *args: object, **by: object) -> str:
    with pytest.raises(Refused) as no:
        act(*args, **by)  # type: ignore[operator]
    return no.value.code


def test_r_q_11_missing_papers_leave_the_line_and_keep_the_place(
    hall: Hall, chen: Actor, ticket: Ticket, noon: datetime
) -> None:
    behind = make_ticket(hall, taken_at=noon - timedelta(minutes=5))
    aside = actions.set_aside(ticket.pk, actor=chen, now=noon)
    assert (aside.state, aside.held_kind, aside.held_at, aside.window) == ("held", HoldKind.PAPERS, noon, None)
    assert tickets.ahead_and_wait(behind, noon)[0] == 0
    visit = Visit.objects.get()
    assert (visit.outcome, visit.ticket) == (Outcome.NO_DOCUMENTS, ticket)
    back = actions.come_back(ticket.pk, actor=chen, now=noon + timedelta(minutes=40))
    assert (back.state, back.held_kind, back.held_at) == ("waiting", "", None)
    assert back.call_order_at == noon - timedelta(minutes=10)
    assert tickets.ahead_and_wait(behind, noon)[0] == 1
    assert did(ticket) == [Did.SET_ASIDE, Did.CAME_BACK]


def test_r_q_11_the_time_away_is_no_waiting(hall: Hall, chen: Actor, ticket: Ticket, noon: datetime) -> None:
    for minutes in (0, 60):
        actions.set_aside(ticket.pk, actor=chen, now=noon + timedelta(minutes=minutes))
        actions.come_back(ticket.pk, actor=chen, now=noon + timedelta(minutes=minutes + 20))
    ticket.refresh_from_db()
    assert (ticket.away_seconds, ticket.held_seconds) == (2400, 0)
    assert ticket.waited(noon + timedelta(minutes=90)) == timedelta(minutes=60)


def test_r_q_11_somebody_without_a_number_gets_a_place_too(hall: Hall, chen: Actor, noon: datetime) -> None:
    wish = Wish("sim_replace", Source.GREETER, phone="13800000001")
    ticket = actions.set_aside_new(hall, wish, actor=chen, now=noon)
    assert (ticket.state, ticket.number, ticket.held_kind) == ("held", "A001", "papers")
    assert did(ticket) == [Did.TAKEN, Did.SET_ASIDE]
    back = actions.come_back(ticket.pk, actor=chen, now=noon + timedelta(hours=1))
    assert (back.state, back.call_order_at) == ("waiting", noon)


def test_r_q_11_another_day_is_too_late(hall: Hall, chen: Actor, ticket: Ticket, noon: datetime) -> None:
    actions.set_aside(ticket.pk, actor=chen, now=noon)
    midnight = noon.replace(hour=0) + timedelta(days=1)
    assert refused(actions.come_back, ticket.pk, actor=chen, now=midnight) == "other_day"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.away_seconds, did(ticket)) == ("held", 0, [Did.SET_ASIDE])
    last = actions.come_back(ticket.pk, actor=chen, now=midnight - timedelta(seconds=1))
    assert last.state == "waiting"


def test_a_number_held_at_a_window_comes_back_there_only(
    hall: Hall, window: Window, chen: Actor, at_window: Actor, noon: datetime
) -> None:
    held = make_ticket(hall, "called", window=window, taken_at=noon)
    Ticket.objects.filter(pk=held.pk).update(clerk=at_window.person)
    actions.hold(held.pk, HoldKind.PAPERS, actor=at_window, now=noon)
    assert refused(actions.come_back, held.pk, actor=chen, now=noon) == "not_set_aside"
    held.refresh_from_db()
    assert (held.state, did(held)) == ("held", [Did.HELD])


def test_a_number_set_aside_at_the_door_is_not_the_counters(
    hall: Hall, window: Window, chen: Actor, at_window: Actor, ticket: Ticket, noon: datetime
) -> None:
    actions.set_aside(ticket.pk, actor=chen, now=noon)
    session = window.sessions.get()
    assert counter.panel(session, noon)["held"] == []
    assert refused(actions.resume, ticket.pk, actor=at_window, now=noon) == "set_aside"
    ticket.refresh_from_db()
    assert (ticket.state, did(ticket)) == ("held", [Did.SET_ASIDE])


def test_undo_of_missing_papers_puts_the_number_back(hall: Hall, chen: Actor, ticket: Ticket, noon: datetime) -> None:
    actions.set_aside(ticket.pk, actor=chen, now=noon)
    actions.undo_visit(Visit.objects.get().pk, actor=chen, now=noon + timedelta(seconds=5))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.held_kind, ticket.away_seconds) == ("waiting", "", 0)


def test_another_business_keeps_number_and_age(hall: Hall, chen: Actor, ticket: Ticket, noon: datetime) -> None:
    changed = actions.change_business(ticket.pk, "payment", actor=chen, now=noon)
    assert (changed.number, changed.call_order_at) == (ticket.number, ticket.call_order_at)
    assert changed.group.code == "payment"
    event = ticket.events.get()
    assert (event.did, event.detail["from"], event.detail["to"]) == (Did.CHANGED, "综合业务", "交费充值")


@pytest.mark.parametrize(("business", "code"), [("nothing", "not_served_here"), ("general", "same_business")])
def test_a_senseless_change_of_business_is_refused(
    hall: Hall, chen: Actor, ticket: Ticket, noon: datetime, business: str, code: str
) -> None:
    assert refused(actions.change_business, ticket.pk, business, actor=chen, now=noon) == code
    ticket.refresh_from_db()
    assert (ticket.group.code, did(ticket)) == ("general", [])


def test_two_customers_swap_places(hall: Hall, chen: Actor, ticket: Ticket, noon: datetime) -> None:
    late = make_ticket(hall, taken_at=noon)
    first, second = actions.swap(ticket.pk, late.pk, actor=chen, now=noon)
    assert (first.pk, second.pk) == (ticket.pk, late.pk)
    assert (first.call_order_at, second.call_order_at) == (late.call_order_at, ticket.call_order_at)
    assert [first.events.get().detail["swapped_with"], second.events.get().detail["swapped_with"]] == ["A002", "A001"]


@pytest.mark.parametrize("state", ["called", "held", "done", "no_show"])
def test_only_two_who_wait_swap(hall: Hall, chen: Actor, ticket: Ticket, noon: datetime, state: str) -> None:
    other = make_ticket(hall, state, taken_at=noon)
    assert refused(actions.swap, ticket.pk, other.pk, actor=chen, now=noon) == "bad_move"
    assert (did(ticket), did(other)) == ([], [])


def test_numbers_of_two_halls_do_not_swap(hall: Hall, chen: Actor, ticket: Ticket, noon: datetime) -> None:
    other = make_ticket(make_hall("ZJ02"), taken_at=noon)
    assert refused(actions.swap, ticket.pk, other.pk, actor=chen, now=noon) == "other_hall"
    assert refused(actions.swap, ticket.pk, ticket.pk, actor=chen, now=noon) == "same_number"
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.call_order_at, other.call_order_at) == (noon - timedelta(minutes=10), noon)


def test_r_q_11_the_list_of_what_to_bring_goes_by_sms_once(hall: Hall, noon: datetime, ticket: Ticket) -> None:
    business = make_business("sim_replace")
    business.documents = "机主本人有效身份证件、原卡"
    for _ in range(2):
        actions.text_list(hall, business, "13800000001", ticket=ticket, now=noon)
    message = OutboxMessage.objects.get()
    assert message.phone == "13800000001"
    assert "机主本人有效身份证件;原卡" in message.text
    assert "A001" in message.text


def test_r_q_12_the_list_names_the_information_to_have_at_hand(hall: Hall) -> None:
    business = make_business("sim_replace")
    checklist = Checklist.objects.create(business=business, information_needed=1)
    checklist.items.create(text="本人有效身份证件原件", kind=ItemKind.DOCUMENT)
    checklist.items.create(text="近三月通话号码", kind=ItemKind.INFORMATION, order=1)
    checklist.items.create(text="入网时间", kind=ItemKind.INFORMATION, order=2)
    checklist.items.create(text="旧项", kind=ItemKind.INFORMATION, order=3, is_active=False)
    from queueing.queries.checklists import to_bring

    assert to_bring(business) == ["本人有效身份证件原件", "以下信息任意 1 项:近三月通话号码、入网时间"]
