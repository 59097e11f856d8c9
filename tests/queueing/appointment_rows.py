"""Appointments for tests of pages, pads and the API."""

from datetime import timedelta

from core.time import business_day, local, now
from queueing import actions
from queueing.actions import Actor, Booking
from queueing.models import Appointment
from queueing.states import Source

PHONE = "13800000001"


def next_slot():
    """The next half hour but one, so that the clock does not overtake the test."""
    moment = local(now()).replace(minute=0, second=0, microsecond=0)
    return moment + timedelta(hours=2)


def booked(hall, slot=None, phone=PHONE):
    return actions.book(hall, Booking("general", slot or next_slot(), phone, Source.GREETER), actor=Actor(), now=now())


def due(hall, phone=PHONE):
    """An appointment whose time has come."""
    row = booked(hall, phone=phone)
    Appointment.objects.filter(pk=row.pk).update(slot_at=now(), day=business_day(now()))
    return row
