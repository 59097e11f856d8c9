"""Daily closings over HTTP."""

from datetime import date, timedelta
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
from core.api import Problem, keeps_answer
from halls.models import Hall
from halls.queries import visible_halls
from staff.actions import closings as actions
from staff.api.handovers import checked, hall_for, person
from staff.models import DailyClosing
from staff.queries import closings as reads
from staff.queries import money
from staff.rules import closings as rules
from staff.states import ClosingState

NO_RIGHT = "没有营业日结的权限。如工作需要,请联系店长开通。"
DAYS_SHOWN = 31


def _amount() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=2)


class ClosingOut(serializers.Serializer):
    hall = serializers.CharField()
    day = serializers.DateField()
    state = serializers.ChoiceField(choices=ClosingState.choices)
    system = _amount()
    cash = _amount()
    pos = _amount()
    scan = _amount()
    cheque = _amount()
    stubs = _amount()
    difference = _amount()
    agree = serializers.BooleanField()
    sentence = serializers.CharField()
    is_late = serializers.BooleanField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    report = serializers.DictField()


class ClosingDay(serializers.Serializer):
    hall = serializers.CharField()
    day = serializers.DateField()
    state = serializers.ChoiceField(choices=ClosingState.choices)


class ClosingsOut(serializers.Serializer):
    results = ClosingDay(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class FormsIn(serializers.Serializer):
    kind = serializers.CharField(max_length=30)
    count = serializers.IntegerField(min_value=0, max_value=100_000)
    box = serializers.CharField(max_length=20)


class SubmitIn(serializers.Serializer):
    forms = FormsIn(many=True, allow_empty=False)


class ExceptIn(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _shown(hall: Hall, day: date) -> Response:
    row = DailyClosing.objects.filter(hall=hall, day=day).first()
    ways = row.ways if row and row.is_submitted else money.whole(money.clerk_days(hall, day))
    figures: dict[str, Any] = {
        name: str(getattr(ways, name)) for name in ("system", "cash", "pos", "scan", "cheque", "stubs", "difference")
    }
    return Response(
        {
            "hall": hall.code,
            "day": day,
            "state": rules.shown_state(row.state if row else None, day, time.now()),
            **figures,
            "agree": ways.agree,
            "sentence": ways.sentence,
            "is_late": bool(row and row.is_late),
            "submitted_at": row.submitted_at if row else None,
            "report": row.report if row else {},
        }
    )


@extend_schema(responses=ClosingsOut, operation_id="closings_list")
@api_view(["GET"])
def closings(request: Request) -> Response:
    """The last days of a hall (`?hall=`), or yesterday and today of all one's halls; newest first."""
    user, now = person(request), time.now()
    if not user.may("money.see"):
        raise PermissionDenied(NO_RIGHT)
    today, code = time.business_day(now), request.query_params.get("hall", "")
    halls = [hall_for(user, code, "money.see", NO_RIGHT)] if code else list(visible_halls(user, "money.see"))
    first = today - timedelta(days=DAYS_SHOWN - 1 if code else 1)
    found = [
        {"hall": one.hall.code, "day": one.day, "state": one.state}
        for hall in halls
        for one in reads.days(hall, first, today, now)
    ]
    return Response({"results": found, "next": None, "previous": None, "count": len(found)})


@extend_schema(responses=ClosingOut, operation_id="closings_retrieve")
@api_view(["GET"])
def closing(request: Request, code: str, day: str) -> Response:
    return _shown(hall_for(person(request), code, "money.see", NO_RIGHT), _day(day))


@extend_schema(request=SubmitIn, responses={200: ClosingOut, 409: Problem}, operation_id="closings_submit")
@api_view(["POST"])
@keeps_answer
def submit(request: Request, code: str, day: str) -> Response:
    """Bind the forms and submit the day; it is locked from then on."""
    user, now = person(request), time.now()
    hall = hall_for(user, code, "money.manage", NO_RIGHT)
    given = checked(SubmitIn, request)
    row = actions.open_day(hall, _day(day), actor=user, now=now)
    actions.bind_forms(row.pk, [actions.Forms(**one) for one in given["forms"]])
    actions.submit(row.pk, actor=user, now=now)
    return _shown(hall, _day(day))


@extend_schema(request=ExceptIn, responses={200: ClosingOut, 409: Problem}, operation_id="closings_except")
@api_view(["POST"])
@keeps_answer
def except_difference(request: Request, code: str, day: str) -> Response:
    """The manager answers for a day that does not agree."""
    user, now = person(request), time.now()
    hall = hall_for(user, code, "money.confirm", NO_RIGHT)
    given = checked(ExceptIn, request)
    row = actions.open_day(hall, _day(day), actor=user, now=now)
    actions.except_difference(row.pk, given["reason"], manager=user, now=now)
    return _shown(hall, _day(day))


urlpatterns = [
    path("closings/", closings),
    path("closings/<slug:code>/<slug:day>/", closing),
    path("closings/<slug:code>/<slug:day>/submit/", submit),
    path("closings/<slug:code>/<slug:day>/except/", except_difference),
]
