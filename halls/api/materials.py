"""Materials over HTTP (R-H-8)."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer, page_of, paged
from halls.actions.materials import take_down
from halls.api.doors import asked, facts, hall_for, person
from halls.queries import materials as reads
from halls.states import Carrier, HungState

VERB = "hall.check"


class MaterialAsk(serializers.Serializer):
    state = serializers.ChoiceField(choices=[*HungState.choices, ("all", "all")], required=False, default="")


class MaterialOut(serializers.Serializer):
    id = serializers.IntegerField()
    carrier = serializers.ChoiceField(choices=Carrier.choices)
    title = serializers.CharField()
    place = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    state = serializers.ChoiceField(choices=HungState.choices)
    days_left = serializers.IntegerField()
    taken_down_at = serializers.DateTimeField(allow_null=True)
    taken_down_by = serializers.CharField(allow_null=True)


def _out(one: reads.Hung) -> dict[str, Any]:
    told = facts(one.row, ("carrier", "title", "place", "valid_from", "valid_to"))
    down = {"taken_down_at": one.down.at if one.down else None, "taken_down_by": one.down.by.name if one.down else None}
    return {"id": one.row.pk, **told, "state": one.state, "days_left": one.days_left, **down}


@extend_schema(parameters=[MaterialAsk], responses=page_of("MaterialPage", MaterialOut), operation_id="materials_list")
@api_view(["GET"])
def materials(request: Request, code: str) -> Response:
    """What hangs in a hall, what has to come down first."""
    hall = hall_for(request, code, VERB)
    return paged(request, reads.register(hall, time.now(), state=asked(MaterialAsk, request)["state"]), _out)


@extend_schema(request=None, responses={200: MaterialOut, 409: Problem}, operation_id="materials_take_down")
@api_view(["POST"])
@keeps_answer
def down(request: Request, code: str, pk: int) -> Response:
    """It no longer hangs in this hall; twice is once."""
    hall, now = hall_for(request, code, VERB), time.now()
    found = next((one for one in reads.register(hall, now, state=reads.EVERYTHING) if one.row.pk == pk), None)
    if found is None:
        return Response({"detail": "本厅没有这件物料。"}, status=404)
    take_down(found.row, hall, actor=person(request), now=now)
    return Response(_out(next(one for one in reads.register(hall, now, state=reads.EVERYTHING) if one.row.pk == pk)))


urlpatterns = [
    path("halls/<slug:code>/materials/", materials),
    path("halls/<slug:code>/materials/<int:pk>/down/", down),
]
