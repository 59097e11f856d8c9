"""A city with a year behind it for `cockpit`: numbers, complaints, and what every other figure is counted from."""

from __future__ import annotations

import os
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from halls.models import Hall, Region
    from staff.models import User

HALLS = int(os.environ.get("BENCH_HALLS", "300"))
TICKETS = int(os.environ.get("BENCH_TICKETS", "2000000"))
COMPLAINTS = int(os.environ.get("BENCH_COMPLAINTS", "200000"))
DAYS = int(os.environ.get("BENCH_DAYS", "365"))
CLERKS = 3
OPEN_CASES = 0.02  # of the complaints
DISTRICTS = 10
DAY = timedelta(days=1)


def make_city(now: datetime) -> tuple[list[Hall], dict[str, User]]:
    """The halls, and who looks: a manager of the first hall, a district and the city."""
    from benchmarks import push_halls
    from benchmarks.stats_2m import fill, make_businesses
    from core.time import business_day
    from halls.models import BusinessGroup, Hall

    push_halls.make(HALLS)
    make_businesses()
    halls = list(Hall.objects.order_by("code"))
    city = _districts(halls)
    kinds = BusinessGroup.businesses.through
    first = BusinessGroup.objects.filter(order=0)
    businesses = list(_kinds())
    kinds.objects.bulk_create(kinds(businessgroup=group, businesstype_id=pk) for group in first for pk in businesses)
    people = _people(halls, city, now)
    today = business_day(now)
    clerks = _clerks(halls, now)
    days = [today - (DAYS - 1 - at) * DAY for at in range(DAYS)]
    fill([hall.pk for hall in halls], clerks, days, max(TICKETS // (len(halls) * DAYS), 1))
    _cut_today(now, today)
    _complaints(halls, people["manager"], now)
    _rosters(halls, clerks, today)
    _checks(people["manager"], days, now)
    _faults(halls, people["manager"], now)
    _rest(halls, people, today, now)
    return halls, people


def _districts(halls: list[Hall]) -> Region:
    from halls.models import Region

    city = Region.objects.create(code="CITY", name="测试市", level="city")
    below = [
        Region.objects.create(code=f"D{at}", name=f"{at} 区", level="district", parent=city) for at in range(DISTRICTS)
    ]
    for at, hall in enumerate(halls):
        hall.region = below[at * DISTRICTS // len(halls)]
        hall.save()
    return city


def _kinds() -> Any:
    from halls.models import BusinessType

    return BusinessType.objects.filter(code__startswith="kind").values_list("pk", flat=True)


def _people(halls: list[Hall], city: Region, now: datetime) -> dict[str, User]:
    from halls.models import Region
    from staff.models import Employment, User

    found = {}
    for name, role, where in (
        ("manager", "duty_manager", {"hall": halls[0]}),
        ("district", "district", {"region": Region.objects.get(code="D0")}),
        ("city", "operations", {"region": city}),
    ):
        found[name] = User.objects.create(staff_no=f"LOOK-{name}", name=name, password="!", password_changed_at=now)
        Employment.objects.create(user=found[name], role=role, valid_from=date(2020, 1, 1), **where)
    return found


def _clerks(halls: list[Hall], now: datetime) -> list[int]:
    from staff.models import Employment, User

    made = User.objects.bulk_create(
        User(staff_no=f"CK{at:05d}", name=f"营业员{at}", password="!", password_changed_at=now)
        for at in range(len(halls) * CLERKS)
    )
    Employment.objects.bulk_create(
        Employment(user=one, role="clerk", hall=halls[at // CLERKS], valid_from=date(2020, 1, 1))
        for at, one in enumerate(made)
    )
    return [one.pk for one in made]


def _cut_today(now: datetime, today: date) -> None:
    """What is still to come is taken out: later numbers are gone, unfinished ones wait, windows are open."""
    from queueing.models import Ticket, WindowEvent, WindowSession

    Ticket.objects.filter(business_day=today, taken_at__gt=now).delete()
    Ticket.objects.filter(business_day=today, finished_at__gt=now).update(
        state="waiting", first_called_at=None, called_at=None, started_at=None, finished_at=None, window=None,
        clerk=None, calls=0, rating=None,
    )  # fmt: skip
    WindowEvent.objects.filter(at__gt=now).delete()
    WindowSession.objects.filter(signed_out_at__gt=now).update(signed_out_at=None)


def _complaints(halls: list[Hall], person: User, now: datetime) -> None:
    from benchmarks.sla_rows import write_cases
    from complaints.actions.catalogue import prepare

    prepare()
    count = int(COMPLAINTS * OPEN_CASES)
    write_cases(halls, person, now, count=count, is_open=True, prefix="O")
    write_cases(halls, person, now, count=COMPLAINTS - count, is_open=False, prefix="C")


def _rosters(halls: list[Hall], clerks: list[int], today: date) -> None:
    """This month and the one before, with who came."""
    from core.time import at
    from staff.models import Attendance, Roster, ShiftType, Turn

    this = today.replace(day=1)
    months = [(this - DAY).replace(day=1), this]
    shifts = ShiftType.objects.bulk_create(
        ShiftType(hall=hall, code="day", name="白班", mark="白", begins=time(8, 30), ends=time(18)) for hall in halls
    )
    rosters = Roster.objects.bulk_create(
        Roster(hall=hall, month=month, version=1, state="published", made_at=at(month, time(8)))
        for hall in halls
        for month in months
    )
    turns, cards = [], []
    for number, clerk in enumerate(clerks):
        place = number // CLERKS
        day = months[0]
        while day <= today:
            roster = rosters[place * len(months) + (day >= this)]
            turns.append(Turn(roster=roster, person_id=clerk, day=day, shift=shifts[place], post="window"))
            begins = at(day, time(8, 30))
            cards.append(
                Attendance(
                    hall=halls[place], person_id=clerk, day=day, post="window", begins_at=begins, early_minutes=15,
                    ends_at=begins + timedelta(hours=9), checked_in_at=begins - timedelta(minutes=10 + number % 9),
                )
            )  # fmt: skip
            day += DAY
    Turn.objects.bulk_create(turns, batch_size=5000)
    Attendance.objects.bulk_create(cards, batch_size=5000)


ROUNDS = """
    INSERT INTO halls_round (hall_id, list_id, kind, slot, started_at, by_id, finished_at, in_time)
    SELECT h.id, l.list, l.kind, d.begins + l.clock, d.begins + l.clock, %(person)s, d.begins + l.clock, true
    FROM halls_hall h
    CROSS JOIN unnest(%(begins)s::timestamptz[]) AS d(begins)
    CROSS JOIN unnest(%(lists)s::bigint[], %(kinds)s::text[], %(clocks)s::interval[]) AS l(list, kind, clock)
    WHERE d.begins + l.clock <= %(now)s
"""
CLOSINGS = """
    INSERT INTO staff_dailyclosing (hall_id, day, state, opened_by_id, opened_at, submitted_by_id, submitted_at,
        system, cash, pos, scan, cheque, stubs, exception_reason, exception_at, is_late, report)
    SELECT h.id, d.day, 'submitted', %(person)s, %(now)s, %(person)s, %(now)s, 0, 0, 0, 0, 0, 0, '', NULL, false, '{}'
    FROM halls_hall h CROSS JOIN unnest(%(days)s::date[]) AS d(day)
"""


def _checks(person: User, days: list[date], now: datetime) -> None:
    """Rounds of every day and hall, and its closing; the last day's is still to come."""
    from django.db import connection

    from core.time import day_bounds
    from halls.models import CheckList

    lists = {
        "opening": (CheckList.objects.create(kind="opening"), ["0 h"]),
        "closing": (CheckList.objects.create(kind="closing"), ["24 h"]),
        "patrol": (CheckList.objects.create(kind="patrol", times=[time(10), time(16)]), ["10 h", "16 h"]),
    }
    rows = [(row.pk, kind, clock) for kind, (row, clocks) in lists.items() for clock in clocks]
    given: dict[str, Any] = {
        "person": person.pk,
        "now": now,
        "days": days[:-1],
        "begins": [day_bounds(day)[0] for day in days],
        "lists": [row[0] for row in rows],
        "kinds": [row[1] for row in rows],
        "clocks": [row[2] for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(ROUNDS, given)
        cursor.execute(CLOSINGS, given)


def _faults(halls: list[Hall], person: User, now: datetime) -> None:
    """Six faults a hall over the year, one of them not mended."""
    from halls.models import Equipment, EquipmentKind, Fault

    kind, _ = EquipmentKind.objects.get_or_create(code="pos", defaults={"name": "POS"})
    things = Equipment.objects.bulk_create(
        Equipment(hall=hall, kind=kind, name=f"POS {at}") for hall in halls for at in range(6)
    )
    Fault.objects.bulk_create(
        Fault(
            equipment=thing, hall_id=thing.hall_id, symptom="不出票", state="fixed" if at % 6 else "reported",
            found_at=now - (1 + at % 6 * 50) * DAY, found_by=person, reported_at=now - (1 + at % 6 * 50) * DAY,
            report_due=now - at % 6 * 50 * DAY, fix_due=now + (5 - at % 6 * 50) * DAY,
            fixed_at=now - at % 6 * 50 * DAY if at % 6 else None,
        )
        for at, thing in enumerate(things)
    )  # fmt: skip


def _rest(halls: list[Hall], people: dict[str, User], today: date, now: datetime) -> None:
    """Handovers, alerts, materials, inspections and redemptions."""
    from halls.models import Material
    from queueing.models import Alert
    from staff.models import Handover

    person = people["manager"]
    Handover.objects.bulk_create(
        Handover(hall=hall, day=today, state="filling", giver=person, opened_at=now) for hall in halls
    )
    Alert.objects.bulk_create(
        Alert(
            hall=hall,
            kind="manager",
            level="red",
            subject="1",
            facts={"window": "1 号窗口", "clerk": "李敏"},
            opened_at=now,
        )
        for hall in halls
    )
    Material.objects.bulk_create(
        Material(
            region=hall.region, kind="poster", carrier="poster", title="海报", valid_from=today - 60 * DAY,
            valid_to=today - DAY, made_by=person, made_at=now,
        )
        for hall in halls[::15]
    )  # fmt: skip
    _visits(halls, people, today, now)
    _redemptions(halls, person, now)


def _visits(halls: list[Hall], people: dict[str, User], today: date, now: datetime) -> None:
    """One a month, each with a finding and what is to be put right."""
    from inspections.models import CorrectiveAction, Finding, Visit

    version = _card(now)
    visits = Visit.objects.bulk_create(
        Visit(
            hall=hall, auditor=people["city"], version=version, kind="open", state="final", hall_snapshot={},
            planned_on=today - at * 30 * DAY, started_at=now - at * 30 * DAY, submitted_at=now - at * 30 * DAY,
            score=90,
        )
        for hall in halls
        for at in range(12)
    )  # fmt: skip
    found = Finding.objects.bulk_create(
        Finding(visit=visit, hall_id=visit.hall_id, item="A1", name="离岗", points=3, found_on=visit.planned_on)
        for visit in visits
    )
    CorrectiveAction.objects.bulk_create(
        CorrectiveAction(
            finding=one, hall_id=one.hall_id, owner=people["manager"],
            state="open" if one.found_on > today - 31 * DAY else "done", due_on=one.found_on + 7 * DAY, opened_at=now,
        )
        for one in found
    )  # fmt: skip


def _card(now: datetime) -> Any:
    from inspections.models import CardVersion, Scorecard

    known = CardVersion.objects.filter(card__is_ranked=True).first()
    card = known.card if known else Scorecard.objects.create(code="bench", name="评分表", is_ranked=True)
    return known or CardVersion.objects.create(card=card, number=1, state="published", content={}, published_at=now)


def _redemptions(halls: list[Hall], person: User, now: datetime) -> None:
    from loyalty.models import Customer, Gift, PointsAccount, PointsOperation, Redemption

    customer = Customer.objects.create(phone="13800000001", joined_on=date(2015, 5, 1))
    PointsAccount.objects.create(customer=customer)
    gift = Gift.objects.create(code="UMB", name="雨伞", kind="goods")
    names = [(hall, at) for hall in halls for at in range(24)]
    taken = PointsOperation.objects.bulk_create(
        PointsOperation(key=f"{hall.code}-{at}", account_id=customer.pk, kind=1, points=-500, at=now - at * 15 * DAY)
        for hall, at in names
    )
    Redemption.objects.bulk_create(
        Redemption(
            number=one.key, key=one.key, customer=customer, hall=hall, clerk=person, gift=gift, quantity=1, price=500,
            points=500, identity="id_card", at=one.at, operation=one,
        )
        for (hall, _), one in zip(names, taken, strict=True)
    )  # fmt: skip


def count_rows() -> None:
    """What autovacuum does within minutes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
