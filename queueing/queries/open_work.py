"""What the queue tells the shift handover: numbers left open, for who runs the floor also VIP and what alerts stand;
and whether the hall is at its peak."""

from datetime import datetime, timedelta

from django.db.models import Q

from core import time
from halls.models import Hall
from loyalty.states import Star
from queueing.models import Alert, Appointment, Ticket, VipArrival
from queueing.queries import alerts, floor
from queueing.states import AT_WINDOW, AlertKind, AppointmentState, HoldKind, TicketState
from staff.hooks import OpenItem
from staff.models import User

KIND = "号码"
CORPORATE = "corporate"


def open_work(hall: Hall, person: User, now: datetime) -> list[OpenItem]:
    """The person's numbers of today at the window or on hold (R-S-5); the floor's own things with who runs it."""
    mine = _numbers(hall, person, now)
    return [*mine, *_of_the_floor(hall, now)] if person.may("queue.manage", hall) else mine


def _of_the_floor(hall: Hall, now: datetime) -> list[OpenItem]:
    return [*_bookings(hall, now), *_arrivals(hall), *_alerts(hall, now)]


def _bookings(hall: Hall, now: datetime) -> list[OpenItem]:
    """VIP and corporate customers who are promised a time from now to the end of tomorrow."""
    until = time.business_day(now) + timedelta(days=1)
    wanted = Q(customer__is_vip=True) | Q(customer__star__gte=Star.FIVE_SILVER) | Q(business__code=CORPORATE)
    rows = Appointment.objects.filter(
        wanted, hall=hall, state=AppointmentState.BOOKED, slot_at__gte=now, day__lte=until
    ).select_related("group", "business", "customer")
    return [
        OpenItem(
            f"booking:{one.pk}",
            "VIP 预约" if one.customer else "集团预约",
            f"{time.local(one.slot_at):%m-%d %H:%M} {one.business.name if one.business else one.group.name}",
            f"预约码 {one.code}",
            f"/appointments/{hall.code}/",
        )
        for one in rows
    ]


def _arrivals(hall: Hall) -> list[OpenItem]:
    rows = VipArrival.objects.filter(hall=hall, received_at=None, left_at=None).select_related("ticket")
    return [
        OpenItem(
            f"vip-arrival:{one.pk}",
            "VIP 到厅",
            f"{time.local(one.declared_at):%H:%M} 到厅,还没有人接待",
            one.ticket.number if one.ticket else "",
        )
        for one in rows
    ]


def _alerts(hall: Hall, now: datetime) -> list[OpenItem]:
    """What stands on the floor; a VIP who waits is an arrival already."""
    rows = Alert.objects.filter(hall=hall, closed_at=None).exclude(kind=AlertKind.VIP).order_by("opened_at")
    return [
        OpenItem(f"alert:{one.pk}", "现场提醒", alerts.text(one, now), f"{time.local(one.opened_at):%H:%M} 起")
        for one in rows
    ]


def _numbers(hall: Hall, person: User, now: datetime) -> list[OpenItem]:
    rows = Ticket.objects.filter(hall=hall, clerk=person, business_day=time.business_day(now))
    rows = (
        rows.filter(state__in=[*AT_WINDOW, TicketState.HELD]).select_related("group", "business").order_by("taken_at")
    )
    return [OpenItem(f"ticket:{one.pk}", KIND, f"{one.number} {_business(one)}", _detail(one)) for one in rows]


def _business(ticket: Ticket) -> str:
    return ticket.business.name if ticket.business else ticket.group.name


def _detail(ticket: Ticket) -> str:
    if ticket.state != TicketState.HELD:
        return ticket.get_state_display()
    reason = HoldKind(ticket.held_kind).label if ticket.held_kind else ""
    return f"{ticket.get_state_display()} {reason}".strip()


def is_peak(hall: Hall, now: datetime) -> bool:
    return floor.is_peak(hall.pk, now)
