"""The greeter's tablet: take a number for somebody, see who waits longest, bring a missed number back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from core import time
from core.errors import Refused
from core.redis import too_often
from halls.models import Hall
from queueing import actions
from queueing.actions import Actor, Wish
from queueing.models import Ticket
from queueing.queries import lobby as reads
from queueing.states import Lane, Source
from staff.requests import StaffRequest

PHONES_PER_MINUTE = 20
VERBS: dict[str, Callable[..., Ticket]] = {"cancel": actions.cancel, "requeue": actions.requeue}


def _hall(request: StaffRequest, code: str) -> Hall:
    hall = Hall.objects.filter(code=code, is_live=True).first()
    if hall is None or not request.user.may("hall.see", hall):
        raise Http404
    if not request.user.may("queue.floor", hall):
        raise PermissionDenied("没有大厅引导的权限。如工作需要,请联系店长开通。")
    return hall


@require_GET
@login_required
def lobby(request: StaffRequest) -> HttpResponse:
    """The hall of this person; with several, the choice."""
    halls = list(Hall.objects.filter(pk__in=request.user.hall_ids("queue.floor"), is_live=True).order_by("code"))
    if not halls:
        raise PermissionDenied("没有大厅引导的权限。如工作需要,请联系店长开通。")
    if len(halls) == 1:
        return redirect("lobby-hall", halls[0].code)
    return render(request, "queueing/pick_hall.html", {"halls": halls})


@require_GET
@login_required
def lobby_hall(request: StaffRequest, code: str) -> HttpResponse:
    return render(request, "queueing/lobby.html", reads.panel(_hall(request, code), time.now()))


@require_GET
@login_required
def lobby_panel(request: StaffRequest, code: str) -> HttpResponse:
    return render(request, "queueing/_lobby.html", reads.panel(_hall(request, code), time.now()))


def _answer(request: StaffRequest, hall: Hall, **said: Any) -> HttpResponse:
    facts = reads.panel(hall, time.now()) | said
    return render(request, "queueing/_lobby.html", facts)


@require_POST
@login_required
def take(request: StaffRequest, code: str) -> HttpResponse:
    """代客取号. The phone is looked up by exact number only, and not too often."""
    hall, person = _hall(request, code), request.user
    phone = request.POST.get("phone", "").strip()[:40]
    if phone and too_often("lobby-phone", person.pk, limit=PHONES_PER_MINUTE, seconds=60):
        raise Refused("too_many_phones", "输入手机号过于频繁,请一分钟后再试。")
    lane = Lane.GREEN if request.POST.get("lane") == Lane.GREEN else Lane.NORMAL
    wish = Wish(business=request.POST.get("business", "")[:60], source=Source.GREETER, phone=phone, lane=lane)
    ticket = actions.take_number(hall, wish, actor=Actor(person=person), now=time.now())
    return _answer(request, hall, taken=reads.taken(ticket, time.now()))


@require_POST
@login_required
def line(request: StaffRequest, code: str) -> HttpResponse:
    """The − and + of a one-metre line, at the door."""
    hall = _hall(request, code)
    change = actions.take_from_line if request.POST.get("change") == "-1" else actions.add_to_line
    change(hall, actor=Actor(person=request.user), now=time.now())
    return _answer(request, hall)


@require_POST
@login_required
def act(request: StaffRequest, code: str, ticket_id: UUID, verb: str) -> HttpResponse:
    hall = _hall(request, code)
    run = VERBS.get(verb)
    if run is None or not Ticket.objects.filter(pk=ticket_id, hall=hall).exists():
        raise Http404
    run(ticket_id, actor=Actor(person=request.user), now=time.now())
    return _answer(request, hall)


urlpatterns = [
    path("lobby/", lobby, name="lobby"),
    path("lobby/<slug:code>/", lobby_hall, name="lobby-hall"),
    path("lobby/<slug:code>/panel/", lobby_panel, name="lobby-panel"),
    path("lobby/<slug:code>/take/", take, name="lobby-take"),
    path("lobby/<slug:code>/line/", line, name="lobby-line"),
    path("lobby/<slug:code>/tickets/<uuid:ticket_id>/<slug:verb>/", act, name="lobby-act"),
]
