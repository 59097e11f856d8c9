"""开窗测算 over HTTP."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem
from core.errors import Refused
from halls.models import Hall
from overview.forms import WhatIfForm
from overview.queries import what_if as reads
from overview.rules.what_if import MOST_EXTRA, Outcome, Waits
from queueing.queries.fairness import KIND_NAMES
from staff.api.handovers import person


class WhatIfAsk(serializers.Serializer):
    day = serializers.DateField(required=False, help_text="today to 28 days ahead")
    windows = serializers.IntegerField(required=False, min_value=1)
    customers = serializers.IntegerField(required=False, min_value=0, max_value=MOST_EXTRA)
    minutes = serializers.IntegerField(required=False, min_value=1, max_value=120)


class WhatIfWaits(serializers.Serializer):
    """Minutes; null where nobody came in any play."""

    customers = serializers.FloatField()
    mean = serializers.FloatField(allow_null=True)
    p50 = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    within = serializers.FloatField(allow_null=True, help_text="share called within the standard")
    left = serializers.FloatField(help_text="customers who give up")


class WhatIfKind(WhatIfWaits):
    kind = serializers.ChoiceField(choices=list(KIND_NAMES.items()))


class WhatIfTried(WhatIfWaits):
    windows = serializers.IntegerField()
    mean_low = serializers.FloatField(allow_null=True, help_text="eight of ten days lie between low and high")
    mean_high = serializers.FloatField(allow_null=True)
    longest_line = serializers.IntegerField()
    kinds = WhatIfKind(many=True, help_text="by class of customers, those of which somebody came")


class WhatIfAdvice(serializers.Serializer):
    starts_at = serializers.DateTimeField()
    windows = serializers.IntegerField()


class WhatIfOut(serializers.Serializer):
    waiting = serializers.IntegerField()
    tried = WhatIfTried(many=True)
    half_hours = WhatIfWaits(many=True)
    advice = WhatIfAdvice(many=True)


@extend_schema(parameters=[WhatIfAsk], responses={200: WhatIfOut, 409: Problem}, operation_id="halls_what_if")
@api_view(["GET"])
def what_if(request: Request, code: str) -> Response:
    """Waits to expect with so many windows and so many more customers, and windows for the next two hours. 409
    `no_windows`, `no_forecast`."""
    user, now = person(request), time.now()
    hall = Hall.objects.filter(code=code, is_live=True).select_related("region__parent").first()
    if hall is None or not user.may("hall.see", hall):
        raise Http404
    if not user.may("figures.see", hall):
        raise PermissionDenied
    most, today = hall.windows.filter(is_active=True).count(), time.business_day(now)
    if not most:
        raise Refused("no_windows", "这个营业厅还没有窗口。")
    first = {"day": today, "windows": reads.usual_windows(hall, today, now)}
    form = WhatIfForm({**first, **request.query_params.dict()}, today=today, most=most)
    if not form.is_valid():
        raise serializers.ValidationError({name: list(map(str, found)) for name, found in form.errors.items()})
    answer = reads.ask(hall, form.wish, now)
    if answer is None:
        raise Refused("no_forecast", "这一天没有客流预测,不能测算。")
    return Response(told(answer))


def told(answer: reads.Answer) -> dict[str, Any]:
    return {
        "waiting": answer.waiting,
        "tried": [{"windows": one.windows, **_outcome(one.outcome)} for one in answer.tried],
        "half_hours": [_waits(one) for one in answer.wished.slots],
        "advice": [{"starts_at": time.local(one.starts_at), "windows": one.windows} for one in answer.advice],
    }


def _outcome(one: Outcome) -> dict[str, Any]:
    spread = {"mean_low": _short(one.low), "mean_high": _short(one.high), "longest_line": one.longest_line}
    return {**_waits(one.whole), **spread, "kinds": [{"kind": kind, **_waits(waits)} for kind, waits in one.kinds]}


def _waits(one: Waits) -> dict[str, Any]:
    return {name: _short(getattr(one, name)) for name in ("customers", "mean", "p50", "p90", "within", "left")}


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


urlpatterns = [path("halls/<slug:code>/what-if/", what_if)]
