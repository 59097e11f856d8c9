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
from overview.rules.compare import Against
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
    before = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="of the other days, empty where none are asked for"
    )


class FiguresOut(serializers.Serializer):
    since = serializers.DateField()
    until = serializers.DateField()
    before_since = serializers.DateField(allow_null=True)
    before_until = serializers.DateField(allow_null=True)
    figures = FigureOut(many=True)
    halls = HallFiguresOut(many=True)


class FiguresIn(serializers.Serializer):
    """At most 366 days, none of them to come; without any the last seven full days. With `before_since` and
    `before_until` the figures of those days stand beside."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    before_since = serializers.DateField(required=False)
    before_until = serializers.DateField(required=False)
    hall = serializers.CharField(required=False, max_length=41, help_text="one code, or two with a comma between")


NAMES = {"since": "from", "until": "to", "before_since": "from2", "before_until": "to2"}


def form_of(given: dict[str, Any], today: Any) -> CompareForm:
    """The days as the page reads them. 400 with its sentences."""
    asked = {short: str(given[name]) for name, short in NAMES.items() if name in given}
    if "from2" in asked or "to2" in asked:
        asked["against"] = Against.OWN.value
    form = CompareForm(asked, today=today)
    if not form.is_valid():
        raise serializers.ValidationError({name: [str(one) for one in errors] for name, errors in form.errors.items()})
    return form


@extend_schema(parameters=[FiguresIn], responses=FiguresOut, operation_id="overview_figures")
@api_view(["GET"])
def figures(request: Request) -> Response:
    """Every figure of one's halls over some days, with what each means; beside other days where they are asked for."""
    who, now = person(request), time.now()
    halls = visible_halls(who, "figures.see").order_by("code")
    if not halls:
        raise PermissionDenied
    asked = FiguresIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    form = form_of(asked.validated_data, time.business_day(now))
    if "hall" in asked.validated_data:
        halls = halls.filter(code__in=asked.validated_data["hall"].replace("\x00", "").split(",")[:2])
    ids = [hall.pk for hall in halls]
    found: dict[int, Any] = reads.of_halls(ids, *form.span, now)
    held = form.held if form.cleaned_data["against"] == Against.OWN else None
    before: dict[int, Any] = reads.of_halls(ids, *held, now) if held else {}
    answer = {
        "since": form.span[0],
        "until": form.span[1],
        "before_since": held[0] if held else None,
        "before_until": held[1] if held else None,
        "figures": list(ALL.values()),
        "halls": [
            {"hall": one.code, "name": one.name, "values": found[one.pk], "before": before.get(one.pk, {})}
            for one in halls
        ],
    }
    return Response(FiguresOut(answer).data)


urlpatterns = [path("overview/figures/", figures)]
