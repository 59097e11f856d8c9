"""Materials over HTTP (R-H-8)."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, checked_form, keeps_answer, page_of, paged
from halls import actions
from halls.actions.materials import take_down
from halls.api.doors import asked, checked, facts, hall_for, person
from halls.forms.materials import HangForm
from halls.models import Hall
from halls.queries import materials as reads
from halls.states import Carrier, HungState

VERB, HANG = "hall.check", "tv.manage"


class MaterialAsk(serializers.Serializer):
    state = serializers.ChoiceField(choices=[*HungState.choices, ("all", "all")], required=False, default="")


class MaterialIn(serializers.Serializer):
    carrier = serializers.ChoiceField(choices=[pair for pair in Carrier.choices if pair[0] != Carrier.SCREEN])
    title = serializers.CharField(max_length=24)
    place = serializers.CharField(max_length=40)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="the last day on which it may hang")
    on_tv = serializers.BooleanField(default=False, help_text="shown on the hall's TV as well")
    picture = serializers.FileField(required=False, help_text="multipart: how it looks where it hangs")


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


def _one(hall: Hall, pk: int) -> dict[str, Any] | None:
    rows = reads.register(hall, time.now(), state=reads.EVERYTHING)
    return next((_out(one) for one in rows if one.row.pk == pk), None)


@extend_schema(
    methods=["GET"],
    parameters=[MaterialAsk],
    responses=page_of("MaterialPage", MaterialOut),
    operation_id="materials_list",
)
@extend_schema(
    methods=["POST"], request=MaterialIn, responses={201: MaterialOut, 409: Problem}, operation_id="materials_hang"
)
@api_view(["GET", "POST"])
@parser_classes([JSONParser, MultiPartParser])
def materials(request: Request, code: str) -> Response:
    """GET: what hangs in a hall, what has to come down first. POST: one more hangs there; the caller takes it down. 400
    for days that are over or in a wrong order, 409 for what is no picture."""
    if request.method == "POST":
        return _hang(request, code)
    hall = hall_for(request, code, VERB)
    return paged(request, reads.register(hall, time.now(), state=asked(MaterialAsk, request)["state"]), _out)


@keeps_answer
def _hang(request: Request, code: str) -> Response:
    hall, who, now = hall_for(request, code, HANG), person(request), time.now()
    given = checked(MaterialIn, request)
    file = given.pop("picture", None)
    form = HangForm(given, hall=hall, today=time.business_day(now))
    checked_form(form)
    row = form.save(commit=False)
    row.keeper = who
    if file:
        row.image = actions.keep_picture(file.read(actions.LARGEST_PICTURE + 1))
    return Response(_one(hall, actions.add_material(row, actor=who, now=now).pk), status=201)


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
