"""月度通报 over HTTP: the acts of the pages."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import documents, time
from core.api import Problem, keeps_answer, page_of, paged
from halls.queries import visible_halls
from overview.actions import circulars
from overview.actions.circular_photos import pictures_of
from overview.api.drafts import EditsIn, TextsIn
from overview.api.weekly import NO_RIGHT, ReasonIn
from overview.models import Circular, CircularVersion
from overview.papers import circulars as papers
from overview.queries import circulars as reads
from overview.rules import circulars as rules
from overview.states import CircularPart, CircularState
from staff.api.handovers import checked, person
from staff.models import User


class CircularBeginIn(serializers.Serializer):
    region = serializers.CharField(max_length=20)
    month = serializers.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", help_text="2026-10; a month that is over")


class PhotoShape(serializers.Serializer):
    photo = serializers.UUIDField(help_text="of a deduction of the month")
    caption = serializers.CharField(allow_blank=True, max_length=rules.LONGEST_CAPTION, default="")


class CircularDraftIn(TextsIn):
    PARTS = CircularPart.values

    photos = PhotoShape(many=True, required=False)


class ReceiveIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)


class CircularLine(serializers.Serializer):
    id = serializers.IntegerField()
    region = serializers.CharField()
    month = serializers.CharField()
    state = serializers.ChoiceField(choices=CircularState.choices)
    issued_at = serializers.DateTimeField(allow_null=True)
    audience = serializers.IntegerField(help_text="halls to which it goes")
    received = serializers.IntegerField(help_text="halls that have received the version that counts")


class CircularOut(CircularLine):
    version = serializers.IntegerField()
    versions = serializers.ListField(child=serializers.IntegerField())
    edits = serializers.IntegerField()
    is_issued = serializers.BooleanField()
    issued_by = serializers.CharField(allow_blank=True)
    texts = serializers.DictField(child=serializers.CharField(allow_blank=True))
    typed = serializers.ListField(child=serializers.CharField(), help_text="parts somebody wrote in a draft")
    photos = PhotoShape(many=True)
    content = serializers.DictField(help_text="ranking, figures, faults, top, bottom, actions")


def line(one: reads.Line) -> dict[str, Any]:
    issued = one.issued
    return {
        "id": one.circular.pk,
        "region": one.circular.region.code,
        "month": f"{one.circular.month:%Y-%m}",
        "state": one.state,
        "issued_at": time.local(issued.issued_at) if issued and issued.issued_at else None,
        "audience": one.audience,
        "received": one.read,
    }


def told(version: CircularVersion, who: User) -> dict[str, Any]:
    row = version.circular
    shown = reads.shown(version, time.now())
    versions = row.versions.order_by("number")
    issues = reads.issues(who, row.region)
    return {
        **line(reads.lines([row], who)[0]),
        "version": version.number,
        "versions": [one.number for one in versions.only("number", "state") if one.is_issued or issues],
        "edits": version.edits,
        "is_issued": version.is_issued,
        "issued_by": version.issued_by.name if version.issued_by else "",
        "texts": shown.texts,
        "typed": [] if version.is_issued else sorted(version.texts),
        "photos": [{"photo": one["photo"], "caption": one["caption"]} for one in version.photos],
        "content": shown.content,
    }


def _seen(request: Request) -> User:
    who = person(request)
    if not who.may("report.see"):
        raise PermissionDenied(NO_RIGHT)
    return who


def _circular(who: User, pk: int) -> Circular:
    row = reads.visible(who).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _must_issue(who: User, row: Circular) -> None:
    if not reads.issues(who, row.region):
        raise PermissionDenied(NO_RIGHT)


def _version(who: User, row: Circular, number: int | None = None) -> CircularVersion:
    """The asked version; else the draft for who issues, else what was issued last. Drafts are nobody else's."""
    issues = reads.issues(who, row.region)
    if number is not None:
        found = row.versions.filter(number=number).first() if number < 2**15 else None
    else:
        found = (reads.draft_of(row) if issues else None) or reads.issued_of(row)
    if found is None or not (found.is_issued or issues):
        raise Http404
    found.circular = row
    return found


@extend_schema(
    methods=["GET"],
    parameters=[OpenApiParameter("region", description="code"), OpenApiParameter("state", enum=CircularState.values)],
    responses=page_of("CircularsPage", CircularLine),
    operation_id="circulars_list",
)
@extend_schema(
    methods=["POST"],
    request=CircularBeginIn,
    responses={201: CircularOut, 409: Problem},
    operation_id="circulars_begin",
)
@api_view(["GET", "POST"])
@keeps_answer
def all_circulars(request: Request) -> Response:
    """What was issued to one's halls, and one's own drafts, the newest month first; POST opens the draft of a month."""
    who = _seen(request)
    if request.method == "POST":
        return _begin(request, who)
    rows = reads.visible(who)
    if code := request.query_params.get("region", ""):
        rows = rows.filter(region__code=code.replace("\x00", ""))
    state = request.query_params.get("state", "")
    return paged(request, [one for one in reads.lines(rows, who) if state in {"", one.state}], line)


def _begin(request: Request, who: User) -> Response:
    asked = checked(CircularBeginIn, request)
    if not who.may("circular.issue"):
        raise PermissionDenied(NO_RIGHT)
    region = next((one for one in reads.issuing_regions(who) if one.code == asked["region"]), None)
    if region is None:
        raise Http404
    month = serializers.DateField().to_internal_value(f"{asked['month']}-01")
    version = circulars.begin(region, month, actor=who, now=time.now())
    row = _circular(who, version.circular_id)
    return Response(told(_version(who, row, version.number), who), status=201)


@extend_schema(
    parameters=[OpenApiParameter("version", OpenApiTypes.INT)], responses=CircularOut, operation_id="circulars_one"
)
@api_view(["GET"])
def one_circular(request: Request, pk: int) -> Response:
    """With texts and figures: those of a draft as they stand now, those of an issued version as they were issued."""
    who = _seen(request)
    row = _circular(who, pk)
    asked = request.query_params.get("version", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 5):
        raise ValidationError({"version": ["请填写版本号。"]})
    return Response(told(_version(who, row, int(asked) if asked else None), who))


@extend_schema(request=CircularDraftIn, responses={200: CircularOut, 409: Problem}, operation_id="circulars_save")
@api_view(["PATCH"])
@keeps_answer
def draft(request: Request, pk: int) -> Response:
    """409 `moved_on`, `issued`, `too_long`, `too_many`, `strange_photo`."""
    who = _seen(request)
    row = _circular(who, pk)
    _must_issue(who, row)
    asked, version = checked(CircularDraftIn, request), _version(who, row)
    kept = {code: text for code, text in {**version.texts, **asked["texts"]}.items() if text is not None}
    chosen = version.photos
    if "photos" in asked:
        chosen = [{"photo": str(one["photo"]), "caption": one["caption"]} for one in asked["photos"]]
    circulars.save(version, circulars.Written(kept, chosen, asked["edits"]), actor=who, now=time.now())
    return Response(told(_version(who, row), who))


@extend_schema(request=EditsIn, responses={200: CircularOut, 409: Problem}, operation_id="circulars_issue")
@api_view(["POST"])
@keeps_answer
def issue(request: Request, pk: int) -> Response:
    """409 `moved_on`, `issued`, `photo_gone`."""
    who = _seen(request)
    row = _circular(who, pk)
    _must_issue(who, row)
    edits = checked(EditsIn, request)["edits"]
    made = circulars.issue(_version(who, row), edits=edits, actor=who, now=time.now())
    return Response(told(_version(who, row, made.number), who))


@extend_schema(request=ReasonIn, responses={201: CircularOut, 409: Problem}, operation_id="circulars_correct")
@api_view(["POST"])
@keeps_answer
def correct(request: Request, pk: int) -> Response:
    """The next version beside the issued one. 409 `not_issued`, `draft_exists`."""
    who = _seen(request)
    row = _circular(who, pk)
    _must_issue(who, row)
    made = circulars.correct(row, checked(ReasonIn, request)["reason"], actor=who, now=time.now())
    return Response(told(_version(who, row, made.number), who), status=201)


@extend_schema(request=ReceiveIn, responses={200: CircularOut, 409: Problem}, operation_id="circulars_receive")
@api_view(["POST"])
@keeps_answer
def receive(request: Request, pk: int) -> Response:
    """签收 for one of one's halls; again changes nothing. 409 `not_issued`, `not_addressed`."""
    who = _seen(request)
    row = _circular(who, pk)
    if not who.may("circular.receive"):
        raise PermissionDenied(NO_RIGHT)
    code = checked(ReceiveIn, request)["hall"].replace("\x00", "")
    hall = visible_halls(who, "circular.receive").filter(code=code).first()
    if hall is None:
        raise Http404
    circulars.receive(row, hall, actor=who, now=time.now())
    return Response(told(_version(who, row), who))


@extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, operation_id="circulars_file")
@api_view(["GET"])
def file(request: Request, pk: int, number: int, kind: str) -> HttpResponse:
    """The document; `kind` is docx, pdf or xlsx."""
    who, now = _seen(request), time.now()
    version = _version(who, _circular(who, pk), number)
    if kind not in documents.WRITERS:
        raise Http404
    made = papers.document(reads.shown(version, now), pictures_of(version))
    return documents.answer(made, kind, name=papers.file_name(version), by=who.name, now=now)


urlpatterns = [
    path("circulars/", all_circulars),
    path("circulars/<int:pk>/", one_circular),
    path("circulars/<int:pk>/draft/", draft),
    path("circulars/<int:pk>/issue/", issue),
    path("circulars/<int:pk>/correct/", correct),
    path("circulars/<int:pk>/receive/", receive),
    path("circulars/<int:pk>/versions/<int:number>/<slug:kind>/", file),
]
