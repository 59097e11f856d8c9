"""Appointments over HTTP: for staff, for other systems that book, and for the kiosk's 「已预约」."""

from datetime import date
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer
from core.redis import too_often
from halls.models import Device
from queueing import actions
from queueing.actions import outages
from queueing.api import shapes
from queueing.api.halls import FORBIDDEN, hall_for
from queueing.api.tickets import answer, checked
from queueing.models import Appointment
from queueing.queries import appointments as reads
from queueing.states import AppointmentState, Lane, Source
from staff.models import User
from staff.requests import caller

TRIES_PER_MINUTE = 12
TRIES_PER_HALL = 40


class BookIn(serializers.Serializer):
    business = serializers.CharField(max_length=60, help_text="a business code or a group code of the hall")
    slot = serializers.DateTimeField(help_text="the beginning of a half hour")
    phone = serializers.CharField(max_length=40)


class ArriveIn(serializers.Serializer):
    given = serializers.CharField(max_length=40, help_text="the phone or the six-digit code")
    lane = serializers.ChoiceField(choices=Lane.choices, required=False, allow_blank=True, default="")


class DayIn(serializers.Serializer):
    day = serializers.DateField(required=False, default=None)

    def validate_day(self, value: date | None) -> date | None:
        if value is not None and not 2000 <= value.year <= 2100:
            raise serializers.ValidationError("请填写 2000–2100 年之间的日期。")
        return value


class AppointmentOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    group = shapes.GroupRef()
    business = serializers.CharField(allow_null=True)
    slot = serializers.DateTimeField()
    phone = serializers.CharField(allow_blank=True, help_text="masked")
    code = serializers.CharField()
    state = serializers.ChoiceField(choices=AppointmentState.choices)
    ticket = serializers.UUIDField(allow_null=True)


class SlotOut(serializers.Serializer):
    starts_at = serializers.DateTimeField()
    capacity = serializers.IntegerField()
    free = serializers.IntegerField()
    appointments = AppointmentOut(many=True)


class AppointmentDay(serializers.Serializer):
    day = serializers.DateField()
    slots = SlotOut(many=True)


def _out(row: Appointment, hall: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "hall": hall,
        "group": {"code": row.group.code, "name": row.group.name},
        "business": row.business.code if row.business else None,
        "slot": time.local(row.slot_at).isoformat(),
        "phone": row.masked,
        "code": row.code,
        "state": row.state,
        "ticket": str(row.ticket_id) if row.ticket_id else None,
    }


def _person(request: Request) -> User:
    """Appointments are kept by people and systems with a person's token; a machine only checks in."""
    who = caller(request)
    if isinstance(who, Device):
        raise PermissionDenied(FORBIDDEN)
    return who


@extend_schema(
    methods=["GET"],
    parameters=[OpenApiParameter("day", OpenApiTypes.DATE)],
    responses=AppointmentDay,
    operation_id="appointments_list",
)
@extend_schema(
    methods=["POST"],
    request=BookIn,
    responses={201: AppointmentOut, 409: Problem},
    operation_id="appointments_book",
)
@api_view(["GET", "POST"])
def appointments(request: Request, code: str) -> Response:
    """GET: the half hours of a day with their places. POST: book one; the code goes to the phone by SMS."""
    _person(request)
    return _book(request, code) if request.method == "POST" else _list(request, code)


def _list(request: Request, code: str) -> Response:
    hall, now = hall_for(request, code, "queue.issue"), time.now()
    asked = DayIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    day: date = asked.validated_data["day"] or time.business_day(now)
    return Response({"day": day.isoformat(), "slots": [_slot(one, hall.code) for one in reads.day(hall, day, now)]})


@keeps_answer
def _book(request: Request, code: str) -> Response:
    hall, now = hall_for(request, code, "queue.issue"), time.now()
    given = checked(BookIn, request)
    booking = actions.Booking(given["business"], given["slot"], given["phone"], Source.API)
    row = actions.book(hall, booking, actor=actions.Actor.of(caller(request)), now=now)
    return Response(_out(row, hall.code), status=201)


def _slot(slot: reads.Slot, hall: str) -> dict[str, Any]:
    return {
        "starts_at": slot.starts_at.isoformat(),
        "capacity": slot.capacity,
        "free": slot.free,
        "appointments": [_out(row, hall) for row in slot.appointments],
    }


@extend_schema(request=ArriveIn, responses={201: shapes.TicketOut, 409: Problem}, operation_id="appointments_arrive")
@api_view(["POST"])
@keeps_answer
def arrive(request: Request, code: str) -> Response:
    """A customer is here and names a phone or a code: today's appointment, or the 回厅号 of an outage, becomes a
    number. Throttled."""
    hall, now = hall_for(request, code, "queue.issue"), time.now()
    given, who = checked(ArriveIn, request), caller(request)
    mine = too_often("appointment", f"{type(who).__name__}{who.pk}", limit=TRIES_PER_MINUTE, seconds=60)
    if too_often("appointment-hall", hall.pk, limit=TRIES_PER_HALL, seconds=60) or mine:
        raise Throttled(wait=60)
    actor = actions.Actor.of(who)
    return answer(outages.arrive(hall, given["given"], lane=given["lane"], actor=actor, now=now), status=201)


def _found(request: Request, pk: int) -> Appointment:
    """One of a hall this caller may see (else 404) and give numbers in (else 403)."""
    row = Appointment.objects.select_related("hall", "group", "business").filter(pk=pk).first()
    if row is None or not caller(request).may("hall.see", row.hall):
        raise Http404
    if not caller(request).may("queue.issue", row.hall):
        raise PermissionDenied(FORBIDDEN)
    return row


@extend_schema(request=None, responses={201: shapes.TicketOut, 409: Problem}, operation_id="appointments_check_in")
@api_view(["POST"])
@keeps_answer
def check_in(request: Request, pk: int) -> Response:
    """The customer of this appointment is here."""
    _person(request)
    row, now = _found(request, pk), time.now()
    return answer(actions.check_in(row.pk, actor=actions.Actor.of(caller(request)), now=now), status=201)


@extend_schema(request=None, responses={200: AppointmentOut, 409: Problem}, operation_id="appointments_cancel")
@api_view(["POST"])
@keeps_answer
def cancel(request: Request, pk: int) -> Response:
    """The place is free again."""
    _person(request)
    row, now = _found(request, pk), time.now()
    row = actions.cancel_appointment(row.pk, actor=actions.Actor.of(caller(request)), now=now)
    return Response(_out(row, row.hall.code))
