"""What the night adds up is what the day said, once and again, and nothing is left out."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import time
from halls.models import Hall
from queueing.actions import figures as actions
from queueing.models import (
    Figure,
    FigureDay,
    HalfHourCause,
    Ticket,
    TicketEvent,
)
from queueing.queries import figures
from queueing.states import Did, FigureBy
from staff.models import User
from tests.factories import make_ticket
from tests.queueing.figure_days import Served, add_up, minutes


def test_yesterday_is_there_before_the_night_has_added_it_up(hall: Hall, served: Served, noon: datetime) -> None:
    served()
    day = noon.date()
    found = figures.table([hall.pk], day, day, FigureBy.DAY, noon + timedelta(hours=12, minutes=3))
    assert [one.served for one in found.values()] == [1]


@settings(max_examples=6)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["done", "no_show", "cancelled"]),
            st.integers(0, 1439),
            st.integers(0, 200),
            st.integers(0, 60),
            st.sampled_from("AGV"),
            st.sampled_from([None, 1, 5]),
        ),
        max_size=12,
    )
)
def test_what_is_added_up_at_night_is_what_was_said_by_day(
    hall: Hall, li: User, noon: datetime, rows: list[Any]
) -> None:
    for model in (Ticket, FigureDay, Figure):
        model.objects.all().delete()
    begins, ends = time.day_bounds(noon.date())
    for state, taken, waited, took, letter, rating in rows:
        taken_at = begins + minutes(taken)
        called_at = None if state == "cancelled" else taken_at + minutes(waited)
        finished_at = (called_at or taken_at) + minutes(took)
        make_ticket(
            hall, state, taken_at=taken_at, called_at=called_at, finished_at=finished_at, letter=letter, rating=rating,
            clerk=li if called_at else None,
        )  # fmt: skip
    now, day = ends + timedelta(hours=6), noon.date()
    by_day = {by: figures.table([hall.pk], day, day, by, now) for by in FigureBy}
    actions.add_up_days([(hall.pk, day)], now)
    at_night = {by: figures.table([hall.pk], day, day, by, now) for by in FigureBy}
    assert by_day == at_night


def test_adding_up_twice_changes_nothing(hall: Hall, served: Served, noon: datetime) -> None:
    served()
    assert [add_up(noon), add_up(noon)] == [1, 0]
    before = list(HalfHourCause.objects.values_list("slot", "arrived", "handled"))
    actions.add_up_days([(hall.pk, noon.date())], noon + timedelta(days=1))
    assert list(HalfHourCause.objects.values_list("slot", "arrived", "handled")) == before
    assert (
        figures.table([hall.pk], noon.date(), noon.date(), FigureBy.DAY, noon + timedelta(days=9)).popitem()[1].served
        == 1
    )


def test_missing_days_are_caught_up(hall: Hall, served: Served, noon: datetime) -> None:
    served()
    served(at=noon + timedelta(days=3))
    assert actions.add_up(noon + timedelta(days=4)) == 4
    assert FigureDay.objects.count() == 4


def test_a_day_touched_after_midnight_is_added_up_again(hall: Hall, served: Served, noon: datetime) -> None:
    ticket = served()
    add_up(noon)
    Ticket.objects.filter(pk=ticket.pk).update(rating=4)
    late = noon + timedelta(days=1, minutes=5)
    TicketEvent.objects.create(ticket=ticket, hall=hall, did=Did.RATED, at=late, after="done")
    assert [actions.add_up(late + minutes(5)), actions.add_up(late + minutes(9))] == [1, 0]
    found = figures.table([hall.pk], noon.date(), noon.date(), FigureBy.DAY, late + minutes(9))
    assert [one.rating_sum for one in found.values()] == [4]


def test_what_is_done_stays_done_when_a_run_is_stopped(
    hall: Hall, served: Served, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(at=noon - timedelta(days=2))
    whole, now, asked = actions.add_up_days, noon + timedelta(days=1), []

    def stopped(days: Any, now: datetime) -> None:
        asked.extend(days)
        if len(asked) == 2:
            raise RuntimeError("power cut")
        whole(days, now)

    monkeypatch.setattr(actions, "DAYS_AT_ONCE", 1)
    monkeypatch.setattr(actions, "add_up_days", stopped)
    with pytest.raises(RuntimeError):
        actions.add_up(now)
    first, second = (noon - timedelta(days=2)).date(), (noon - timedelta(days=1)).date()
    assert (asked, list(FigureDay.objects.values_list("day", flat=True))) == (
        [(hall.pk, first), (hall.pk, second)],
        [first],
    )
    monkeypatch.undo()
    assert actions.add_up(now) == 2


def test_days_that_another_run_added_up_meanwhile_are_left_out(hall: Hall, served: Served, noon: datetime) -> None:
    done, now = (hall.pk, noon.date()), noon + timedelta(days=1)
    actions.add_up_days([done], now)
    missing = [(hall.pk, noon.date() - timedelta(days=1)), done]
    assert actions._add_up_missing(missing, now + timedelta(minutes=5)) == 1
    assert FigureDay.objects.get(hall=hall, day=noon.date()).made_at == now
