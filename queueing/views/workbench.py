"""工作台: the first page of everybody who works here."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import time
from messaging.queries import unread_count
from queueing.queries import workbench as queries
from queueing.queries.ratings import open_call_backs
from queueing.queries.tickets import session_of
from staff.access import RANK, employments_today
from staff.queries.workbench import to_do
from staff.requests import StaffRequest
from staff.states import Role


@require_safe
@login_required
def workbench(request: StaffRequest) -> HttpResponse:
    return render(request, "queueing/workbench.html", {"jobs": employments_today(request.user), **_now(request)})


@require_safe
@login_required
def fragment(request: StaffRequest) -> HttpResponse:
    """What moves on the page; fetched again after a nudge."""
    return render(request, "queueing/_workbench.html", _now(request))


def _now(request: StaffRequest) -> dict[str, Any]:
    user, now = request.user, time.now()
    found = queries.halls_now(user, now)
    session = session_of(user)
    shown = {
        "session": session,
        "should_sign_in": session is None and user.may("queue.serve") and user.rights.rank == RANK[Role.CLERK],
        "without_windows": [one for one in found if one.needs_windows],
        "ailing_by_hall": queries.ailing_devices(user.hall_ids("device.pair"), now),
        "call_backs": open_call_backs(user.hall_ids("queue.manage")),
        "unread": unread_count(user),
    }
    informed = to_do(user, now)
    return {
        **shown,
        "informed": informed,
        "todo": any(shown.values()) or any(informed.values()),
        "halls": found,
        "board": queries.board_of(found[0].hall, now) if len(found) == 1 else None,
        "topics": " ".join(f"hall.{one.hall.code}" for one in found[:15]),
        "may_pair": user.may("device.pair"),
        "may_configure": user.may("hall.configure"),
        "may_guide": user.may("queue.floor"),
        "now": now,
    }
