"""批量设置 over HTTP: seen first, then saved with what was seen."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, checked_form, keeps_answer, page_of, paged
from halls.actions import LARGEST_PICTURE, keep_picture
from halls.models import Hall
from halls.states import Carrier, MaterialKind
from overview.actions import bulk as actions
from overview.forms import BulkMaterialForm
from overview.models import BulkChange
from overview.queries import bulk as reads
from overview.rules import bulk as rules
from overview.states import BulkKind
from overview.views.bulk import NO_RIGHT
from staff.api.handovers import checked, person
from staff.models import User


class BulkParameterIn(serializers.Serializer):
    """Without `seen` nothing is saved: the answer is the effect and its mark."""

    name = serializers.CharField(max_length=60)
    value = serializers.IntegerField()
    valid_from = serializers.DateField()
    note = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    halls = serializers.ListField(child=serializers.SlugField(), max_length=rules.MOST_HALLS)
    seen = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")


class BulkMaterialIn(serializers.Serializer):
    carrier = serializers.ChoiceField(choices=Carrier.choices, default=Carrier.SCREEN)
    kind = serializers.ChoiceField(choices=MaterialKind.choices)
    title = serializers.CharField(max_length=24)
    text = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    place = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    on_tv = serializers.BooleanField(default=True)
    halls = serializers.ListField(child=serializers.SlugField(), min_length=1, max_length=rules.MOST_HALLS)
    picture = serializers.FileField(required=False, help_text="as multipart, once for all halls")


class BulkEffect(serializers.Serializer):
    hall = serializers.CharField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class BulkPreview(serializers.Serializer):
    seen = serializers.CharField()
    effects = BulkEffect(many=True)


class BulkOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=BulkKind.choices)
    title = serializers.CharField()
    valid_from = serializers.DateField()
    undone_from = serializers.DateField(allow_null=True)
    halls = serializers.ListField(child=serializers.CharField())


def told(change: BulkChange) -> dict[str, Any]:
    same = {name: getattr(change, name) for name in ("kind", "title", "valid_from", "undone_from")}
    return {"id": change.pk, **same, "halls": [line.hall.code for line in reads.lines_of(change)]}


def _halls(user: User, kind: BulkKind, codes: list[str]) -> list[Hall]:
    halls = list(reads.halls_for(user, kind).filter(code__in=codes))
    strange = sorted(set(codes) - {hall.code for hall in halls})
    if strange:
        raise serializers.ValidationError({"halls": [f"没有这些营业厅:{'、'.join(strange)[:100]}。"]})
    return halls


@extend_schema(methods=["GET"], responses=page_of("BulkPage", BulkOut), operation_id="bulk_parameters_list")
@extend_schema(
    methods=["POST"],
    request=BulkParameterIn,
    responses={200: BulkPreview, 201: BulkOut, 409: Problem},
    operation_id="bulk_parameters_set",
)
@api_view(["GET", "POST"])
@keeps_answer
def parameters(request: Request) -> Response:
    """What was set; POST shows the effect (200), and with its `seen` saves it (201). 409 `moved_on`, `bad_value`,
    `in_the_past`, `too_far`, `nothing_changes`, `no_reason`, `no_halls`."""
    user, now = person(request), time.now()
    if not user.may("settings.change"):
        raise PermissionDenied(NO_RIGHT)
    if request.method == "GET":
        return paged(request, reads.history(user).filter(kind=BulkKind.PARAMETER), told)
    given = checked(BulkParameterIn, request)
    codes, seen = given.pop("halls"), given.pop("seen")
    halls = _halls(user, BulkKind.PARAMETER, codes)
    wish = actions.Setting(**given)
    if seen:
        return Response(told(actions.set_parameter(halls, wish, seen=seen, actor=user, now=now)), status=201)
    effects = actions.preview(halls, wish, now=now)
    rows = [{"hall": one.code, "before": one.before, "after": one.after} for one in effects]
    return Response({"seen": rules.digest(effects), "effects": rows})


@extend_schema(methods=["GET"], responses=page_of("BulkMaterialPage", BulkOut), operation_id="bulk_materials_list")
@extend_schema(
    methods=["POST"],
    request=BulkMaterialIn,
    responses={201: BulkOut, 409: Problem},
    operation_id="bulk_materials_put",
)
@api_view(["GET", "POST"])
@parser_classes([JSONParser, MultiPartParser])
@keeps_answer
def materials(request: Request) -> Response:
    """What was hung in many halls; POST hangs one more, as a row of its own in each. 400 for days that are over, in a
    wrong order or too far, 409 for what is no picture."""
    user, now = person(request), time.now()
    if not user.may("tv.manage"):
        raise PermissionDenied(NO_RIGHT)
    if request.method == "GET":
        return paged(request, reads.history(user).filter(kind=BulkKind.MATERIAL), told)
    given = checked(BulkMaterialIn, request)
    halls, file = _halls(user, BulkKind.MATERIAL, given["halls"]), given.pop("picture", None)
    rows = reads.halls_for(user, BulkKind.MATERIAL)
    form = BulkMaterialForm(given, rows=rows, today=time.business_day(now))
    checked_form(form)
    form.image = keep_picture(file.read(LARGEST_PICTURE + 1)) if file else ""
    made = actions.put_material(halls, form.pattern, note="", actor=user, now=now)
    return Response(told(made), status=201)


@extend_schema(request=None, responses={200: BulkOut, 409: Problem}, operation_id="bulk_undo")
@api_view(["POST"])
@keeps_answer
def undo(request: Request, pk: int) -> Response:
    """Set back by new dated rows, or taken down. 409 `undone_already`."""
    user = person(request)
    if not any(user.may(verb) for verb in reads.RIGHT.values()):
        raise PermissionDenied(NO_RIGHT)
    found = reads.history(user).filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    change, _ = actions.undo(found.pk, actor=user, now=time.now())
    return Response(told(change))


urlpatterns = [
    path("bulk/parameters/", parameters),
    path("bulk/materials/", materials),
    path("bulk/<int:pk>/undo/", undo),
]
