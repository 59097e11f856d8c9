"""What the pages share: who may come in, which case it is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache

from complaints.models import Complaint
from complaints.queries.access import WORK, may
from complaints.queries.desk import JOINED
from halls.models import Hall
from halls.queries import visible_halls
from staff.requests import StaffRequest

NO_RIGHT = "没有{what}的权限。如工作需要,请联系店长开通。"


def need(verb: str, what: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page for those who hold a right somewhere; 403 with a sentence for the others."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @never_cache
        @login_required
        def door(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.may(verb):
                raise PermissionDenied(NO_RIGHT.format(what=what))
            return view(request, *args, **kwargs)

        return door

    return wrap


def case_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Replaces a number by its case, if the person may see it; else 404."""

    @wraps(view)
    @never_cache
    @login_required
    def door(request: StaffRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Complaint.objects.visible_to(request.user).select_related(
            *JOINED, "customer", "ticket", "clerk", "window"
        )
        complaint = rows.filter(number=number).first()
        if complaint is None:
            raise Http404
        return view(request, complaint, *args, **kwargs)

    return door


def check_work(request: StaffRequest, complaint: Complaint, need: str = WORK) -> None:
    if not may(request.user, complaint, need):
        raise PermissionDenied(NO_RIGHT.format(what="办理这张投诉单"))


def halls_of(request: StaffRequest, verb: str) -> list[Hall]:
    return list(visible_halls(request.user, verb).order_by("code"))


def chosen_hall(request: StaffRequest, verb: str) -> Hall | None:
    """The hall a list is narrowed to; one that the person may not see is as none."""
    code = request.GET.get("hall", "")[:20]
    return next((one for one in halls_of(request, verb) if one.code == code), None) if code else None
