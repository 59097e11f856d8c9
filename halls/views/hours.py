"""Opening hours: the week, and the days that differ."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.requests import SignedInRequest
from halls import actions, queries
from halls.forms.places import ExceptionForm, WeekdayForm
from halls.models import Hall
from halls.states import Weekday

NO_RIGHT = "没有修改营业时间的权限。如工作需要,请联系店长开通。"


def _hall(request: SignedInRequest, code: str) -> Hall:
    hall = get_object_or_404(queries.visible_halls(request.user), code=code)
    if not request.user.may("hall.configure", hall):
        raise PermissionDenied(NO_RIGHT)
    return hall


def _shown(request: SignedInRequest, hall: Hall, **forms: Any) -> dict[str, Any]:
    now = time.now()
    today = time.business_day(now)
    return {
        "hall": hall,
        "week": forms.get("week") or _week(hall),
        "form": forms.get("form") or ExceptionForm(today=today),
        "exceptions": hall.hours_exceptions.filter(day__gte=today),
        "hours_today": queries.hours_on(hall, today),
        "is_open": queries.is_open(hall, now),
        "mistakes": forms.get("mistakes", 0),
    }


def _week(hall: Hall, data: Any = None) -> list[WeekdayForm]:
    weekly = queries.weekly_hours(hall)
    return [WeekdayForm(data, weekday=day, hours=weekly.get(day)) for day in Weekday.values]


@require_safe
@login_required
def halls(request: SignedInRequest) -> HttpResponse:
    if not request.user.may("hall.configure"):
        raise PermissionDenied(NO_RIGHT)
    found = queries.halls_with_hours(request.user, "hall.configure", time.now())
    return render(request, "halls/halls.html", {"halls": found})


@require_safe
@login_required
def hours(request: SignedInRequest, code: str) -> HttpResponse:
    return render(request, "halls/hours.html", _shown(request, _hall(request, code)))


@require_POST
@login_required
def save_week(request: SignedInRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    week = _week(hall, request.POST)
    mistakes = sum(not day.is_valid() for day in week)
    if mistakes:
        return render(request, "halls/hours.html", _shown(request, hall, week=week, mistakes=mistakes))
    changed = actions.set_weekly_hours(hall, {day.weekday: day.hours for day in week}, actor=request.user)
    messages.success(request, f"已保存,{changed} 天的营业时间有变动,即刻生效。" if changed else "营业时间没有变动。")
    return redirect("hours", code=hall.code)


@require_POST
@login_required
def add_exception(request: SignedInRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    form = ExceptionForm(request.POST, today=time.business_day(time.now()))
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.add_exception(hall, given["day"], form.hours, reason=given["reason"], actor=request.user)
        except Refused as no:
            form.add_error("day", no.message)
        else:
            messages.success(request, f"已保存 {given['day']:%Y-%m-%d} 的营业时间。")
            return redirect("hours", code=hall.code)
    return render(request, "halls/hours.html", _shown(request, hall, form=form))


@require_POST
@login_required
def remove_exception(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    hall = _hall(request, code)
    row = get_object_or_404(hall.hours_exceptions, pk=pk)
    actions.remove_exception(row, actor=request.user)
    messages.success(request, f"已删除 {row.day:%Y-%m-%d} 的例外。")
    return redirect("hours", code=hall.code)
