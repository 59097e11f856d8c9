"""检查计划: the month as a calendar; drawn once per district, completed by hand. Halls never see it."""

import calendar
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from halls.models import Region
from inspections.actions import planning
from inspections.actions import visits as actions
from inspections.forms import ArrangeForm, month_of
from inspections.models import Plan, Visit
from inspections.queries import cards as card_reads
from inspections.queries import halls as hall_reads
from inspections.states import VisitState
from inspections.views.common import halls, month, must, visit_of
from staff.requests import StaffRequest

NO_RIGHT = "没有安排检查的权限。如工作需要,请联系市公司运营。"


def _shown(request: StaffRequest, asked: date, form: ArrangeForm | None = None) -> dict[str, Any]:
    mine, today = halls(request, "inspection.plan"), time.business_day(time.now())
    weeks = calendar.Calendar().monthdatescalendar(asked.year, asked.month)
    rows = Visit.objects.visible_to(request.user).filter(
        hall__in=mine, planned_on__gte=weeks[0][0], planned_on__lte=weeks[-1][-1]
    )
    by_day: dict[date, list[Visit]] = {}
    for visit in rows.exclude(state=VisitState.CANCELLED).select_related("hall", "auditor").order_by("hall__code"):
        by_day.setdefault(visit.planned_on, []).append(visit)
    regions = Region.objects.filter(pk__in=request.user.rights.region_ids("inspection.plan"), level="district")
    drawn = dict(Plan.objects.filter(month=asked).values_list("region", "made_at"))
    return {
        "month": asked,
        "before": (asked - timedelta(days=1)).replace(day=1),
        "after": (asked + timedelta(days=32)).replace(day=1),
        "today": today,
        "weeks": [[(day, by_day.get(day, [])) for day in week] for week in weeks],
        "weekdays": "一二三四五六日",
        "regions": [(one, drawn.get(one.pk)) for one in regions],
        "may_draw": today.replace(day=1) <= asked <= planning.next_month(today),
        "form": form or _form(request, None),
        "count": sum(len(found) for day, found in by_day.items() if day.month == asked.month),
    }


def _form(request: StaffRequest, data: Any) -> ArrangeForm:
    mine = halls(request, "inspection.plan")
    today = time.business_day(time.now())
    auditors = hall_reads.auditors_of([one.pk for one in mine], today)
    return ArrangeForm(data, halls=mine, auditors=auditors, initial={"on": today + timedelta(days=1)})


@require_safe
@login_required
def plan(request: StaffRequest) -> HttpResponse:
    must(request, "inspection.plan", sentence=NO_RIGHT)
    return render(request, "inspections/plan.html", _shown(request, month(request)))


@require_POST
@login_required
def draw(request: StaffRequest) -> HttpResponse:
    must(request, "inspection.plan", sentence=NO_RIGHT)
    mine = request.user.rights.region_ids("inspection.plan")
    region = Region.objects.filter(pk__in=mine, code=request.POST.get("region", "").replace("\x00", "")).first()
    if region is None:
        raise Http404
    asked = month_of(request.POST.get("month", ""), time.business_day(time.now()).replace(day=1))
    made = planning.draw(region, asked, actor=request.user, now=time.now())
    messages.success(request, f"已为{region.name}安排 {made.visits.count()} 次检查。")
    return redirect(f"{resolve_url('inspection-plan')}?month={asked:%Y-%m}")


@require_POST
@login_required
def arrange(request: StaffRequest) -> HttpResponse:
    must(request, "inspection.plan", sentence=NO_RIGHT)
    form = _form(request, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            version = card_reads.in_force(given["card"]) if given["card"] else card_reads.ranked()
            if version is None:
                raise Refused("no_card", "这张评分表还没有发布,请先发布。")
            made = actions.arrange(given["hall"], version, given["auditor"], on=given["on"], kind=given["kind"])
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, f"已安排{made.hall.name}的检查。")
            return redirect(f"{resolve_url('inspection-plan')}?month={made.planned_on:%Y-%m}")
    return render(request, "inspections/plan.html", _shown(request, month(request), form))


@require_POST
@login_required
def cancel(request: StaffRequest, pk: UUID) -> HttpResponse:
    visit = visit_of(request, pk)
    must(request, "inspection.plan", hall=visit.hall, sentence=NO_RIGHT)
    actions.cancel(visit)
    messages.success(request, "这次检查已取消。")
    return redirect(f"{resolve_url('inspection-plan')}?month={visit.planned_on:%Y-%m}")


urlpatterns = [
    path("inspections/plan/", plan, name="inspection-plan"),
    path("inspections/plan/draw/", draw, name="inspection-plan-draw"),
    path("inspections/plan/arrange/", arrange, name="inspection-plan-arrange"),
    path("inspections/plan/<uuid:pk>/cancel/", cancel, name="inspection-plan-cancel"),
]
