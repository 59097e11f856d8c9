"""The calendar of things that end, over HTTP."""

from datetime import timedelta
from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import page_of, paged
from halls.queries import visible_halls
from staff.api.handovers import person
from staff.queries import expiry as reads
from staff.states import ExpiryKind

NO_SIGHT = "没有查看到期提醒的权限。如工作需要,请联系店长开通。"
LONGEST_AHEAD = 3660


class ExpiryAsk(serializers.Serializer):
    hall = serializers.CharField(max_length=20, required=False)
    kind = serializers.ChoiceField(choices=ExpiryKind.choices, required=False)
    within = serializers.IntegerField(min_value=0, max_value=LONGEST_AHEAD, default=30, help_text="days")


class ExpiryOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=ExpiryKind.choices)
    id = serializers.IntegerField()
    hall = serializers.CharField()
    name = serializers.CharField()
    where = serializers.CharField()
    last_day = serializers.DateField()
    days_left = serializers.IntegerField()


@extend_schema(parameters=[ExpiryAsk], responses=page_of("ExpiryPage", ExpiryOut), operation_id="expiry_list")
@api_view(["GET"])
def expiry(request: Request) -> Response:
    """What ends within so many days, or has ended, in the caller's halls; the first to end first."""
    actor = person(request)
    if not actor.may("hall.check"):
        raise PermissionDenied(NO_SIGHT)
    asked = ExpiryAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    given, today = asked.validated_data, time.business_day(time.now())
    halls = visible_halls(actor, "hall.check").filter(is_live=True).select_related("region__parent__parent")
    if "hall" in given:
        halls = halls.filter(code=given["hall"])
    last = today + timedelta(days=given["within"])
    rows = reads.for_person(actor, list(halls), last, today, given.get("kind", ""))

    def shape(one: reads.Ends) -> dict[str, Any]:
        same = {name: getattr(one, name) for name in ("kind", "name", "where", "last_day")}
        return {"id": one.pk, "hall": one.hall.code, "days_left": one.days_left(today), **same}

    return paged(request, rows, shape)


urlpatterns = [path("expiry/", expiry, name="api-expiry")]
