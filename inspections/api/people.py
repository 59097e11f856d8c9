"""Who calls, and what they may touch: a stranger gets 404, a colleague without the right 403."""

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from halls.models import Device, Hall
from inspections.models import Visit
from staff.models import User
from staff.requests import caller

FORBIDDEN = "没有这项检查工作的权限。如工作需要,请联系区县主管开通。"


def person(request: Request, *verbs: str) -> User:
    """A person with one of the rights somewhere; machines do not inspect."""
    who = caller(request)
    if isinstance(who, Device) or (verbs and not any(who.may(verb) for verb in verbs)):
        raise PermissionDenied(FORBIDDEN)
    return who


def hall_of(who: User, code: str, *verbs: str) -> Hall:
    hall = Hall.objects.select_related("region__parent").filter(code=code, pk__in=who.hall_ids("hall.see")).first()
    if hall is None:
        raise Http404
    must(who, hall, *verbs)
    return hall


def must(who: User, hall: Hall, *verbs: str) -> None:
    if not any(who.may(verb, hall) for verb in verbs):
        raise PermissionDenied(FORBIDDEN)


def visit_of(who: User, pk: UUID) -> Visit:
    rows = Visit.objects.visible_to(who).select_related("hall__region__parent", "version__card", "auditor")
    found = rows.prefetch_related("findings").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def checked(shape: type[Serializer], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data
