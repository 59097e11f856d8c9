"""投诉登记: two clicks from the counter, the lobby or a low rating; the rest may follow."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from complaints.actions import cases
from complaints.actions.catalogue import current_policy
from complaints.actions.texts_out import when
from complaints.forms.log import LogForm
from complaints.models import Category, Complaint
from complaints.queries.evening import proposed_answer
from complaints.states import Source
from complaints.views.doors import halls_of, need
from core import time
from core.forms import tried
from queueing.models import LowRating, Ticket
from queueing.queries.tickets import session_of
from staff.requests import StaffRequest


@require_http_methods(["GET", "POST"])
@need("complaint.log", "登记投诉")
def log(request: StaffRequest) -> HttpResponse:
    """`?ticket=` prefills customer and clerk; without one, the number at the clerk's window."""
    now = time.now()
    current_policy()
    halls = halls_of(request, "complaint.log")
    ticket = _ticket(request)
    if request.method == "POST":
        form = LogForm(request.POST, halls=halls)
        if form.is_valid():
            made = tried(form, lambda: cases.log(form.report(), person=request.user, now=now))
            if made is not None:
                messages.success(request, _said(made, now))
                return redirect("complaint", made.number)
    else:
        form = LogForm(halls=halls, initial=_prefilled(request, ticket))
    tree = Category.objects.filter(parent=None, is_active=True).prefetch_related("children")
    shown = {"form": form, "ticket": ticket, "tree": tree, "chosen": form["category"].value() or ""}
    return render(request, "complaints/log.html", shown)


def _ticket(request: StaffRequest) -> Ticket | None:
    """The number asked for, if the person may see it; else the one at their window."""
    asked = request.POST.get("ticket") or request.GET.get("ticket") or ""
    rows = Ticket.objects.visible_to(request.user).select_related("hall", "group", "business", "window", "clerk")
    try:
        return rows.filter(pk=UUID(asked)).first() if asked else _at_the_window(request)
    except ValueError:
        return None


def _at_the_window(request: StaffRequest) -> Ticket | None:
    session = session_of(request.user)
    if session is None:
        return None
    rows = Ticket.objects.filter(window=session.window, clerk=request.user, state__in=["called", "serving"])
    return rows.select_related("hall", "group", "business", "window", "clerk").first()


def _prefilled(request: StaffRequest, ticket: Ticket | None) -> dict[str, Any]:
    """`from=rating` comes from the list of customers who want a call after a low rating."""
    low = request.GET.get("from") == "rating"
    asked = request.GET.get("source", "")
    source = Source.CUSTOMER_PAGE if low else asked if asked in Source.values else Source.WINDOW
    known: dict[str, Any] = {"source": source, "kind": request.GET.get("kind", "")[:12]}
    if ticket is None:
        return known
    known |= {"hall": ticket.hall.code, "ticket": ticket.pk, "identity": "visitor"}
    if low and (rating := LowRating.objects.filter(ticket=ticket).first()):
        known["content"] = rating.reason_words
    return known


def _said(made: Complaint, now: datetime) -> str:
    if made.solved_on_spot:
        return f"已登记 {made.number},现场已解决。"
    if made.accepted_at is None:
        return f"已登记 {made.number},等机主确认后开始计时。"
    if made.next_due_at is None:
        return f"已登记 {made.number}。"
    said = f"已登记 {made.number},请在{when(made.next_due_at, now)} 前答复客户。"
    proposed = proposed_answer(made, now)
    return said + (f"到期时间在夜间,建议{when(proposed, now)} 前答复客户。" if proposed else "")


urlpatterns = [path("complaints/new/", log, name="complaint-log")]
