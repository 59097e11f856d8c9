"""目标: a place's target, how far it is, and what of it is given to those below."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from core import time
from core.errors import Refused
from halls.models import Hall, Region
from halls.states import RegionLevel
from staff.actions import targets as actions
from staff.forms.performance import TargetsForm
from staff.queries import targets as queries
from staff.queries.targets import Place
from staff.requests import StaffRequest
from staff.rules.performance import month_of
from staff.states import TargetMeasure
from staff.views.choices import month_in, months

NO_RIGHT = "没有查看目标分解的权限。本人的目标在「我的月度单」里。"


def _place(request: StaffRequest, code: str) -> Place:
    """What was asked for, or the top of what this person leads; 404 for what is not theirs."""
    if not request.user.may("target.set"):
        raise PermissionDenied(NO_RIGHT)
    if not code:
        tops = queries.places(request.user)
        if not tops:
            raise PermissionDenied(NO_RIGHT)
        return tops[0]
    code = code.replace("\x00", "")[:20]
    place: Place | None = Hall.objects.filter(code=code).select_related("region").first()
    place = place or Region.objects.filter(code=code).first()
    if place is None or not queries.may_see(request.user, place):
        raise Http404
    return place


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def targets(request: StaffRequest) -> HttpResponse:
    now, values = time.now(), request.POST if request.method == "POST" else request.GET
    place, this = _place(request, values.get("at", "")), month_of(time.business_day(now))
    month = month_in(values.get("month", ""), this)
    known = dict(queries.measures())
    measure = values.get("measure", "")
    measure = measure if measure in known else TargetMeasure.SERVED.value
    sheet = queries.sheet(place, month, measure, now)
    with_own = isinstance(place, Region) and place.level == RegionLevel.CITY
    posted = request.POST if request.method == "POST" else None
    form = TargetsForm(posted, sheet=sheet, with_own=with_own) if month >= this else None
    if request.method == "POST":
        if form is None:
            raise Refused("month_over", "这个月已经结束,目标不能再改。")
        if form.is_valid():
            changed = actions.set_targets(place, (month, measure), form.values(), actor=request.user, now=now)
            messages.success(request, f"已保存,{changed} 项有变动。" if changed else "没有变动。")
            return redirect(f"{reverse('targets')}?at={place.code}&month={month:%Y-%m}&measure={measure}")
    shown = {
        **_around(request, place, month, known, measure),
        "sheet": sheet,
        "form": form,
        "rows": [(line, form[line.key] if form else None) for line in sheet.parts],
        "own_field": form[sheet.whole.key] if form and with_own else None,
    }
    return render(request, "staff/targets.html", shown)


def _around(request: StaffRequest, place: Place, month: date, known: dict[str, str], measure: str) -> dict[str, Any]:
    """Where one can go from here."""
    above = place.region if isinstance(place, Hall) else place.parent
    return {
        "place": place,
        "is_hall": isinstance(place, Hall),
        "above": above if above is not None and queries.may_see(request.user, above) else None,
        "tops": queries.places(request.user),
        "month": month,
        "months": months(time.now(), ahead=1),
        "measures": list(known.items()),
        "measure": measure,
        "measure_name": known[measure],
    }


urlpatterns = [path("staff/targets/", targets, name="targets")]
