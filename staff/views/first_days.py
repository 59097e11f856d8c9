"""第一天: the list of somebody new, ticked by the person."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from staff.actions import first_days as actions
from staff.models import FirstDayStep
from staff.queries import first_days as queries
from staff.requests import StaffRequest


@require_safe
@login_required
def first_day(request: StaffRequest) -> HttpResponse:
    found = queries.steps(request.user)
    shown = {"steps": found, "left": sum(one.at is None for one in found)}
    return render(request, "staff/first_day.html", shown)


@require_POST
@login_required
def tick(request: StaffRequest, pk: int) -> HttpResponse:
    step = get_object_or_404(FirstDayStep, pk=pk, is_active=True)
    if request.POST.get("undo"):
        actions.untick(step, person=request.user)
    else:
        actions.tick(step, person=request.user, now=time.now())
    return redirect("first-day")


urlpatterns = [
    path("staff/first-day/", first_day, name="first-day"),
    path("staff/first-day/<int:pk>/tick/", tick, name="first-day-tick"),
]
