"""Handovers over HTTP: the same acts as the page."""

import random
from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Pages, Problem, keeps_answer
from core.errors import Refused
from halls.models import Hall
from staff.actions import handover_signing as signing
from staff.actions import handovers as actions
from staff.api.handover_shapes import (
    CorrectIn,
    CountsIn,
    GiveIn,
    HandoverLineIn,
    HandoverNoteIn,
    HandoverOut,
    HandoversOut,
    HandoverStartIn,
    HandoverTakeIn,
    WorkIn,
    shown,
)
from staff.auth import prove
from staff.models import Handover, HandoverOpenWork, User
from staff.queries import handovers as reads
from staff.requests import caller
from staff.states import HandoverKind

NO_RIGHT = "没有交接班的权限。如工作需要,请联系店长开通。"


def checked(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found


def person(request: Request) -> User:
    """People hand over; machines do not."""
    who = caller(request)
    if not isinstance(who, User):
        raise PermissionDenied(NO_RIGHT)
    return who


def hall_for(user: User, code: str, verb: str, words: str = NO_RIGHT) -> Hall:
    """A hall this person may see (else 404) and act in (else 403)."""
    hall = Hall.objects.filter(code=code).select_related("region__parent").first()
    if hall is None or not user.may("hall.see", hall):
        raise Http404
    if not user.may(verb, hall):
        raise PermissionDenied(words)
    return hall


def _counts(given: dict[str, Any]) -> list[actions.Count]:
    return [
        actions.Count(
            one["id"],
            counted=one["counted"],
            notes=one["notes"],
            first=one["first"],
            last=one["last"],
            remark=one["remark"],
            reason=one["reason"],
        )
        for one in given["lines"]
    ]


def _of(request: Request, pk: int, verb: str = "handover.sign") -> Handover:
    user = person(request)
    row = Handover.objects.filter(pk=pk).select_related("hall").first()
    if row is None or not user.may("hall.see", row.hall):
        raise Http404
    if not user.may(verb, row.hall):
        raise PermissionDenied(NO_RIGHT)
    return row


@extend_schema(methods=["GET"], responses=HandoversOut, operation_id="handovers_list")
@extend_schema(
    methods=["POST"],
    request=HandoverStartIn,
    responses={201: HandoverOut, 409: Problem},
    operation_id="handovers_start",
)
@api_view(["GET", "POST"])
def handovers(request: Request) -> Response:
    """GET: those of a hall (`?hall=`) or of all one's halls, newest first. POST: open the list for one's window."""
    user = person(request)
    if not user.may("handover.sign"):
        raise PermissionDenied(NO_RIGHT)
    if request.method == "POST":
        return _start(request)
    code = request.query_params.get("hall", "")
    hall = hall_for(user, code, "handover.sign") if code else None
    pages = Pages()
    found = pages.paginate_queryset(reads.listed(user, hall, {}), request) or []
    rows = [
        {
            "id": row.pk,
            "day": row.day,
            "window": row.window.number if row.window else None,
            "kind": row.kind,
            "state": row.state,
            "giver": row.giver.staff_no,
            "taker": row.taker.staff_no if row.taker else None,
        }
        for row in found
    ]
    return pages.get_paginated_response(rows)


@keeps_answer
def _start(request: Request) -> Response:
    given, user = checked(HandoverStartIn, request), person(request)
    verb = "handover.manage" if given["kind"] == HandoverKind.DUTY else "handover.sign"
    hall = hall_for(user, given["hall"], verb)
    window = None
    if given["kind"] == HandoverKind.COUNTER:
        window = hall.windows.filter(number=given.get("window") or 0, is_active=True).first()
        if window is None:
            raise serializers.ValidationError({"window": ["请选择本厅在用的窗口。"]})
    opening = actions.Opening(hall, window, kind=given["kind"], mode=given["mode"], peak_reason=given["peak_reason"])
    made = actions.start(opening, giver=user, drawn=random.random(), now=time.now())
    return shown(made.pk, status=201)


@extend_schema(responses=HandoverOut, operation_id="handovers_retrieve")
@api_view(["GET"])
def handover(request: Request, pk: int) -> Response:
    return shown(_of(request, pk).pk)


@extend_schema(request=CountsIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_count")
@api_view(["POST"])
@keeps_answer
def count(request: Request, pk: int) -> Response:
    """Write down what the giver counted."""
    _of(request, pk)
    actions.count(pk, _counts(checked(CountsIn, request)), giver=person(request), now=time.now())
    return shown(pk)


@extend_schema(request=CountsIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_recount")
@api_view(["POST"])
@keeps_answer
def recount(request: Request, pk: int) -> Response:
    """The second count of a night's handover."""
    _of(request, pk)
    actions.recount(pk, _counts(checked(CountsIn, request)), counter=person(request), now=time.now())
    return shown(pk)


@extend_schema(request=HandoverLineIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_confirm")
@api_view(["POST"])
@keeps_answer
def confirm(request: Request, pk: int) -> Response:
    """A manager stands for a difference."""
    row = _of(request, pk, "handover.manage")
    line = row.lines.filter(pk=checked(HandoverLineIn, request)["line"]).first()
    if line is None:
        raise Http404
    actions.confirm(line.pk, manager=person(request), now=time.now())
    return shown(pk)


@extend_schema(request=GiveIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_give")
@api_view(["POST"])
def give(request: Request, pk: int) -> Response:
    """The giver signs with the password."""
    _of(request, pk)
    return _give(request, pk, prove(request._request, person(request).staff_no, checked(GiveIn, request)["password"]))


@keeps_answer  # apart from the password: a wrong one stays counted whatever becomes of the request
def _give(request: Request, pk: int, giver: User) -> Response:
    given = checked(GiveIn, request)
    taker = User.objects.filter(staff_no=given["taker"]).first() if given["taker"] else None
    if given["taker"] and taker is None:
        raise Refused("not_allowed", "没有这个接班人,请核对工号。")
    is_here = not given["relief_missing"]
    giving = signing.Giving(taker, is_here=is_here, due_at=given["relief_due_at"], note=given["note"])
    signing.give(pk, giving, giver=giver, now=time.now())
    return shown(pk)


@extend_schema(request=WorkIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_accept")
@api_view(["POST"])
@keeps_answer
def accept(request: Request, pk: int) -> Response:
    """One open thing is the caller's from now on."""
    row = _of(request, pk)
    work = HandoverOpenWork.objects.filter(handover=row, pk=checked(WorkIn, request)["item"]).first()
    if work is None:
        raise Http404
    signing.accept(work.pk, taker=person(request), now=time.now())
    return shown(pk)


@extend_schema(request=HandoverTakeIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_take")
@api_view(["POST"])
def take(request: Request, pk: int) -> Response:
    """The taker signs with 工号 and password; then everything is locked."""
    _of(request, pk)
    given = checked(HandoverTakeIn, request)
    return _take(request, pk, prove(request._request, given["staff_no"], given["password"]))


@keeps_answer
def _take(request: Request, pk: int, taker: User) -> Response:
    given = checked(HandoverTakeIn, request)
    signing.take(pk, taker=taker, accepted=given["accepted"], now=time.now())
    return shown(pk)


@extend_schema(request=HandoverNoteIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_consent")
@api_view(["POST"])
@keeps_answer
def consent(request: Request, pk: int) -> Response:
    """The duty manager lets the giver go although nobody has come."""
    _of(request, pk, "handover.manage")
    signing.consent(pk, checked(HandoverNoteIn, request)["note"], manager=person(request), now=time.now())
    return shown(pk)


@extend_schema(request=None, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_left")
@api_view(["POST"])
@keeps_answer
def left(request: Request, pk: int) -> Response:
    """The giver went without relief or consent."""
    _of(request, pk, "handover.manage")
    signing.note_left(pk, manager=person(request), now=time.now())
    return shown(pk)


@extend_schema(request=None, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_reopen")
@api_view(["POST"])
@keeps_answer
def reopen(request: Request, pk: int) -> Response:
    """The giver takes the signature back."""
    _of(request, pk)
    signing.reopen(pk, giver=person(request))
    return shown(pk)


@extend_schema(request=None, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_cancel")
@api_view(["POST"])
@keeps_answer
def cancel(request: Request, pk: int) -> Response:
    _of(request, pk)
    actions.cancel(pk, giver=person(request))
    return shown(pk)


@extend_schema(request=CorrectIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_correct")
@api_view(["POST"])
@keeps_answer
def correct(request: Request, pk: int) -> Response:
    """A new entry beside what was signed."""
    _of(request, pk, "handover.manage")
    given = checked(CorrectIn, request)
    correction = signing.Correction(given["after"], given["reason"], given["line"])
    signing.correct(pk, correction, actor=person(request), now=time.now())
    return shown(pk)


urlpatterns = [
    path("handovers/", handovers),
    path("handovers/<int:pk>/", handover),
    path("handovers/<int:pk>/count/", count),
    path("handovers/<int:pk>/recount/", recount),
    path("handovers/<int:pk>/confirm/", confirm),
    path("handovers/<int:pk>/give/", give),
    path("handovers/<int:pk>/accept/", accept),
    path("handovers/<int:pk>/take/", take),
    path("handovers/<int:pk>/consent/", consent),
    path("handovers/<int:pk>/left/", left),
    path("handovers/<int:pk>/reopen/", reopen),
    path("handovers/<int:pk>/cancel/", cancel),
    path("handovers/<int:pk>/correct/", correct),
]
