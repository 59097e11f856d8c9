"""The pad at a window: the last customer rates with one tap (R-H-19). For its own paired device only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from core import time
from core.errors import Refused
from halls.authentication import COOKIE, device_of
from halls.models import Device, Window
from queueing import actions
from queueing.actions import Actor
from queueing.queries import ratings as reads
from queueing.states import LowReason

NOBODY = Refused("rate_over", "这次评价的时间已过,谢谢您。")


class PadForm(forms.Form):
    number = forms.CharField(max_length=8)
    score = forms.IntegerField(min_value=1, max_value=5)


class WhyForm(forms.Form):
    number = forms.CharField(max_length=8)
    reasons = forms.MultipleChoiceField(choices=LowReason.choices)


def pad_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Adds the pad of this window; any other browser gets a page that says how to pair one."""

    @wraps(view)
    @never_cache
    def door(request: HttpRequest, window_id: int) -> HttpResponse:
        window = get_object_or_404(Window.objects.select_related("hall"), pk=window_id, is_active=True)
        device = device_of(request.COOKIES.get(COOKIE, ""))
        if device is None or not device.may("queue.rate", window.hall) or device.window_id != window.pk:
            message = "本机不是这个窗口的评价器。请在「设备配对」中为窗口添加评价器,再在本机输入配对码。"
            return render(request, "403.html", {"message": message}, status=403)
        return view(request, window, device)

    return door


@require_GET
@ensure_csrf_cookie
@pad_required
def rater(request: HttpRequest, window: Window, device: Device) -> HttpResponse:
    shown = {"window": window, "hall": window.hall, "reasons": LowReason.choices}
    return render(request, "queueing/rater.html", shown)


def _status(window: Window) -> dict[str, Any]:
    ticket = reads.last_finished(window.pk, time.now())
    if ticket is None:
        return {"number": None, "can_rate": False, "can_explain": False}
    return {
        "number": ticket.number,
        "about": ticket.about,
        "can_rate": ticket.rating is None,
        "can_explain": reads.can_explain(ticket),
    }


@require_GET
@pad_required
def status(request: HttpRequest, window: Window, device: Device) -> HttpResponse:
    return JsonResponse(_status(window))


@require_POST
@pad_required
def rate(request: HttpRequest, window: Window, device: Device) -> HttpResponse:
    """The number the customer saw must still be the last one: nobody rates for the next in line."""
    form = PadForm(request.POST)
    if not form.is_valid():
        raise Refused("bad_score", "请在五个评价中点选一个。")
    ticket = reads.last_finished(window.pk, time.now())
    if ticket is None or ticket.number != form.cleaned_data["number"]:
        raise NOBODY
    actions.rate(ticket.pk, form.cleaned_data["score"], actor=Actor(device=device), now=time.now())
    return JsonResponse(_status(window))


@require_POST
@pad_required
def why(request: HttpRequest, window: Window, device: Device) -> HttpResponse:
    form = WhyForm(request.POST)
    if not form.is_valid():
        raise Refused("bad_reason", "请点选一项或几项原因。")
    ticket = reads.last_finished(window.pk, time.now())
    if ticket is None or ticket.number != form.cleaned_data["number"]:
        raise NOBODY
    actions.explain_low_rating(
        ticket.pk, form.cleaned_data["reasons"], wants_call=False, actor=Actor(device=device), now=time.now()
    )
    return JsonResponse(_status(window))


urlpatterns = [
    path("rate/<int:window_id>/", rater, name="rater"),
    path("rate/<int:window_id>/status/", status, name="rater-status"),
    path("rate/<int:window_id>/score/", rate, name="rater-score"),
    path("rate/<int:window_id>/why/", why, name="rater-why"),
]
