"""Appointments: booked, cancelled, turned into a number at the door, or lapsed."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from core import time
from core.errors import Refused
from core.phones import clean_phone
from halls import queries as halls
from halls.models import Hall
from messaging import actions as messages
from messaging.states import MessageKind
from queueing.actions.moves import Actor
from queueing.actions.taking import Wish, check_group, check_outage, customer_of, find_business, take_number
from queueing.live import appointment_changed
from queueing.models import Appointment, Ticket
from queueing.queries import appointments as reads
from queueing.queries import layout as layouts
from queueing.rules import appointments as rules
from queueing.states import AppointmentState, Lane, Source

CODE_TRIES = 5


@dataclass(frozen=True)
class Booking:
    """What somebody wants to come for, and when. `business` is the code of a business or of a group."""

    business: str
    slot_at: datetime
    phone: str
    source: str


@transaction.atomic
def book(hall: Hall, booking: Booking, *, actor: Actor, now: datetime) -> Appointment:
    """Promise a place in one half hour.

    Raises Refused: no_appointments, not_served_here, system_down, group_stopped, group_full, bad_phone, closed_day,
    outside_hours, slot_past, too_far, slot_full, phone_has_appointment.
    """
    if hall.is_line or not hall.is_live:
        raise Refused("no_appointments", "本厅不用取号,不需要预约,营业时间内直接到厅即可。")
    layout = layouts.of(hall.pk, now)
    group, business = find_business(layout, booking.business)
    phone = clean_phone(booking.phone)
    slot = time.local(booking.slot_at)
    if slot.date() == layout.day:
        check_outage(layout, group, business)
        check_group(group, layout.day)
    _check_slot(hall, slot, now)
    row = Appointment(
        hall=hall,
        group_id=group.id,
        business=business,
        day=slot.date(),
        slot_at=slot,
        phone=phone,
        customer=customer_of(phone),
        source=booking.source,
        made_at=now,
        made_by=actor.person,
    )
    _place(row, hall)
    _confirm(row, hall)
    appointment_changed(row, hall)
    return row


def _check_slot(hall: Hall, slot: datetime, now: datetime) -> None:
    days = reads.number(rules.DAYS_AHEAD, hall, time.business_day(now))
    if not rules.is_bookable(slot, now):
        raise Refused("slot_past", "这个时段已经过去,请选择之后的时段。")
    if rules.is_too_far(slot.date(), now, days_ahead=days):
        raise Refused("too_far", f"只能预约 {days} 天以内的时段,请换一天。")
    hours = halls.hours_on(hall, slot.date())
    if hours is None:
        raise Refused("closed_day", f"{slot:%m 月 %d 日}不营业,请换一天。")
    if slot not in rules.slots(slot.date(), hours):
        raise Refused("outside_hours", f"当天营业时间 {hours.text},请选择其中的整点或半点。")


def _place(row: Appointment, hall: Hall) -> None:
    """Count the places and take one while nobody else can."""
    reads.lock_slot(hall.pk, row.slot_at)
    capacity = reads.number(rules.CAPACITY, hall, row.day)
    if reads.taken_places(hall.pk, row.slot_at) >= capacity:
        raise Refused("slot_full", f"{row.slot_at:%H:%M} 的预约已满,请换一个时段。")
    for _ in range(CODE_TRIES):
        row.code = f"{secrets.randbelow(10**6):06d}"
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if "one_appointment_per_phone" in str(error):
                raise Refused("phone_has_appointment", "这个手机号已有一个预约,请先取消原预约。") from error
            if "one_appointment_per_code" not in str(error):
                raise
        else:
            return
    raise Refused("slot_full", "预约码暂时用完,请稍后再试。")


def _confirm(row: Appointment, hall: Hall) -> None:
    """The code by SMS; it waits for no morning, because the customer waits for it."""
    late = reads.number(rules.LATE_MINUTES, hall, row.day)
    messages.send_sms(
        row.phone,
        template="appointment_booked",
        context={
            "day": f"{row.day.month} 月 {row.day.day} 日",
            "time": f"{row.slot_at:%H:%M}",
            "hall": hall.name,
            "code": row.code,
            "minutes": late,
        },
        kind=MessageKind.CODE,
        key=f"appointment:{row.pk}",
        hall=hall.code,
    )


def find_appointment(hall: Hall, given: str, *, now: datetime) -> Appointment:
    """Today's appointment of a phone or a six-digit code, an open one first.

    Raises Refused("no_appointment"). Doors throttle the asking.
    """
    digits = "".join(given.split())
    rows = list(reads.found_by(hall, digits, now)) if digits.isascii() and digits.isdigit() else []
    row = next((one for one in rows if one.state == AppointmentState.BOOKED), rows[0] if rows else None)
    if row is None:
        raise Refused("no_appointment", "没有找到今天的预约。请核对手机号或预约码,也可以直接取号。")
    return row


@transaction.atomic
def check_in(appointment_id: int, *, actor: Actor, now: datetime, lane: str = Lane.NORMAL) -> Ticket:
    """The customer is here: the appointment becomes a number whose place in the line is its slot's.

    Raises Refused: bad_move, appointment_lapsed, already_arrived, too_early, and what taking a number raises.
    """
    row = _locked(appointment_id)
    if row.state == AppointmentState.ARRIVED:
        raise Refused("already_arrived", "这个预约已经取过号码,请留意叫号。")
    late = reads.number(rules.LATE_MINUTES, row.hall, row.day)
    if row.state == AppointmentState.LAPSED or rules.is_lapsed(row.slot_at, now, late_minutes=late):
        raise Refused("appointment_lapsed", f"预约已过 {late} 分钟,不再保留。请直接取号。")
    _check_booked(row)
    early = reads.number(rules.EARLY_MINUTES, row.hall, row.day)
    opens = rules.check_in_from(row.slot_at, early_minutes=early)
    if now < opens:
        when = time.local(opens)
        day = "" if when.date() == time.business_day(now) else f" {when.month} 月 {when.day} 日"
        raise Refused("too_early", f"还没到预约时间,请在{day} {when:%H:%M} 以后取号。")
    wish = Wish(
        business=row.business.code if row.business else row.group.code,
        source=Source.BOOKED,
        phone=row.phone,
        lane=lane,
        slot_at=row.slot_at,
    )
    row.ticket = take_number(row.hall, wish, actor=actor, now=now)
    _end(row, AppointmentState.ARRIVED, actor, now)
    return row.ticket


@transaction.atomic
def cancel_appointment(appointment_id: int, *, actor: Actor, now: datetime) -> Appointment:
    """The place is free again. Raises Refused("bad_move") when it was used, cancelled or lapsed already."""
    row = _locked(appointment_id)
    _check_booked(row)
    return _end(row, AppointmentState.CANCELLED, actor, now)


@transaction.atomic
def lapse(appointment_id: int, *, now: datetime) -> bool:
    """Nobody came in time. Found again by another sweep, it changes nothing."""
    row = _locked(appointment_id)
    late = reads.number(rules.LATE_MINUTES, row.hall, row.day)
    if row.state != AppointmentState.BOOKED or not rules.is_lapsed(row.slot_at, now, late_minutes=late):
        return False
    _end(row, AppointmentState.LAPSED, Actor(), now)
    return True


def _locked(appointment_id: int) -> Appointment:
    rows = Appointment.objects.select_for_update(of=("self",))
    return rows.select_related("hall__region__parent", "group", "business").get(pk=appointment_id)


def _check_booked(row: Appointment) -> None:
    if row.state != AppointmentState.BOOKED:
        raise Refused("bad_move", f"这个预约现在是「{row.get_state_display()}」,不能这样操作。")


def _end(row: Appointment, state: AppointmentState, actor: Actor, now: datetime) -> Appointment:
    row.state, row.ended_at, row.ended_by, row.ended_on = state, now, actor.person, actor.device
    row.save(update_fields=["state", "ended_at", "ended_by", "ended_on", "ticket"])
    appointment_changed(row, row.hall)
    return row
