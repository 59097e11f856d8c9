"""What the queue tells the staff app: figures of halls and people, and the businesses for the next day's audit."""

from datetime import timedelta

import pytest

from core import time
from queueing.actions import audits
from queueing.actions.figures import add_up
from queueing.models import TicketBusiness
from queueing.states import TicketState
from staff import hooks
from staff.models import AlwaysAudited, AuditDay, AuditItem
from staff.states import Role
from tests.factories import LONG_AGO, make_business, make_ticket, make_user


@pytest.fixture
def yesterday(noon):
    return noon - timedelta(days=1)


def done(hall, clerk, at, business="sim_replace", **fields):
    times = {"called_at": at + timedelta(minutes=6), "first_called_at": at + timedelta(minutes=6)}
    times |= {"started_at": at + timedelta(minutes=6), "finished_at": at + timedelta(minutes=16)}
    kind = make_business(business) if business else None
    return make_ticket(hall, TicketState.DONE, taken_at=at, business=kind, clerk=clerk, **{**times, **fields})


def test_figures_of_a_person_are_those_of_their_numbers_at_the_hall(hall, li, noon, yesterday):
    zhou = make_user("T0777", Role.CLERK, hall)
    one = done(hall, li, yesterday, rating=5, recommended="流量包", recommended_accepted=True)
    TicketBusiness.objects.create(ticket=one, business=make_business("payment"), added_at=yesterday)
    done(
        hall, li, yesterday + timedelta(minutes=30), "payment", rating=1, recommended="宽带", recommended_accepted=False
    )
    done(hall, zhou, yesterday, "payment")
    done(hall, li, yesterday, is_simulated=True)
    add_up(noon)

    day = time.business_day(yesterday)
    found = hooks.service_figures([hall.pk], day, day, noon)
    mine = found.people[hall.pk, li.pk]
    assert {name: mine[name] for name in ("served", "ratings", "rating_sum", "low_ratings")} == {
        "served": 2,
        "ratings": 2,
        "rating_sum": 6,
        "low_ratings": 1,
    }
    assert (mine["service_seconds"], mine["wait_seconds"], mine["answered"]) == (1200, 720, 2)
    assert (mine["offered"], mine["accepted"]) == (2, 1)
    assert (mine["business:sim_replace"], mine["business:payment"]) == (1, 2)
    assert (found.halls[hall.pk]["served"], found.halls[hall.pk]["business:payment"]) == (3, 3)
    assert found.people[hall.pk, zhou.pk]["served"] == 1
    assert hooks.service_figures([hall.pk], day + timedelta(days=1), day + timedelta(days=1), noon).people == {}


def test_the_night_lists_every_handled_business_of_yesterday_once(hall, li, noon, yesterday):
    AlwaysAudited.objects.create(business=make_business("sim_replace"), valid_from=LONG_AGO)
    one = done(hall, li, yesterday)
    TicketBusiness.objects.create(ticket=one, business=make_business("payment"), added_at=yesterday)
    for number in range(20):
        done(hall, li, yesterday + timedelta(minutes=number), "payment" if number else None)
    done(hall, li, yesterday, is_simulated=True)
    done(hall, li, noon)

    assert audits.list_for_audit(noon) == 7  # six days before without anything, and yesterday
    assert audits.list_for_audit(noon) == 0
    row = AuditDay.objects.get(day=time.business_day(yesterday))
    assert (row.handled, row.always, row.sampled) == (22, 1, 2)  # 5 % of 21, rounded up
    item = AuditItem.objects.get(ground="always")
    assert (item.label, item.about, item.person, item.source) == (
        one.number,
        "业务 sim_replace",
        li,
        f"ticket:{one.pk}:sim_replace",
    )


def test_a_day_is_settled_an_hour_after_midnight(hall, li, yesterday):
    done(hall, li, yesterday)
    day = time.business_day(yesterday)
    midnight = time.day_bounds(day)[1]
    audits.list_for_audit(midnight + timedelta(minutes=59))
    assert not AuditDay.objects.filter(day=day).exists()

    audits.list_for_audit(midnight + timedelta(hours=1))
    assert AuditDay.objects.filter(day=day).exists()
