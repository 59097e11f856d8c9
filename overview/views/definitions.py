"""指标说明: what each figure is, so that one name is one number wherever it stands."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from overview.rules import figures as rules
from staff.requests import StaffRequest

FORBIDDEN = "没有查看指标说明的权限。如工作需要,请联系店长开通。"


@require_safe
@login_required
def definitions(request: StaffRequest) -> HttpResponse:
    if not request.user.hall_ids("figures.see"):
        raise PermissionDenied(FORBIDDEN)
    words = request.GET.get("q", "").strip()
    rows = [one for one in rules.ALL.values() if words.lower() in f"{one.name} {one.key} {one.rule}".lower()]
    groups = [(name, [one for one in rows if one.group == name]) for name in rules.GROUPS]
    shown = {"groups": [(name, found) for name, found in groups if found], "q": words}
    return render(request, "overview/definitions.html", shown)


urlpatterns = [path("overview/figures/", definitions, name="figure-definitions")]
