"""外出活动: the calendar of events outside the hall, with who goes, where, and what came of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.models import Hall, Outing
from halls.states import OutingState
from staff.actions import outings as acts
from staff.forms.outings import OutingForm, ResultForm, WhyForm
from staff.models import User
from staff.queries import outings as reads
from staff.requests import StaffRequest
from staff.rules.performance import month_before, month_of, next_month
from staff.views.choices import chosen, halls_for, month_in

SEE, MANAGE = "hall.check", "campaign.manage"
NO_RIGHT = "没有外出活动的权限。如工作需要,请联系店长开通。"
HEADS = ("开始", "营业厅", "类别", "主题", "地点", "参加人员", "状态", "接待人数", "办理数", "意向客户", "小结")


def _asked(request: StaffRequest, halls: list[Hall]) -> tuple[list[Hall], Any, str]:
    month = month_in(request.GET.get("month", ""), month_of(time.business_day(time.now())))
    code = request.GET.get("hall", "")
    here = [hall for hall in halls if code in {"", hall.code}] or halls
    return here, month, code if len(here) == 1 else ""


@require_safe
@login_required
def outings(request: StaffRequest) -> HttpResponse:
    return _page(request)


def _page(request: StaffRequest, form: OutingForm | None = None) -> HttpResponse:
    halls = halls_for(request, SEE, NO_RIGHT)
    here, month, code = _asked(request, halls)
    rows = reads.of_month(here, month)
    mine = [hall for hall in halls if request.user.may(MANAGE, hall)]
    planning = chosen(mine, request.POST.get("hall") or code) if mine else None
    shown = {
        "halls": halls,
        "code": code,
        "month": month,
        "before": month_before(month),
        "after": next_month(month),
        "rows": rows,
        "sums": reads.sums(rows),
        "planning": planning,
        "form": form or (OutingForm(hall=planning) if planning else None),
        "query": urlencode({"hall": code, "month": f"{month:%Y-%m}"}),
    }
    return render(request, "staff/outings.html", shown, status=422 if form else 200)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    here, month, _ = _asked(request, halls_for(request, SEE, NO_RIGHT))
    rows = (
        (
            one.begins_at,
            one.hall.name,
            one.get_kind_display(),
            one.title,
            one.place,
            "、".join(person.name for person in one.people.all()),
            one.get_state_display(),
            *(one.reached, one.handled, one.leads, one.result),
        )
        for one in reads.of_month(here, month)
    )
    return sheet("outings", f"外出活动 {month:%Y-%m}", HEADS, rows, by=request.user)


@require_POST
@login_required
def plan(request: StaffRequest) -> HttpResponse:
    hall = chosen(halls_for(request, MANAGE, NO_RIGHT), request.POST.get("hall", ""))
    form = OutingForm(request.POST, hall=hall)
    if form.is_valid():
        people, draft = list(form.cleaned_data["people"]), form.save(commit=False)
        row = tried(form, lambda: acts.plan_outing(draft, people, by=request.user, now=time.now()))
        if row is not None:
            messages.success(request, f"已安排「{row}」,已通知参加人员。")
            return redirect("outing", row.pk)
    return _page(request, form)


def outing_for(user: User, pk: int, verb: str = SEE) -> Outing:
    row = get_object_or_404(
        Outing.objects.select_related("hall", "campaign", "planned_by", "closed_by").prefetch_related("people"), pk=pk
    )
    if not user.may("hall.see", row.hall):
        raise Http404
    if not user.may(verb, row.hall):
        raise PermissionDenied(NO_RIGHT)
    return row


@require_safe
@login_required
def outing(request: StaffRequest, pk: int) -> HttpResponse:
    return _one(request, outing_for(request.user, pk))


def _one(request: StaffRequest, row: Outing, form: ResultForm | None = None) -> HttpResponse:
    planned = row.state == OutingState.PLANNED
    shown = {
        "outing": row,
        "planned": planned,
        "begun": time.now() >= row.begins_at,
        "may_manage": request.user.may(MANAGE, row.hall),
        "form": form or ResultForm(),
    }
    return render(request, "staff/outing.html", shown, status=422 if form else 200)


@require_POST
@login_required
def close(request: StaffRequest, pk: int) -> HttpResponse:
    row, form = outing_for(request.user, pk, MANAGE), ResultForm(request.POST)
    if form.is_valid():
        result = acts.Result(**form.cleaned_data)
        if tried(form, lambda: acts.close_outing(row, result, by=request.user, now=time.now())) is not None:
            messages.success(request, "已登记结果。")
            return redirect("outing", row.pk)
    return _one(request, row, form)


@require_POST
@login_required
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    row, form = outing_for(request.user, pk, MANAGE), WhyForm(request.POST)
    try:
        why = form.cleaned_data["why"] if form.is_valid() else ""
        acts.cancel_outing(row, why, by=request.user, now=time.now())
        messages.success(request, "已取消,已通知参加人员。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("outing", row.pk)


urlpatterns = [
    path("outings/", outings, name="outings"),
    path("outings/export/", export, name="outings-export"),
    path("outings/plan/", plan, name="outing-plan"),
    path("outings/<int:pk>/", outing, name="outing"),
    path("outings/<int:pk>/close/", close, name="outing-close"),
    path("outings/<int:pk>/cancel/", cancel, name="outing-cancel"),
]
