"""One optional key each at the end of a service, and customers who keep coming back."""

from datetime import date, datetime, timedelta

import pytest

from core.errors import Refused
from halls.models import Hall
from queueing import actions
from queueing.actions import Actor, Note
from queueing.models import Offer, Ticket, TicketBusiness
from queueing.rules import notes as rules
from tests.factories import make_business, make_ticket, make_user


@pytest.fixture
def ticket(hall: Hall, at_window: Actor, noon: datetime) -> Ticket:
    Offer.objects.create(name="宽带")
    business = make_business("port_out", e_channel="掌厅", asks_retention=True)
    return make_ticket(hall, "serving", taken_at=noon, business=business)


def test_r_q_14_at_a_peak_nothing_is_recommended() -> None:
    assert rules.may_recommend(is_peak=False) is True
    assert rules.may_recommend(is_peak=True) is False


def test_r_q_14_a_recommendation_at_the_peak_is_refused_and_an_e_channel_is_still_told(
    hall: Hall, ticket: Ticket, at_window: Actor, noon: datetime
) -> None:
    for _ in range(3):
        make_ticket(hall, taken_at=noon)
    actions.note(ticket.pk, Note(offer="宽带"), actor=at_window, now=noon)  # three per window: not yet a peak
    make_ticket(hall, taken_at=noon)

    with pytest.raises(Refused) as no:
        actions.note(ticket.pk, Note(offer="宽带", accepted=True), actor=at_window, now=noon)
    actions.note(ticket.pk, Note(told_online=True), actor=at_window, now=noon)

    ticket.refresh_from_db()
    assert no.value.code == "peak"
    assert (ticket.recommended, ticket.recommended_accepted, ticket.told_online) == ("宽带", False, True)


def test_every_note_is_one_event_and_leaves_the_rest(ticket: Ticket, at_window: Actor, noon: datetime) -> None:
    actions.note(ticket.pk, Note(told_online=True), actor=at_window, now=noon)
    actions.note(ticket.pk, Note(offer="宽带", accepted=True), actor=at_window, now=noon)
    actions.note(ticket.pk, Note(retention="stayed"), actor=at_window, now=noon)
    actions.note(ticket.pk, Note(told_online=False), actor=at_window, now=noon)

    ticket.refresh_from_db()
    assert (ticket.told_online, ticket.recommended, ticket.recommended_accepted) == (False, "宽带", True)
    assert (ticket.retention, ticket.state) == ("stayed", "serving")
    assert [event.did for event in ticket.events.all()] == ["noted"] * 4


def test_a_recommendation_is_taken_back(ticket: Ticket, at_window: Actor, noon: datetime) -> None:
    actions.note(ticket.pk, Note(offer="宽带", accepted=True), actor=at_window, now=noon)
    actions.note(ticket.pk, Note(offer=""), actor=at_window, now=noon)

    ticket.refresh_from_db()
    assert (ticket.recommended, ticket.recommended_accepted) == ("", None)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (Note(), "nothing_noted"),
        (Note(told_online=True), "no_e_channel"),
        (Note(offer="飞机票"), "no_offer"),
        (Note(offer="停用的"), "no_offer"),
        (Note(retention="stayed"), "no_retention"),
        (Note(retention="rubbish"), "no_retention"),
    ],
)
def test_what_does_not_fit_is_refused(hall: Hall, at_window: Actor, noon: datetime, what: Note, code: str) -> None:
    Offer.objects.create(name="停用的", is_active=False)
    plain = make_ticket(hall, "serving", taken_at=noon, business=make_business("sim_replace"))

    with pytest.raises(Refused) as no:
        actions.note(plain.pk, what, actor=at_window, now=noon)

    assert no.value.code == code
    assert list(plain.events.all()) == []


def test_an_added_business_opens_its_notes(hall: Hall, at_window: Actor, noon: datetime) -> None:
    plain = make_ticket(hall, "serving", taken_at=noon, business=make_business("sim_replace"))
    added = make_business("close_account", e_channel="掌厅", asks_retention=True)
    TicketBusiness.objects.create(ticket=plain, business=added, added_at=noon)

    actions.note(plain.pk, Note(told_online=True, retention="left"), actor=at_window, now=noon)

    plain.refresh_from_db()
    assert (plain.told_online, plain.retention) == (True, "left")


@pytest.mark.parametrize(("seconds", "may"), [(0, True), (600, True), (601, False)])
def test_notes_are_taken_for_ten_minutes_after_the_end(
    ticket: Ticket, at_window: Actor, noon: datetime, seconds: int, may: bool
) -> None:
    actions.finish(ticket.pk, actor=at_window, now=noon)
    then = noon + timedelta(seconds=seconds)

    if may:
        actions.note(ticket.pk, Note(told_online=True), actor=at_window, now=then)
    else:
        with pytest.raises(Refused) as no:
            actions.note(ticket.pk, Note(told_online=True), actor=at_window, now=then)
        assert no.value.code == "too_late"

    ticket.refresh_from_db()
    assert (ticket.told_online, ticket.state) == (may, "done")


def test_another_clerk_notes_nothing(hall: Hall, ticket: Ticket, noon: datetime) -> None:
    with pytest.raises(Refused) as no:
        actions.note(ticket.pk, Note(told_online=True), actor=Actor(person=make_user(hall=hall)), now=noon)
    assert no.value.code == "not_yours"


TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("earlier", "number"),
    [
        ([], 1),
        ([TODAY], 2),
        ([date(2026, 11, 12), date(2026, 11, 15)], 3),
        ([date(2026, 11, 11), date(2026, 11, 12)], 2),
        ([date(2026, 11, 19)], 1),
    ],
)
def test_the_how_manieth_visit_of_seven_days(earlier: list[date], number: int) -> None:
    assert rules.visit_number(earlier, TODAY, days=7) == number


@pytest.mark.parametrize(
    ("text", "kept"), [(" 赶  火车\n", "赶 火车"), ("a\x00b", "a b"), ("\u200b", ""), ("好" * 3000, "好" * 3000)]
)
def test_reasons_lose_what_nobody_sees(text: str, kept: str) -> None:
    assert rules.reason_text(text) == kept
