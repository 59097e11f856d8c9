"""Certificates over HTTP (R-S-14): what is on record, recorded and withdrawn as on the pages."""

from datetime import timedelta
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
from staff import access
from staff.actions import certificates as actions
from staff.actions.certificates import Paper
from staff.api.handovers import checked, person
from staff.models import Certificate, User
from staff.states import CertificateKind

NO_SIGHT = "没有查看人员的权限。如工作需要,请联系店长开通。"
NO_PAPERS = "没有登记证书的权限。如工作需要,请联系店长。"
LONGEST_AHEAD = 3660


class StaffCertificateOut(serializers.Serializer):
    id = serializers.IntegerField()
    staff_no = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CertificateKind.choices)
    number = serializers.CharField()
    level = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    withdrawn_on = serializers.DateField(allow_null=True)


class StaffCertificateIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=CertificateKind.choices, default=CertificateKind.COUNTER)
    number = serializers.CharField(max_length=40)
    level = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()


class StaffCertificateAsk(serializers.Serializer):
    kind = serializers.ChoiceField(choices=CertificateKind.choices, required=False)
    ends_within = serializers.IntegerField(min_value=0, max_value=LONGEST_AHEAD, required=False, help_text="days")


class StaffWhyIn(serializers.Serializer):
    why = serializers.CharField(max_length=100)


def certificate_of(row: Certificate) -> dict[str, Any]:
    same = {name: getattr(row, name) for name in ("kind", "number", "level", "valid_from", "valid_to", "withdrawn_on")}
    return {"id": row.pk, "staff_no": row.person.staff_no, "name": row.person.name, **same}


def seen(actor: User, staff_no: str) -> User:
    """Somebody whom the caller may see, else 404."""
    return get_object_or_404(User.objects.visible_to(actor), staff_no=staff_no)


def _certified(actor: User, staff_no: str) -> User:
    shown = seen(actor, staff_no)
    if not access.may_certify(actor, shown):
        raise PermissionDenied(NO_PAPERS)
    return shown


@extend_schema(
    parameters=[StaffCertificateAsk],
    responses=page_of("StaffCertificatePage", StaffCertificateOut),
    operation_id="certificates_list",
)
@api_view(["GET"])
def certificates(request: Request) -> Response:
    """Certificates of the people whom the caller may see, the first to end first; `ends_within` leaves out those that
    are over or withdrawn."""
    actor = person(request)
    if not actor.may("staff.see"):
        raise PermissionDenied(NO_SIGHT)
    asked = StaffCertificateAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    rows = Certificate.objects.filter(person__in=User.objects.visible_to(actor)).select_related("person")
    if "kind" in asked.validated_data:
        rows = rows.filter(kind=asked.validated_data["kind"])
    if "ends_within" in asked.validated_data:
        today = time.business_day(time.now())
        last = today + timedelta(days=asked.validated_data["ends_within"])
        rows = rows.filter(valid_to__gte=today, valid_to__lte=last, withdrawn_on=None)
    return paged(request, rows.order_by("valid_to", "pk"), certificate_of)


@extend_schema(
    request=StaffCertificateIn, responses={201: StaffCertificateOut, 409: Problem}, operation_id="certificates_record"
)
@api_view(["POST"])
@keeps_answer
def record(request: Request, staff_no: str) -> Response:
    """Put a certificate on record; never one's own. 409 `number_taken`."""
    actor = person(request)
    holder = _certified(actor, staff_no)
    paper = Paper(**checked(StaffCertificateIn, request))
    row = actions.record(holder, paper, actor=actor, now=time.now())
    return Response(certificate_of(row), status=201)


@extend_schema(
    request=StaffWhyIn, responses={200: StaffCertificateOut, 409: Problem}, operation_id="certificates_withdraw"
)
@api_view(["POST"])
@keeps_answer
def withdraw(request: Request, staff_no: str, pk: int) -> Response:
    """From today on it does not count."""
    actor = person(request)
    row = get_object_or_404(Certificate, person=_certified(actor, staff_no), pk=pk)
    row = actions.withdraw(row, why=checked(StaffWhyIn, request)["why"], actor=actor, now=time.now())
    return Response(certificate_of(row))


urlpatterns = [
    path("people/<slug:staff_no>/certificates/", record),
    path("people/<slug:staff_no>/certificates/<int:pk>/withdraw/", withdraw),
    path("certificates/", certificates),
]
