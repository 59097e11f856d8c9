"""Refunds over HTTP: asked for by people, their state read and confirmed by the billing system's account."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.actions import refunds as actions
from complaints.api import shapes
from complaints.api.cases import FORBIDDEN, case_for, person
from complaints.forms.money import RefundForm
from complaints.models import Refund
from complaints.queries.access import WORK, may
from core import time
from core.api import Pages, Problem, checked_form, keeps_answer


def facts(one: Refund) -> dict[str, Any]:
    payments = [
        {"part": row.part, "amount": str(row.amount), "state": row.state, "batch": row.batch, "paid_at": row.paid_at}
        for row in one.payments.order_by("pk")
    ]
    return {
        "id": one.pk,
        "complaint": one.complaint.number,
        "item": one.item,
        "ground": one.ground,
        "charged": str(one.charged),
        "overcharge": str(one.overcharge),
        "total": str(one.total),
        "is_pre": one.is_pre,
        "rung": one.rung,
        "verify_due_at": one.verify_due_at,
        "payments": payments,
    }


def _rows(request: Request) -> Any:
    rows = Refund.objects.filter(complaint__hall__in=person(request).hall_ids("complaint.see"))
    return rows.select_related("complaint__hall").prefetch_related("payments").order_by("-asked_at", "pk")


@extend_schema(responses=shapes.RefundOut(many=True), operation_id="complaints_refunds_list")
@api_view(["GET"])
def refunds(request: Request) -> Response:
    """Refunds of one's halls, the latest first."""
    pages = Pages()
    rows: Any = pages.paginate_queryset(_rows(request), request)
    return pages.get_paginated_response([facts(one) for one in rows or []])


def _found(request: Request, pk: int) -> Refund:
    found = _rows(request).filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    return found


@extend_schema(responses=shapes.RefundOut, operation_id="complaints_refunds_retrieve")
@api_view(["GET"])
def refund(request: Request, pk: int) -> Response:
    """One refund and where each payment stands."""
    return Response(facts(_found(request, pk)))


@extend_schema(
    request=shapes.shape_of("RefundIn", RefundForm),
    responses={201: shapes.RefundOut, 409: Problem},
    operation_id="complaints_refund",
)
@api_view(["POST"])
@keeps_answer
def ask(request: Request, number: str) -> Response:
    """Ask for a refund on a case."""
    found, user = case_for(request, number), person(request)
    if not may(user, found, WORK):
        raise PermissionDenied(FORBIDDEN)
    form = RefundForm(shapes.typed(request.data))
    checked_form(form)
    made = actions.ask_refund(found.pk, form.claim(), person=user, now=time.now())
    return Response(facts(made), status=201)


@extend_schema(
    request=shapes.PaidIn, responses={200: shapes.RefundOut, 409: Problem}, operation_id="complaints_refunds_paid"
)
@api_view(["POST"])
@keeps_answer
def paid(request: Request, pk: int) -> Response:
    """The customer has this part (right `complaint.handle`). Once, for ever."""
    found, user = _found(request, pk), person(request)
    if not user.may("complaint.handle", found.complaint.hall):
        raise PermissionDenied(FORBIDDEN)
    asked = shapes.PaidIn(data=request.data)
    asked.is_valid(raise_exception=True)
    actions.mark_paid(found.pk, asked.validated_data["part"], person=user, now=time.now())
    return Response(facts(_found(request, pk)))
