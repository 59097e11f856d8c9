"""指标明细 over HTTP: the numbers or complaints that a figure counts, a page at a time."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.models import Complaint
from core import time
from core.api import Pages, page_of
from halls.models import Hall
from overview.api.figures import form_of
from overview.queries import behind as reads
from overview.rules.figures import ALL
from queueing.models import Ticket
from staff.api.handovers import person


class CountedNumber(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.CharField()
    day = serializers.DateField()
    business = serializers.CharField()
    state = serializers.CharField()
    taken_at = serializers.DateTimeField()
    wait_minutes = serializers.FloatField(allow_null=True, help_text="as the figures reckon it; null = never called")
    window = serializers.CharField(allow_null=True)
    clerk = serializers.CharField(allow_null=True, help_text="工号")
    rating = serializers.IntegerField(allow_null=True)
    phone = serializers.CharField(allow_null=True, help_text="masked")


class CountedCase(serializers.Serializer):
    number = serializers.CharField()
    logged_at = serializers.DateTimeField()
    category = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    handling_due_at = serializers.DateTimeField(allow_null=True)


class BehindRow(serializers.Serializer):
    """Of the two the one that the figure counts."""

    ticket = CountedNumber(allow_null=True)
    complaint = CountedCase(allow_null=True)


class BehindAsk(serializers.Serializer):
    """At most 366 days, none of them to come; without any the last seven full days. A figure of this moment asks for
    none."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


@extend_schema(parameters=[BehindAsk], responses=page_of("BehindPage", BehindRow), operation_id="halls_behind")
@api_view(["GET"])
def behind(request: Request, code: str, key: str) -> Response:
    """Exactly what a count of `/overview/figures/` counts in one hall, the newest first. 404 for a figure that is no
    count of numbers or complaints."""
    who, now = person(request), time.now()
    hall = Hall.objects.filter(code=code, is_live=True).select_related("region").first()
    if hall is None or not who.may("hall.see", hall):
        raise Http404
    if not who.may("figures.see", hall):
        raise PermissionDenied
    if key not in reads.DRILLED or key not in ALL:
        raise Http404
    if key in reads.CASES and not who.may("complaint.see", hall):
        raise PermissionDenied
    asked = BehindAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    span = form_of(asked.validated_data, time.business_day(now)).span
    pages, is_of_cases = Pages(), key in reads.CASES
    read: Any = reads.cases if is_of_cases else reads.numbers
    found: Any = pages.paginate_queryset(read(hall, *span, key, now), request) or []
    if is_of_cases:
        return pages.get_paginated_response([{"ticket": None, "complaint": _case(one)} for one in found])
    return pages.get_paginated_response([{"ticket": _number(*one), "complaint": None} for one in reads.told(found)])


def _number(one: Ticket, waited: float | None) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "number": one.number,
        "day": one.business_day,
        "business": one.about,
        "state": one.state,
        "taken_at": time.local(one.taken_at),
        "wait_minutes": None if waited is None else round(waited, 2),
        "window": one.window.label if one.window else None,
        "clerk": one.clerk.staff_no if one.clerk else None,
        "rating": one.rating,
        "phone": one.masked_phone or None,
    }


def _case(one: Complaint) -> dict[str, Any]:
    return {
        "number": one.number,
        "logged_at": time.local(one.logged_at),
        "category": one.category.name if one.category else None,
        "status": one.status,
        "handling_due_at": one.handling_due_at and time.local(one.handling_due_at),
    }


urlpatterns = [path("halls/<slug:code>/behind/<slug:key>/", behind)]
