"""The door over HTTP: visits, VIP arrivals, and the hall's printer."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer
from halls.models import Device
from halls.states import DeviceKind
from queueing import actions
from queueing.api import shapes
from queueing.api.halls import FORBIDDEN, hall_for
from queueing.api.tickets import checked
from queueing.models import PrintJob, Ticket, VipArrival, Visit
from queueing.queries import tickets as reads
from queueing.states import JobKind, Outcome
from staff.requests import caller

FLOOR = "queue.floor"


class VisitIn(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    business = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    ticket = serializers.UUIDField(required=False, default=None, allow_null=True, help_text="given back when sent on")


class VisitOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    business = serializers.CharField(allow_null=True)
    ticket = serializers.UUIDField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class ArrivalOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    ticket = serializers.UUIDField(allow_null=True)
    declared_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField(allow_null=True)
    received_by = serializers.CharField(allow_null=True, help_text="name")
    left_at = serializers.DateTimeField(allow_null=True)


class PrintOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=JobKind.choices)
    title = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField())
    number = serializers.CharField(allow_blank=True)
    ticket = shapes.TicketOut(allow_null=True)


def _iso(moment: Any) -> str | None:
    return time.local(moment).isoformat() if moment else None


def visit_json(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.pk,
        "hall": visit.hall.code,
        "at": _iso(visit.at),
        "outcome": visit.outcome,
        "business": visit.business.code if visit.business else None,
        "ticket": str(visit.ticket_id) if visit.ticket_id else None,
        "undone_at": _iso(visit.undone_at),
    }


@extend_schema(request=VisitIn, responses={201: VisitOut, 409: Problem}, operation_id="visits_record")
@api_view(["POST"])
@keeps_answer
def visits(request: Request, code: str) -> Response:
    """How somebody went on from the door (R-Q-11)."""
    hall = hall_for(request, code, FLOOR)
    asked = checked(VisitIn, request)
    visit = actions.record_visit(
        hall,
        asked["outcome"],
        business=asked["business"],
        ticket_id=_number_here(request, asked["ticket"]),
        actor=actions.Actor.of(caller(request)),
        now=time.now(),
    )
    return Response(visit_json(visit), status=201)


def _number_here(request: Request, ticket_id: Any) -> Any:
    """The id again, when its number may be seen by this caller."""
    if ticket_id is not None and not Ticket.objects.visible_to(caller(request)).filter(pk=ticket_id).exists():
        raise Http404
    return ticket_id


@extend_schema(request=None, responses={200: VisitOut, 409: Problem}, operation_id="visits_undo")
@api_view(["POST"])
@keeps_answer
def undo(request: Request, visit_id: int) -> Response:
    """Take a tap back within some seconds."""
    found = Visit.objects.select_related("hall").filter(pk=visit_id).first()
    _check(request, found)
    return Response(visit_json(actions.undo_visit(visit_id, actor=actions.Actor.of(caller(request)), now=time.now())))


@extend_schema(request=None, responses={200: ArrivalOut, 409: Problem}, operation_id="vip_arrivals_receive")
@api_view(["POST"])
@keeps_answer
def receive(request: Request, arrival_id: int) -> Response:
    """我来接待 (R-Q-2)."""
    found = VipArrival.objects.select_related("hall").filter(pk=arrival_id).first()
    _check(request, found)
    arrival = actions.receive_vip(arrival_id, actor=actions.Actor.of(caller(request)), now=time.now())
    return Response(
        {
            "id": arrival.pk,
            "hall": arrival.hall.code,
            "ticket": str(arrival.ticket_id) if arrival.ticket_id else None,
            "declared_at": _iso(arrival.declared_at),
            "received_at": _iso(arrival.received_at),
            "received_by": arrival.received_by.name if arrival.received_by else None,
            "left_at": _iso(arrival.left_at),
        }
    )


def _check(request: Request, found: Visit | VipArrival | None) -> None:
    if found is None or not caller(request).may("hall.see", found.hall):
        raise Http404
    if not caller(request).may(FLOOR, found.hall):
        raise PermissionDenied(FORBIDDEN)


def _kiosk(request: Request) -> Device:
    device = caller(request)
    if not isinstance(device, Device) or device.kind != DeviceKind.KIOSK:
        raise PermissionDenied("只有已配对的取号机可以打印。")
    return device


@extend_schema(request=None, responses={200: PrintOut, 204: None}, operation_id="print_jobs_claim")
@api_view(["POST"])
def claim(request: Request) -> Response:
    """A kiosk fetches the next thing to print for its hall; 204 when there is nothing."""
    job = actions.claim_print(_kiosk(request), time.now())
    if job is None:
        return Response(status=204)
    ticket = job.ticket
    return Response(
        {
            "id": job.pk,
            "kind": job.kind,
            "title": job.title,
            "lines": job.lines,
            "number": ticket.number if ticket else "",
            "ticket": reads.facts(ticket, time.now()) if ticket and job.kind == JobKind.SLIP else None,
        }
    )


@extend_schema(request=None, responses={204: None, 409: Problem}, operation_id="print_jobs_printed")
@api_view(["POST"])
def printed(request: Request, job_id: int) -> Response:
    """The kiosk has printed it."""
    kiosk = _kiosk(request)
    if not PrintJob.objects.filter(pk=job_id, hall_id=kiosk.hall_id).exists():
        raise Http404
    actions.printed(job_id, kiosk, time.now())
    return Response(status=204)
