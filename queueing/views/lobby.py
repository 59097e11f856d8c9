"""The greeter's tablet: who is at the door, who waits longest, who needs a hand. Every POST answers the panel anew."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from core import time
from core.errors import Refused
from core.redis import too_often
from halls.models import Hall
from queueing import actions
from queueing.actions import Actor, Wish
from queueing.models import Ticket, VipArrival, Visit
from queueing.queries import lobby as reads
from queueing.states import Lane, Outcome, Source
from staff.requests import StaffRequest

PHONES_PER_MINUTE = 20
VERBS: dict[str, Callable[..., Any]] = {
    "cancel": actions.cancel,
    "requeue": actions.requeue,
    "care": actions.give_care,
    "come-back": actions.come_back,
    "slip": actions.print_slip,
}


def hall_for(request: StaffRequest, code: str) -> Hall:
    hall = Hall.objects.filter(code=code, is_live=True).first()
    if hall is None or not request.user.may("hall.see", hall):
        raise Http404
    if not request.user.may("queue.floor", hall):
        raise PermissionDenied("没有大厅引导的权限。如工作需要,请联系店长开通。")
    return hall


def number_of(hall: Hall, ticket_id: UUID) -> Ticket:
    rows = Ticket.objects.select_related("hall__region__parent", "group", "business", "window")
    return get_object_or_404(rows, pk=ticket_id, hall=hall)


def answer(request: StaffRequest, hall: Hall, **said: Any) -> HttpResponse:
    facts = reads.panel(hall, request.user, time.now()) | said
    return render(request, "queueing/_lobby.html", facts)


def phone_of(request: StaffRequest) -> str:
    """A phone as typed. It is looked up by exact number only, and not too often. Raises Refused("too_many_phones")."""
    phone = request.POST.get("phone", "").strip()[:40]
    if phone and too_often("lobby-phone", request.user.pk, limit=PHONES_PER_MINUTE, seconds=60):
        raise Refused("too_many_phones", "输入手机号过于频繁,请一分钟后再试。")
    return phone


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
    return render(request, "queueing/lobby.html", reads.panel(hall_for(request, code), request.user, time.now()))


@require_GET
@login_required
def lobby_panel(request: StaffRequest, code: str) -> HttpResponse:
    return answer(request, hall_for(request, code))


@require_POST
@login_required
def take(request: StaffRequest, code: str) -> HttpResponse:
    """代客取号."""
    hall = hall_for(request, code)
    phone = phone_of(request)
    lane = Lane.GREEN if request.POST.get("lane") == Lane.GREEN else Lane.NORMAL
    wish = Wish(business=request.POST.get("business", "")[:60], source=Source.GREETER, phone=phone, lane=lane)
    ticket = actions.take_number(hall, wish, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall, taken=reads.taken(ticket, time.now()))


@require_POST
@login_required
def line(request: StaffRequest, code: str) -> HttpResponse:
    """The − and + of a one-metre line, at the door."""
    hall = hall_for(request, code)
    change = actions.take_from_line if request.POST.get("change") == "-1" else actions.add_to_line
    change(hall, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall)


@require_POST
@login_required
def act(request: StaffRequest, code: str, ticket_id: UUID, verb: str) -> HttpResponse:
    hall = hall_for(request, code)
    run = VERBS.get(verb)
    if run is None:
        raise Http404
    number_of(hall, ticket_id)
    run(ticket_id, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall)


@require_POST
@login_required
def visit(request: StaffRequest, code: str) -> HttpResponse:
    """One tap: how somebody went on from the door, with or without a number."""
    hall, outcome = hall_for(request, code), request.POST.get("outcome", "")
    if outcome not in Outcome:
        raise Http404
    ticket = number_of(hall, given) if (given := _uuid(request.POST.get("ticket", ""))) else None
    actions.record_visit(
        hall,
        outcome,
        business=request.POST.get("business", "")[:60],
        ticket_id=ticket.pk if ticket else None,
        actor=Actor(person=request.user),
        now=time.now(),
    )
    return answer(request, hall)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None


@require_POST
@login_required
def visit_act(request: StaffRequest, code: str, visit_id: int, verb: str) -> HttpResponse:
    hall = hall_for(request, code)
    run = {"undo": actions.undo_visit, "look-after": actions.look_after}.get(verb)
    if run is None:
        raise Http404
    get_object_or_404(Visit, pk=visit_id, hall=hall)
    run(visit_id, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall)


@require_POST
@login_required
def vip(request: StaffRequest, code: str) -> HttpResponse:
    """Somebody at the door says that they are a VIP."""
    hall = hall_for(request, code)
    actions.declare_vip(hall, phone=phone_of(request), actor=Actor(person=request.user), now=time.now())
    return answer(request, hall)


@require_POST
@login_required
def vip_receive(request: StaffRequest, code: str, arrival_id: int) -> HttpResponse:
    hall = hall_for(request, code)
    get_object_or_404(VipArrival, pk=arrival_id, hall=hall)
    actions.receive_vip(arrival_id, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall)


urlpatterns = [
    path("lobby/", lobby, name="lobby"),
    path("lobby/<slug:code>/", lobby_hall, name="lobby-hall"),
    path("lobby/<slug:code>/panel/", lobby_panel, name="lobby-panel"),
    path("lobby/<slug:code>/take/", take, name="lobby-take"),
    path("lobby/<slug:code>/line/", line, name="lobby-line"),
    path("lobby/<slug:code>/visits/", visit, name="lobby-visit"),
    path("lobby/<slug:code>/visits/<int:visit_id>/<slug:verb>/", visit_act, name="lobby-visit-act"),
    path("lobby/<slug:code>/vips/", vip, name="lobby-vip"),
    path("lobby/<slug:code>/vips/<int:arrival_id>/receive/", vip_receive, name="lobby-vip-receive"),
]
