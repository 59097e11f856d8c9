"""The customer's own page. The link's UUID is the only key, and nothing behind it says who the customer is."""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import segno
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import time
from core.errors import Refused
from core.redis import too_often
from queueing import actions
from queueing.actions import outages
from queueing.models import Ticket
from queueing.queries import customer as reads
from queueing.states import LowReason

CUSTOMER = actions.Actor()
WHY_PER_MINUTE = 10
TicketView = Callable[[HttpRequest, Ticket], HttpResponse]
Door = Callable[[HttpRequest, UUID], HttpResponse]


class ScoreForm(forms.Form):
    score = forms.IntegerField(min_value=1, max_value=5)


class WhyForm(forms.Form):
    reasons = forms.MultipleChoiceField(choices=LowReason.choices, required=False)
    wants_call = forms.BooleanField(required=False)
    phone = forms.CharField(max_length=40, required=False)


def own_number(view: TicketView) -> Door:
    """Replace the link's id by its number; keep answers out of caches and search engines. Unknown: a kind 404."""

    @wraps(view)
    @never_cache
    def door(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        rows = Ticket.objects.select_related("hall", "group", "business", "window")
        ticket = rows.filter(pk=ticket_id).first()
        response = view(request, ticket) if ticket else _missing(request)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return door


def _missing(request: HttpRequest) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"code": "not_found", "message": "没有找到这个号码,请重新扫码。"}, status=404)
    return render(request, "queueing/customer_missing.html", status=404)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@require_GET
@own_number
def customer(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    shown = {
        "ticket": ticket,
        "hall": ticket.hall,
        "status": reads.status(ticket, time.now()),
        "reasons": LowReason.choices,
    }
    return render(request, "queueing/customer.html", shown)


@require_GET
@own_number
def status(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    return JsonResponse(reads.status(ticket, time.now()))


@require_POST
@own_number
def cancel(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    now = time.now()
    return _after(request, actions.cancel(ticket.pk, actor=CUSTOMER, now=now))


@require_POST
@own_number
def leave(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Go for now and come back with priority once the system works again (R-H-10)."""
    outages.leave_for_now(ticket.pk, actor=CUSTOMER, now=time.now())
    return _after(request, Ticket.objects.select_related("hall", "group", "business", "window").get(pk=ticket.pk))


@require_POST
@own_number
def rate(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    form = ScoreForm(request.POST)
    if not form.is_valid():
        raise Refused("bad_score", "请在五个评价中点选一个。")
    return _after(request, actions.rate(ticket.pk, form.cleaned_data["score"], actor=CUSTOMER, now=time.now()))


@require_POST
@own_number
def why(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """What was wrong, and whether somebody should ring."""
    form = WhyForm(request.POST)
    if not form.is_valid():
        raise Refused("bad_reason", "请点选一项或几项原因。")
    if too_often("low-rating", ticket.pk, limit=WHY_PER_MINUTE, seconds=60):
        raise Refused("too_often", "提交过于频繁,请一分钟后再试。")
    given = form.cleaned_data
    actions.explain_low_rating(
        ticket.pk,
        given["reasons"],
        wants_call=given["wants_call"],
        phone=given["phone"],
        actor=CUSTOMER,
        now=time.now(),
    )
    return _after(request, Ticket.objects.select_related("hall", "group", "business", "window").get(pk=ticket.pk))


def _after(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse(reads.status(ticket, time.now()))
    return redirect("ticket-page", ticket_id=ticket.pk)


@require_GET
@own_number
def qr(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The link to this page as a code for cameras; the number's id never appears on a public screen otherwise."""
    picture = io.BytesIO()
    options: dict[str, Any] = {"kind": "svg", "border": 2, "omitsize": True, "light": "#fff"}
    segno.make(reads.link(ticket), error="m", micro=False).save(picture, **options)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


urlpatterns = [
    path("t/<uuid:ticket_id>/", customer, name="ticket-page"),
    path("t/<uuid:ticket_id>/status/", status, name="customer-status"),
    path("t/<uuid:ticket_id>/cancel/", cancel, name="customer-cancel"),
    path("t/<uuid:ticket_id>/leave/", leave, name="customer-leave"),
    path("t/<uuid:ticket_id>/rate/", rate, name="customer-rate"),
    path("t/<uuid:ticket_id>/why/", why, name="customer-why"),
    path("t/<uuid:ticket_id>/qr.svg", qr, name="customer-qr"),
]
