"""值班日志: filled from the day's events, completed by hand, signed in the evening."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from halls.models import Hall
from staff.actions import duty_logs as actions
from staff.auth import prove
from staff.queries import duty_logs as reads
from staff.queries import rosters
from staff.requests import StaffRequest
from staff.states import DutyTopic
from staff.views.halls import hall_for, pick_hall
from staff.views.money import day_of

WHAT = "值班日志"


@require_safe
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "handover.manage", WHAT, "duty-log")


def _hall(request: StaffRequest, code: str) -> Hall:
    return hall_for(request, code, "handover.manage", WHAT)


@never_cache
@require_safe
@login_required
def duty_log(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, _hall(request, code))


def _page(request: StaffRequest, hall: Hall, *, refused: str = "", typed: dict[str, str] | None = None) -> HttpResponse:
    now = time.now()
    today = time.business_day(now)
    day = day_of(request.GET.get("day", ""), now)
    log = reads.log_of(hall, day)
    entries = list(log.entries.all()) if log else []
    shown = {
        "hall": hall,
        "day": day,
        "is_today": day == today,
        "log": log,
        "topics": [(topic, [one for one in entries if one.topic == topic]) for topic in DutyTopic],
        "pending": _pending(hall, day, today, entries),
        "manager": rosters.duty_manager_of(hall, now) if day == today else None,
        "logs": reads.logs(hall, before=today),
        "choices": DutyTopic.choices,
        "refused": refused,
        "typed": typed or {},
    }
    return render(request, "staff/duty_log.html", shown)


def _pending(hall: Hall, day: date, today: date, entries: list[Any]) -> int:
    """Events of today that are not in the log yet."""
    if day != today:
        return 0
    known = {one.key for one in entries}
    return sum(event.key not in known for event in reads.events(hall, day, time.now()))


@require_POST
@login_required
def fill(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code), time.now()
    actions.fill(hall, time.business_day(now), now)
    return redirect("duty-log", code)


@require_POST
@login_required
def write(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code), time.now()
    topic, text = request.POST.get("topic", ""), request.POST.get("text", "").replace("\x00", "")
    try:
        actions.write(hall, topic, text, writer=request.user, now=now)
    except Refused as no:
        return _page(request, hall, refused=no.message, typed={"topic": topic, "text": text})
    return redirect("duty-log", code)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@login_required
def sign(request: StaffRequest, code: str) -> HttpResponse:
    """With the password: a signature is more than a click."""
    hall, now = _hall(request, code), time.now()
    try:
        signer = prove(request, request.user.staff_no, request.POST.get("password", ""))
        log = actions.fill(hall, time.business_day(now), now)
        actions.sign(log.pk, signer=signer, now=now)
    except Refused as no:
        return _page(request, hall, refused=no.message)
    messages.success(request, "值班日志已签名。")
    return redirect("duty-log", code)


urlpatterns = [
    path("duty-log/", halls, name="duty-logs"),
    path("duty-log/<slug:code>/", duty_log, name="duty-log"),
    path("duty-log/<slug:code>/fill/", fill, name="duty-log-fill"),
    path("duty-log/<slug:code>/write/", write, name="duty-log-write"),
    path("duty-log/<slug:code>/sign/", sign, name="duty-log-sign"),
]
