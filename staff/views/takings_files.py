"""The billing system's file of takings, handed in on a page: tried first, then taken in; bad lines told one by one."""

import tempfile
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from core import time
from core.forms import tried
from halls.models import Hall
from staff.actions import takings_files as actions
from staff.forms.money import TakingsFileForm
from staff.requests import StaffRequest
from staff.views.halls import hall_for

MOST, SHOWN = 3000, 200


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_takings(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code, "money.manage", "录入系统金额")
    if request.method != "POST":
        return _page(request, hall, TakingsFileForm())
    form, refused = TakingsFileForm(request.POST, request.FILES), list[tuple[int, str, str]]()
    if not form.is_valid():
        return _page(request, hall, form)
    is_trial = "take" not in request.POST
    told = tried(form, lambda: _read(request, form, refused, is_trial=is_trial))
    result = {"told": told, "refused": refused[:SHOWN], "left_off": max(len(refused) - SHOWN, 0), "is_trial": is_trial}
    return _page(request, hall, form, **result)


def _page(request: StaffRequest, hall: Hall, form: TakingsFileForm, **result: object) -> HttpResponse:
    return render(request, "staff/takings_file.html", {"hall": hall, "form": form, "most": MOST, **result})


def _read(
    request: StaffRequest, form: TakingsFileForm, refused: list[tuple[int, str, str]], *, is_trial: bool
) -> actions.Told:
    given = form.cleaned_data["file"]
    bounds = actions.Bounds(frozenset(request.user.hall_ids("money.manage")), MOST)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / Path(given.name).name
        with place.open("wb") as file:
            for chunk in given.chunks():
                file.write(chunk)
        return actions.take_in(
            place,
            reject=lambda number, why, cells: refused.append((number, why, ",".join(cells)[:120])),
            bounds=bounds,
            is_trial=is_trial,
            now=time.now(),
        )


urlpatterns = [path("money/<slug:code>/takings/import/", import_takings, name="takings-import")]
