"""Months, bonus and corrective actions over HTTP."""

from datetime import date

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Pages, Problem, keeps_answer
from inspections.actions import improvement
from inspections.actions import months as actions
from inspections.api import shapes
from inspections.api.people import checked, hall_of, must, person
from inspections.models import Bonus, CorrectiveAction, MonthResult
from inspections.states import ActionState
from staff.models import User


@extend_schema(
    parameters=[OpenApiParameter("month", description="2026-11"), OpenApiParameter("hall_type")],
    responses=shapes.MonthsOut,
    operation_id="inspections_months",
)
@api_view(["GET"])
def months(request: Request) -> Response:
    """Means and places; halls without visits enough have no place."""
    who = person(request, "inspection.see")
    rows = MonthResult.objects.filter(hall__in=who.hall_ids("inspection.see")).select_related("hall")
    if text := request.query_params.get("month", ""):
        rows = rows.filter(month=month_of(text))
    if kind := request.query_params.get("hall_type", ""):
        rows = rows.filter(hall_type=kind.replace("\x00", ""))
    pages = Pages()
    found = pages.paginate_queryset(rows.order_by("-month", "hall_type", "rank", "hall"), request)
    return pages.get_paginated_response([shapes.month_result(row) for row in found or ()])


def month_of(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValidationError({"month": ["月份应写成 2026-11。"]}) from None


@extend_schema(
    request=shapes.BonusIn,
    responses={201: shapes.BonusOut, 409: Problem},
    operation_id="inspections_nominate",
)
@api_view(["POST"])
@keeps_answer
def bonuses(request: Request) -> Response:
    """加分申报 by the hall (R-I-8)."""
    who = person(request, "inspection.act")
    asked = checked(shapes.BonusIn, request)
    hall = hall_of(who, asked.pop("hall"), "inspection.act")
    month = month_of(asked.pop("month"))
    made = actions.nominate(hall, month, **asked, actor=who)
    return Response(shapes.bonus(made), status=201)


@extend_schema(
    request=shapes.BonusDecisionIn,
    responses={200: shapes.BonusOut, 409: Problem},
    operation_id="inspections_bonus",
)
@api_view(["POST"])
@keeps_answer
def decide_bonus(request: Request, bonus_id: int) -> Response:
    who = person(request, "inspection.see")
    row = Bonus.objects.select_related("hall").filter(pk=bonus_id, hall__in=who.hall_ids("inspection.see")).first()
    if row is None:
        raise Http404
    must(who, row.hall, "inspection.decide")
    made = actions.decide(row, **checked(shapes.BonusDecisionIn, request), actor=who, now=time.now())
    return Response(shapes.bonus(made))


@extend_schema(
    parameters=[OpenApiParameter("state", enum=ActionState.values)],
    responses=shapes.CorrectivesOut,
    operation_id="inspections_actions",
)
@api_view(["GET"])
def corrective(request: Request) -> Response:
    """整改, by their day."""
    who = person(request, "inspection.see")
    rows = CorrectiveAction.objects.filter(hall__in=who.hall_ids("inspection.see"))
    if state := request.query_params.get("state", ""):
        if state not in ActionState.values:
            raise ValidationError({"state": ["没有这个状态。"]})
        rows = rows.filter(state=state)
    pages = Pages()
    found = pages.paginate_queryset(rows.select_related("hall", "finding", "owner").order_by("due_on", "id"), request)
    return pages.get_paginated_response([shapes.action(row) for row in found or ()])


def _action(who: User, pk: int) -> CorrectiveAction:
    rows = CorrectiveAction.objects.select_related("hall", "finding", "owner")
    row = rows.filter(pk=pk, hall__in=who.hall_ids("inspection.see")).first()
    if row is None:
        raise Http404
    return row


@extend_schema(
    request=shapes.CorrectiveProofIn,
    responses={200: shapes.CorrectiveOut, 409: Problem},
    operation_id="inspections_prove",
)
@api_view(["POST"])
@keeps_answer
def prove(request: Request, action_id: int) -> Response:
    """What was done about it; now somebody else looks."""
    who = person(request, "inspection.see")
    row = _action(who, action_id)
    if row.owner_id != who.pk:
        must(who, row.hall, "inspection.act", "inspection.patrol")
    improvement.prove(row, checked(shapes.CorrectiveProofIn, request)["proof"], actor=who, now=time.now())
    return Response(shapes.action(_action(who, action_id)))


@extend_schema(
    request=shapes.CorrectiveRecheckIn,
    responses={200: shapes.CorrectiveOut, 409: Problem},
    operation_id="inspections_recheck",
)
@api_view(["POST"])
@keeps_answer
def recheck(request: Request, action_id: int) -> Response:
    """Passed, or back to the hall with the reason."""
    who = person(request, "inspection.see")
    row = _action(who, action_id)
    must(who, row.hall, "inspection.audit", "inspection.decide")
    improvement.recheck(row, **checked(shapes.CorrectiveRecheckIn, request), actor=who, now=time.now())
    return Response(shapes.action(_action(who, action_id)))
