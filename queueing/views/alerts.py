"""Alerts on the lobby page and the cockpit: one tap each; and the page of who was asked to help."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from core import time
from halls.models import Hall
from queueing.actions import Actor, floor
from queueing.actions import alerts as actions
from queueing.models import Alert
from queueing.queries import alerts as reads
from queueing.states import AlertKind
from staff.models import User
from staff.requests import StaffRequest

FORBIDDEN = "没有处理现场提醒的权限。如工作需要,请联系店长开通。"


def number(text: str) -> int:
    """A key as it comes in; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def may_see(user: User, hall: Hall) -> bool:
    return any(user.may(verb, hall) for verb in ("queue.floor", "queue.manage", "figures.see"))


def alert_for(user: User, alert_id: int, verb: str) -> Alert:
    """An alert of a hall that this person may see (else 404) and act in (else PermissionDenied)."""
    alert = reads.with_calls(alert_id)
    if alert is None or not user.may("hall.see", alert.hall):
        raise Http404
    asked = verb == "answer" and alert.support_calls.filter(person=user.pk).exists()
    needed = NEEDED.get(verb, ("queue.floor", "queue.manage"))
    if not asked and not any(user.may(one, alert.hall) for one in needed):
        raise PermissionDenied(FORBIDDEN)
    return alert


@require_GET
@login_required
def panel(request: StaffRequest, code: str) -> HttpResponse:
    hall = Hall.objects.filter(code=code, is_live=True).first()
    if hall is None or not request.user.may("hall.see", hall):
        raise Http404
    if not may_see(request.user, hall):
        raise PermissionDenied(FORBIDDEN)
    return _shown(request, hall)


def _shown(request: StaffRequest, hall: Hall) -> HttpResponse:
    facts = {"alerts": reads.standing(hall, request.user, time.now())}
    return render(request, "queueing/_alerts.html", facts)


@require_POST
@login_required
def act(request: StaffRequest, alert_id: int, verb: str) -> HttpResponse:
    """One tap beside an alert; the answer is what stands afterwards."""
    if verb not in VERBS:
        raise Http404
    alert = alert_for(request.user, alert_id, verb)
    VERBS[verb](alert, request.POST, request.user, time.now())
    return _shown(request, alert.hall)


def _support(alert: Alert, data: QueryDict, user: User, now: datetime) -> None:
    actions.ask_support(alert.pk, [number(one) for one in data.getlist("person")], actor=user, now=now)


def _floor(kind: str, alert: Alert, user: User, now: datetime) -> None:
    """What a greeter does for the customer behind an alert; the sweep sees it and ends the alert."""
    actor = Actor(person=user)
    if alert.kind != kind:
        raise Http404
    if kind == AlertKind.CARE and alert.ticket_id:
        floor.give_care(alert.ticket_id, actor=actor, now=now)
    elif kind == AlertKind.VIP:
        floor.receive_vip(number(alert.subject), actor=actor, now=now)
    else:
        floor.look_after(number(alert.subject), actor=actor, now=now)


VERBS: dict[str, Callable[[Alert, QueryDict, User, datetime], object]] = {
    "handling": lambda alert, data, user, now: actions.handle(alert.pk, actor=user, now=now),
    "cared": lambda alert, data, user, now: _floor("care", alert, user, now),
    "received": lambda alert, data, user, now: _floor("vip", alert, user, now),
    "looked-after": lambda alert, data, user, now: _floor("lingering", alert, user, now),
    "arrived": lambda alert, data, user, now: actions.arrive(alert.pk, actor=user, now=now),
    "noted": lambda alert, data, user, now: actions.note(alert.pk, data.get("reason", ""), actor=user, now=now),
    "support": _support,
    "answer": lambda alert, data, user, now: actions.answer(alert.pk, data.get("coming") == "1", actor=user, now=now),
    "turn": lambda alert, data, user, now: actions.turn_window(
        alert.pk, number(data.get("window", "")), actor=user, now=now
    ),
}
NEEDED = {
    **dict.fromkeys(("noted", "turn", "arrived"), ("queue.manage",)),
    **dict.fromkeys(("cared", "received", "looked-after"), ("queue.floor",)),
}


@require_GET
@login_required
def support(request: StaffRequest, call_id: int) -> HttpResponse:
    """Where the notice leads: what is asked, and two large buttons."""
    call = reads.my_call(call_id, request.user)
    if call is None:
        raise Http404
    return render(request, "queueing/support.html", {"call": call, "text": reads.text(call.alert, time.now())})


@require_POST
@login_required
def support_answer(request: StaffRequest, call_id: int) -> HttpResponse:
    call = reads.my_call(call_id, request.user)
    if call is None:
        raise Http404
    actions.answer(call.alert_id, request.POST.get("coming") == "1", actor=request.user, now=time.now())
    return redirect("support", call.pk)


urlpatterns = [
    path("alerts/halls/<slug:code>/", panel, name="alerts"),
    path("alerts/<int:alert_id>/<slug:verb>/", act, name="alert-act"),
    path("support/<int:call_id>/", support, name="support"),
    path("support/<int:call_id>/answer/", support_answer, name="support-answer"),
]
