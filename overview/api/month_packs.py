"""月度资料包 over HTTP: what a month has left open, its figures, the files."""

from datetime import date
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
from core.api import Problem, page_of, paged
from halls.models import Hall
from halls.queries import visible_halls
from overview.api.weekly import NO_RIGHT
from overview.papers import month_pack as papers
from overview.queries import month_pack as reads
from overview.queries.month_open import Item
from overview.rules import months as rules
from overview.states import Unfinished
from staff.api.handovers import person
from staff.models import User

MONTH = OpenApiParameter("month", description="2026-10; last month unless said")


class UnfinishedOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Unfinished.choices)
    what = serializers.CharField()
    is_late = serializers.BooleanField()


class MonthPackLine(serializers.Serializer):
    hall = serializers.CharField()
    name = serializers.CharField()
    is_closed = serializers.BooleanField(help_text="月结 is done")
    closings = serializers.IntegerField(help_text="daily closings submitted in the month")
    score = serializers.FloatField(allow_null=True)
    open = UnfinishedOut(many=True)


class MonthPackOut(MonthPackLine):
    month = serializers.CharField()
    is_over = serializers.BooleanField()
    figures = serializers.DictField(child=serializers.FloatField(allow_null=True), help_text="by key; null = not known")
    before = serializers.DictField(child=serializers.FloatField(allow_null=True), help_text="of the month before")


def item(one: Item) -> dict[str, Any]:
    return {"kind": one.kind, "what": one.what, "is_late": one.is_late}


def line(one: reads.HallLine) -> dict[str, Any]:
    return {
        "hall": one.hall.code,
        "name": one.hall.name,
        "is_closed": one.month_closing is not None,
        "closings": one.closings,
        "score": None if one.score is None else float(one.score),
        "open": [item(row) for row in one.open],
    }


def _halls(request: Request) -> tuple[User, list[Hall]]:
    who = person(request)
    if not who.may("report.see"):
        raise PermissionDenied(NO_RIGHT)
    return who, list(visible_halls(who, "report.see").filter(is_live=True).order_by("code"))


def _hall(request: Request, code: str) -> tuple[User, Hall]:
    who, halls = _halls(request)
    found = next((one for one in halls if one.code == code), None)
    if found is None:
        raise Http404
    return who, found


def _month(text: str) -> date:
    """400 for what is no month, or one that has not begun."""
    today = time.business_day(time.now())
    try:
        month = date.fromisoformat(f"{text}-01") if text else rules.month_before(today)
    except ValueError:
        raise ValidationError({"month": ["请按 2026-10 的格式填写月份。"]}) from None
    if not rules.EARLIEST <= month <= today:
        raise ValidationError({"month": ["这个月还没有到,或没有记录。"]})
    return month


@extend_schema(parameters=[MONTH], responses=page_of("MonthPacksPage", MonthPackLine), operation_id="month_packs_list")
@api_view(["GET"])
def all_packs(request: Request) -> Response:
    """One's halls with what the month has left open."""
    _, halls = _halls(request)
    month = _month(request.query_params.get("month", ""))
    return paged(request, reads.overview(halls, month, time.now()), line)


@extend_schema(parameters=[MONTH], responses=MonthPackOut, operation_id="month_packs_one")
@api_view(["GET"])
def one_pack(request: Request, code: str) -> Response:
    """A running month is told up to now, with `is_over` false."""
    who, hall = _hall(request, code)
    month, now = _month(request.query_params.get("month", "")), time.now()
    pack = reads.of_hall(hall, month, who, now)
    (short,) = reads.overview([hall], month, now)
    return Response(
        {
            **line(short),
            "month": f"{month:%Y-%m}",
            "is_over": pack.is_over,
            "figures": {one.figure.key: one.value for one in pack.lines},
            "before": {one.figure.key: one.before for one in pack.lines},
        }
    )


@extend_schema(
    responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 409: Problem}, operation_id="month_packs_file"
)
@api_view(["GET"])
def file(request: Request, code: str, month: str, kind: str) -> HttpResponse:
    """The document of a month that is over; `kind` is docx, pdf or xlsx. 409 `month_running`, `bad_month`."""
    who, hall = _hall(request, code)
    if kind not in documents.WRITERS:
        raise Http404
    now = time.now()
    try:
        asked = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    rules.check_over(asked, time.business_day(now), for_what="下载月度资料包")
    made = papers.document(reads.of_hall(hall, asked, who, now))
    return documents.answer(made, kind, name=papers.file_name(hall, asked), by=who.name, now=now)


urlpatterns = [
    path("month-packs/", all_packs),
    path("month-packs/<slug:code>/", one_pack),
    path("month-packs/<slug:code>/<slug:month>/<slug:kind>/", file),
]
