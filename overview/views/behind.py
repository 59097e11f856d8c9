"""指标明细: from a figure to the numbers or complaints behind it. Phones stay masked; a case opens on its own page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from core import time
from overview.forms import CompareForm
from overview.queries import behind as reads
from overview.rules.figures import ALL
from overview.views.cockpit import hall_of
from overview.views.doors import PER_PAGE
from staff.requests import StaffRequest

NO_CASES = "没有查看投诉的权限。如工作需要,请联系店长开通。"


@require_safe
@login_required
def behind(request: StaffRequest, code: str, key: str) -> HttpResponse:
    hall, now = hall_of(request, code), time.now()
    if key not in reads.DRILLED:
        raise Http404
    form = CompareForm(request.GET, today=time.business_day(now))
    asked = form if form.is_valid() else CompareForm({}, today=time.business_day(now))
    asked.is_valid()
    shown: dict[str, Any] = {"hall": hall, "figure": ALL[key], "form": form, "span": asked.span}
    if key in reads.CASES and not request.user.may("complaint.see", hall):
        raise PermissionDenied(NO_CASES)
    read: Any = reads.cases if key in reads.CASES else reads.numbers
    page = Paginator(read(hall, *asked.span, key, now), PER_PAGE).get_page(request.GET.get("page"))
    if key in reads.CASES:
        shown["cases"] = page.object_list
    else:
        shown["numbers"] = reads.told(list(page.object_list))
    query = urlencode({"from": asked.span[0], "to": asked.span[1]})
    more = {"page": page, "query": query, "is_of_cases": key in reads.CASES}
    return render(request, "overview/behind.html", {**shown, **more})


urlpatterns = [path("overview/halls/<slug:code>/behind/<slug:key>/", behind, name="behind")]
