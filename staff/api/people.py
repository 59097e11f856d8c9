"""People and their jobs over HTTP: the same acts as the pages.

Acts that give a temporary password keep no answer for a repeated key: the password is told once and kept nowhere.
"""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer, page_of, paged
from core.errors import Refused
from core.phones import masked_phone
from halls.models import Hall, Region
from halls.queries import visible_halls
from staff import access
from staff.actions import employments as actions
from staff.actions import people as people_actions
from staff.api.certificates import StaffCertificateOut, StaffWhyIn, certificate_of, seen
from staff.api.handovers import checked, person
from staff.models import Employment, User
from staff.queries import people as queries
from staff.states import JobKind, Role

NO_SIGHT = "没有查看人员的权限。如工作需要,请联系店长开通。"
NO_RIGHT = "没有办理人员手续的权限。如工作需要,请联系店长。"


class StaffJobOut(serializers.Serializer):
    id = serializers.IntegerField()
    role = serializers.ChoiceField(choices=Role.choices)
    hall = serializers.CharField(allow_null=True, help_text="code")
    region = serializers.CharField(allow_null=True, help_text="code")
    kind = serializers.ChoiceField(choices=JobKind.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class StaffRow(serializers.Serializer):
    """`phone` is masked; `jobs` are those of today."""

    staff_no = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField()
    is_active = serializers.BooleanField()
    certificate_until = serializers.DateField(allow_null=True)
    jobs = StaffJobOut(many=True)


class StaffOut(serializers.Serializer):
    """One person with the history that the caller may see; `phone` is whole for who manages the person."""

    staff_no = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField()
    is_active = serializers.BooleanField()
    jobs = StaffJobOut(many=True)
    certificates = StaffCertificateOut(many=True)


class StaffHiredOut(StaffOut):
    temporary_password = serializers.CharField(help_text="told once, kept nowhere; to be changed at the first sign-in")


class StaffAsk(serializers.Serializer):
    find = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    hall = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    role = serializers.ChoiceField(choices=Role.choices, required=False, default="", allow_blank=True)
    certificate = serializers.ChoiceField(
        choices=["soon", "over", "missing"], required=False, default="", allow_blank=True
    )
    state = serializers.ChoiceField(choices=["left"], required=False, default="", allow_blank=True)
    sort = serializers.ChoiceField(
        choices=["name", "certificate", "login"], required=False, default="", allow_blank=True
    )


class StaffJobIn(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)
    hall = serializers.CharField(max_length=20, required=False, allow_blank=True, default="", help_text="code")
    region = serializers.CharField(max_length=20, required=False, allow_blank=True, default="", help_text="code")
    kind = serializers.ChoiceField(choices=JobKind.choices, default=JobKind.REGULAR)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)


class StaffHireIn(StaffJobIn):
    staff_no = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class StaffEditIn(serializers.Serializer):
    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class StaffLastDayIn(serializers.Serializer):
    last_day = serializers.DateField()


# ---- what is answered ------------------------------------------------------------------------------------------------


def _job(row: Employment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "role": row.role,
        "hall": row.hall.code if row.hall else None,
        "region": row.region.code if row.region else None,
        "kind": row.kind,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _face(actor: User, shown: User) -> dict[str, Any]:
    is_open = shown.pk == actor.pk or access.may_manage(actor, shown)
    return {
        "staff_no": shown.staff_no,
        "name": shown.name,
        "phone": shown.phone if is_open else masked_phone(shown.phone),
        "is_active": shown.is_active,
    }


def _row(shown: User) -> dict[str, Any]:
    return {
        "staff_no": shown.staff_no,
        "name": shown.name,
        "phone": masked_phone(shown.phone),
        "is_active": shown.is_active,
        "certificate_until": shown.certificate_until,  # type: ignore[attr-defined]
        "jobs": [_job(job) for job in shown.jobs],  # type: ignore[attr-defined]
    }


def _whole(actor: User, shown: User) -> dict[str, Any]:
    """History as far as the caller's own right to see it."""
    jobs = shown.employments.select_related("hall", "region")
    mine = shown.pk == actor.pk
    return {
        **_face(actor, shown),
        "jobs": [_job(job) for job in jobs if mine or actor.rights.reaches("staff.see", job)],
        "certificates": [certificate_of(row) for row in shown.certificates.select_related("person")],
    }


def _shown(actor: User, staff_no: str, status: int = 200, **more: Any) -> Response:
    return Response(_whole(actor, User.objects.get(staff_no=staff_no)) | more, status=status)


# ---- who may ---------------------------------------------------------------------------------------------------------


def _managed(actor: User, staff_no: str) -> User:
    shown = seen(actor, staff_no)
    if not access.may_manage(actor, shown):
        raise PermissionDenied(actions.NOT_OURS)
    return shown


def _job_in(given: dict[str, Any]) -> actions.Job:
    """Raises Refused: no_hall, no_region."""
    hall = Hall.objects.filter(code=given["hall"]).first() if given["hall"] else None
    region = Region.objects.filter(code=given["region"]).first() if given["region"] else None
    if given["hall"] and hall is None:
        raise Refused("no_hall", f"没有营业厅 {given['hall']}。")
    if given["region"] and region is None:
        raise Refused("no_region", f"没有区域 {given['region']}。")
    return actions.Job(given["role"], given["valid_from"], hall, region, given["kind"], given["valid_to"])


# ---- doors -----------------------------------------------------------------------------------------------------------


@extend_schema(
    methods=["GET"], parameters=[StaffAsk], responses=page_of("StaffPage", StaffRow), operation_id="people_list"
)
@extend_schema(
    methods=["POST"],
    request=StaffHireIn,
    responses={201: StaffHiredOut, 409: Problem},
    operation_id="people_hire",
)
@api_view(["GET", "POST"])
def people(request: Request) -> Response:
    """Whom the caller may see; POST hires somebody with a first job."""
    actor = person(request)
    if request.method == "POST":
        return _hire(request, actor)
    if not actor.may("staff.see"):
        raise PermissionDenied(NO_SIGHT)
    asked = StaffAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    wanted = asked.validated_data
    code = wanted.pop("hall")
    hall = get_object_or_404(visible_halls(actor, "staff.see"), code=code) if code else None
    rows = queries.people(actor, queries.Wanted(hall=hall, **wanted), time.now())
    return paged(request, rows, _row)


def _hire(request: Request, actor: User) -> Response:
    if not actor.may("staff.manage"):
        raise PermissionDenied(NO_RIGHT)
    given = checked(StaffHireIn, request)
    face = actions.Face(given["staff_no"], given["name"], given["phone"])
    hired = actions.hire(face, _job_in(given), actor=actor, now=time.now())
    return _shown(actor, hired.person.staff_no, 201, temporary_password=hired.password)


@extend_schema(responses=StaffOut, operation_id="people_retrieve")
@api_view(["GET"])
def one(request: Request, staff_no: str) -> Response:
    actor = person(request)
    return Response(_whole(actor, seen(actor, staff_no)))


@extend_schema(request=StaffEditIn, responses={200: StaffOut, 409: Problem}, operation_id="people_edit")
@api_view(["POST"])
@keeps_answer
def edit(request: Request, staff_no: str) -> Response:
    """Another name or phone."""
    actor = person(request)
    shown = _managed(actor, staff_no)
    actions.edit(shown, **checked(StaffEditIn, request), actor=actor)
    return _shown(actor, staff_no)


@extend_schema(request=StaffJobIn, responses={201: StaffOut, 409: Problem}, operation_id="people_add_job")
@api_view(["POST"])
@keeps_answer
def add_job(request: Request, staff_no: str) -> Response:
    """A further job; 409 `jobs_overlap` for the same one twice."""
    actor = person(request)
    shown = _managed(actor, staff_no)
    actions.add_job(shown, _job_in(checked(StaffJobIn, request)), actor=actor, now=time.now())
    return _shown(actor, staff_no, 201)


@extend_schema(request=StaffLastDayIn, responses={200: StaffOut, 409: Problem}, operation_id="people_end_job")
@api_view(["POST"])
@keeps_answer
def end_job(request: Request, staff_no: str, pk: int) -> Response:
    """Set the last day of a job."""
    actor = person(request)
    shown = _managed(actor, staff_no)
    job = get_object_or_404(shown.employments.select_related("hall", "region", "user"), pk=pk)
    if not actor.rights.reaches("staff.manage", job):
        raise PermissionDenied(actions.NOT_OURS)
    actions.end_job(job, last_day=checked(StaffLastDayIn, request)["last_day"], actor=actor, now=time.now())
    return _shown(actor, staff_no)


@extend_schema(request=StaffWhyIn, responses={200: StaffOut, 409: Problem}, operation_id="people_leave")
@api_view(["POST"])
@keeps_answer
def leave(request: Request, staff_no: str) -> Response:
    """Gone from this minute; history stays."""
    actor = person(request)
    shown = _managed(actor, staff_no)
    actions.leave(shown, why=checked(StaffWhyIn, request)["why"], actor=actor, now=time.now())
    return _shown(actor, staff_no)


@extend_schema(request=StaffJobIn, responses={200: StaffHiredOut, 409: Problem}, operation_id="people_return")
@api_view(["POST"])
def return_to_work(request: Request, staff_no: str) -> Response:
    """Somebody who left comes back under the own number."""
    actor = person(request)
    shown = _managed(actor, staff_no)
    back = actions.return_to_work(shown, _job_in(checked(StaffJobIn, request)), actor=actor, now=time.now())
    return _shown(actor, staff_no, temporary_password=back.password)


@extend_schema(request=None, responses={200: StaffHiredOut, 409: Problem}, operation_id="people_reset_password")
@api_view(["POST"])
def reset_password(request: Request, staff_no: str) -> Response:
    """A temporary password; the token and every way in end."""
    actor = person(request)
    password = people_actions.reset_password(seen(actor, staff_no), actor=actor, now=time.now())
    return _shown(actor, staff_no, temporary_password=password)


urlpatterns = [
    path("people/", people),
    path("people/<slug:staff_no>/", one),
    path("people/<slug:staff_no>/edit/", edit),
    path("people/<slug:staff_no>/jobs/", add_job),
    path("people/<slug:staff_no>/jobs/<int:pk>/end/", end_job),
    path("people/<slug:staff_no>/leave/", leave),
    path("people/<slug:staff_no>/return/", return_to_work),
    path("people/<slug:staff_no>/reset-password/", reset_password),
]
