"""Visits over HTTP: arranged, cancelled, read; patrols begun; appeals raised and decided."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Pages, Problem, keeps_answer
from core.errors import Refused
from inspections.actions import appeals as appeal_actions
from inspections.actions import visits as actions
from inspections.api import shapes
from inspections.api.people import checked, hall_of, must, person, visit_of
from inspections.models import Appeal, Visit
from inspections.queries import cards as card_reads
from inspections.states import VisitState
from staff.models import User

SEES = ("inspection.see", "inspection.plan", "inspection.audit", "inspection.patrol")


@extend_schema(
    methods=["GET"],
    parameters=[OpenApiParameter("hall"), OpenApiParameter("state", enum=VisitState.values)],
    responses=shapes.InspectionsOut,
    operation_id="inspections_visits",
)
@extend_schema(
    methods=["POST"],
    request=shapes.ArrangeIn,
    responses={201: shapes.InspectionOut, 409: Problem},
    operation_id="inspections_arrange",
)
@api_view(["GET", "POST"])
def visits(request: Request) -> Response:
    """GET: what the caller may see, newest first. POST: one visit by hand."""
    who = person(request, *SEES)
    return _arrange(request) if request.method == "POST" else _list(request, who)


def _list(request: Request, who: User) -> Response:
    rows = Visit.objects.visible_to(who).select_related("hall", "version__card").prefetch_related("findings")
    if hall := request.query_params.get("hall", ""):
        if "\x00" in hall:
            raise ValidationError({"hall": ["没有这个营业厅。"]})
        rows = rows.filter(hall__code=hall)
    if state := request.query_params.get("state", ""):
        if state not in VisitState.values:
            raise ValidationError({"state": ["没有这个状态。"]})
        rows = rows.filter(state=state)
    pages = Pages()
    found = pages.paginate_queryset(rows.order_by("-planned_on", "id"), request)
    return pages.get_paginated_response([shapes.visit(row) for row in found or ()])


@keeps_answer
def _arrange(request: Request) -> Response:
    who = person(request, "inspection.plan")
    asked = checked(shapes.ArrangeIn, request)
    hall = hall_of(who, asked["hall"], "inspection.plan")
    auditor = User.objects.filter(staff_no=asked["auditor"], is_active=True).first()
    if auditor is None:
        raise Refused("unknown_person", f"没有工号 {asked['auditor']},请核对。")
    version = card_reads.ranked()
    if version is None:
        raise Refused("no_card", "还没有发布参加排名的评分表,请先发布。")
    made = actions.arrange(hall, version, auditor, on=asked["on"], kind=asked["kind"])
    return Response(shapes.visit(visit_of(who, made.pk)), status=201)


@extend_schema(responses=shapes.InspectionOut, operation_id="inspections_visit")
@api_view(["GET"])
def visit(request: Request, visit_id: UUID) -> Response:
    """One visit with its arithmetic line by line."""
    return Response(shapes.visit(visit_of(person(request, *SEES), visit_id)))


@extend_schema(request=None, responses={200: shapes.InspectionOut, 409: Problem}, operation_id="inspections_cancel")
@api_view(["POST"])
@keeps_answer
def cancel(request: Request, visit_id: UUID) -> Response:
    """Before it begins."""
    who = person(request, *SEES)
    row = visit_of(who, visit_id)
    must(who, row.hall, "inspection.plan")
    actions.cancel(row)
    return Response(shapes.visit(visit_of(who, visit_id)))


@extend_schema(
    request=shapes.PatrolIn,
    responses={201: shapes.InspectionOut, 409: Problem},
    operation_id="inspections_patrol",
)
@api_view(["POST"])
@keeps_answer
def patrols(request: Request) -> Response:
    """A patrol or self-check of one's own hall with the short card; the one under way, if there is one."""
    who = person(request, "inspection.patrol")
    asked = checked(shapes.PatrolIn, request)
    hall = hall_of(who, asked["hall"], "inspection.patrol")
    made = actions.patrol(hall, who, kind=asked["kind"], now=time.now())
    return Response(shapes.visit(visit_of(who, made.pk)), status=201)


@extend_schema(
    request=shapes.InspectionAppealIn,
    responses={201: shapes.InspectionAppealOut, 409: Problem},
    operation_id="inspections_appeal",
)
@api_view(["POST"])
@keeps_answer
def appeal(request: Request, visit_id: UUID) -> Response:
    """The hall disputes deductions of a submitted visit (R-I-12)."""
    who = person(request, *SEES)
    row = visit_of(who, visit_id)
    must(who, row.hall, "inspection.act")
    asked = checked(shapes.InspectionAppealIn, request)
    named = list(row.findings.filter(pk__in=asked["findings"]))
    if len(named) != len(set(asked["findings"])):
        raise Refused("nothing_named", "请选择这次检查里的扣分项。")
    made = appeal_actions.raise_appeal(row, named, asked["reason"], actor=who, now=time.now())
    return Response(shapes.appeal(made), status=201)


@extend_schema(
    request=shapes.AppealDecisionIn,
    responses={200: shapes.InspectionAppealOut, 409: Problem},
    operation_id="inspections_appeal_decide",
)
@api_view(["POST"])
@keeps_answer
def decide_appeal(request: Request, appeal_id: int) -> Response:
    """Withdraws what is granted and issues the score anew."""
    who = person(request, *SEES)
    row = Appeal.objects.select_related("hall").filter(pk=appeal_id, hall__in=who.hall_ids("inspection.see")).first()
    if row is None:
        raise Http404
    must(who, row.hall, "inspection.decide")
    asked = checked(shapes.AppealDecisionIn, request)
    granted = list(row.findings.filter(pk__in=asked["granted"]))
    if len(granted) != len(set(asked["granted"])):
        raise Refused("nothing_named", "只能处理申诉里列出的扣分项。")
    made = appeal_actions.decide(row, granted, asked["answer"], actor=who, now=time.now())
    return Response(shapes.appeal(made))
