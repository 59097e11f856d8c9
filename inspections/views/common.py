"""What the pages of inspections share: who may open them, and which hall and month is meant."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from core import time
from halls.models import Hall
from halls.queries import visible_halls
from inspections.forms import month_of
from inspections.models import Visit
from staff.requests import StaffRequest

NO_RIGHT = "没有查看服务检查的权限。如工作需要,请联系店长或区县主管开通。"
PER_PAGE = 25


def must(request: StaffRequest, *verbs: str, hall: Hall | None = None, sentence: str = NO_RIGHT) -> None:
    if not any(request.user.may(verb, hall) for verb in verbs):
        raise PermissionDenied(sentence)


def halls(request: StaffRequest, verb: str = "inspection.see") -> QuerySet[Hall]:
    must(request, verb)
    return visible_halls(request.user, verb).order_by("code")


def chosen_hall(request: StaffRequest, among: QuerySet[Hall]) -> Hall | None:
    """The hall named in the address; 404 for one that is not among one's own."""
    code = request.GET.get("hall", "")
    if not code:
        return None
    found = next((one for one in among if one.code == code), None)
    if found is None:
        raise Http404
    return found


def month(request: StaffRequest) -> date:
    return month_of(request.GET.get("month", ""), time.business_day(time.now()).replace(day=1))


def visit_of(request: StaffRequest, pk: UUID) -> Visit:
    rows = Visit.objects.visible_to(request.user).select_related(
        "hall__region__parent", "version__card", "auditor", "second_of"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
