"""集团客户 over HTTP: companies, members, and the table of figures by class; by the acts of the pages."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, checked_form, keeps_answer, page_of, paged
from halls.api.doors import asked, checked, facts, person
from halls.queries import visible_halls
from loyalty.actions import corporate as acts
from loyalty.api.shapes import PhoneField
from loyalty.forms.corporate import FiguresForm, GroupForm
from loyalty.models import CorporateFigure, CorporateGroup, CorporateMember
from loyalty.queries import corporate as reads
from loyalty.rules.corporate import GradeFigures
from loyalty.states import CorporateGrade
from loyalty.views.corporate import MANAGE, NO_RIGHT, SEE, group_for
from staff.models import User
from staff.rules.performance import month_before, month_of, next_month
from staff.views.choices import month_in

MOST = 9_999_999


class MonthField(serializers.RegexField):
    def __init__(self, **options: Any) -> None:
        super().__init__(r"^[0-9]{4}-(0[1-9]|1[0-2])$", help_text="2026-11", **options)


class CorporateAsk(serializers.Serializer):
    find = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    grade = serializers.ChoiceField(choices=CorporateGrade.choices, required=False, allow_blank=True, default="")


class CorporateIn(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    grade = serializers.ChoiceField(choices=CorporateGrade.choices)
    hall = serializers.CharField(max_length=20)
    manager = serializers.CharField(
        max_length=20, required=False, allow_blank=True, allow_null=True, default="", help_text="工号"
    )
    contact = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    headcount = serializers.IntegerField(min_value=0, max_value=MOST)
    joined_on = serializers.DateField()


class CorporateOut(CorporateIn):
    id = serializers.IntegerField()
    members = serializers.IntegerField()
    left_on = serializers.DateField(allow_null=True)


class CorporateFigureIn(serializers.Serializer):
    month = MonthField()
    satisfaction = serializers.DecimalField(max_digits=4, decimal_places=1, min_value=0, max_value=100, help_text="%")
    awareness = serializers.DecimalField(max_digits=4, decimal_places=1, min_value=0, max_value=100, help_text="%")
    members = serializers.IntegerField(min_value=0, max_value=MOST, help_text="on the first of the month")
    lost = serializers.IntegerField(min_value=0, max_value=MOST)


class CorporateFigureOut(CorporateFigureIn):
    noted_by = serializers.CharField()
    noted_at = serializers.DateTimeField()


class CorporateMemberIn(serializers.Serializer):
    phone = PhoneField(help_text="the whole number")


class CorporateMemberOut(serializers.Serializer):
    id = serializers.IntegerField()
    phone = serializers.CharField(help_text="masked")
    joined_on = serializers.DateField()
    left_on = serializers.DateField(allow_null=True)


class CorporateMonthAsk(serializers.Serializer):
    month = MonthField(required=False)


class CorporateKpi(serializers.Serializer):
    value = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True, help_text="%")
    limit = serializers.DecimalField(max_digits=5, decimal_places=2, help_text="%")
    is_met = serializers.BooleanField(allow_null=True)


class CorporateGradeOut(serializers.Serializer):
    grade = serializers.ChoiceField(choices=CorporateGrade.choices)
    groups = serializers.IntegerField()
    satisfaction = CorporateKpi()
    awareness = CorporateKpi()
    group_churn = CorporateKpi()
    inside_churn = CorporateKpi()


class CorporateTable(serializers.Serializer):
    month = MonthField()
    grades = CorporateGradeOut(many=True)


def _out(row: Any) -> dict[str, Any]:
    told = facts(row, ("name", "grade", "contact", "headcount", "joined_on", "left_on"))
    who = row.manager.staff_no if row.manager else None
    return {"id": row.pk, **told, "hall": row.hall.code, "manager": who, "members": row.member_count}


def _one(row: CorporateGroup) -> dict[str, Any]:
    return _out(reads.counted().get(pk=row.pk))


def _member(row: CorporateMember) -> dict[str, Any]:
    return {"id": row.pk, "phone": row.customer.masked, **facts(row, ("joined_on", "left_on"))}


def _figure(row: CorporateFigure) -> dict[str, Any]:
    told = facts(row, ("satisfaction", "awareness", "members", "lost"))
    return {
        "month": f"{row.month:%Y-%m}",
        **told,
        "noted_by": row.noted_by.name,
        "noted_at": time.local(row.noted_at),
    }


KPIS = ("satisfaction", "awareness", "group_churn", "inside_churn")


def _grade(row: GradeFigures) -> dict[str, Any]:
    kpis = {name: facts(getattr(row, name), ("value", "limit", "is_met")) for name in KPIS}
    return {"grade": row.grade, "groups": row.groups, **kpis}


def _may(user: User, verb: str) -> None:
    if not user.may(verb):
        raise PermissionDenied(NO_RIGHT)


def _today() -> date:
    return time.business_day(time.now())


def _saved(request: Request, row: CorporateGroup | None = None) -> CorporateGroup:
    """A new company, or what is told of a known one."""
    user: User = person(request)
    given = checked(CorporateIn, request)
    halls: QuerySet[Any] = visible_halls(user, MANAGE)
    managers = reads.managers(_today())
    hall, who = halls.filter(code=given["hall"]).first(), managers.filter(staff_no=given["manager"] or "").first()
    if hall is None:
        raise serializers.ValidationError({"hall": ["没有这个营业厅,请核对。"]})
    if given["manager"] and who is None:
        raise serializers.ValidationError({"manager": ["请填写客户经理或店长的工号。"]})
    chosen = {**given, "hall": hall.pk, "manager": who.pk if who else ""}
    form = GroupForm(chosen, instance=row, halls=halls, managers=managers)
    checked_form(form)
    return acts.save_group(form.save(commit=False), actor=user, now=time.now())


@extend_schema(
    methods=["GET"],
    parameters=[CorporateAsk],
    responses=page_of("CorporatePage", CorporateOut),
    operation_id="corporate_list",
)
@extend_schema(
    methods=["POST"], request=CorporateIn, responses={201: CorporateOut, 409: Problem}, operation_id="corporate_add"
)
@api_view(["GET", "POST"])
def groups(request: Request) -> Response:
    """GET: companies of the caller's halls, by class; who has left stands last. POST: a new one; 409 `too_few`,
    `name_taken`."""
    user: User = person(request)
    _may(user, MANAGE if request.method == "POST" else SEE)
    if request.method == "POST":
        return _add(request)
    return paged(request, reads.search(user, **asked(CorporateAsk, request)), _out)


@keeps_answer
def _add(request: Request) -> Response:
    return Response(_one(_saved(request)), status=201)


@extend_schema(methods=["GET"], responses=CorporateOut, operation_id="corporate_detail")
@extend_schema(
    methods=["PUT"], request=CorporateIn, responses={200: CorporateOut, 409: Problem}, operation_id="corporate_save"
)
@api_view(["GET", "PUT"])
@keeps_answer
def group(request: Request, pk: int) -> Response:
    """PUT: another class, hall, manager …, all fields. 409 `left_already`, `too_few`, `name_taken`."""
    user: User = person(request)
    if request.method == "GET":
        return Response(_one(group_for(user, pk)))
    return Response(_one(_saved(request, group_for(user, pk, MANAGE))))


@extend_schema(request=None, responses={200: CorporateOut, 409: Problem}, operation_id="corporate_leave")
@api_view(["POST"])
@keeps_answer
def leave(request: Request, pk: int) -> Response:
    """It is no customer any more. 409 `left_already`."""
    user: User = person(request)
    return Response(_one(acts.leave(group_for(user, pk, MANAGE), actor=user, now=time.now())))


@extend_schema(
    methods=["GET"],
    responses=page_of("CorporateMemberPage", CorporateMemberOut),
    operation_id="corporate_members_list",
)
@extend_schema(
    methods=["POST"],
    request=CorporateMemberIn,
    responses={201: CorporateMemberOut, 409: Problem},
    operation_id="corporate_members_add",
)
@api_view(["GET", "POST"])
@keeps_answer
def members(request: Request, pk: int) -> Response:
    """GET: members, those who left last. POST: by the whole number; 409 `no_customer`, `member_already`."""
    user: User = person(request)
    if request.method == "GET":
        rows = group_for(user, pk).members.select_related("customer").order_by("-left_on", "joined_on", "id")
        return paged(request, rows, _member)
    row = group_for(user, pk, MANAGE)
    return Response(_member(acts.add_member(row, checked(CorporateMemberIn, request)["phone"], now=time.now())), 201)


@extend_schema(request=None, responses={200: CorporateMemberOut}, operation_id="corporate_members_remove")
@api_view(["POST"])
@keeps_answer
def remove(request: Request, pk: int) -> Response:
    """The member leaves; twice is once."""
    member = get_object_or_404(CorporateMember, pk=pk)
    group_for(person(request), member.group_id, MANAGE)
    acts.remove_member(member, now=time.now())
    return Response(_member(CorporateMember.objects.select_related("customer").get(pk=pk)))


@extend_schema(
    methods=["GET"],
    responses=page_of("CorporateFigurePage", CorporateFigureOut),
    operation_id="corporate_figures_list",
)
@extend_schema(
    methods=["POST"],
    request=CorporateFigureIn,
    responses={200: CorporateFigureOut, 409: Problem},
    operation_id="corporate_figures_note",
)
@api_view(["GET", "POST"])
@keeps_answer
def figures(request: Request, pk: int) -> Response:
    """GET: month by month, the newest first. POST: a month's figures, or their correction; 409 `bad_month`,
    `bad_count`."""
    user: User = person(request)
    if request.method == "GET":
        return paged(request, group_for(user, pk).figures.select_related("noted_by"), _figure)
    row = group_for(user, pk, MANAGE)
    form = FiguresForm(checked(CorporateFigureIn, request))
    checked_form(form)
    return Response(_figure(acts.note_figures(row, form.figures(), actor=user, now=time.now())))


@extend_schema(parameters=[CorporateMonthAsk], responses=CorporateTable, operation_id="corporate_table")
@api_view(["GET"])
def table(request: Request) -> Response:
    """Satisfaction, awareness and churn by class against what they should be; without a month, the last whole one."""
    user: User = person(request)
    _may(user, SEE)
    given = asked(CorporateMonthAsk, request)
    month = month_in(given.get("month", ""), month_before(month_of(_today())))
    rows = reads.table(reads.visible_to(user), month, next_month(month))
    return Response({"month": f"{month:%Y-%m}", "grades": [_grade(row) for row in rows]})


urlpatterns = [
    path("corporate/", groups),
    path("corporate/table/", table),
    path("corporate/<int:pk>/", group),
    path("corporate/<int:pk>/leave/", leave),
    path("corporate/<int:pk>/members/", members),
    path("corporate/<int:pk>/figures/", figures),
    path("corporate/members/<int:pk>/remove/", remove),
]
