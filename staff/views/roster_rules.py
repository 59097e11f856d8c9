"""班次与排班规则: a hall's shift types, its scheme of hours, and what the solver has to keep and to weigh."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from halls.models import Hall
from staff.actions import shift_types as actions
from staff.actions.numbers import Change, set_numbers
from staff.forms.roster_rules import CLOCKS, NAMES, NumbersForm, SchemeForm, ShiftForm, field_of
from staff.forms.roster_rules import shown as readable
from staff.models import ShiftType
from staff.queries import roster_rules as reads
from staff.queries.places import Place, places
from staff.requests import StaffRequest
from staff.rules.shifts import clock
from staff.views.halls import hall_for

VERB, WHAT = "roster.configure", "修改班次与排班规则"


@require_safe
@login_required
def page(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    today = time.business_day(time.now())
    scheme = reads.scheme_on(hall, today)
    shown = {
        "hall": hall,
        "shifts": reads.shift_types(hall),
        "scheme": scheme,
        "schemes": reads.schemes_after(hall, today),
        "numbers": [readable(name, value) for name, value in reads.values_on(hall, NAMES, today).items()],
        "planned": [(*readable(row.name, row.value), row) for row in reads.planned(hall, NAMES, today)],
    }
    return render(request, "staff/rosters/rules.html", shown)


def _form(request: StaffRequest, hall: Hall, form: Any, **around: Any) -> HttpResponse:
    back = reverse("roster-rules", args=[hall.code])
    return render(request, "staff/form.html", {"forms": [form], "back": back, "submit": "保存", **around})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_shift(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    form = ShiftForm(request.POST or None, initial={"order": hall.shift_types.count() + 1})
    if form.is_valid() and tried(form, lambda: actions.add_shift(hall, form.given, actor=request.user)) is not None:
        messages.success(request, "班次已添加,排班时可以选用。")
        return redirect("roster-rules", hall.code)
    return _form(request, hall, form, title=f"添加班次 · {hall.name}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_shift(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    shift = get_object_or_404(ShiftType, hall=hall, pk=pk)
    form = ShiftForm(request.POST or None, instance=get_object_or_404(ShiftType, hall=hall, pk=pk))
    if form.is_valid():
        saved = tried(form, lambda: actions.change_shift(shift.pk, form.given, actor=request.user))
        if saved is not None:
            messages.success(request, _said(shift, saved))
            return redirect("roster-rules", hall.code)
    hint = "已排过的班表保留原来的时间:改了时间会另存为新班次,旧班次停用。"
    return _form(request, hall, form, title=f"修改班次 · {shift.name}", hint=hint)


def _said(shift: ShiftType, saved: ShiftType) -> str:
    if saved.pk == shift.pk:
        return "班次已保存。"
    return f"已另存为新班次「{saved}」,旧班次停用,已排的班不变。"


@require_POST
@login_required
def act(request: StaffRequest, code: str) -> HttpResponse:
    """The page's small buttons: put a shift out of use or back, and a first set for a hall without any."""
    hall = hall_for(request, code, VERB, WHAT)
    wanted = request.POST.get("act", "")
    if wanted == "first":
        actions.first_shifts(hall, actor=request.user)
        messages.success(request, "已添加早班、晚班和全班,请按本厅的时间修改。")
    else:
        _switch(request, hall, wanted)
    return redirect("roster-rules", hall.code)


def _switch(request: StaffRequest, hall: Hall, wanted: str) -> None:
    verbs = {"stop": actions.stop_shift, "again": actions.use_shift_again}
    given = request.POST.get("shift", "")
    if wanted not in verbs or not (given.isascii() and given.isdigit() and len(given) < 18):
        raise Refused("unknown", "没有认出要做什么,请重新选择。")
    shift = get_object_or_404(ShiftType, hall=hall, pk=int(given))
    verbs[wanted](shift.pk, actor=request.user)
    messages.success(request, f"「{shift.name}」已{'停用,已排的班不变' if wanted == 'stop' else '恢复使用'}。")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scheme(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    today = time.business_day(time.now())
    now = reads.scheme_on(hall, today)
    first = {"kind": now.kind, "weekly_hours": now.weekly_hours} if now else {"weekly_hours": 40}
    form = SchemeForm(request.POST or None, months=reads.coming_months(today), initial=first)
    if form.is_valid():
        given = form.cleaned_data
        saved = tried(
            form,
            lambda: actions.set_scheme(
                hall, given["kind"], given["weekly_hours"], month=given["month"], actor=request.user
            ),
        )
        if saved is not None:
            messages.success(request, f"已保存,{saved.valid_from.month} 月的班表起按新的工时制排班。")
            return redirect("roster-rules", hall.code)
    return _form(request, hall, form, title=f"工时制 · {hall.name}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def numbers(request: StaffRequest, code: str) -> HttpResponse:
    """Limits within the law, and weights; what is shown first is what that month would be made by."""
    hall = hall_for(request, code, VERB, WHAT)
    months = reads.coming_months(time.business_day(time.now()))
    around = places(request.user, hall, VERB)
    form = NumbersForm(request.POST or None, places=around, months=months, initial=_first(hall, around, months[0]))
    if form.is_valid():
        change = Change(form.cleaned_data["place"], form.cleaned_data["month"], "排班规则")
        saved = tried(form, lambda: set_numbers(hall, form.wished, change, actor=request.user))
        if saved is not None:
            messages.success(request, f"已保存 {len(saved)} 项,{change.valid_from.month} 月的班表起执行。")
            return redirect("roster-rules", hall.code)
    return render(request, "staff/rosters/numbers.html", {"hall": hall, "form": form})


def _first(hall: Hall, around: list[Place], month: date) -> dict[str, Any]:
    values = reads.values_on(hall, NAMES, month)
    shown = {field_of(name): clock(value) if name in CLOCKS else value for name, value in values.items()}
    return {**shown, "place": around[-1].code}


urlpatterns = [
    path("rosters/<slug:code>/rules/", page, name="roster-rules"),
    path("rosters/<slug:code>/rules/act/", act, name="roster-rules-act"),
    path("rosters/<slug:code>/rules/shifts/new/", add_shift, name="shift-add"),
    path("rosters/<slug:code>/rules/shifts/<int:pk>/", edit_shift, name="shift-edit"),
    path("rosters/<slug:code>/rules/scheme/", scheme, name="scheme-edit"),
    path("rosters/<slug:code>/rules/numbers/", numbers, name="roster-numbers"),
]
