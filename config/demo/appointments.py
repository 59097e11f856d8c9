"""The demo's appointments, and what was wrong where somebody was not satisfied."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from config.demo.city import LIVE, Place
from config.demo.customers import Crowd, Known
from config.demo.people import Member
from core import time
from halls.models import BusinessGroup, Device, Hall
from halls.queries import hours_on
from halls.states import DeviceKind
from queueing.models import Appointment, LowRating, Ticket, TicketEvent
from queueing.queries.appointments import number
from queueing.rules import appointments as rules
from queueing.rules import ratings
from queueing.states import AppointmentState, Did, LowReason, Source, TicketState
from staff.states import Role

SEED = "appointments"
PAST_DAYS = 10
ARRIVED_A_DAY = 4
BOOKED_SHARE = 0.35
EXPLAINED_SHARE = 0.55
CALL_SHARE = 0.12
OPEN_CALLS = 2
WHY = (LowReason.WAIT, LowReason.WAIT, LowReason.NOT_DONE, LowReason.UNCLEAR, LowReason.MANNER, LowReason.CHARGE)
NOTES = ("已致歉并说明情况,客户接受", "已电话解释办理规则,客户理解", "已约客户本周再来,由店长接待")


def make(halls: dict[str, Hall], members: list[Member], crowd: Crowd, now: datetime) -> int:
    """Write past and coming appointments and the reasons of low ratings. Returns how many rows."""
    draw = random.Random(SEED)
    phones = iter([known for letter in ("", "G", "V") for known in reversed(crowd.by_class[letter])])
    rows: list[Appointment] = []
    for place in LIVE:
        hall = halls[place.code]
        if hall.is_line:
            continue
        greeter = _one(members, place, Role.GREETER, Role.FLOOR_WALKER, Role.CLERK)
        rows += _past(hall, greeter, now, draw) + _coming(hall, greeter, now, phones, draw)
        Device.objects.bulk_create(
            Device(hall=hall, kind=DeviceKind.RATER, name=window.label, window=window)
            for window in hall.windows.order_by("number")[:2]
        )
    Appointment.objects.bulk_create(rows)
    return len(rows) + _low_ratings(halls, members, now, draw)


def _one(members: list[Member], place: Place, *roles: str) -> Any:
    here = [member for role in roles for member in members if member.hall == place.code and member.job.role == role]
    return here[0].user if here else None


def _code(draw: random.Random) -> str:
    return f"{draw.randrange(10**6):06d}"


def _past(hall: Hall, greeter: Any, now: datetime, draw: random.Random) -> list[Appointment]:
    """Some numbers of the last days were taken with an appointment; a few nobody came for."""
    today = time.business_day(now)
    rows: list[Appointment] = []
    used: list[Ticket] = []
    lived = Ticket.objects.filter(
        hall=hall, business_day__gte=today - timedelta(days=PAST_DAYS), state=TicketState.DONE
    )
    by_day: dict[date, list[Ticket]] = {}
    for ticket in lived.exclude(phone="").select_related("customer").order_by("taken_at"):
        by_day.setdefault(ticket.business_day, []).append(ticket)
    for tickets in by_day.values():
        for ticket in draw.sample(tickets, min(ARRIVED_A_DAY, len(tickets))):
            slot = _slot_of(ticket.taken_at)
            late = draw.random() < 0.2
            if late:  # somebody else's place, missed
                rows.append(_row(hall, ticket, slot - 2 * rules.SLOT, greeter, AppointmentState.LAPSED, draw))
            rows.append(_row(hall, ticket, slot, greeter, AppointmentState.ARRIVED, draw))
            ticket.source = Source.BOOKED
            used.append(ticket)
    Ticket.objects.bulk_update(used, ["source"], batch_size=500)
    return rows


def _slot_of(taken_at: datetime) -> datetime:
    """The half hour that somebody came for, a little early or a little late."""
    moment = time.local(taken_at)
    half = moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)
    return half if (moment - half) <= timedelta(minutes=15) else half + rules.SLOT


def _row(hall: Hall, ticket: Ticket, slot: datetime, greeter: Any, state: str, draw: random.Random) -> Appointment:
    arrived = state == AppointmentState.ARRIVED
    return Appointment(
        hall=hall,
        group_id=ticket.group_id,
        business_id=ticket.business_id,
        day=time.business_day(slot),
        slot_at=slot,
        phone=ticket.phone if arrived else "",
        customer=ticket.customer if arrived else None,
        code=_code(draw),
        state=state,
        ticket=ticket if arrived else None,
        source=Source.GREETER,
        made_at=slot - timedelta(days=draw.randint(1, 5), minutes=draw.randint(0, 300)),
        made_by=greeter,
        ended_at=ticket.taken_at if arrived else slot + timedelta(minutes=16),
    )


def _coming(hall: Hall, greeter: Any, now: datetime, phones: Iterable[Known], draw: random.Random) -> list[Appointment]:
    """Today's and the next days' places, some of them taken; nobody has two."""
    groups = list(BusinessGroup.objects.filter(hall=hall, is_active=True).prefetch_related("businesses"))
    today = time.business_day(now)
    rows = []
    for ahead in range(number(rules.DAYS_AHEAD, hall, today) + 1):
        day = today + timedelta(days=ahead)
        slots = [slot for slot in rules.slots(day, hours_on(hall, day)) if 8 <= time.local(slot).hour < 18]
        for slot in slots:
            for _ in range(number(rules.CAPACITY, hall, day)):
                if slot <= now - timedelta(minutes=10) or draw.random() > BOOKED_SHARE / (1 + ahead * 0.5):
                    continue
                known = next(iter(phones))
                group = draw.choice(groups)
                rows.append(
                    Appointment(
                        hall=hall,
                        group=group,
                        business=draw.choice(list(group.businesses.all())),
                        day=day,
                        slot_at=slot,
                        phone=known.phone,
                        customer_id=known.id,
                        code=_code(draw),
                        source=Source.GREETER,
                        made_at=now - timedelta(minutes=draw.randint(30, 3000)),
                        made_by=greeter,
                    )
                )
    return rows


def _low_ratings(halls: dict[str, Hall], members: list[Member], now: datetime, draw: random.Random) -> int:
    """Why people were not satisfied; most who asked for a call have had it, two at the first hall are waiting."""
    managers = {place.code: _one(members, place, Role.DUTY_MANAGER, Role.HALL_MANAGER) for place in LIVE}
    codes = {hall.pk: code for code, hall in halls.items()}
    rows: list[LowRating] = []
    low = Ticket.objects.filter(rating__lte=ratings.LOW).exclude(rated_at=None).order_by("-rated_at")
    left = {code: OPEN_CALLS if code == "ZJ01" else 1 for code in managers}
    for ticket in low:
        if ticket.rated_at is None or draw.random() > EXPLAINED_SHARE:
            continue
        code = codes[ticket.hall_id]
        wants = bool(ticket.phone) and (left[code] > 0 or draw.random() < CALL_SHARE)
        row = LowRating(
            ticket=ticket,
            hall_id=ticket.hall_id,
            reasons=sorted({draw.choice(WHY) for _ in range(draw.choice((1, 1, 2)))}, key=LowReason.values.index),
            wants_call=wants,
            phone=ticket.phone if wants else "",
            noted_at=ticket.rated_at + timedelta(seconds=draw.randint(10, 60)),
        )
        if wants and left[code] > 0:
            left[code] -= 1
        elif wants:
            row.called_at = min(row.noted_at + timedelta(minutes=draw.randint(20, 600)), now)
            row.called_by, row.note = managers[code], draw.choice(NOTES)
        rows.append(row)
    LowRating.objects.bulk_create(rows)
    TicketEvent.objects.bulk_create(_events(rows))
    return len(rows)


def _events(rows: list[LowRating]) -> list[TicketEvent]:
    done = {"before": TicketState.DONE, "after": TicketState.DONE}
    found = []
    for row in rows:
        facts = {"ticket": row.ticket, "hall_id": row.hall_id, "window_id": row.ticket.window_id, **done}
        told = {"reasons": row.reasons, "wants_call": row.wants_call}
        found.append(TicketEvent(did=Did.EXPLAINED, at=row.noted_at, detail=told, **facts))
        if row.called_at is not None:
            said = {"note": row.note}
            found.append(TicketEvent(did=Did.CALLED_BACK, at=row.called_at, person=row.called_by, detail=said, **facts))
    return found
