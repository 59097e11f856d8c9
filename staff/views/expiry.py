"""到期提醒: everything of a hall that ends on a day, in one calendar."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.actions import dated
from halls.models import DatedThing, Equipment, Hall
from staff.forms.expiry import PaperForm, RenewForm
from staff.queries import expiry as reads
from staff.requests import StaffRequest
from staff.states import ExpiryKind
from staff.views.choices import chosen, halls_for

SEE, CHANGE = "hall.check", "hall.operate"
NO_RIGHT = "没有这项工作的权限。如工作需要,请联系店长开通。"
SPANS = {"30": "30 天内", "7": "7 天内", "90": "90 天内", "365": "一年内", "0": "已过期"}
HEADS = ("营业厅", "类别", "名称", "编号或位置", "最后一天", "还剩(天)")


def _asked(request: StaffRequest) -> dict[str, str]:
    given = request.GET
    span = given.get("span", "30") if given.get("span", "30") in SPANS else "30"
    kind = given.get("kind", "") if given.get("kind", "") in ExpiryKind.values else ""
    return {"hall": given.get("hall", ""), "span": span, "kind": kind}


def _found(request: StaffRequest, halls: list[Hall], asked: dict[str, str], today: date) -> list[reads.Ends]:
    """Of the hall that was asked for, or of all halls of this person."""
    days = int(asked["span"])
    last = today + timedelta(days=days) if days else today - timedelta(days=1)
    here = [hall for hall in halls if asked["hall"] in {"", hall.code}]
    return reads.for_person(request.user, here, last, today, asked["kind"])


@require_safe
@login_required
def expiry(request: StaffRequest) -> HttpResponse:
    return _page(request)


def _page(request: StaffRequest, form: PaperForm | None = None) -> HttpResponse:
    halls, today, asked = halls_for(request, SEE, NO_RIGHT), time.business_day(time.now()), _asked(request)
    if form is not None:
        asked["hall"] = request.POST.get("hall", "")
    rows = [(one, one.days_left(today), -one.days_left(today)) for one in _found(request, halls, asked, today)]
    months = [(month, list(found)) for month, found in groupby(rows, key=lambda row: row[0].last_day.replace(day=1))]
    mine = [hall for hall in halls if request.user.may(CHANGE, hall)]
    shown: dict[str, Any] = {
        "halls": halls,
        "asked": asked,
        "months": months,
        "total": len(rows),
        "over": sum(left < 0 for _, left, _ in rows),
        "spans": SPANS.items(),
        "kinds": ExpiryKind.choices,
        "today": today,
        "mine": mine,
        "changeable": {hall.pk for hall in mine},
        "form": form or PaperForm(initial={"kind": "contract"}),
        "query": urlencode(asked),
    }
    return render(request, "staff/expiry.html", shown, status=422 if form else 200)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    halls, today = halls_for(request, SEE, NO_RIGHT), time.business_day(time.now())
    rows = (
        (one.hall.name, str(one.kind.label), one.name, one.where, one.last_day, one.days_left(today))
        for one in _found(request, halls, _asked(request), today)
    )
    return sheet("expiry", "到期提醒", HEADS, rows, by=request.user)


@require_POST
@login_required
def record(request: StaffRequest) -> HttpResponse:
    mine = halls_for(request, CHANGE, NO_RIGHT)
    hall = chosen(mine, request.POST.get("hall", ""))
    form = PaperForm(request.POST)
    if form.is_valid():
        row = tried(form, lambda: dated.record_dated(hall, form.paper(), actor=request.user, now=time.now()))
        if row is not None:
            messages.success(request, f"已登记{row},到期前会提醒。")
            return _back(hall)
    return _page(request, form)


def _back(hall: Hall) -> HttpResponse:
    return redirect(f"{reverse('expiry')}?{urlencode({'hall': hall.code, 'span': '365'})}")


def _must(request: StaffRequest, hall: Hall) -> None:
    if request.user.may(CHANGE, hall):
        return
    if request.user.may("hall.see", hall):
        raise PermissionDenied(NO_RIGHT)
    raise Http404


@require_POST
@login_required
def renew(request: StaffRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DatedThing.objects.select_related("hall"), pk=pk)
    _must(request, row.hall)
    return _renewed(request, row.hall, lambda last: dated.renew(row, last, actor=request.user, now=time.now()))


@require_POST
@login_required
def renew_equipment(request: StaffRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Equipment.objects.select_related("hall"), pk=pk)
    _must(request, row.hall)
    return _renewed(
        request, row.hall, lambda last: dated.renew_equipment(row, last, actor=request.user, now=time.now())
    )


def _renewed(request: StaffRequest, hall: Hall, act: Any) -> HttpResponse:
    form = RenewForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("bad_day", "请填写新的最后一天,如 2026-11-30。")
        row = act(form.cleaned_data["valid_to"])
        messages.success(request, f"{row}已续到 {form.cleaned_data['valid_to']}。")
    except Refused as no:
        messages.error(request, no.message)
    return _back(hall)


@require_POST
@login_required
def close(request: StaffRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DatedThing.objects.select_related("hall"), pk=pk)
    _must(request, row.hall)
    dated.close(row, actor=request.user, now=time.now())
    messages.success(request, f"{row}不再续办,已从提醒中移走。")
    return _back(row.hall)


urlpatterns = [
    path("expiry/", expiry, name="expiry"),
    path("expiry/export/", export, name="expiry-export"),
    path("expiry/record/", record, name="expiry-record"),
    path("expiry/<int:pk>/renew/", renew, name="expiry-renew"),
    path("expiry/<int:pk>/close/", close, name="expiry-close"),
    path("expiry/equipment/<int:pk>/renew/", renew_equipment, name="expiry-renew-equipment"),
]
