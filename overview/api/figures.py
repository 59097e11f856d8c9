"""The figures of halls over HTTP: the same reader as the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from halls.queries import visible_halls
from overview.forms import CompareForm
from overview.queries import figures as reads
from overview.rules.figures import ALL
from staff.api.handovers import person


class FigureOut(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    formula = serializers.CharField()
    rule = serializers.CharField()


class HallFiguresOut(serializers.Serializer):
    hall = serializers.CharField()
    name = serializers.CharField()
    values = serializers.DictField(child=serializers.FloatField(allow_null=True), help_text="by key; null = not known")


class FiguresOut(serializers.Serializer):
    since = serializers.DateField()
    until = serializers.DateField()
    figures = FigureOut(many=True)
    halls = HallFiguresOut(many=True)


class FiguresIn(serializers.Serializer):
    """At most 366 days, none of them to come; without any the last seven full days."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    hall = serializers.CharField(required=False, max_length=20)


@extend_schema(parameters=[FiguresIn], responses=FiguresOut, operation_id="overview_figures")
@api_view(["GET"])
def figures(request: Request) -> Response:
    """Every figure of one's halls over some days, with what each means."""
    who, now = person(request), time.now()
    halls = visible_halls(who, "figures.see").order_by("code")
    if not halls:
        raise PermissionDenied
    asked = FiguresIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    given = asked.validated_data
    span = {"from": given.get("since"), "to": given.get("until")}
    form = CompareForm({name: str(day) for name, day in span.items() if day}, today=time.business_day(now))
    if not form.is_valid():
        raise serializers.ValidationError({name: [str(one) for one in errors] for name, errors in form.errors.items()})
    if "hall" in given:
        halls = halls.filter(code=given["hall"].replace("\x00", ""))
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    found: dict[int, Any] = reads.of_halls([hall.pk for hall in halls], since, until, now)
    answer = {
        "since": since,
        "until": until,
        "figures": list(ALL.values()),
        "halls": [{"hall": one.code, "name": one.name, "values": found[one.pk]} for one in halls],
    }
    return Response(FiguresOut(answer).data)


urlpatterns = [path("overview/figures/", figures)]
