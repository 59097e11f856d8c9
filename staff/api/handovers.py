"""Handovers over HTTP: the same acts as the page."""

import random
from decimal import Decimal
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
from staff.auth import prove
from staff.models import Handover, HandoverLine, HandoverOpenWork, User
from staff.queries import handovers as reads
from staff.requests import caller
from staff.rules.money import DENOMINATIONS, MOST_NOTES
from staff.states import HandoverKind, HandoverMode, HandoverState

NO_RIGHT = "没有交接班的权限。如工作需要,请联系店长开通。"


def _amount(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=2, **options)


class HandoverLineOut(serializers.Serializer):
    """`system` and `difference` are null while a blind count hides them, and where no book speaks."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    system = _amount(allow_null=True)
    counted = _amount(allow_null=True)
    recounted = _amount(allow_null=True)
    difference = _amount(allow_null=True)
    reason = serializers.CharField()
    confirmed_by = serializers.CharField(allow_null=True)


class HandoverWorkOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    accepted_at = serializers.DateTimeField(allow_null=True)


class HandoverOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    window = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(choices=HandoverKind.choices)
    mode = serializers.ChoiceField(choices=HandoverMode.choices)
    state = serializers.ChoiceField(choices=HandoverState.choices)
    is_blind = serializers.BooleanField()
    giver = serializers.CharField(help_text="工号")
    taker = serializers.CharField(allow_null=True, help_text="工号")
    giver_signed_at = serializers.DateTimeField(allow_null=True)
    taker_signed_at = serializers.DateTimeField(allow_null=True)
    lines = HandoverLineOut(many=True)
    open_work = HandoverWorkOut(many=True)


class HandoverRow(serializers.Serializer):
    id = serializers.IntegerField()
    day = serializers.DateField()
    window = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(choices=HandoverKind.choices)
    state = serializers.ChoiceField(choices=HandoverState.choices)
    giver = serializers.CharField()
    taker = serializers.CharField(allow_null=True)


class HandoversOut(serializers.Serializer):
    results = HandoverRow(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class HandoverStartIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    window = serializers.IntegerField(min_value=1, max_value=99, required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=HandoverKind.choices, default=HandoverKind.COUNTER)
    mode = serializers.ChoiceField(choices=HandoverMode.choices, default=HandoverMode.FACE)
    peak_reason = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class HandoverCountIn(serializers.Serializer):
    id = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    counted = _amount(required=False, allow_null=True, default=None)
    notes = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=MOST_NOTES), required=False, default=dict
    )
    first = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    last = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    remark = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")

    def validate_notes(self, given: dict[str, int]) -> dict[str, int]:
        if set(given) - set(DENOMINATIONS):
            raise serializers.ValidationError(f"面额只能是 {'、'.join(DENOMINATIONS)}。")
        return {name: count for name, count in given.items() if count}


class CountsIn(serializers.Serializer):
    lines = HandoverCountIn(many=True, allow_empty=False)


class GiveIn(serializers.Serializer):
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    taker = serializers.CharField(max_length=20, required=False, allow_blank=True, default="", help_text="工号")
    relief_missing = serializers.BooleanField(default=False)
    relief_due_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class HandoverTakeIn(serializers.Serializer):
    staff_no = serializers.CharField(max_length=20)
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    accepted = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1), required=False, default=list, max_length=200
    )


class HandoverLineIn(serializers.Serializer):
    line = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class WorkIn(serializers.Serializer):
    item = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class HandoverNoteIn(serializers.Serializer):
    note = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class CorrectIn(serializers.Serializer):
    line = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    after = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=100)


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


def _shown(handover_id: int, status: int = 200) -> Response:
    row = reads.whole(handover_id)
    sees = row.revealed_at is not None or row.state != HandoverState.FILLING
    return Response(
        {
            "id": row.pk,
            "hall": row.hall.code,
            "window": row.window.number if row.window else None,
            "kind": row.kind,
            "mode": row.mode,
            "state": row.state,
            "is_blind": row.is_blind,
            "giver": row.giver.staff_no,
            "taker": row.taker.staff_no if row.taker else None,
            "giver_signed_at": row.giver_signed_at,
            "taker_signed_at": row.taker_signed_at,
            "lines": [_line(line, sees) for line in row.lines.all()],
            "open_work": [
                {
                    "id": one.pk,
                    "kind": one.kind,
                    "title": one.title,
                    "detail": one.detail,
                    "accepted_at": one.accepted_at,
                }
                for one in row.open_work.all()
            ],
        },
        status=status,
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _line(line: HandoverLine, sees: bool) -> dict[str, Any]:
    return {
        "id": line.pk,
        "code": line.item.code,
        "name": line.item.label,
        "unit": line.item.unit,
        "system": _text(line.system) if sees else None,
        "counted": _text(line.counted),
        "recounted": _text(line.recounted),
        "difference": _text(line.difference) if sees else None,
        "reason": line.reason,
        "confirmed_by": line.confirmed_by.name if line.confirmed_by else None,
    }


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
    return _shown(made.pk, status=201)


@extend_schema(responses=HandoverOut, operation_id="handovers_retrieve")
@api_view(["GET"])
def handover(request: Request, pk: int) -> Response:
    return _shown(_of(request, pk).pk)


@extend_schema(request=CountsIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_count")
@api_view(["POST"])
def count(request: Request, pk: int) -> Response:
    """Write down what the giver counted."""
    _of(request, pk)
    actions.count(pk, _counts(checked(CountsIn, request)), giver=person(request), now=time.now())
    return _shown(pk)


@extend_schema(request=CountsIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_recount")
@api_view(["POST"])
def recount(request: Request, pk: int) -> Response:
    """The second count of a night's handover."""
    _of(request, pk)
    actions.recount(pk, _counts(checked(CountsIn, request)), counter=person(request), now=time.now())
    return _shown(pk)


@extend_schema(request=HandoverLineIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_confirm")
@api_view(["POST"])
def confirm(request: Request, pk: int) -> Response:
    """A manager stands for a difference."""
    row = _of(request, pk, "handover.manage")
    line = row.lines.filter(pk=checked(HandoverLineIn, request)["line"]).first()
    if line is None:
        raise Http404
    actions.confirm(line.pk, manager=person(request), now=time.now())
    return _shown(pk)


@extend_schema(request=GiveIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_give")
@api_view(["POST"])
def give(request: Request, pk: int) -> Response:
    """The giver signs with the password."""
    _of(request, pk)
    given = checked(GiveIn, request)
    giver = prove(request._request, person(request).staff_no, given["password"])
    taker = User.objects.filter(staff_no=given["taker"]).first() if given["taker"] else None
    if given["taker"] and taker is None:
        raise Refused("not_allowed", "没有这个接班人,请核对工号。")
    is_here = not given["relief_missing"]
    giving = signing.Giving(taker, is_here=is_here, due_at=given["relief_due_at"], note=given["note"])
    signing.give(pk, giving, giver=giver, now=time.now())
    return _shown(pk)


@extend_schema(request=WorkIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_accept")
@api_view(["POST"])
def accept(request: Request, pk: int) -> Response:
    """One open thing is the caller's from now on."""
    row = _of(request, pk)
    work = HandoverOpenWork.objects.filter(handover=row, pk=checked(WorkIn, request)["item"]).first()
    if work is None:
        raise Http404
    signing.accept(work.pk, taker=person(request), now=time.now())
    return _shown(pk)


@extend_schema(request=HandoverTakeIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_take")
@api_view(["POST"])
def take(request: Request, pk: int) -> Response:
    """The taker signs with 工号 and password; then everything is locked."""
    _of(request, pk)
    given = checked(HandoverTakeIn, request)
    taker = prove(request._request, given["staff_no"], given["password"])
    signing.take(pk, taker=taker, accepted=given["accepted"], now=time.now())
    return _shown(pk)


@extend_schema(request=HandoverNoteIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_consent")
@api_view(["POST"])
def consent(request: Request, pk: int) -> Response:
    """The duty manager lets the giver go although nobody has come."""
    _of(request, pk, "handover.manage")
    signing.consent(pk, checked(HandoverNoteIn, request)["note"], manager=person(request), now=time.now())
    return _shown(pk)


@extend_schema(request=None, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_left")
@api_view(["POST"])
def left(request: Request, pk: int) -> Response:
    """The giver went without relief or consent."""
    _of(request, pk, "handover.manage")
    signing.note_left(pk, manager=person(request), now=time.now())
    return _shown(pk)


@extend_schema(request=None, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_reopen")
@api_view(["POST"])
def reopen(request: Request, pk: int) -> Response:
    """The giver takes the signature back."""
    _of(request, pk)
    signing.reopen(pk, giver=person(request))
    return _shown(pk)


@extend_schema(request=None, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_cancel")
@api_view(["POST"])
def cancel(request: Request, pk: int) -> Response:
    _of(request, pk)
    actions.cancel(pk, giver=person(request))
    return _shown(pk)


@extend_schema(request=CorrectIn, responses={200: HandoverOut, 409: Problem}, operation_id="handovers_correct")
@api_view(["POST"])
def correct(request: Request, pk: int) -> Response:
    """A new entry beside what was signed."""
    _of(request, pk, "handover.manage")
    given = checked(CorrectIn, request)
    correction = signing.Correction(given["after"], given["reason"], given["line"])
    signing.correct(pk, correction, actor=person(request), now=time.now())
    return _shown(pk)


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
