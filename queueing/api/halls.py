"""Places as the queue sees them, and taking a number there."""

from typing import Any

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Pages, Problem, keeps_answer, take_back_answer
from core.redis import too_often
from halls.models import BusinessType, Device, Hall
from halls.queries import visible_halls
from halls.states import DeviceKind
from queueing import actions
from queueing.api import shapes
from queueing.models import Ticket
from queueing.queries import board as boards
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.queries import waits
from queueing.states import Source, TicketState
from staff.requests import caller

PHONES_PER_MINUTE = 20
FORBIDDEN = "没有这项操作的权限。如工作需要,请联系店长开通。"


def hall_for(request: Request, code: str, verb: str = "hall.see") -> Hall:
    """A hall this caller may see (else 404) and act on (else 403)."""
    hall = Hall.objects.filter(code=code).first()
    if hall is None or not caller(request).may("hall.see", hall):
        raise Http404
    if not caller(request).may(verb, hall):
        raise PermissionDenied(FORBIDDEN)
    return hall


def _row(hall: Hall) -> dict[str, Any]:
    return {
        "code": hall.code,
        "name": hall.name,
        "type": hall.type,
        "location": hall.location,
        "operation": hall.operation,
        "region": hall.region.name,
        "mode": hall.queue_mode,
        "phone": hall.phone,
        "address": hall.address,
        "is_live": hall.is_live,
    }


@extend_schema(responses=shapes.HallRow(many=True), operation_id="halls_list")
@api_view(["GET"])
def halls(request: Request) -> Response:
    """Halls this caller may see."""
    pages = Pages()
    page = pages.paginate_queryset(visible_halls(caller(request)).order_by("code"), request)
    return pages.get_paginated_response([_row(hall) for hall in page or []])


@extend_schema(responses=shapes.HallOut, operation_id="halls_retrieve")
@api_view(["GET"])
def hall(request: Request, code: str) -> Response:
    """A hall with its windows, businesses and groups."""
    found, now = hall_for(request, code), time.now()
    layout = layouts.of(found.pk, now)
    floor = boards.floor(layout, now)
    codes = {code for group in layout.groups.values() for code in group.businesses}
    businesses = BusinessType.objects.filter(code__in=codes).order_by("code")
    return Response(
        {
            **_row(layout.hall),
            "open": layout.is_open(now),
            "issuing": layout.is_issuing(now),
            "hours": layout.hours.text if layout.hours else None,
            "windows": [
                {
                    "id": window.id,
                    "label": window.label,
                    "name": window.name,
                    "reserved": window.reserved,
                    "state": floor.state_of(window.id),
                    "businesses": sorted(
                        code for pk in window.group_ids & layout.groups.keys() for code in layout.groups[pk].businesses
                    ),
                }
                for window in layout.windows
            ],
            "businesses": [_business(business) for business in businesses],
            "groups": [
                {
                    name: getattr(group, name)
                    for name in ("code", "name", "name_en", "hint", "hint_en", "letter", "businesses")
                }
                for group in layout.groups.values()
            ],
        }
    )


def _business(business: BusinessType) -> dict[str, Any]:
    return {
        "code": business.code,
        "name": business.name,
        "name_en": business.name_en,
        "minutes": float(business.minutes),
        "documents": business.documents,
        "e_channel": business.e_channel,
    }


@extend_schema(responses={200: dict}, auth=[], operation_id="halls_board")
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def board(request: Request, code: str) -> Response:
    """The public board: numbers and windows, the same document as the socket sends."""
    found = boards.hall_by_code(code)
    if found is None:
        raise Http404
    response = Response(boards.document(found.pk, time.now()))
    response["Cache-Control"] = "no-store"
    return response


@extend_schema(request=shapes.TakeIn, responses={201: shapes.TicketOut, 409: Problem}, operation_id="tickets_take")
@api_view(["POST"])
@keeps_answer
def hall_tickets(request: Request, code: str) -> Response:
    """Take a number."""
    hall = hall_for(request, code, "queue.issue")
    asked = shapes.TakeIn(data=request.data)
    asked.is_valid(raise_exception=True)
    wish = asked.validated_data
    device = caller(request)
    if isinstance(device, Device) and wish["phone"] and _too_many_phones(device):
        raise Throttled(wait=60)
    ticket = actions.take_number(
        hall,
        actions.Wish(
            business=wish["business"],
            source=_source(request),
            phone=wish["phone"],
            lane=wish["lane"],
            is_simulated=wish["simulated"],
        ),
        actor=actions.Actor.of(caller(request)),
        now=time.now(),
    )
    line = (ticket.ahead_when_taken, waits.promised(ticket))
    return Response(reads.facts(ticket, time.now(), line=line), status=201)


class GiveBackIn(serializers.Serializer):
    key = serializers.RegexField(r"^[ -~]{1,100}$", help_text="the Idempotency-Key of the asking")


@extend_schema(request=GiveBackIn, responses={200: shapes.GivenBack}, operation_id="tickets_give_back")
@api_view(["POST"])
def give_back(request: Request, code: str) -> Response:
    """A kiosk asked for a number, lost the answer, and its customer has gone: what was given for that key goes back.

    Only a number that still waits is cancelled. Twice is once.
    """
    hall, who, now = hall_for(request, code, "queue.issue"), caller(request), time.now()
    asked = GiveBackIn(data=request.data)
    asked.is_valid(raise_exception=True)
    with transaction.atomic():
        kept = take_back_answer(request, asked.validated_data["key"])
        ticket = Ticket.objects.filter(pk=kept["id"], hall=hall).first() if kept and "number" in kept else None
        if ticket is None or ticket.state != TicketState.WAITING:
            return Response({"number": None})
        actions.cancel(ticket.pk, actor=actions.Actor.of(who), now=now)
    return Response({"number": ticket.number})


def _too_many_phones(device: Device) -> bool:
    return too_often("kiosk-phone", device.pk, limit=PHONES_PER_MINUTE, seconds=60)


def _source(request: Request) -> str:
    who = caller(request)
    if isinstance(who, Device):
        return Source.KIOSK if who.kind == DeviceKind.KIOSK else Source.GREETER
    return Source.API


@extend_schema(request=shapes.LineIn, responses={200: shapes.LineOut, 409: Problem}, operation_id="halls_line")
@api_view(["POST"])
@keeps_answer
def line(request: Request, code: str) -> Response:
    """One more or one fewer in the line of a hall without a machine."""
    hall = hall_for(request, code, "queue.floor")
    asked = shapes.LineIn(data=request.data)
    asked.is_valid(raise_exception=True)
    actor, now = actions.Actor.of(caller(request)), time.now()
    if asked.validated_data["change"] == 1:
        actions.add_to_line(hall, actor=actor, now=now, is_simulated=asked.validated_data["simulated"])
    else:
        actions.take_from_line(hall, actor=actor, now=now)
    return Response({"waiting": boards.waiting_by_hall([hall.pk]).get(hall.pk, 0)})
