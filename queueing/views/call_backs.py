"""待联系客户: who asked, after a low rating, that somebody rings."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import time
from halls.models import Hall
from queueing import actions
from queueing.actions import Actor
from queueing.models import LowRating
from queueing.queries import ratings as reads
from queueing.views.halls import hall_for, pick_hall
from staff.requests import StaffRequest

WHAT = "联系客户"


def _hall(request: StaffRequest, code: str) -> Hall:
    return hall_for(request, code, "queue.manage", WHAT)


def _answer(request: StaffRequest, hall: Hall, *, whole: bool = False, **said: Any) -> HttpResponse:
    may_log = request.user.may("complaint.log", hall)
    shown = {"hall": hall, "call_backs": reads.call_backs(hall, time.now()), "may_log": may_log, **said}
    return render(request, f"queueing/{'call_backs' if whole else '_call_backs'}.html", shown)


@require_GET
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "queue.manage", WHAT, "call-backs-hall")


@require_GET
@login_required
def call_backs(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    return _answer(request, hall, whole=True, low=reads.low_ratings(hall, time.now()))


@require_GET
@login_required
def panel(request: StaffRequest, code: str) -> HttpResponse:
    return _answer(request, _hall(request, code))


def _row(hall: Hall, ticket_id: UUID) -> LowRating:
    row = LowRating.objects.filter(ticket_id=ticket_id, hall=hall).first()
    if row is None:
        raise Http404
    return row


@never_cache
@require_POST
@login_required
def reveal(request: StaffRequest, code: str, ticket_id: UUID) -> HttpResponse:
    """The whole number, once asked for; the looking is on record."""
    hall = _hall(request, code)
    row = _row(hall, ticket_id)
    phone = actions.reveal_phone(row.pk, actor=Actor(person=request.user), now=time.now())
    return _answer(request, hall, revealed={"ticket_id": row.pk, "phone": phone})


@require_POST
@login_required
def done(request: StaffRequest, code: str, ticket_id: UUID) -> HttpResponse:
    hall = _hall(request, code)
    note = request.POST.get("note", "")[:400].replace("\x00", "")
    actions.note_call(_row(hall, ticket_id).pk, note, manager=request.user, now=time.now())
    return _answer(request, hall)


urlpatterns = [
    path("call-backs/", halls, name="call-backs"),
    path("call-backs/<slug:code>/", call_backs, name="call-backs-hall"),
    path("call-backs/<slug:code>/panel/", panel, name="call-backs-panel"),
    path("call-backs/<slug:code>/<uuid:ticket_id>/reveal/", reveal, name="call-backs-reveal"),
    path("call-backs/<slug:code>/<uuid:ticket_id>/done/", done, name="call-backs-done"),
]
