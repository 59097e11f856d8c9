"""Checks at set times and stains over HTTP (R-H-5, R-H-6, R-H-7)."""

from datetime import date
from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import NotFound
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer, page_of, paged
from halls.actions import LARGEST_PICTURE, keep_picture
from halls.actions import rounds as acts
from halls.api.doors import asked, checked, facts, hall_for, person, row_for
from halls.models import CheckItem, Round, Stain
from halls.queries import rounds as reads
from halls.states import Answer, CheckKind, RoundState

VERB = "hall.check"


class OpsDayAsk(serializers.Serializer):
    day = serializers.DateField(required=False)

    def validate_day(self, value: date) -> date:
        if not 2000 <= value.year <= 2100:
            raise serializers.ValidationError("请填写 2000–2100 年之间的日期。")
        return value


class CheckDueOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=CheckKind.choices)
    name = serializers.CharField()
    slot = serializers.DateTimeField()
    opens_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=RoundState.choices)
    round = serializers.IntegerField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    in_time = serializers.BooleanField(allow_null=True)
    bad = serializers.IntegerField()


class RoundStartIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=CheckKind.choices)
    slot = serializers.DateTimeField(help_text="as the list of checks names it")


class RoundLineOut(serializers.Serializer):
    item = serializers.IntegerField()
    text = serializers.CharField()
    wants_photo = serializers.BooleanField()
    answer = serializers.ChoiceField(choices=Answer.choices, allow_null=True)
    note = serializers.CharField()


class RoundOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    kind = serializers.ChoiceField(choices=CheckKind.choices)
    slot = serializers.DateTimeField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    in_time = serializers.BooleanField(allow_null=True)
    lines = RoundLineOut(many=True)


class RoundAnswerIn(serializers.Serializer):
    item = serializers.IntegerField()
    answer = serializers.ChoiceField(choices=Answer.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    photo = serializers.FileField(required=False)


class StainIn(serializers.Serializer):
    place = serializers.CharField(max_length=30)
    relaxed = serializers.BooleanField(required=False, default=False, help_text="at peak, or in rain or snow")


class StainCleanIn(serializers.Serializer):
    by = serializers.CharField(max_length=20)


class StainOut(serializers.Serializer):
    id = serializers.IntegerField()
    place = serializers.CharField()
    minutes = serializers.IntegerField()
    found_at = serializers.DateTimeField()
    cleaned_at = serializers.DateTimeField(allow_null=True)
    cleaned_by = serializers.CharField()
    in_time = serializers.BooleanField(allow_null=True)


def _due(one: reads.Due) -> dict[str, Any]:
    made = one.round
    return {
        "kind": one.list.kind,
        "name": one.label,
        "slot": time.local(one.slot).isoformat(),
        "opens_at": time.local(one.opens).isoformat(),
        "until": time.local(one.until).isoformat(),
        "state": one.state,
        "round": made.pk if made else None,
        "finished_at": made.finished_at if made else None,
        "in_time": made.in_time if made else None,
        "bad": one.bad,
    }


def _round(row: Round) -> dict[str, Any]:
    given = {answer.item_id: answer for answer in row.answers.all()}
    lines = [
        {
            "item": item.pk,
            "text": item.text,
            "wants_photo": item.wants_photo,
            "answer": given[item.pk].answer if item.pk in given else None,
            "note": given[item.pk].note if item.pk in given else "",
        }
        for item in row.list.items.all()
        if item.is_active or item.pk in given
    ]
    told = facts(row, ("kind", "slot", "started_at", "finished_at", "in_time"))
    return {"id": row.pk, "hall": row.hall.code, **told, "lines": lines}


def _stain(row: Stain) -> dict[str, Any]:
    return {"id": row.pk, **facts(row, ("place", "minutes", "found_at", "cleaned_at", "cleaned_by", "in_time"))}


def _own(request: Request, pk: int) -> Round:
    return row_for(request, Round.objects.select_related("list"), pk, VERB)


@extend_schema(parameters=[OpsDayAsk], responses=CheckDueOut(many=True), operation_id="checks_list")
@api_view(["GET"])
def checks(request: Request, code: str) -> Response:
    """The checks of a day, today unless named, with what came of them."""
    hall, now = hall_for(request, code, VERB), time.now()
    today = time.business_day(now)
    day = min(asked(OpsDayAsk, request).get("day", today), today)
    return Response([_due(one) for one in reads.due_on(hall, day, now)])


@extend_schema(request=RoundStartIn, responses={201: RoundOut, 409: Problem}, operation_id="rounds_start")
@api_view(["POST"])
@keeps_answer
def start(request: Request, code: str) -> Response:
    """Begin a round, or go on with the one that was begun."""
    hall = hall_for(request, code, VERB)
    given = checked(RoundStartIn, request)
    row = acts.start_round(hall, given["kind"], given["slot"], actor=person(request), now=time.now())
    return Response(_round(row), status=201)


@extend_schema(responses=RoundOut, operation_id="rounds_retrieve")
@api_view(["GET"])
def show(request: Request, pk: int) -> Response:
    return Response(_round(_own(request, pk)))


@extend_schema(request=RoundAnswerIn, responses={200: RoundOut, 409: Problem}, operation_id="rounds_answer")
@api_view(["POST"])
@parser_classes([JSONParser, MultiPartParser])
@keeps_answer
def answer(request: Request, pk: int) -> Response:
    """Say how one line is, as multipart where it wants a `photo`. 409 `no_photo`, `no_note`, `round_finished`."""
    row, given = _own(request, pk), checked(RoundAnswerIn, request)
    item = CheckItem.objects.filter(pk=given["item"], list=row.list_id).first() if given["item"] < 2**62 else None
    if item is None:
        raise NotFound
    photo = given.get("photo")
    name = keep_picture(photo.read(LARGEST_PICTURE + 1), "rounds") if photo else ""
    found = acts.Found(given["answer"], given["note"], name)
    acts.answer_item(row, item, found, actor=person(request), now=time.now())
    return Response(_round(_own(request, pk)))


@extend_schema(request=None, responses={200: RoundOut, 409: Problem}, operation_id="rounds_finish")
@api_view(["POST"])
@keeps_answer
def finish(request: Request, pk: int) -> Response:
    acts.finish_round(_own(request, pk), actor=person(request), now=time.now())
    return Response(_round(_own(request, pk)))


@extend_schema(methods=["GET"], responses=page_of("StainPage", StainOut), operation_id="stains_list")
@extend_schema(methods=["POST"], request=StainIn, responses={201: StainOut, 409: Problem}, operation_id="stains_find")
@api_view(["GET", "POST"])
def stains(request: Request, code: str) -> Response:
    """GET: the newest first. POST: something is to be wiped up, and by when."""
    return _find_stain(request, code) if request.method == "POST" else _stains(request, code)


def _stains(request: Request, code: str) -> Response:
    return paged(request, hall_for(request, code, VERB).stains.all(), _stain)


@keeps_answer
def _find_stain(request: Request, code: str) -> Response:
    hall, given = hall_for(request, code, VERB), checked(StainIn, request)
    row = acts.find_stain(hall, given["place"], relaxed=given["relaxed"], actor=person(request), now=time.now())
    return Response(_stain(row), status=201)


@extend_schema(request=StainCleanIn, responses={200: StainOut, 409: Problem}, operation_id="stains_clean")
@api_view(["POST"])
@keeps_answer
def clean(request: Request, pk: int) -> Response:
    row = row_for(request, Stain.objects.all(), pk, VERB)
    return Response(_stain(acts.clean_stain(row, by=checked(StainCleanIn, request)["by"], now=time.now())))


urlpatterns = [
    path("halls/<slug:code>/checks/", checks),
    path("halls/<slug:code>/rounds/", start),
    path("rounds/<int:pk>/", show),
    path("rounds/<int:pk>/answers/", answer),
    path("rounds/<int:pk>/finish/", finish),
    path("halls/<slug:code>/stains/", stains),
    path("stains/<int:pk>/clean/", clean),
]
