"""Reads about appointments: the half hours of a day, who is booked, and what is still to come today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet

from core import parameters, time
from halls import queries as halls
from halls.models import Hall
from queueing.models import Appointment
from queueing.rules import appointments as rules
from queueing.states import AppointmentState

HOLDS_A_PLACE = (AppointmentState.BOOKED, AppointmentState.ARRIVED)


@dataclass(frozen=True)
class Booked:
    """Somebody who is still to come: the slot, and where they will stand in the calling order at the latest."""

    slot_at: datetime
    call_order_at: datetime
    group_id: int


@dataclass(frozen=True)
class Slot:
    """One half hour of a day."""

    starts_at: datetime
    capacity: int
    taken: int
    is_over: bool
    appointments: tuple[Appointment, ...] = ()

    @property
    def free(self) -> int:
        return 0 if self.is_over else max(self.capacity - self.taken, 0)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + rules.SLOT


def lock_slot(hall_id: int, slot: datetime) -> None:
    """Until commit, nobody else counts the places of this half hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"queueing.slot:{hall_id}:{slot.timestamp():.0f}"],
        )


def taken_places(hall_id: int, slot: datetime) -> int:
    return Appointment.objects.filter(hall_id=hall_id, slot_at=slot, state__in=HOLDS_A_PLACE).count()


def number(name: str, hall: Hall, on: date) -> int:
    """A parameter as it will stand on the day of the appointment."""
    return parameters.number(name, on=on, scopes=halls.scopes(hall))


def day(hall: Hall, on: date, now: datetime) -> list[Slot]:
    """Every half hour of a day with its appointments; those outside today's hours too, if somebody is booked there."""
    rows = Appointment.objects.filter(hall=hall, day=on).select_related("group", "business", "ticket", "made_by")
    by_slot: dict[datetime, list[Appointment]] = {slot: [] for slot in rules.slots(on, halls.hours_on(hall, on))}
    for row in rows.order_by("slot_at", "id"):
        by_slot.setdefault(time.local(row.slot_at), []).append(row)
    capacity = number(rules.CAPACITY, hall, on)
    return [_slot(slot, capacity, found, now) for slot, found in sorted(by_slot.items())]


def _slot(slot: datetime, capacity: int, found: list[Appointment], now: datetime) -> Slot:
    taken = sum(row.state in HOLDS_A_PLACE for row in found)
    return Slot(slot, capacity, taken, not rules.is_bookable(slot, now), tuple(found))


def days(hall: Hall, now: datetime) -> list[tuple[date, int]]:
    """Today and the days that can be booked, with how many are booked on each."""
    today = time.business_day(now)
    last = today + timedelta(days=number(rules.DAYS_AHEAD, hall, today))
    rows = Appointment.objects.filter(hall=hall, day__range=(today, last), state__in=HOLDS_A_PLACE)
    counts = dict(rows.order_by().values_list("day").annotate(count=Count("id")))
    span = (last - today).days
    return [(on, counts.get(on, 0)) for on in (today + timedelta(days=count) for count in range(span + 1))]


def ahead(hall_id: int, now: datetime) -> tuple[Booked, ...]:
    """Today's appointments that nobody has checked in for yet, by slot; one question."""
    today = time.business_day(now)
    hall = Hall.objects.select_related("region__parent").get(pk=hall_id)
    late, start = number(rules.LATE_MINUTES, hall, today), number(rules.HEAD_START_BOOKED, hall, today)
    oldest = now - timedelta(minutes=late)
    rows = Appointment.objects.filter(hall_id=hall_id, day=today, state=AppointmentState.BOOKED, slot_at__gte=oldest)
    shift = timedelta(minutes=start)
    return tuple(Booked(slot, slot - shift, group) for slot, group in rows.values_list("slot_at", "group_id"))


def found_by(hall: Hall, given: str, now: datetime) -> QuerySet[Appointment]:
    """Today's appointments of a phone or a code that were not given back."""
    rows = Appointment.objects.filter(Q(phone=given) | Q(code=given), hall=hall, day=time.business_day(now))
    return rows.exclude(state=AppointmentState.CANCELLED).order_by("slot_at")


def today(hall: Hall, now: datetime) -> list[Appointment]:
    """Who is still expected today, for the lobby: the next ones first."""
    rows = Appointment.objects.filter(hall=hall, day=time.business_day(now), state=AppointmentState.BOOKED)
    return list(rows.select_related("group", "business").order_by("slot_at", "id"))
