"""Several businesses on one number: one clerk does all of a customer's business (R-H-15)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from halls.models import BusinessType, Hall
from queueing import actions
from queueing.actions import Actor
from queueing.models import Ticket, TicketBusiness
from queueing.queries.businesses import businesses_of
from queueing.rules.businesses import shares
from tests.factories import make_business, make_ticket, make_user


@pytest.mark.parametrize(
    ("seconds", "minutes", "parts"),
    [
        (600, ["8"], [600]),
        (600, ["8", "2"], [480, 120]),
        (100, ["1", "1", "1"], [34, 33, 33]),
        (10, ["2", "1"], [7, 3]),
        (0, ["8", "5"], [0, 0]),
        (7, ["0", "0"], [4, 3]),
        (7, [], []),
    ],
)
def test_r_h_15_time_is_split_by_planned_minutes(seconds: int, minutes: list[str], parts: list[int]) -> None:
    assert shares(seconds, [Decimal(one) for one in minutes]) == parts


@given(
    st.integers(0, 100_000),
    st.lists(st.decimals("0.5", "120", places=1), min_size=1, max_size=6),
)
def test_r_h_15_the_parts_always_add_up(seconds: int, minutes: list[Decimal]) -> None:
    parts = shares(seconds, minutes)

    assert sum(parts) == seconds
    assert min(parts) == max(min(parts), 0)


def test_r_h_15_one_more_business_under_the_same_number(
    hall: Hall, at_window: Actor, noon: datetime, nudges: list[tuple[str, str, str]]
) -> None:
    ticket = serving(hall)
    make_business("payment")

    actions.add_business(ticket.pk, "payment", actor=at_window, now=noon)

    assert [business.code for business in businesses_of(ticket)] == ["sim_replace", "payment"]
    event = ticket.events.get()
    assert (event.did, event.before, event.after) == ("added", "serving", "serving")
    assert (event.detail["business"], event.detail["first"]) == ("payment", False)
    assert nudges == [("hall.ZJ01", "ticket.serving", str(ticket.pk))]


def test_a_number_of_a_group_gets_its_first_business(hall: Hall, at_window: Actor, noon: datetime) -> None:
    ticket = serving(hall, business=None)

    actions.add_business(ticket.pk, "payment", actor=at_window, now=noon)

    ticket.refresh_from_db()
    assert ticket.business == BusinessType.objects.get(code="payment")
    assert list(ticket.more_businesses.all()) == []


@pytest.mark.parametrize(
    ("state", "code", "refusal"),
    [
        ("waiting", "payment", "bad_move"),
        ("done", "payment", "bad_move"),
        ("serving", "sim_replace", "has_business"),
        ("serving", "new_account", "has_business"),
        ("serving", "unknown", "not_served_here"),
        ("serving", "not_here", "not_served_here"),
    ],
)
def test_no_business_is_added_twice_too_late_or_of_another_hall(
    hall: Hall, at_window: Actor, noon: datetime, state: str, code: str, refusal: str
) -> None:
    ticket = serving(hall, state=state, window=hall.windows.get(number=1), clerk=at_window.person)
    make_business("not_here")
    TicketBusiness.objects.create(ticket=ticket, business=make_business("new_account"), added_at=noon)

    with pytest.raises(Refused) as no:
        actions.add_business(ticket.pk, code, actor=at_window, now=noon)

    assert no.value.code == refusal
    assert [row.business.code for row in ticket.more_businesses.all()] == ["new_account"]
    assert list(ticket.events.all()) == []


def test_only_the_clerk_of_the_number_adds(hall: Hall, at_window: Actor, noon: datetime) -> None:
    ticket = serving(hall)
    other = make_user(hall=hall)

    with pytest.raises(Refused) as no:
        actions.add_business(ticket.pk, "payment", actor=Actor(person=other), now=noon)

    assert no.value.code == "not_yours"
    assert list(ticket.more_businesses.all()) == []


def test_a_business_added_by_mistake_is_dropped(hall: Hall, at_window: Actor, noon: datetime) -> None:
    ticket = serving(hall)
    actions.add_business(ticket.pk, "payment", actor=at_window, now=noon)

    actions.drop_business(ticket.pk, "payment", actor=at_window, now=noon + timedelta(minutes=1))
    with pytest.raises(Refused) as no:
        actions.drop_business(ticket.pk, "payment", actor=at_window, now=noon + timedelta(minutes=1))

    assert no.value.code == "not_added"
    assert list(ticket.more_businesses.all()) == []
    assert [event.did for event in ticket.events.all()] == ["added", "dropped"]


def test_undo_takes_an_added_business_away_and_puts_a_dropped_one_back(
    hall: Hall, at_window: Actor, noon: datetime
) -> None:
    ticket = serving(hall, taken_at=noon)
    actions.add_business(ticket.pk, "payment", actor=at_window, now=noon)
    actions.undo_last(actor=at_window, now=noon + timedelta(seconds=3))
    assert list(ticket.more_businesses.all()) == []

    later = noon + timedelta(minutes=1)
    actions.add_business(ticket.pk, "payment", actor=at_window, now=later)
    actions.drop_business(ticket.pk, "payment", actor=at_window, now=later + timedelta(seconds=20))
    actions.undo_last(actor=at_window, now=later + timedelta(seconds=25))
    assert [row.business.code for row in ticket.more_businesses.all()] == ["payment"]


def test_undo_of_the_first_business_leaves_the_group(hall: Hall, at_window: Actor, noon: datetime) -> None:
    ticket = serving(hall, business=None, taken_at=noon)
    actions.add_business(ticket.pk, "payment", actor=at_window, now=noon)

    actions.undo_last(actor=at_window, now=noon + timedelta(seconds=3))

    ticket.refresh_from_db()
    assert ticket.business is None


def serving(hall: Hall, **fields: Any) -> Ticket:
    fields = {"business": make_business("sim_replace"), **fields}
    return make_ticket(hall, fields.pop("state", "serving"), **fields)
