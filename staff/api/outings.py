"""外出活动 over HTTP: the calendar of events outside a hall, by the acts of the pages."""

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
from core.api import Problem, checked_form, keeps_answer, page_of, paged
from halls.api.doors import asked, checked, facts, hall_for, person
from halls.models import Outing
from halls.queries import visible_halls
from halls.states import OutingKind, OutingState
from staff.actions import outings as acts
from staff.forms.outings import OutingForm
from staff.models import User
from staff.queries import outings as reads
from staff.queries.duties import crew
from staff.rules.performance import month_of
from staff.views.choices import month_in
from staff.views.outings import MANAGE, NO_RIGHT, SEE, outing_for


class OutingAsk(serializers.Serializer):
    month = serializers.RegexField(r"^[0-9]{4}-(0[1-9]|1[0-2])$", required=False, help_text="2026-11; else this month")
    hall = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    state = serializers.ChoiceField(choices=OutingState.choices, required=False, allow_blank=True, default="")


class OutingIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    kind = serializers.ChoiceField(choices=OutingKind.choices)
    title = serializers.CharField(max_length=40)
    place = serializers.CharField(max_length=60)
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    people = serializers.ListField(child=serializers.CharField(max_length=20), max_length=200, help_text="工号")
    campaign = serializers.IntegerField(required=False, allow_null=True, default=None)


class OutingResultIn(serializers.Serializer):
    reached = serializers.IntegerField(min_value=0, max_value=acts.MOST)
    handled = serializers.IntegerField(min_value=0, max_value=acts.MOST)
    leads = serializers.IntegerField(min_value=0, max_value=acts.MOST)
    text = serializers.CharField(max_length=300)


class OutingCancelIn(serializers.Serializer):
    why = serializers.CharField(max_length=300)


class OutingPerson(serializers.Serializer):
    staff_no = serializers.CharField()
    name = serializers.CharField()


class OutingOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    kind = serializers.ChoiceField(choices=OutingKind.choices)
    title = serializers.CharField()
    place = serializers.CharField()
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    people = OutingPerson(many=True)
    campaign = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=OutingState.choices)
    reached = serializers.IntegerField(allow_null=True)
    handled = serializers.IntegerField(allow_null=True)
    leads = serializers.IntegerField(allow_null=True)
    result = serializers.CharField(help_text="what came of it, or why it was cancelled")


FACTS = ("kind", "title", "place", "state", "reached", "handled", "leads", "result")


def _out(row: Outing) -> dict[str, Any]:
    times = {name: time.local(getattr(row, name)) for name in ("begins_at", "ends_at")}
    people = [facts(one, ("staff_no", "name")) for one in row.people.all()]
    where = {"hall": row.hall.code, "campaign": row.campaign_id}
    return {"id": row.pk, **where, **facts(row, FACTS), **times, "people": people}


@extend_schema(
    methods=["GET"], parameters=[OutingAsk], responses=page_of("OutingPage", OutingOut), operation_id="outings_list"
)
@extend_schema(
    methods=["POST"], request=OutingIn, responses={201: OutingOut, 409: Problem}, operation_id="outings_plan"
)
@api_view(["GET", "POST"])
def outings(request: Request) -> Response:
    """GET: a month of the caller's halls, by time. POST: put one on the calendar, and tell who goes; 409 `nobody`,
    `wrong_times`, `in_the_past`, `busy`."""
    user: User = person(request)
    if not user.may(MANAGE if request.method == "POST" else SEE):
        raise PermissionDenied(NO_RIGHT)
    if request.method == "POST":
        return _plan(request)
    given = asked(OutingAsk, request)
    halls = list(visible_halls(user, SEE))
    if given["hall"]:
        halls = [hall for hall in halls if hall.code == given["hall"]]
    rows = reads.of_month(halls, month_in(given.get("month", ""), month_of(time.business_day(time.now()))))
    return paged(request, rows.filter(state=given["state"]) if given["state"] else rows, _out)


@keeps_answer
def _plan(request: Request) -> Response:
    user, given = person(request), checked(OutingIn, request)
    try:
        hall = hall_for(request, given["hall"], MANAGE)
    except Http404 as no:
        raise serializers.ValidationError({"hall": ["没有这个营业厅,请核对。"]}) from no
    here = dict(crew(hall, time.business_day(time.now())).values_list("staff_no", "pk"))
    if strange := sorted(set(given["people"]) - set(here)):
        raise serializers.ValidationError({"people": [f"本厅今天没有这些人员:{'、'.join(strange)}"]})
    times = {name: f"{time.local(given[name]):%Y-%m-%dT%H:%M}" for name in ("begins_at", "ends_at")}
    form = OutingForm({**given, **times, "people": [here[one] for one in given["people"]]}, hall=hall)
    told = checked_form(form)
    row = acts.plan_outing(form.save(commit=False), list(told["people"]), by=user, now=time.now())
    return Response(_out(row), status=201)


@extend_schema(responses=OutingOut, operation_id="outings_detail")
@api_view(["GET"])
def outing(request: Request, pk: int) -> Response:
    return Response(_out(outing_for(person(request), pk)))


@extend_schema(request=OutingResultIn, responses={200: OutingOut, 409: Problem}, operation_id="outings_close")
@api_view(["POST"])
@keeps_answer
def close(request: Request, pk: int) -> Response:
    """It was held; what came of it. 409 `bad_move`, `too_early`, `bad_count`."""
    user = person(request)
    row, result = outing_for(user, pk, MANAGE), acts.Result(**checked(OutingResultIn, request))
    return Response(_out(acts.close_outing(row, result, by=user, now=time.now())))


@extend_schema(request=OutingCancelIn, responses={200: OutingOut, 409: Problem}, operation_id="outings_cancel")
@api_view(["POST"])
@keeps_answer
def cancel(request: Request, pk: int) -> Response:
    """It is not held; who would have gone is told. 409 `bad_move`."""
    user = person(request)
    row, why = outing_for(user, pk, MANAGE), checked(OutingCancelIn, request)["why"]
    return Response(_out(acts.cancel_outing(row, why, by=user, now=time.now())))


urlpatterns = [
    path("outings/", outings),
    path("outings/<int:pk>/", outing),
    path("outings/<int:pk>/close/", close),
    path("outings/<int:pk>/cancel/", cancel),
]
