"""Opening halls over HTTP: the acts of the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer, page_of, paged
from halls.models import Hall
from overview.actions import openings
from overview.queries import openings as reads
from overview.rules.openings import Step, missing
from overview.views.openings import NO_RIGHT, hall_of, taken_in
from staff.api.handovers import checked, person
from staff.models import User


class OpeningStep(serializers.Serializer):
    title = serializers.CharField()
    is_done = serializers.BooleanField()
    must = serializers.BooleanField(help_text="stops the opening while it is missing")
    told = serializers.CharField()


class OpeningOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    is_live = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())
    steps = OpeningStep(many=True)


class OpeningLine(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    windows = serializers.IntegerField()
    people = serializers.IntegerField()


class OpeningIn(serializers.Serializer):
    pattern = serializers.SlugField(help_text="code of the hall that is copied")
    code = serializers.SlugField(max_length=20)
    name = serializers.CharField(max_length=40)
    region = serializers.SlugField(help_text="code of a district of the caller's")
    address = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class OpeningLists(serializers.Serializer):
    file = serializers.FileField()
    take_in = serializers.BooleanField(default=False, help_text="false = only tried, nothing is kept")


class OpeningBad(serializers.Serializer):
    sheet = serializers.CharField()
    line = serializers.IntegerField()
    why = serializers.CharField()


class OpeningTold(serializers.Serializer):
    is_saved = serializers.BooleanField()
    good = serializers.DictField(child=serializers.IntegerField())
    bad = OpeningBad(many=True)


def _opener(request: Request) -> User:
    user = person(request)
    if not user.may(reads.VERB):
        raise PermissionDenied(NO_RIGHT)
    return user


def told(hall: Hall) -> dict[str, Any]:
    steps = reads.steps(hall, time.now())
    return {
        "code": hall.code,
        "name": hall.name,
        "is_live": hall.is_live,
        "missing": [step.title for step in missing(steps)],
        "steps": [_step(step) for step in steps],
    }


def _line(hall: Any) -> dict[str, Any]:
    return {"code": hall.code, "name": hall.name, "windows": hall.window_count, "people": hall.people_count}


def _step(step: Step) -> dict[str, Any]:
    return {"title": step.title, "is_done": step.is_done, "must": step.must, "told": step.told}


@extend_schema(methods=["GET"], responses=page_of("OpeningPage", OpeningLine), operation_id="openings_list")
@extend_schema(
    methods=["POST"], request=OpeningIn, responses={201: OpeningOut, 409: Problem}, operation_id="openings_copy"
)
@api_view(["GET", "POST"])
@keeps_answer
def new_halls(request: Request) -> Response:
    """Halls that are not open yet; POST copies one. 409 `code_taken`, `bad_face`."""
    user = _opener(request)
    if request.method == "GET":
        return paged(request, reads.new_halls(user, time.now()), _line)
    given = checked(OpeningIn, request)
    pattern = Hall.objects.filter(pk__in=user.hall_ids(reads.VERB), code=given.pop("pattern")).first()
    region = reads.regions_for(user).filter(code=given.pop("region")).first()
    if pattern is None or region is None:
        raise serializers.ValidationError({"pattern" if pattern is None else "region": ["没有这个代码,请核对。"]})
    face = openings.Face(region=region, **given)
    return Response(told(openings.copy_hall(pattern, face, actor=user, now=time.now())), status=201)


@extend_schema(responses=OpeningOut, operation_id="openings_detail")
@api_view(["GET"])
def opening(request: Request, code: str) -> Response:
    """What a hall has and what it still lacks."""
    return Response(told(hall_of(person(request), code)))


@extend_schema(request=OpeningLists, responses={200: OpeningTold, 409: Problem}, operation_id="openings_lists")
@api_view(["POST"])
@parser_classes([MultiPartParser, JSONParser])
@keeps_answer
def lists(request: Request, code: str) -> Response:
    """A workbook or CSV of windows, people, equipment and stock, tried line by line; with `take_in` taken in whole or
    not at all. Temporary passwords of new people are shown on the page only. 409 `bad_header`, `empty_file`, …"""
    user = person(request)
    hall, given = hall_of(user, code), checked(OpeningLists, request)
    done = taken_in(hall, given["file"], is_trial=not given["take_in"], actor=user)
    bad = [{"sheet": one.sheet, "line": one.number, "why": one.why} for one in done.bad]
    return Response({"is_saved": done.is_saved, "good": dict(done.lines), "bad": bad})


@extend_schema(request=None, responses={200: OpeningOut, 409: Problem}, operation_id="openings_open")
@api_view(["POST"])
@keeps_answer
def open_hall(request: Request, code: str) -> Response:
    """409 `not_ready`, `open_already`."""
    user = person(request)
    hall = hall_of(user, code)
    return Response(told(openings.open_hall(hall.pk, actor=user, now=time.now())))


urlpatterns = [
    path("openings/", new_halls),
    path("openings/<slug:code>/", opening),
    path("openings/<slug:code>/lists/", lists),
    path("openings/<slug:code>/open/", open_hall),
]
