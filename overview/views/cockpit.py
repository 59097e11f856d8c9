"""现场看板: one hall at a glance, what needs a hand first."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from core import time
from halls.models import Hall
from overview.queries import cockpit as queries
from overview.queries import todo
from queueing.queries import alerts
from staff.requests import StaffRequest

SHOWN = 4  # cards of things to do; the rest unfolds
FORBIDDEN = "没有查看现场看板的权限。如工作需要,请联系店长开通。"


def hall_of(request: StaffRequest, code: str) -> Hall:
    """A stranger's hall does not exist; a colleague without the right is told so."""
    hall = Hall.objects.filter(code=code, is_live=True).select_related("region").first()
    if hall is None or not request.user.may("hall.see", hall):
        raise Http404
    if not request.user.may("figures.see", hall):
        raise PermissionDenied(FORBIDDEN)
    return hall


@require_safe
@login_required
def overview(request: StaffRequest) -> HttpResponse:
    """The one hall of this person; with several, all of them, those that need a hand first."""
    if not request.user.hall_ids("figures.see"):
        raise PermissionDenied(FORBIDDEN)
    lines = queries.lines(request.user, time.now())
    if len(lines) == 1:
        return redirect("cockpit", lines[0].hall.code)
    page = "overview/_halls.html" if request.htmx else "overview/halls.html"
    topics = " ".join(f"hall.{line.hall.code}" for line in lines[:15])
    return render(request, page, {"lines": lines, "topics": topics})


@require_safe
@login_required
def cockpit(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = hall_of(request, code), time.now()
    return render(request, "overview/cockpit.html", _now(request, hall, now) | queries.day_of(hall, now))


@require_safe
@login_required
def cockpit_now(request: StaffRequest, code: str) -> HttpResponse:
    """What moves with every call; fetched again after a nudge."""
    hall, now = hall_of(request, code), time.now()
    return render(request, "overview/_now.html", _now(request, hall, now))


def _now(request: StaffRequest, hall: Hall, now: datetime) -> dict[str, Any]:
    """What needs a hand, with what this person may do about it, and the floor."""
    todos, standing = todo.of_hall(hall, request.user, now), alerts.standing(hall, request.user, now)
    hands = {"alerts": standing, "is_peak": standing.is_peak, "todos": todos[:SHOWN], "more": todos[SHOWN:]}
    return hands | queries.now_on(hall, now)


@require_safe
@login_required
def cockpit_day(request: StaffRequest, code: str) -> HttpResponse:
    """What moves slowly; fetched by the clock."""
    return render(request, "overview/_day.html", queries.day_of(hall_of(request, code), time.now()))
