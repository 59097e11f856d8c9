"""The search of the top bar. What is typed is sent by POST: a customer's number stands in no address and no log."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import time
from core.errors import Refused
from overview.actions.search import search
from overview.rules.search import LONGEST, read
from queueing.models import Ticket
from staff.requests import StaffRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def results(request: StaffRequest) -> HttpResponse:
    """Whatever is no phone number goes on to an address that can be kept and reloaded."""
    typed = request.POST.get("q", "") if request.method == "POST" else request.GET.get("q", "")
    wanted = read(typed)
    if request.method == "POST" and not (wanted.phone or wanted.is_part_of_phone or wanted.is_too_long):
        return redirect(f"{reverse('search')}?{urlencode({'q': wanted.text})}")
    shown: dict[str, Any] = {"typed": wanted.text, "longest": LONGEST}
    if request.method != "POST" and wanted.phone:
        return render(request, "overview/search.html", {**shown, "typed": "", "refused": "手机号请在搜索框里输入。"})
    try:
        shown["answer"] = search(typed, user=request.user, now=time.now())
    except Refused as no:
        shown |= {"refused": no.message, "typed": typed.replace("\x00", "")[:LONGEST]}
    shown["sees_cockpits"] = request.user.hall_ids("figures.see")
    return render(request, "overview/search.html", shown)


@require_safe
@login_required
def ticket(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """号码记录: what happened to one number, within one's halls."""
    rows = Ticket.objects.visible_to(request.user).select_related("hall", "group", "business", "window", "clerk")
    found = rows.filter(pk=ticket_id).first()
    if found is None:
        raise Http404
    now = time.now()
    shown = {
        "ticket": found,
        "events": found.events.select_related("person", "window", "device"),
        "waited": round(found.waited(now).total_seconds() / 60) if found.called_at else None,
        "may_floor": request.user.may("queue.floor", found.hall) and found.business_day == time.business_day(now),
    }
    return render(request, "overview/ticket.html", shown)


urlpatterns = [
    path("search/", results, name="search"),
    path("search/tickets/<uuid:ticket_id>/", ticket, name="found-ticket"),
]
