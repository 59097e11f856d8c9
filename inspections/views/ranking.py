"""排名与加分: places inside each class, districts, bonus, and how alike the auditors see."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.sheets import sheet as excel
from inspections.actions import months as actions
from inspections.forms import NominateForm
from inspections.models import Bonus
from inspections.queries import cards as card_reads
from inspections.queries import results as reads
from inspections.queries.months import least_visits
from inspections.views.common import halls, month, must
from staff.requests import StaffRequest

CALIBRATION = timedelta(days=190)
FEW = 3  # halls whose manager one can be


@require_safe
@login_required
def ranking(request: StaffRequest) -> HttpResponse:
    mine, asked = halls(request), month(request)
    plans = request.user.hall_ids("inspection.plan")
    since = asked - CALIBRATION
    ids = [one.pk for one in mine]
    criteria = _criteria()
    bonuses = Bonus.objects.filter(month=asked, hall__in=ids).select_related("hall", "nominated_by", "decided_by")
    shown = {
        "month": asked,
        "before": (asked - timedelta(days=1)).replace(day=1),
        "after": (asked + timedelta(days=32)).replace(day=1),
        "classes": reads.ranking(ids, asked),
        "districts": reads.districts(ids, asked) if len(ids) > 1 else [],
        "bonuses": [(one, [criteria.get(code, code) for code in one.criteria]) for one in bonuses],
        "auditors": reads.auditors(plans, since) if plans else [],
        "least": least_visits(asked),
        "may_decide": request.user.hall_ids("inspection.decide"),
        "may_nominate": [] if len(ids) > FEW else [one for one in mine if request.user.may("inspection.act", one)],
    }
    return render(request, "inspections/ranking.html", shown)


def _criteria() -> dict[str, str]:
    version = card_reads.ranked()
    bonus = (version.content.get("bonus") if version else None) or {}
    return {one["code"]: one["name"] for one in bonus.get("criteria", ())}


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    mine, asked = halls(request), month(request)
    heads = ["类型", "营业厅", "区县", "检查次数", "基础得分", "离散", "同类排名", "加分", "总分", "较上月"]
    lines: list[list[Any]] = [
        [
            name,
            place.result.hall.name,
            place.result.hall.region.name,
            place.result.visits,
            float(place.result.score),
            None if place.result.spread is None else float(place.result.spread),
            place.result.rank,
            place.result.bonus,
            float(place.result.score + place.result.bonus),
            None if place.change is None else float(place.change),
        ]
        for name, places in reads.ranking([one.pk for one in mine], asked).items()
        for place in places
    ]
    return excel("inspection-month", f"{asked:%Y-%m} 服务检查排名", heads, lines, by=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def nominate(request: StaffRequest, code: str) -> HttpResponse:
    hall = halls(request).filter(code=code).first()
    if hall is None:
        raise Http404
    must(request, "inspection.act", hall=hall, sentence="加分由店长申报。")
    asked = month(request)
    version = card_reads.ranked()
    bonus = (version.content.get("bonus") if version else None) or {}
    form = NominateForm(request.POST or None, criteria=bonus.get("criteria", ()))
    if request.method == "POST" and form.is_valid():
        try:
            actions.nominate(hall, asked, **form.cleaned_data, actor=request.user)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已申报,等区县审批。")
            return redirect(f"{resolve_url('inspection-ranking')}?month={asked:%Y-%m}")
    return render(request, "inspections/nominate.html", {"form": form, "hall": hall, "month": asked, "bonus": bonus})


@require_POST
@login_required
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    row = Bonus.objects.select_related("hall").filter(pk=pk, hall__in=request.user.hall_ids("inspection.see")).first()
    if row is None:
        raise Http404
    must(request, "inspection.decide", hall=row.hall, sentence="加分由区县主管审批。")
    approved = request.POST.get("approved") == "yes"
    actions.decide(row, approved=approved, answer=request.POST.get("answer", ""), actor=request.user, now=time.now())
    messages.success(request, "已同意加分。" if approved else "已退回。")
    return redirect(f"{resolve_url('inspection-ranking')}?month={row.month:%Y-%m}")


urlpatterns = [
    path("inspections/ranking/", ranking, name="inspection-ranking"),
    path("inspections/ranking/export/", export, name="inspection-ranking-export"),
    path("inspections/ranking/<slug:code>/bonus/", nominate, name="inspection-nominate"),
    path("inspections/bonuses/<int:pk>/decision/", decide, name="inspection-bonus-decide"),
]
