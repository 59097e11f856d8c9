"""Reasons after a low rating (R-H-19), and the customer whom somebody should ring."""

from datetime import timedelta

import pytest

from core.errors import Refused
from core.time import now
from messaging.models import Notice
from queueing import actions
from queueing.actions import Actor, sweeps
from queueing.models import LowRating
from queueing.rules import ratings as rules
from queueing.states import Did, TicketState
from tests.factories import make_hall, make_ticket, make_user

PHONE = "13800000001"


@pytest.fixture
def hall(db):
    return make_hall()


@pytest.fixture
def manager(hall):
    return make_user("01002", "duty_manager", hall, name="王经理")


def rated(hall, score=1, **fields):
    return make_ticket(hall, TicketState.DONE, rating=score, **fields)


def explain(ticket, reasons=("wait",), *, wants_call=False, phone=""):
    return actions.explain_low_rating(ticket.pk, reasons, wants_call=wants_call, phone=phone, actor=Actor(), now=now())


def refused(act, *args, **kwargs):
    with pytest.raises(Refused) as no:
        act(*args, **kwargs)
    return no.value.code


@pytest.mark.parametrize(("score", "low"), [(1, True), (2, True), (3, False), (5, False), (None, False)])
def test_r_h_19_two_is_low_three_is_not(score, low):
    assert rules.is_low(score) == low


def test_reasons_are_kept_once_and_in_one_order(hall):
    ticket = rated(hall, 2)

    row = explain(ticket, ["charge", "wait"])

    assert (row.reasons, row.reason_words, row.wants_call, row.phone) == (
        ["wait", "charge"],
        "等候久 · 收费",
        False,
        "",
    )
    assert [(one.did, one.before, one.after) for one in ticket.events.all()] == [(Did.EXPLAINED, "done", "done")]
    assert refused(explain, ticket, ["place"]) == "explained_already"
    assert LowRating.objects.get().reasons == ["wait", "charge"]


@pytest.mark.parametrize(
    ("score", "reasons", "wants_call", "phone", "code"),
    [
        (3, ["wait"], False, "", "not_low"),
        (None, ["wait"], False, "", "not_low"),
        (1, [], False, "", "bad_reason"),
        (1, ["wait", "rude"], False, "", "bad_reason"),
        (1, ["x" * 3000], False, "", "bad_reason"),
        (1, ["wait"], True, "", "phone_needed"),
        (1, ["wait"], True, "12345", "bad_phone"),
    ],
)
def test_what_cannot_be_noted_changes_nothing(hall, score, reasons, wants_call, phone, code):
    ticket = rated(hall, score)

    assert refused(explain, ticket, reasons, wants_call=wants_call, phone=phone) == code
    assert (LowRating.objects.count(), ticket.events.count(), Notice.objects.count()) == (0, 0, 0)


def test_who_wants_a_call_is_told_to_the_managers(hall, manager, nudges):
    make_user("01001", hall=hall)
    ticket = rated(hall, phone=PHONE)

    row = explain(ticket, [], wants_call=True)

    assert (row.phone, row.masked) == (PHONE, "138****0001")
    notice = Notice.objects.get()
    assert (notice.user, notice.title, notice.url) == (manager, "A001 客户希望有人联系", "/call-backs/ZJ01/")
    assert nudges[-1] == ("hall.ZJ01", "call_back.open", str(ticket.pk))


def test_a_phone_given_for_the_call_goes_before_the_numbers_own(hall):
    assert explain(rated(hall, phone=PHONE), wants_call=True, phone="139 0000 0002").phone == "13900000002"


def test_looking_at_the_whole_number_is_on_record(hall, manager):
    ticket = rated(hall, phone=PHONE)
    explain(ticket, wants_call=True)

    assert actions.reveal_phone(ticket.pk, actor=Actor(person=manager), now=now()) == PHONE

    event = ticket.events.last()
    assert (event.did, event.person, event.detail) == (Did.REVEALED, manager, {"for": "call_back"})


def test_a_call_is_noted_once_with_what_came_of_it(hall, manager):
    ticket = rated(hall, phone=PHONE)
    explain(ticket, wants_call=True)
    moment = now()

    assert refused(actions.note_call, ticket.pk, "  ", manager=manager, now=moment) == "note_needed"
    row = actions.note_call(ticket.pk, "已致歉,客户接受", manager=manager, now=moment)

    assert (row.called_at, row.called_by, row.note) == (moment, manager, "已致歉,客户接受")
    assert refused(actions.note_call, ticket.pk, "再次", manager=manager, now=moment) == "called_already"
    assert refused(actions.reveal_phone, ticket.pk, actor=Actor(person=manager), now=moment) == "called_already"
    assert [event.did for event in ticket.events.all()] == [Did.EXPLAINED, Did.CALLED_BACK]


def test_nobody_is_rung_who_did_not_ask(hall, manager):
    ticket = rated(hall, phone=PHONE)
    explain(ticket)

    assert refused(actions.reveal_phone, ticket.pk, actor=Actor(person=manager), now=now()) == "no_call_wanted"


def test_the_phone_for_a_call_is_forgotten_with_the_others(hall):
    ticket = rated(hall, phone=PHONE)
    row = explain(ticket, wants_call=True)

    sweeps.erase_old_phones(now() + timedelta(days=91))

    row.refresh_from_db()
    assert row.phone == ""
