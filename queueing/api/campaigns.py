"""Marketing campaigns over HTTP (R-H-14), by the acts of the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Pages, Problem, checked_form, keeps_answer, page_of, paged
from core.errors import Refused
from halls.api.doors import asked, checked, facts, person
from halls.models import Campaign, CampaignDay, Hall
from halls.states import CampaignChannel, CampaignState
from queueing.actions import campaigns as acts
from queueing.forms import CampaignDayForm, CampaignForm
from queueing.models import LoadCheck
from queueing.queries import campaigns as reads
from queueing.views.campaigns import MANAGE, NO_RIGHT, SEE, campaign_for, mine
from staff.models import User


class CampaignAsk(serializers.Serializer):
    state = serializers.ChoiceField(choices=CampaignState.choices, required=False, allow_blank=True, default="")
    hall = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class CampaignIn(serializers.Serializer):
    name = serializers.CharField(max_length=40)
    offer = serializers.CharField(max_length=200)
    audience = serializers.CharField(max_length=100)
    halls = serializers.ListField(child=serializers.CharField(max_length=20), min_length=1, max_length=1000)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    target = serializers.IntegerField(min_value=1, max_value=acts.MOST, help_text="customers")
    uptake = serializers.DecimalField(max_digits=4, decimal_places=1, min_value=0, max_value=100, help_text="%")
    minutes = serializers.DecimalField(max_digits=4, decimal_places=1, help_text="of each customer, 0.5–120")
    channels = serializers.ListField(
        child=serializers.ChoiceField(choices=CampaignChannel.choices), max_length=20, help_text="besides the hall"
    )


class CampaignDayIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    day = serializers.DateField()
    offered = serializers.IntegerField(min_value=0, max_value=acts.MOST)
    accepted = serializers.IntegerField(min_value=0, max_value=acts.MOST)


class CampaignDayOut(CampaignDayIn):
    noted_by = serializers.CharField()
    noted_at = serializers.DateTimeField()


class CampaignBrought(serializers.Serializer):
    hall = serializers.CharField()
    offered = serializers.IntegerField()
    accepted = serializers.IntegerField()
    uptake = serializers.DecimalField(max_digits=7, decimal_places=1, allow_null=True, help_text="% of those offered")


class CampaignLoad(serializers.Serializer):
    fits = serializers.BooleanField()
    over_percent = serializers.IntegerField(allow_null=True, help_text="null where no hall has time to spare")
    carried_customers = serializers.IntegerField()
    made_at = serializers.DateTimeField()


class CampaignLine(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    offer = serializers.CharField()
    audience = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    target = serializers.IntegerField()
    uptake = serializers.DecimalField(max_digits=4, decimal_places=1)
    minutes = serializers.DecimalField(max_digits=4, decimal_places=1)
    channels = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=CampaignState.choices)
    offered = serializers.IntegerField()
    accepted = serializers.IntegerField()
    reached = serializers.DecimalField(max_digits=9, decimal_places=1, allow_null=True, help_text="% of the target")


class CampaignOut(CampaignLine):
    halls = CampaignBrought(many=True, help_text="those of the caller")
    load = CampaignLoad(allow_null=True, help_text="null where no hall opens in its days")
    ended_at = serializers.DateTimeField(allow_null=True)


FACTS = ("name", "offer", "audience", "starts_on", "ends_on", "target", "uptake", "minutes", "channels")


def _line(one: reads.Standing) -> dict[str, Any]:
    total = facts(one.total, ("offered", "accepted", "reached"))
    return {"id": one.row.pk, **facts(one.row, FACTS), "state": one.state, **total}


def _load(check: LoadCheck | None) -> dict[str, Any] | None:
    if check is None:
        return None
    said = {name: check.result.get(name) for name in ("fits", "over_percent", "carried_customers")}
    return {**said, "made_at": time.local(check.made_at)}


def _whole(row: Campaign, user: User) -> dict[str, Any]:
    brought = reads.by_hall(row, list(mine(user).filter(campaigns=row)))
    halls = [
        {"hall": one.hall.code if one.hall else "", **facts(one, ("offered", "accepted", "uptake"))} for one in brought
    ]
    ended = time.local(row.ended_at) if row.ended_at else None
    line = _line(reads.standings([row], time.business_day(time.now()))[0])
    return {**line, "halls": halls, "load": _load(row.load_checks.first()), "ended_at": ended}


def _day(row: CampaignDay) -> dict[str, Any]:
    told = facts(row, ("day", "offered", "accepted"))
    return {"hall": row.hall.code, **told, "noted_by": row.noted_by.name, "noted_at": time.local(row.noted_at)}


def _may(user: User, verb: str) -> None:
    if not user.may(verb):
        raise PermissionDenied(NO_RIGHT)


@extend_schema(
    methods=["GET"],
    parameters=[CampaignAsk],
    responses=page_of("CampaignPage", CampaignLine),
    operation_id="campaigns_list",
)
@extend_schema(
    methods=["POST"], request=CampaignIn, responses={201: CampaignOut, 409: Problem}, operation_id="campaigns_start"
)
@api_view(["GET", "POST"])
def campaigns(request: Request) -> Response:
    """GET: campaigns of the caller's halls, the newest first. POST: a new one with its load check; 409 `no_channel`."""
    user: User = person(request)
    if request.method == "POST":
        _may(user, MANAGE)
        return _start(request)
    _may(user, SEE)
    given, today = asked(CampaignAsk, request), time.business_day(time.now())
    rows = reads.in_state(reads.visible_to(user), given["state"], today)
    if given["hall"]:
        rows = rows.filter(pk__in=Campaign.objects.filter(halls__code=given["hall"], halls__in=user.hall_ids(SEE)))
    pages = Pages()
    page: list[Campaign] = pages.paginate_queryset(rows, request) or []
    return pages.get_paginated_response([_line(one) for one in reads.standings(page, today)])


@keeps_answer
def _start(request: Request) -> Response:
    user: User = person(request)
    given, halls = checked(CampaignIn, request), mine(user, MANAGE)
    known = {hall.code: hall for hall in halls}
    if strange := sorted(set(given["halls"]) - set(known)):
        raise serializers.ValidationError({"halls": [f"没有这些营业厅:{'、'.join(strange)}"]})
    chosen: list[Hall] = [known[code] for code in dict.fromkeys(given["halls"])]
    form = CampaignForm({**given, "halls": [hall.pk for hall in chosen]}, halls=halls)
    checked_form(form)
    row = acts.start_campaign(form.save(commit=False), chosen, by=user, now=time.now())
    return Response(_whole(row, user), status=201)


@extend_schema(responses=CampaignOut, operation_id="campaigns_detail")
@api_view(["GET"])
def campaign(request: Request, pk: int) -> Response:
    """What it offers, whether the halls can carry it, and what each of the caller's halls brought."""
    user: User = person(request)
    return Response(_whole(campaign_for(user, pk), user))


@extend_schema(
    methods=["GET"], responses=page_of("CampaignDayPage", CampaignDayOut), operation_id="campaigns_days_list"
)
@extend_schema(
    methods=["POST"],
    request=CampaignDayIn,
    responses={200: CampaignDayOut, 409: Problem},
    operation_id="campaigns_days_note",
)
@api_view(["GET", "POST"])
def days(request: Request, pk: int) -> Response:
    """GET: day by day, the newest first. POST: what a hall did on a day, or its correction; 409 `other_hall`,
    `not_its_day`, `bad_count`."""
    user: User = person(request)
    row = campaign_for(user, pk)
    if request.method == "POST":
        return _note(request, row)
    rows = CampaignDay.objects.filter(campaign=row, hall__in=mine(user)).select_related("hall", "noted_by")
    return paged(request, rows, _day)


@keeps_answer
def _note(request: Request, row: Campaign) -> Response:
    user: User = person(request)
    given = checked(CampaignDayIn, request)
    told = checked_form(CampaignDayForm(given))
    hall = mine(user).filter(campaigns=row, code=given["hall"]).first()
    if hall is None:
        raise Refused("other_hall", "请选择参加活动的营业厅。")
    count = acts.Count(told["day"], told["offered"], told["accepted"])
    return Response(_day(acts.note_day(row, hall, count, by=user, now=time.now())))


@extend_schema(request=None, responses={200: CampaignOut, 409: Problem}, operation_id="campaigns_end")
@api_view(["POST"])
@keeps_answer
def end(request: Request, pk: int) -> Response:
    """Before its last day, by who is in charge of all its halls. 409 `over_already`."""
    user: User = person(request)
    return Response(_whole(acts.end_campaign(campaign_for(user, pk, MANAGE), by=user, now=time.now()), user))


urlpatterns = [
    path("campaigns/", campaigns),
    path("campaigns/<int:pk>/", campaign),
    path("campaigns/<int:pk>/days/", days),
    path("campaigns/<int:pk>/end/", end),
]
