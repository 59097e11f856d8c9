"""营销承载测算: whether the halls can carry a campaign (R-H-14)."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from core import time
from core.errors import Refused
from halls.models import Hall
from halls.queries import visible_halls
from queueing.actions.load import check_load
from queueing.forms import LoadCheckForm
from queueing.models import LoadCheck
from queueing.queries.load import visible_checks
from staff.requests import StaffRequest

PER_PAGE = 10


def _halls(request: StaffRequest) -> QuerySet[Hall]:
    if not request.user.may("figures.see"):
        raise PermissionDenied("没有营销承载测算的权限。如工作需要,请联系店长开通。")
    return visible_halls(request.user, "figures.see").filter(is_live=True).order_by("code")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def load_checks(request: StaffRequest) -> HttpResponse:
    """The form and the earlier checks; a filled form is reckoned, saved and shown."""
    halls, now = _halls(request), time.now()
    form = LoadCheckForm(request.POST or None, halls=halls, initial=_first(halls, time.business_day(now)))
    if request.method == "POST" and form.is_valid():
        wanted = form.save(commit=False)
        try:
            made = check_load(wanted, list(form.cleaned_data["halls"]), by=request.user, now=now)
        except Refused as no:
            form.add_error("halls", no.message)
        else:
            return redirect("load-check-shown", made.pk)
    return render(request, "queueing/load_check.html", {"form": form, "page": _page(request)})


def _first(halls: QuerySet[Hall], today: date) -> dict[str, Any]:
    starts_on = today + timedelta(days=7)
    few = halls if halls.count() == 1 else []
    return {"starts_on": starts_on, "ends_on": starts_on + timedelta(days=13), "halls": few}


def _shown(request: StaffRequest) -> QuerySet[LoadCheck]:
    return visible_checks(request.user).select_related("made_by").prefetch_related("halls")


def _page(request: StaffRequest) -> Any:
    return Paginator(_shown(request), PER_PAGE).get_page(request.GET.get("page"))


@require_safe
@login_required
def shown(request: StaffRequest, pk: int) -> HttpResponse:
    check = _shown(request).filter(pk=pk).first() if pk < 2**62 else None
    if check is None:
        raise Http404
    halls = _halls(request)
    again = {
        "name": check.name,
        "halls": check.halls.all(),
        **{name: getattr(check, name) for name in ("starts_on", "ends_on", "target", "uptake", "minutes")},
        "other_channels": check.other_channels,
    }
    days = [{**one, "day": date.fromisoformat(one["day"])} for one in check.result["days"]]
    facts = {"check": check, "days": days, "tight": [one for one in days if not one["fits"]]}
    form = LoadCheckForm(halls=halls, initial=again)
    return render(request, "queueing/load_check.html", {**facts, "form": form, "page": _page(request)})


urlpatterns = [
    path("queueing/load-check/", load_checks, name="load-check"),
    path("queueing/load-check/<int:pk>/", shown, name="load-check-shown"),
]
