"""取号优先: the district changes head starts and the cap, after seeing what they would have done to a past day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from core import parameters, time
from core.errors import Refused
from halls.models import Hall
from queueing.actions.fairness import set_order
from queueing.forms import FairnessForm, field_of
from queueing.queries import fairness as reads
from queueing.views.halls import hall_for, pick_hall
from staff.requests import StaffRequest

WHAT = "取号优先"


@require_safe
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "figures.see", WHAT, "fairness-hall")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def fairness(request: StaffRequest, code: str) -> HttpResponse:
    """POST tries the values on a past day; with `save` it writes them."""
    hall, now = hall_for(request, code, "figures.see", WHAT), time.now()
    today = time.business_day(now)
    places = reads.places(request.user, hall)
    choices = [(one.code, one.name) for one in places]
    if request.method != "POST":
        form = FairnessForm(initial=_first(hall, places, today), places=choices, today=today)
        return _page(request, hall, form, today)
    if not places:
        raise PermissionDenied("取号优先由区县设置。如需调整,请联系区县主管。")
    form = FairnessForm(request.POST, places=choices, today=today)
    if form.is_valid() and "save" in request.POST:
        try:
            _save(request, hall, form, now)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            return redirect("fairness-hall", hall.code)
    return _page(request, hall, form, today)


def _first(hall: Hall, places: list[reads.Place], today: date) -> dict[str, Any]:
    tomorrow = today + timedelta(days=1)
    values = {field_of(name): value for name, value in reads.values_on(hall, tomorrow).items()}
    here = places[-1].code if places else ""
    return {**values, "place": here, "valid_from": tomorrow, "tried_on": today - timedelta(days=1)}


def _save(request: StaffRequest, hall: Hall, form: FairnessForm, now: datetime) -> None:
    given = form.cleaned_data
    set_order(hall, given["place"], form.wished, valid_from=given["valid_from"], actor=request.user, now=now)


def _page(request: StaffRequest, hall: Hall, form: FairnessForm, today: date) -> HttpResponse:
    trial = None
    if form.is_bound and not any(name in form.errors for name in form.fields):
        given = form.cleaned_data
        would = reads.values_if(hall, given["place"], form.wished, given["valid_from"])
        trial = reads.trial(hall, given["tried_on"], would)
    in_force = reads.values_on(hall, today)
    shown = {
        "hall": hall,
        "form": form,
        "may_change": bool(reads.places(request.user, hall)),
        "tried": form.is_bound and not form.errors,
        "trial": trial,
        "in_force": [(parameters.about(name), value) for name, value in in_force.items()],
        "planned": [(parameters.about(row.name), row) for row in reads.planned(hall, today)],
    }
    return render(request, "queueing/fairness.html", shown)


urlpatterns = [
    path("queueing/fairness/", halls, name="fairness"),
    path("queueing/fairness/<slug:code>/", fairness, name="fairness-hall"),
]
