"""Builds the demo city, all of it or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from config.demo import (
    alerts,
    appointments,
    calendar,
    checklists,
    circulars,
    city,
    complaints,
    counting,
    customers,
    desk,
    devices,
    figures,
    gifts,
    hall_life,
    hall_work,
    handovers,
    history,
    informed,
    inspections,
    marketing,
    offers,
    operations,
    people,
    points,
    reports,
    rosters,
    safety,
    screens,
    staff_stories,
    tills,
)
from core import time
from halls.models import Hall
from queueing.models import TicketEvent

LOCK = 7_020_261_122


@dataclass(frozen=True)
class Seeded:
    halls: int
    people: int
    customers: int
    devices: int
    tickets: int
    events: int
    sessions: int


@transaction.atomic
def build(now: datetime, *, days: int, scale: float, say: Callable[[str], None]) -> Seeded | None:
    """Write everything, or return None when there are halls already.

    `scale` thins customers and numbers out for tests. The login list is written last, just before the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if Hall.objects.exists():
        return None
    today = time.business_day(now)
    halls = city.build()
    calendar.make_rows()
    calendar.make_exceptions(halls[place.code] for place in city.PLACES if place.code != "ZJ01")
    say(f"{len(halls)} halls, {len(city.LIVE)} of them live")
    members = people.hire(halls, now, today)
    links = devices.make(halls, now)
    screens.make(halls, members, now, today)
    offers.make()
    checklists.make()
    crowd = customers.make(today, int(customers.COUNT * scale))
    say(f"{len(members)} people, {int(customers.COUNT * scale)} customers")
    made = points.make(now, scale=scale)
    say(f"{made.bills} bills, and points from {made.lots} of them")
    lived = history.live_through(halls, members, crowd, today=today, days=days, scale=scale)
    say(f"{lived.tickets} numbers with {lived.events} events on {days} days")
    _fill_apps(halls, members, crowd, now, say)
    devices.write_logins(devices.people_rows(members) + links)
    return Seeded(
        halls=len(halls),
        people=len(members),
        customers=int(customers.COUNT * scale),
        devices=sum(hall.devices.count() for hall in halls.values()),
        tickets=lived.tickets,
        events=TicketEvent.objects.count(),
        sessions=lived.sessions,
    )


def _fill_apps(
    halls: dict[str, Hall],
    members: list[people.Member],
    crowd: customers.Crowd,
    now: datetime,
    say: Callable[[str], None],
) -> None:
    """What the apps hold of the days that were lived through; later ones read what earlier ones wrote."""
    today = time.business_day(now)
    alerts.make(halls, members, today=today)
    checked = operations.make(halls, members, now)
    checked += safety.make(halls, members, now)
    say(f"{checked} checks of the halls, their equipment and what happened")
    say(f"{hall_work.make(halls, members, now)} materials in their places, with what ends soon")
    planned = rosters.make(halls, members, now)
    say(f"{planned.rosters} rosters with {planned.turns} shifts")
    say(f"{hall_life.make(halls, members, now)} certificates and meetings, with duties and courses")
    promised = appointments.make(halls, members, crowd, now)
    say(f"{promised} appointments and reasons of low ratings")
    cases = complaints.make(halls, members, now)
    say(f"{cases} complaints and suggestions")
    said = figures.add_up(now)
    say(f"{said.days} days added up, {said.half_hours} half hours forecast")
    say(f"{informed.make(halls, members, now)} businesses on audit lists, with notices, months and targets")
    say(f"{inspections.make(halls, members, now)} inspections")
    counting.make(halls, members, now)
    say(f"{marketing.make(halls, members, now)} campaigns, events outside the halls and companies")
    signed = handovers.make(halls, members, tills.make(halls, members, now), now)
    signed += staff_stories.make(halls, members, now)
    say(f"{signed} handovers with the money and closings of their days")
    redeemed = gifts.make(halls, members, now)
    say(f"gifts on the shelves, {redeemed} redemptions")
    say(f"{reports.make(halls, members, now)} weekly reports")
    say(f"{circulars.make(members, now)} monthly circulars")
    say(f"{desk.make(halls, members, now)} settings for several halls")


def freshen_logins(now: datetime) -> str:
    """For a city that stands already: make the login list again if it was lost, or point it to the present port."""
    rows = devices.read_logins()
    if not rows:
        members = people.members()
        if not members:
            return ""
        devices.write_logins(devices.people_rows(members) + devices.pair_again(now))
        return "the login list was lost and has been written again, with new links for kiosks and TVs"
    here = devices.at_this_address(rows)
    if here == rows:
        return ""
    devices.write_logins(here)
    return "links of kiosks and TVs now point to the present address"
