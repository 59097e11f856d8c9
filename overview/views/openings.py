"""开新厅: copied from a hall that works, filled from lists that are tried first, opened when nothing is missing."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from halls.models import Hall
from overview.actions import hall_lists, openings
from overview.forms import CopyForm, ListsForm, PlaceForm
from overview.queries import openings as reads
from overview.queries.list_template import template
from overview.rules import openings as rules
from staff.models import User
from staff.requests import StaffRequest

PER_PAGE = 30
NO_RIGHT = "没有开新厅的权限。如工作需要,请联系区县主管。"


def _need(request: StaffRequest) -> None:
    if not request.user.may(reads.VERB):
        raise PermissionDenied(NO_RIGHT)


def hall_of(user: User, code: str) -> Hall:
    """A hall this person may see, else Http404; PermissionDenied without the right to open it."""
    hall = Hall.objects.filter(code=code).select_related("region__parent").first()
    if hall is None or not user.may("hall.see", hall):
        raise Http404
    if not user.may(reads.VERB, hall):
        raise PermissionDenied(NO_RIGHT)
    return hall


@require_safe
@login_required
def new_halls(request: StaffRequest) -> HttpResponse:
    _need(request)
    page = Paginator(reads.new_halls(request.user, time.now()), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "overview/openings.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def copy(request: StaffRequest) -> HttpResponse:
    _need(request)
    form = CopyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = tried(form, lambda: openings.copy_hall(given["pattern"], form.face, actor=request.user, now=time.now()))
        if made is not None:
            messages.success(request, f"{made.name}已建好,还没有开业。请按清单补齐。")
            return redirect("opening", made.code)
    words = {"title": "复制一个营业厅", "submit": "新建", "back": "/openings/"}
    return render(request, "staff/form.html", {"forms": [form], **words})


@require_safe
@login_required
def lists_template(request: StaffRequest) -> HttpResponse:
    _need(request)
    response = HttpResponse(template(), content_type=reads.EXCEL)
    response["Content-Disposition"] = 'attachment; filename="opening-lists.xlsx"'
    return response


@require_safe
@login_required
def opening(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, hall_of(request.user, code))


def _page(request: StaffRequest, hall: Hall, **more: Any) -> HttpResponse:
    steps = reads.steps(hall, time.now())
    shown = {
        "hall": hall,
        "steps": steps,
        "missing": rules.missing(steps),
        "done": sum(one.is_done for one in steps),
        "lists": ListsForm(),
        "place": PlaceForm(instance=hall),
        "sheets": [sheet.name for sheet in rules.SHEETS.values()],
        **more,
    }
    return render(request, "overview/opening.html", shown)


@require_POST
@login_required
def place(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_of(request.user, code)
    form = PlaceForm(request.POST, instance=hall)
    if not form.is_valid():
        return _page(request, hall, place=form)
    openings.set_place(hall.pk, form.cleaned_data, actor=request.user)
    messages.success(request, "地址与电话已保存。")
    return redirect("opening", code)


@never_cache
@require_POST
@login_required
def lists(request: StaffRequest, code: str) -> HttpResponse:
    """A trial keeps nothing; taking in keeps all or nothing, and shows the temporary passwords of new people once."""
    hall, form = hall_of(request.user, code), ListsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, hall, lists=form)
    is_trial = "save" not in request.POST
    told = tried(form, lambda: taken_in(hall, form.cleaned_data["file"], is_trial=is_trial, actor=request.user))
    return _page(request, hall, lists=form, told=told, is_trial=is_trial)


def taken_in(hall: Hall, file: UploadedFile, *, is_trial: bool, actor: User) -> hall_lists.Told:
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "lists"
        with kept.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        return hall_lists.take_in(hall, kept, is_trial=is_trial, actor=actor, now=time.now())


@require_POST
@login_required
def open_hall(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_of(request.user, code)
    try:
        openings.open_hall(hall.pk, actor=request.user, now=time.now())
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, f"{hall.name}已开业,取号、叫号和大屏可以使用。")
    return redirect("opening", code)


urlpatterns = [
    path("openings/", new_halls, name="openings"),
    path("openings/new/", copy, name="opening-copy"),
    path("openings/template/", lists_template, name="opening-template"),
    path("openings/<slug:code>/", opening, name="opening"),
    path("openings/<slug:code>/place/", place, name="opening-place"),
    path("openings/<slug:code>/lists/", lists, name="opening-lists"),
    path("openings/<slug:code>/open/", open_hall, name="opening-open"),
]
