"""营业周报 and 支撑需求 over HTTP: the acts of the pages."""

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
from halls.models import Hall
from overview.actions import support, weekly
from overview.api.drafts import EditsIn, TextsIn
from overview.models import SupportRequest, WeeklyReport, WeeklyVersion
from overview.papers import weekly as papers
from overview.queries import support as support_reads
from overview.queries import weekly as reads
from overview.rules import weekly as rules
from overview.states import ReportState, Section, SupportState
from staff.api.handovers import checked, person
from staff.models import User

NO_RIGHT = "没有这项工作的权限。如工作需要,请联系店长或区县主管开通。"


class AskShape(serializers.Serializer):
    key = serializers.CharField(required=False, allow_blank=True, max_length=12)
    section = serializers.ChoiceField(choices=[(one.value, one.value) for one in rules.PROBLEMS])
    text = serializers.CharField(max_length=rules.LONGEST_ASK)


class BeginIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    week = serializers.DateField(help_text="the Monday")


class DraftIn(TextsIn):
    PARTS = Section.values

    asks = AskShape(many=True, required=False)


class ReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class ReportLine(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    week = serializers.DateField()
    state = serializers.ChoiceField(choices=ReportState.choices)
    due_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)


class ReportOut(ReportLine):
    version = serializers.IntegerField()
    versions = serializers.ListField(child=serializers.IntegerField())
    edits = serializers.IntegerField()
    is_signed = serializers.BooleanField()
    signed_by = serializers.CharField(allow_blank=True)
    texts = serializers.DictField(child=serializers.CharField(allow_blank=True))
    typed = serializers.ListField(child=serializers.CharField(), help_text="sections somebody wrote in a draft")
    asks = AskShape(many=True)
    figures = serializers.DictField()


def line(row: WeeklyReport, state: ReportState) -> dict[str, Any]:
    return {
        "id": row.pk,
        "hall": row.hall.code,
        "week": row.monday,
        "state": state,
        "due_at": time.local(row.due_at),
        "signed_at": time.local(row.signed_at) if row.signed_at else None,
    }


def told(version: WeeklyVersion) -> dict[str, Any]:
    row, now = version.report, time.now()
    shown = reads.shown(version, now)
    return {
        **line(row, reads.lines_of([row.hall], [row.monday], now)[0].state),
        "version": version.number,
        "versions": list(row.versions.order_by("number").values_list("number", flat=True)),
        "edits": version.edits,
        "is_signed": version.is_signed,
        "signed_by": version.signed_by.name if version.signed_by else "",
        "texts": shown.texts,
        "typed": [] if version.is_signed else sorted(version.texts),
        "asks": version.asks,
        "figures": shown.figures,
    }


def _seen(request: Request) -> User:
    who = person(request)
    if not who.may("report.see"):
        raise PermissionDenied(NO_RIGHT)
    return who


def _must(who: User, hall: Hall, verb: str) -> None:
    if not who.may(verb, hall):
        raise PermissionDenied(NO_RIGHT)


def _report(who: User, pk: int) -> WeeklyReport:
    row = WeeklyReport.objects.visible_to(who).select_related("hall__region__parent__parent").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _version(row: WeeklyReport, number: int | None = None) -> WeeklyVersion:
    """The asked version; else the draft, else what is signed."""
    found = row.versions.filter(number=number).first() if number is not None else reads.draft_of(row)
    if found is None and number is not None:
        raise Http404
    found = found or reads.current(row)
    found.report = row
    return found


@extend_schema(
    methods=["GET"],
    parameters=[OpenApiParameter("hall", description="code"), OpenApiParameter("state", enum=ReportState.values)],
    responses=page_of("WeeklyReportsPage", ReportLine),
    operation_id="weekly_reports_list",
)
@extend_schema(
    methods=["POST"], request=BeginIn, responses={201: ReportOut, 409: Problem}, operation_id="weekly_reports_begin"
)
@api_view(["GET", "POST"])
@keeps_answer
def reports(request: Request) -> Response:
    """Begun reports of one's halls, newest week first; POST opens the draft of a hall's week."""
    who = _seen(request)
    if request.method == "POST":
        return _begin(request, who)
    now, state = time.now(), request.query_params.get("state", "")
    rows = WeeklyReport.objects.visible_to(who).select_related("hall").prefetch_related("versions")
    if code := request.query_params.get("hall", ""):
        rows = rows.filter(hall__code=code.replace("\x00", ""))
    known = [(row, _state(row, now)) for row in rows]
    return paged(request, [one for one in known if not state or one[1] == state], lambda one: line(*one))


def _state(row: WeeklyReport, now: Any) -> ReportState:
    has_draft = any(not one.is_signed for one in row.versions.all())
    return rules.state_of(rules.Standing(row.due_at, row.signed_at, has_draft=has_draft), now)


def _begin(request: Request, who: User) -> Response:
    asked = checked(BeginIn, request)
    halls = Hall.objects.select_related("region__parent__parent").filter(pk__in=who.hall_ids("report.see"))
    hall = halls.filter(code=asked["hall"].replace("\x00", ""), is_live=True).first()
    if hall is None:
        raise Http404
    _must(who, hall, "report.write")
    version = weekly.begin(hall, asked["week"], actor=who, now=time.now())
    return Response(told(_version(_report(who, version.report_id), version.number)), status=201)


@extend_schema(
    parameters=[OpenApiParameter("version", OpenApiTypes.INT)], responses=ReportOut, operation_id="weekly_reports_one"
)
@api_view(["GET"])
def report(request: Request, pk: int) -> Response:
    """With texts and figures: those of a draft as they stand now, those of a signed version as they were signed."""
    row = _report(_seen(request), pk)
    asked = request.query_params.get("version", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 5):
        raise ValidationError({"version": ["请填写版本号。"]})
    return Response(told(_version(row, int(asked) if asked else None)))


@extend_schema(request=DraftIn, responses={200: ReportOut, 409: Problem}, operation_id="weekly_reports_save")
@api_view(["PATCH"])
@keeps_answer
def draft(request: Request, pk: int) -> Response:
    """409 `moved_on` (somebody saved since), `signed`, `too_long`, `too_many`."""
    who = _seen(request)
    row = _report(who, pk)
    _must(who, row.hall, "report.write")
    asked, version = checked(DraftIn, request), _version(row)
    texts = {**version.texts, **asked["texts"]}
    kept = {code: text for code, text in texts.items() if text is not None}
    written = weekly.Written(kept, asked.get("asks", version.asks), asked["edits"])
    weekly.save(version, written, actor=who, now=time.now())
    return Response(told(_version(row)))


@extend_schema(request=EditsIn, responses={200: ReportOut, 409: Problem}, operation_id="weekly_reports_sign")
@api_view(["POST"])
@keeps_answer
def sign(request: Request, pk: int) -> Response:
    """409 `too_early`, `moved_on`, `signed`."""
    who = _seen(request)
    row = _report(who, pk)
    _must(who, row.hall, "report.sign")
    signed = weekly.sign(_version(row), edits=checked(EditsIn, request)["edits"], actor=who, now=time.now())
    return Response(told(_version(row, signed.number)))


@extend_schema(request=ReasonIn, responses={201: ReportOut, 409: Problem}, operation_id="weekly_reports_correct")
@api_view(["POST"])
@keeps_answer
def correct(request: Request, pk: int) -> Response:
    """The next version beside the signed one. 409 `not_signed`, `draft_exists`."""
    who = _seen(request)
    row = _report(who, pk)
    _must(who, row.hall, "report.sign")
    made = weekly.correct(row, checked(ReasonIn, request)["reason"], actor=who, now=time.now())
    return Response(told(_version(row, made.number)), status=201)


@extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, operation_id="weekly_reports_file")
@api_view(["GET"])
def file(request: Request, pk: int, number: int, kind: str) -> HttpResponse:
    """The document; `kind` is docx, pdf or xlsx."""
    who = _seen(request)
    version, now = _version(_report(who, pk), number), time.now()
    if kind not in documents.WRITERS:
        raise Http404
    made = papers.document(reads.shown(version, now))
    return documents.answer(made, kind, name=papers.file_name(version), by=who.name, now=now)


# ---- support requests ------------------------------------------------------------------------------------------


class SupportOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    report = serializers.IntegerField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=SupportState.choices)
    due_on = serializers.DateField()
    owner = serializers.CharField(allow_blank=True, help_text="工号 of whom in the city answers for it")
    answer = serializers.CharField(allow_blank=True)
    promised_on = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField()


class SupportChange(serializers.Serializer):
    """`act`: assign (with `owner`), answer (with `text` and `promised_on`), decline (with `text`), done."""

    act = serializers.ChoiceField(choices=["assign", "answer", "decline", "done"])
    owner = serializers.CharField(required=False, max_length=20)
    text = serializers.CharField(required=False, max_length=500)
    promised_on = serializers.DateField(required=False)

    NEEDS = {"assign": ("owner",), "answer": ("text", "promised_on"), "decline": ("text",), "done": ()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if missing := [name for name in self.NEEDS[attrs["act"]] if name not in attrs]:
            raise ValidationError({name: ["请填写。"] for name in missing})
        return attrs


def item(row: SupportRequest) -> dict[str, Any]:
    return {
        "id": row.pk,
        "hall": row.hall.code,
        "report": row.report_id,
        "text": row.text,
        "state": row.state,
        "due_on": row.due_on,
        "owner": row.owner.staff_no if row.owner else "",
        "answer": row.answer,
        "promised_on": row.promised_on,
        "is_late": row.is_late(time.business_day(time.now())),
    }


@extend_schema(
    parameters=[OpenApiParameter("state", enum=[*SupportState.values, "late"])],
    responses=page_of("SupportRequestsPage", SupportOut),
    operation_id="support_requests_list",
)
@api_view(["GET"])
def requests(request: Request) -> Response:
    who = _seen(request)
    today = time.business_day(time.now())
    return paged(request, support_reads.requests(who, state=request.query_params.get("state", ""), today=today), item)


@extend_schema(request=SupportChange, responses={200: SupportOut, 409: Problem}, operation_id="support_requests_change")
@api_view(["POST"])
@keeps_answer
def change(request: Request, pk: int) -> Response:
    """409 `bad_move`, `bad_day`, `no_answer`, `not_an_answerer`."""
    who = _seen(request)
    rows = SupportRequest.objects.visible_to(who).select_related("hall", "owner")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    if not (who.may("support.answer", row.hall) or who.may("report.write", row.hall)):
        raise PermissionDenied(NO_RIGHT)
    asked = checked(SupportChange, request)
    _must(who, row.hall, "report.write" if asked["act"] == "done" else "support.answer")
    _act(row, asked, who)
    return Response(item(rows.get(pk=pk)))


def _act(row: SupportRequest, asked: dict[str, Any], who: User) -> None:
    now = time.now()
    if asked["act"] == "assign":
        owner = next((one for one in support_reads.answerers() if one.staff_no == asked["owner"]), None)
        if owner is None:
            raise ValidationError({"owner": ["没有这位责任人。"]})
        support.assign(row, owner, actor=who, now=now)
    elif asked["act"] == "answer":
        support.answer(row, asked["text"], promised_on=asked["promised_on"], actor=who, now=now)
    elif asked["act"] == "decline":
        support.decline(row, asked["text"], actor=who, now=now)
    else:
        support.confirm_done(row, actor=who, now=now)


urlpatterns = [
    path("weekly-reports/", reports),
    path("weekly-reports/<int:pk>/", report),
    path("weekly-reports/<int:pk>/draft/", draft),
    path("weekly-reports/<int:pk>/sign/", sign),
    path("weekly-reports/<int:pk>/correct/", correct),
    path("weekly-reports/<int:pk>/versions/<int:number>/<slug:kind>/", file),
    path("support-requests/", requests),
    path("support-requests/<int:pk>/change/", change),
]
