"""System-down mode over HTTP: the same acts as the page, for monitoring systems and command centres."""

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
from core.api import Problem, keeps_answer, page_of, paged
from halls.models import BusinessType, Hall
from halls.queries import visible_halls
from overview.actions.system_down import Down, declare_system_down, declare_system_up
from queueing.api.tickets import checked
from queueing.models import Outage
from queueing.queries import outages as reads
from queueing.states import OutageKind
from staff.api.handovers import person
from staff.models import User

SEE, DECLARE = "hall.check", "system.declare"
NO_RIGHT = "没有宣布系统中断的权限。如工作需要,请联系店长开通。"
NO_SIGHT = "没有查看系统中断的权限。如工作需要,请联系店长开通。"


class OutageDeclareIn(serializers.Serializer):
    halls = serializers.ListField(child=serializers.CharField(max_length=20), min_length=1, max_length=2000)
    kind = serializers.ChoiceField(choices=OutageKind.choices)
    businesses = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, default=list, help_text="codes; empty: everything"
    )
    text = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")

    def validate_businesses(self, value: list[str]) -> list[str]:
        known = set(BusinessType.objects.filter(code__in=value).values_list("code", flat=True))
        unknown = [code for code in value if code not in known]
        if unknown:
            raise serializers.ValidationError(f"没有这些业务:{'、'.join(unknown[:5])}。")
        return value


class OutageEndIn(serializers.Serializer):
    halls = serializers.ListField(child=serializers.CharField(max_length=20), min_length=1, max_length=2000)
    measures = serializers.CharField(max_length=300)


class OutageAsk(serializers.Serializer):
    running = serializers.BooleanField(required=False, allow_null=True, default=None)
    hall = serializers.CharField(required=False, max_length=20)


class OutageOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    kind = serializers.ChoiceField(choices=OutageKind.choices)
    businesses = serializers.ListField(child=serializers.CharField())
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    incident = serializers.IntegerField()
    offered = serializers.IntegerField(help_text="customers who got a 回厅号")


def _out(row: Outage) -> dict[str, Any]:
    return {
        "id": row.pk,
        "hall": row.hall.code,
        "kind": row.kind,
        "businesses": sorted(one.code for one in row.businesses.all()),
        "began_at": time.local(row.began_at).isoformat(),
        "ended_at": time.local(row.ended_at).isoformat() if row.ended_at else None,
        "incident": row.incident_id,
        "offered": row.returns.count(),
    }


def _halls(actor: User, codes: list[str]) -> list[Hall]:
    """403 without the right anywhere or in one of them, 404 for one that this person does not see."""
    if not actor.may(DECLARE):
        raise PermissionDenied(NO_RIGHT)
    seen = {hall.code: hall for hall in visible_halls(actor).filter(code__in=codes)}
    if any(code not in seen for code in codes):
        raise Http404
    if not all(actor.may(DECLARE, hall) for hall in seen.values()):
        raise PermissionDenied(NO_RIGHT)
    return list(seen.values())


@extend_schema(parameters=[OutageAsk], responses=page_of("OutagePage", OutageOut), operation_id="outages_list")
@api_view(["GET"])
def outages(request: Request) -> Response:
    """Outages of the caller's halls, the newest first."""
    actor = person(request)
    if not actor.may(SEE):
        raise PermissionDenied(NO_SIGHT)
    asked = OutageAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    rows = reads.visible_to(actor, SEE)
    if asked.validated_data["running"] is not None:
        rows = rows.filter(ended_at__isnull=asked.validated_data["running"])
    if "hall" in asked.validated_data:
        rows = rows.filter(hall__code=asked.validated_data["hall"])
    return paged(request, rows, _out)


@extend_schema(
    request=OutageDeclareIn, responses={200: OutageOut(many=True), 409: Problem}, operation_id="outages_declare"
)
@api_view(["POST"])
@keeps_answer
def declare(request: Request) -> Response:
    """Something is out in these halls; again while it lasts adds what is newly out."""
    actor = person(request)
    if not actor.may(DECLARE):
        raise PermissionDenied(NO_RIGHT)
    given = checked(OutageDeclareIn, request)
    down = Down(given["kind"], frozenset(given["businesses"]), given["text"])
    rows = declare_system_down(_halls(actor, given["halls"]), down, by=actor, now=time.now())
    return Response([_out(row) for row in rows])


@extend_schema(request=OutageEndIn, responses={200: OutageOut(many=True), 409: Problem}, operation_id="outages_end")
@api_view(["POST"])
@keeps_answer
def end(request: Request) -> Response:
    """It works again in these halls."""
    actor = person(request)
    if not actor.may(DECLARE):
        raise PermissionDenied(NO_RIGHT)
    given = checked(OutageEndIn, request)
    rows = declare_system_up(_halls(actor, given["halls"]), given["measures"], by=actor, now=time.now())
    return Response([_out(row) for row in rows])


urlpatterns = [
    path("outages/", outages, name="api-outages"),
    path("outages/declare/", declare, name="api-outages-declare"),
    path("outages/end/", end, name="api-outages-end"),
]
