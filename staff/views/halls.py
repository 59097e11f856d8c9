"""Which hall a page of this app is about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from halls.models import Hall
from staff.requests import StaffRequest

NO_RIGHT = "没有{what}的权限。如工作需要,请联系店长开通。"


def hall_for(request: StaffRequest, code: str, verb: str, what: str) -> Hall:
    """A hall this person may see (else 404) and act in (else 403)."""
    hall = Hall.objects.filter(code=code).select_related("region__parent").first()
    if hall is None or not request.user.may("hall.see", hall):
        raise Http404
    if not request.user.may(verb, hall):
        raise PermissionDenied(NO_RIGHT.format(what=what))
    return hall


def pick_hall(request: StaffRequest, verb: str, what: str, page: str) -> HttpResponse:
    """The hall of this person; with several, the choice."""
    halls = list(Hall.objects.filter(pk__in=request.user.hall_ids(verb), is_live=True).order_by("code"))
    if not halls:
        raise PermissionDenied(NO_RIGHT.format(what=what))
    if len(halls) == 1:
        return redirect(page, halls[0].code)
    return render(request, "staff/pick_hall.html", {"halls": halls, "title": what, "page": page})


def query_without(request: StaffRequest, *names: str) -> str:
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()
