"""Which hall a page is about, for people with one and for people with many."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from core.requests import SignedInRequest
from halls import queries
from halls.models import Hall

NO_RIGHT = "没有这项工作的权限。如工作需要,请联系店长开通。"


@dataclass(frozen=True)
class Choice:
    hall: Hall
    halls: list[Hall]


def chosen(request: SignedInRequest, verb: str) -> Choice:
    """The hall named by `?hall=` or in the form, else the first one.

    403 without the right anywhere or for a hall that is only seen, 404 for the rest.
    """
    halls = list(queries.visible_halls(request.user, verb).order_by("-is_live", "code"))
    if not halls:
        raise PermissionDenied(NO_RIGHT)
    code = request.POST.get("hall") or request.GET.get("hall") or halls[0].code
    hall = next((one for one in halls if one.code == code), None)
    if hall is not None:
        return Choice(hall, halls)
    if any(one.code == code for one in queries.visible_halls(request.user)):
        raise PermissionDenied(NO_RIGHT)
    raise Http404


def must(request: SignedInRequest, verb: str, hall: Hall) -> None:
    """404 for a stranger to the hall, 403 for a colleague without the right."""
    if request.user.may(verb, hall):
        return
    if request.user.may("hall.see", hall):
        raise PermissionDenied(NO_RIGHT)
    raise Http404


def back(name: str, hall: Hall, **more: str) -> HttpResponse:
    """To a page by name, with its hall."""
    response = redirect(name)
    response["Location"] += f"?{urlencode({'hall': hall.code, **more})}"
    return response
