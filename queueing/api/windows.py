"""Windows at work over HTTP: for the counter page's peers and for hardware callers."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer
from halls.models import Device, Window
from queueing import actions
from queueing.api import shapes
from queueing.api.halls import FORBIDDEN
from queueing.api.tickets import answer, checked
from queueing.models import WindowSession
from queueing.queries import tickets as reads
from queueing.states import WindowState
from staff.models import User
from staff.requests import caller


def window_for(request: Request, window_id: int, *verbs: str) -> Window:
    """A window of a hall this caller may see (else 404) and work at (else 403)."""
    window = reads.window_by_id(window_id, time.now())
    if window is None or not caller(request).may("hall.see", window.hall):
        raise Http404
    if not any(caller(request).may(verb, window.hall) for verb in verbs):
        raise PermissionDenied(FORBIDDEN)
    return window


def clerk_of(request: Request) -> User:
    who = caller(request)
    if isinstance(who, Device):
        raise PermissionDenied("设备不能签入窗口,请由营业员用自己的工号签入。")
    return who


def shown(session: WindowSession) -> Response:
    state = WindowState.PAUSED if session.is_paused else WindowState.FREE
    if session.signed_out_at is not None:
        state = WindowState.CLOSED
    return Response(
        {
            "id": session.window_id,
            "label": session.window.label,
            "state": state,
            "clerk": session.clerk.name if session.signed_out_at is None else None,
            "signed_in_at": time.local(session.signed_in_at).isoformat(),
        }
    )


WINDOW = {200: shapes.WindowOut, 409: Problem}


@extend_schema(request=shapes.SignInIn, responses=WINDOW, operation_id="windows_sign_in")
@api_view(["POST"])
@keeps_answer
def sign_in(request: Request, window_id: int) -> Response:
    """Sit down at a window; at one's own window it changes nothing."""
    window, clerk = window_for(request, window_id, "queue.serve"), clerk_of(request)
    simulated = checked(shapes.SignInIn, request)["simulated"]
    return shown(actions.sign_in(window, clerk=clerk, now=time.now(), is_simulated=simulated))


@extend_schema(request=shapes.SignOutIn, responses=WINDOW, operation_id="windows_sign_out")
@api_view(["POST"])
@keeps_answer
def sign_out(request: Request, window_id: int) -> Response:
    """Leave a window; a duty manager may close one that somebody left open."""
    window, clerk = window_for(request, window_id, "queue.serve", "queue.manage"), clerk_of(request)
    reason = checked(shapes.SignOutIn, request)["reason"]
    if reason and clerk.may("queue.manage", window.hall):
        return shown(actions.sign_out_for(window, manager=clerk, reason=reason, now=time.now()))
    return shown(actions.sign_out(window, clerk=clerk, now=time.now()))


@extend_schema(request=shapes.PauseIn, responses=WINDOW, operation_id="windows_pause")
@api_view(["POST"])
@keeps_answer
def pause(request: Request, window_id: int) -> Response:
    """Put up the paused sign; the duty manager's word goes over bound numbers (R-S-12)."""
    window, clerk = window_for(request, window_id, "queue.serve", "queue.manage"), clerk_of(request)
    asked = checked(shapes.PauseIn, request)
    reason, minutes = asked["reason"], asked["minutes"]
    if clerk.may("queue.manage", window.hall):
        return shown(actions.pause_anyway(window, reason, manager=clerk, now=time.now(), minutes=minutes))
    return shown(actions.pause(window, reason, clerk=clerk, now=time.now(), minutes=minutes))


@extend_schema(request=None, responses=WINDOW, operation_id="windows_resume")
@api_view(["POST"])
@keeps_answer
def resume(request: Request, window_id: int) -> Response:
    """Take the paused sign down."""
    window, clerk = window_for(request, window_id, "queue.serve"), clerk_of(request)
    return shown(actions.resume_window(window, clerk=clerk, now=time.now()))


CALL = {200: shapes.TicketOut, 204: None, 409: Problem}


@extend_schema(request=shapes.CallNextIn, responses=CALL, operation_id="windows_call_next")
@api_view(["POST"])
@keeps_answer
def call_next(request: Request, window_id: int) -> Response:
    """Call the next number to this window; 204 when nobody waits."""
    window = window_for(request, window_id, "queue.serve", "queue.call")
    finishing = checked(shapes.CallNextIn, request)["finish"]
    actor = actions.Actor.of(caller(request))
    ticket = actions.call_next(window, actor=actor, now=time.now(), finishing=finishing)
    return Response(status=204) if ticket is None else answer(ticket)


@extend_schema(request=None, responses=CALL, operation_id="windows_next_in_line")
@api_view(["POST"])
@keeps_answer
def next_in_line(request: Request, window_id: int) -> Response:
    """One key for a hall without a machine: finish, and serve whoever steps up."""
    window = window_for(request, window_id, "queue.serve", "queue.call")
    return answer(actions.serve_next_in_line(window, actor=actions.Actor.of(caller(request)), now=time.now()))
