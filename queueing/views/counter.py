"""The clerk's screen: one window, one number at a time, one key per act. Every POST answers the panel anew."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from core import time
from core.errors import Refused
from halls.models import Hall, Window
from queueing import actions
from queueing.actions import Actor
from queueing.actions.alerts import call_manager
from queueing.models import Ticket, WindowSession
from queueing.queries import counter as reads
from queueing.queries import my_day as my_days
from queueing.queries.tickets import session_of
from queueing.rules.notes import reason_text
from queueing.states import CallReason, HoldKind, PauseReason, Place
from staff.models import User
from staff.requests import StaffRequest

ONE_KEY = "counter.finish_calls_next"


def window_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Replaces the request's clerk with the session at their window. Raises Refused("not_signed_in")."""

    @wraps(view)
    @login_required
    def with_session(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session = session_of(request.user)
        if session is None:
            raise Refused("not_signed_in", "已签出窗口,请刷新页面后重新签入。")
        return view(request, session, *args, **kwargs)

    return with_session


@require_GET
@login_required
def counter(request: StaffRequest) -> HttpResponse:
    """The window's screen, or the choice of a window."""
    if not request.user.may("queue.serve"):
        raise PermissionDenied("没有窗口叫号的权限。如工作需要,请联系店长开通。")
    session = session_of(request.user)
    if session is None:
        halls = Hall.objects.filter(pk__in=request.user.hall_ids("queue.serve"), is_live=True).order_by("code")
        return render(
            request, "queueing/pick_window.html", {"choices": reads.window_choices(halls, request.user, time.now())}
        )
    return render(request, "queueing/counter.html", _panel(request, session))


def _panel(request: StaffRequest, session: WindowSession) -> dict[str, Any]:
    facts = reads.panel(session, time.now())
    return facts | {
        "one_key": request.session.get(ONE_KEY, False),
        "hold_kinds": HoldKind.choices,
        "pause_reasons": [one for one in PauseReason.choices if one[0] != PauseReason.MEAL],
        "call_reasons": [one.label for one in CallReason],
        "places": Place.choices,
    }


@require_GET
@login_required
def my_day(request: StaffRequest) -> HttpResponse:
    """What I did today, beside my last weeks and my hall."""
    if not request.user.may("queue.serve"):
        raise PermissionDenied("没有窗口叫号的权限。如工作需要,请联系店长开通。")
    return render(request, "queueing/my_day.html", my_days.day(request.user, time.now()))


@require_GET
@window_required
def panel(request: StaffRequest, session: WindowSession) -> HttpResponse:
    return render(request, "queueing/_counter.html", _panel(request, session))


def _answer(request: StaffRequest) -> HttpResponse:
    """The panel after an act, read anew; without a window the page reloads."""
    session = session_of(request.user)
    if session is None or not request.htmx:
        return redirect("counter")
    return render(request, "queueing/_counter.html", _panel(request, session))


@require_POST
@login_required
def sign_in(request: StaffRequest, window_id: int) -> HttpResponse:
    window = get_object_or_404(Window.objects.select_related("hall"), pk=window_id)
    if not request.user.may("hall.see", window.hall):
        raise Http404
    if not request.user.may("queue.serve", window.hall):
        raise PermissionDenied("没有在该营业厅窗口办理业务的权限。如工作需要,请联系店长开通。")
    actions.sign_in(window, clerk=request.user, now=time.now())
    return redirect("counter")


@require_POST
@window_required
def sign_out(request: StaffRequest, session: WindowSession) -> HttpResponse:
    actions.sign_out(session.window, clerk=request.user, now=time.now(), reason=request.POST.get("reason", ""))
    response: HttpResponse = redirect("counter")
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = "/counter/"
    return response


@require_POST
@window_required
def call(request: StaffRequest, session: WindowSession) -> HttpResponse:
    """Space: the next number, or in a hall without a machine whoever steps up."""
    window, actor, now = session.window, Actor(person=request.user), time.now()
    if window.hall.is_line:
        actions.serve_next_in_line(window, actor=actor, now=now)
        return _answer(request)
    finishing = request.POST.get("finishing") == "1"
    called = actions.call_next(window, actor=actor, now=now, finishing=finishing)
    if called is None and not finishing:
        raise Refused("queue_empty", "当前没有等候的客户。有新号码时这里会提示。")
    return _answer(request)


@require_POST
@window_required
def line(request: StaffRequest, session: WindowSession) -> HttpResponse:
    """The − and + of a one-metre line, at the window."""
    change = actions.take_from_line if request.POST.get("change") == "-1" else actions.add_to_line
    change(session.window.hall, actor=Actor(person=request.user), now=time.now())
    return _answer(request)


@require_POST
@window_required
def pause(request: StaffRequest, session: WindowSession) -> HttpResponse:
    """The sign goes up; the duty manager's own word is not stopped by bound numbers (R-S-12)."""
    reason = request.POST.get("reason", "")
    if reason not in PauseReason.values:
        raise Refused("bad_reason", "请选择暂停服务的原因。")
    clerk, minutes = request.user, _minutes(request.POST.get("minutes", ""))
    if clerk.may("queue.manage", session.window.hall):
        actions.pause_anyway(session.window, reason, manager=clerk, now=time.now(), minutes=minutes)
    else:
        actions.pause(session.window, reason, clerk=clerk, now=time.now(), minutes=minutes)
    return _answer(request)


def _minutes(text: str) -> int | None:
    """Digits beyond any pause are refused by the action; what is no number at all was not typed by a page of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@require_POST
@window_required
def resume(request: StaffRequest, session: WindowSession) -> HttpResponse:
    actions.resume_window(session.window, clerk=request.user, now=time.now())
    return _answer(request)


@require_POST
@window_required
def call_chosen(request: StaffRequest, session: WindowSession) -> HttpResponse:
    """A number of the line out of turn, with a reason: one of the usual ones, or in the clerk's words."""
    chosen = _uuid(request.POST.get("ticket", ""))
    ticket = Ticket.objects.filter(pk=chosen, hall_id=session.window.hall_id).first() if chosen else None
    if ticket is None:
        raise Refused("no_number", "请选择要叫的号码。")
    reason = request.POST.get("words", "") or request.POST.get("reason", "")
    actions.call_chosen(ticket.pk, reason, actor=Actor(person=request.user), now=time.now())
    return _answer(request)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
@window_required
def undo(request: StaffRequest, session: WindowSession) -> HttpResponse:
    actions.undo_last(actor=Actor(person=request.user), now=time.now())
    return _answer(request)


@require_POST
@window_required
def manager(request: StaffRequest, session: WindowSession) -> HttpResponse:
    """请值班经理过来."""
    call_manager(session, time.now())
    return _answer(request)


@require_POST
@login_required
def one_key(request: StaffRequest) -> HttpResponse:
    """Whether 办结 also calls the next number; kept with the sign-in."""
    request.session[ONE_KEY] = not request.session.get(ONE_KEY, False)
    return _answer(request)


@require_POST
@window_required
def act(request: StaffRequest, session: WindowSession, ticket_id: UUID, verb: str) -> HttpResponse:
    """One verb on one number of this hall."""
    run = VERBS.get(verb)
    ticket = Ticket.objects.filter(pk=ticket_id, hall_id=session.window.hall_id).select_related("hall").first()
    if run is None or ticket is None:
        raise Http404
    run(ticket, request.POST, Actor(person=request.user), time.now())
    return _answer(request)


def _hold(ticket: Ticket, data: QueryDict, actor: Actor, now: datetime) -> None:
    kind = data.get("kind", HoldKind.AWAY)
    if kind not in HoldKind.values:
        raise Refused("bad_reason", "请选择暂挂的原因。")
    actions.hold(ticket.pk, kind, actor=actor, now=now)


def _no_show(ticket: Ticket, data: QueryDict, actor: Actor, now: datetime) -> None:
    """The key waits for the third call and 30 seconds (R-Q-10)."""
    patience = actions.patience_until(ticket, now)
    if patience is None or now < patience:
        raise Refused("too_soon", "叫满 3 次并再等 30 秒后,才能按过号。")
    actions.mark_no_show(ticket.pk, actor=actor, now=now)


def _add_business(ticket: Ticket, data: QueryDict, actor: Actor, now: datetime) -> None:
    actions.add_business(ticket.pk, data.get("business", ""), actor=actor, now=now)


def _drop_business(ticket: Ticket, data: QueryDict, actor: Actor, now: datetime) -> None:
    actions.drop_business(ticket.pk, data.get("business", ""), actor=actor, now=now)


def _note(ticket: Ticket, data: QueryDict, actor: Actor, now: datetime) -> None:
    what = actions.Note(
        told_online=data["told_online"] == "1" if "told_online" in data else None,
        offer=data.get("offer"),
        accepted=data.get("accepted") == "1",
        retention=data.get("retention"),
    )
    actions.note(ticket.pk, what, actor=actor, now=now)


def _transfer(ticket: Ticket, data: QueryDict, actor: Actor, now: datetime) -> None:
    kind, _, value = data.get("to", "").partition(":")
    place = data.get("place", Place.AGE)
    if place not in Place.values:
        raise Refused("no_target", "请选择排在哪里。")
    window = clerk = None
    if kind == "window" and value.isdigit():
        window = Window.objects.filter(pk=int(value), hall=ticket.hall).first()
    elif kind == "clerk":
        clerk = User.objects.filter(staff_no=reason_text(value), is_active=True).first()
    business = value if kind == "business" else ""
    target = actions.Target(business=business, window=window, clerk=clerk, place=place)
    actions.transfer(ticket.pk, target, actor=actor, now=now)


def _plain(action: Callable[..., Ticket]) -> Callable[[Ticket, QueryDict, Actor, datetime], object]:
    return lambda ticket, data, actor, now: action(ticket.pk, actor=actor, now=now)


VERBS: dict[str, Callable[[Ticket, QueryDict, Actor, datetime], object]] = {
    "start": _plain(actions.start),
    "finish": _plain(actions.finish),
    "recall": _plain(actions.recall),
    "resume": _plain(actions.resume),
    "no-show": _no_show,
    "hold": _hold,
    "transfer": _transfer,
    "add-business": _add_business,
    "drop-business": _drop_business,
    "note": _note,
}

urlpatterns = [
    path("counter/", counter, name="counter"),
    path("counter/panel/", panel, name="counter-panel"),
    path("counter/windows/<int:window_id>/sign-in/", sign_in, name="counter-sign-in"),
    path("counter/sign-out/", sign_out, name="counter-sign-out"),
    path("counter/call/", call, name="counter-call"),
    path("counter/call-chosen/", call_chosen, name="counter-call-chosen"),
    path("counter/undo/", undo, name="counter-undo"),
    path("counter/manager/", manager, name="counter-manager"),
    path("counter/my-day/", my_day, name="counter-my-day"),
    path("counter/line/", line, name="counter-line"),
    path("counter/pause/", pause, name="counter-pause"),
    path("counter/resume/", resume, name="counter-resume"),
    path("counter/one-key/", one_key, name="counter-one-key"),
    path("counter/tickets/<uuid:ticket_id>/<slug:verb>/", act, name="counter-act"),
]
