"""开窗测算: so many windows, so many more customers → the waits to expect, from the hall's own data."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from core import time
from halls.models import Hall
from overview.forms import WhatIfForm
from overview.queries import what_if as reads
from queueing.views.halls import hall_for, pick_hall
from staff.requests import StaffRequest

WHAT = "开窗测算"


@require_safe
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "figures.see", WHAT, "what-if-hall")


@require_safe
@login_required
def what_if(request: StaffRequest, code: str) -> HttpResponse:
    """Without anything asked, today with the windows that the forecast calls for."""
    hall, now = hall_for(request, code, "figures.see", WHAT), time.now()
    today, most = time.business_day(now), hall.windows.filter(is_active=True).count()
    shown: dict[str, Any] = {"hall": hall, "most": most, "several": len(request.user.hall_ids("figures.see")) > 1}
    if not most:
        return render(request, "overview/what_if.html", shown)
    first = {"day": today, "windows": reads.usual_windows(hall, today, now), "customers": 0, "minutes": 10}
    asked = {name: value for name, value in request.GET.items() if name in first}
    form = WhatIfForm({**first, **asked}, today=today, most=most)
    if form.is_valid():
        shown |= _answered(hall, form, now)
    return render(request, "overview/what_if.html", {**shown, "form": form})


def _answered(hall: Hall, form: WhatIfForm, now: Any) -> dict[str, Any]:
    answer = reads.ask(hall, form.wish, now)
    if answer is None:
        return {"is_empty": True}
    return {"answer": answer, "chart": reads.chart(answer), "wish": form.wish}


urlpatterns = [
    path("overview/what-if/", halls, name="what-if"),
    path("overview/what-if/<slug:code>/", what_if, name="what-if-hall"),
]
