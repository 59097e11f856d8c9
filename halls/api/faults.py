"""Equipment, faults and incidents over HTTP (R-H-4, R-H-10)."""

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer, page_of, paged
from halls.actions import faults as acts
from halls.actions import incidents
from halls.api.doors import asked, checked, facts, hall_for, must, person, row_for
from halls.models import Equipment, Fault, Incident, IncidentTell
from halls.queries import faults as reads
from halls.states import FaultDid, FaultState, IncidentKind
from halls.views.faults import ACTS

VERB, MANAGE = "hall.check", "hall.operate"


class EquipmentOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField()
    place = serializers.CharField()
    window = serializers.IntegerField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    broken = serializers.BooleanField()


class FaultAsk(serializers.Serializer):
    state = serializers.ChoiceField(choices=["open", "late", "fixed", "all"], default="open")


class FaultFindIn(serializers.Serializer):
    equipment = serializers.IntegerField()
    symptom = serializers.CharField(max_length=60)


class FaultWorkIn(serializers.Serializer):
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    planned_on = serializers.DateField(required=False, allow_null=True, default=None)
    cost = serializers.DecimalField(
        max_digits=10, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )


class FaultOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    equipment = serializers.IntegerField()
    name = serializers.CharField()
    symptom = serializers.CharField()
    state = serializers.ChoiceField(choices=FaultState.choices)
    found_at = serializers.DateTimeField()
    report_due = serializers.DateTimeField()
    fix_due = serializers.DateTimeField()
    reported_at = serializers.DateTimeField(allow_null=True)
    planned_on = serializers.DateField(allow_null=True)
    fixed_at = serializers.DateTimeField(allow_null=True)
    cost = serializers.DecimalField(max_digits=10, decimal_places=2, allow_null=True)
    is_late = serializers.BooleanField()


class IncidentIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    text = serializers.CharField(max_length=300)


class IncidentEndIn(serializers.Serializer):
    measures = serializers.CharField(max_length=300)


class IncidentTellOut(serializers.Serializer):
    id = serializers.IntegerField()
    whom = serializers.CharField()
    due_at = serializers.DateTimeField()
    told_at = serializers.DateTimeField(allow_null=True)


class IncidentOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    text = serializers.CharField()
    measures = serializers.CharField()
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    tells = IncidentTellOut(many=True)


def _equipment(row: Equipment) -> dict[str, Any]:
    told = facts(row, ("name", "place", "expires_on"))
    broken = bool(getattr(row, "broken", 0))
    return {"id": row.pk, "kind": row.kind.code, "window": row.window_id, **told, "broken": broken}


FAULT_FACTS = ("symptom", "state", "found_at", "report_due", "fix_due", "reported_at", "planned_on", "fixed_at", "cost")


def _fault(one: reads.FaultNow) -> dict[str, Any]:
    row = one.row
    where = {"hall": row.hall.code, "equipment": row.equipment_id, "name": row.equipment.name}
    return {"id": row.pk, **where, **facts(row, FAULT_FACTS), "is_late": one.is_late}


def _told(row: Fault) -> dict[str, Any]:
    return _fault(reads.as_now(row, time.now()))


def _incident(row: Incident) -> dict[str, Any]:
    told = facts(row, ("kind", "text", "measures", "began_at", "ended_at"))
    tells = [{"id": one.pk, **facts(one, ("whom", "due_at", "told_at"))} for one in row.tells.all()]
    return {"id": row.pk, "hall": row.hall.code, **told, "tells": tells}


@extend_schema(responses=page_of("EquipmentPage", EquipmentOut), operation_id="equipment_list")
@api_view(["GET"])
def equipment(request: Request, code: str) -> Response:
    """What stands in a hall, broken things first."""
    return paged(request, reads.equipment_of(hall_for(request, code, VERB)), _equipment)


@extend_schema(
    methods=["GET"], parameters=[FaultAsk], responses=page_of("FaultPage", FaultOut), operation_id="faults_list"
)
@extend_schema(
    methods=["POST"], request=FaultFindIn, responses={201: FaultOut, 409: Problem}, operation_id="faults_find"
)
@api_view(["GET", "POST"])
def faults(request: Request, code: str) -> Response:
    """GET: the most urgent first. POST: something is broken; both clocks start."""
    return _find(request, code) if request.method == "POST" else _faults(request, code)


def _faults(request: Request, code: str) -> Response:
    hall, given = hall_for(request, code, VERB), asked(FaultAsk, request)
    return paged(request, reads.faults_of([hall.pk], time.now(), state=given["state"]), _fault)


@keeps_answer
def _find(request: Request, code: str) -> Response:
    hall, given = hall_for(request, code, VERB), checked(FaultFindIn, request)
    thing = Equipment.objects.filter(pk=given["equipment"], hall=hall).select_related("hall__region__parent__parent")
    found = thing.first() if given["equipment"] < 2**62 else None
    if found is None:
        raise Http404
    return Response(_told(acts.find_fault(found, given["symptom"], actor=person(request), now=time.now())), status=201)


@extend_schema(request=FaultWorkIn, responses={200: FaultOut, 409: Problem}, operation_id="faults_work")
@api_view(["POST"])
@keeps_answer
def work(request: Request, pk: int, did: str) -> Response:
    """`reported`, `planned` (both with `note` and `planned_on`), `started`, `done`, `rejected` (`note`), `accepted`."""
    if did not in ACTS:
        raise Http404
    act, verb = ACTS[FaultDid(did)]
    row = row_for(request, Fault.objects.all(), pk, verb)
    told = acts.Work(**checked(FaultWorkIn, request))
    return Response(_told(act(row.pk, told, actor=person(request), now=time.now())))


@extend_schema(methods=["GET"], responses=page_of("IncidentPage", IncidentOut), operation_id="incidents_list")
@extend_schema(
    methods=["POST"], request=IncidentIn, responses={201: IncidentOut, 409: Problem}, operation_id="incidents_open"
)
@api_view(["GET", "POST"])
def hall_incidents(request: Request, code: str) -> Response:
    """GET: the newest first. POST: it began now; whom the playbook names is to be told in time."""
    return _open(request, code) if request.method == "POST" else _incidents(request, code)


def _incidents(request: Request, code: str) -> Response:
    rows = hall_for(request, code, VERB).incidents.select_related("hall").prefetch_related("tells")
    return paged(request, rows, _incident)


@keeps_answer
def _open(request: Request, code: str) -> Response:
    hall, given = hall_for(request, code, VERB), checked(IncidentIn, request)
    row = incidents.open_incident(hall, given["kind"], given["text"], actor=person(request), now=time.now())
    return Response(_incident(row), status=201)


@extend_schema(request=None, responses={200: IncidentOut}, operation_id="incidents_told")
@api_view(["POST"])
@keeps_answer
def told(request: Request, pk: int) -> Response:
    """Somebody was told; twice is once."""
    tell = IncidentTell.objects.select_related("incident__hall").filter(pk=pk).first() if pk < 2**62 else None
    if tell is None:
        raise Http404
    must(person(request), VERB, tell.incident.hall)
    incidents.note_told(tell, actor=person(request), now=time.now())
    return Response(_incident(tell.incident))


@extend_schema(request=IncidentEndIn, responses={200: IncidentOut, 409: Problem}, operation_id="incidents_end")
@api_view(["POST"])
@keeps_answer
def end(request: Request, pk: int) -> Response:
    row, given = row_for(request, Incident.objects.all(), pk, MANAGE), checked(IncidentEndIn, request)
    return Response(_incident(incidents.end_incident(row, given["measures"], actor=person(request), now=time.now())))


urlpatterns = [
    path("halls/<slug:code>/equipment/", equipment),
    path("halls/<slug:code>/faults/", faults),
    path("faults/<int:pk>/<slug:did>/", work),
    path("halls/<slug:code>/incidents/", hall_incidents),
    path("incidents/<int:pk>/end/", end),
    path("incidents/told/<int:pk>/", told),
]
