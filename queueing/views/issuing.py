"""取号限制: stop or limit the numbers of one group for the rest of the day."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from core import time
from core.errors import Refused
from halls.models import BusinessGroup, Hall
from queueing import actions
from queueing.queries import issuing as reads
from queueing.views.halls import hall_for, pick_hall
from staff.requests import StaffRequest

WHAT = "取号限制"
REASONS = ("业务系统维护", "人手不足", "今日已接近打烊", "设备故障")


class StopForm(forms.Form):
    limit = forms.IntegerField(required=False, min_value=1, max_value=9999)
    reason = forms.CharField(max_length=40, required=False)


def _hall(request: StaffRequest, code: str) -> Hall:
    return hall_for(request, code, "queue.manage", WHAT)


def _answer(request: StaffRequest, hall: Hall, *, whole: bool = False) -> HttpResponse:
    rows = reads.panel(hall, time.business_day(time.now()))
    shown = {"hall": hall, "rows": rows, "reasons": REASONS}
    return render(request, f"queueing/{'issuing' if whole else '_issuing'}.html", shown)


@require_GET
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "queue.manage", WHAT, "issuing-hall")


@require_GET
@login_required
def issuing(request: StaffRequest, code: str) -> HttpResponse:
    return _answer(request, _hall(request, code), whole=True)


@require_GET
@login_required
def panel(request: StaffRequest, code: str) -> HttpResponse:
    return _answer(request, _hall(request, code))


def _group(hall: Hall, group: str) -> BusinessGroup:
    return get_object_or_404(BusinessGroup.objects.select_related("hall"), hall=hall, code=group, is_active=True)


@require_POST
@login_required
def stop(request: StaffRequest, code: str, group: str) -> HttpResponse:
    hall = _hall(request, code)
    form = StopForm(request.POST)
    if not form.is_valid():
        if "limit" in form.errors:
            raise Refused("bad_limit", "今日最多应为 1–9999 的整数;要停止取号请留空。")
        raise Refused("reason_needed", "请用 40 个字以内写明原因。")
    given = form.cleaned_data
    actions.stop_group(
        _group(hall, group), limit=given["limit"], reason=given["reason"], manager=request.user, now=time.now()
    )
    return _answer(request, hall)


@require_POST
@login_required
def lift(request: StaffRequest, code: str, group: str) -> HttpResponse:
    hall = _hall(request, code)
    actions.lift_stop(_group(hall, group), manager=request.user, now=time.now())
    return _answer(request, hall)


urlpatterns = [
    path("issuing/", halls, name="issuing"),
    path("issuing/<slug:code>/", issuing, name="issuing-hall"),
    path("issuing/<slug:code>/panel/", panel, name="issuing-panel"),
    path("issuing/<slug:code>/<slug:group>/stop/", stop, name="issuing-stop"),
    path("issuing/<slug:code>/<slug:group>/lift/", lift, name="issuing-lift"),
]
