"""The customer's own page: a link, a code by SMS, and what has happened. No login, no name, no number."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from complaints.actions import cases, texts_out
from complaints.models import Complaint
from complaints.queries import case as reads
from complaints.states import OwnerSaid, Status
from core import time
from core.errors import Refused
from core.redis import client, key, too_often
from queueing.models import Ticket
from queueing.rules.ratings import is_low

MINUTES = 10
CODES_PER_HOUR = 5
TRIES = 5
SESSION = "complaints_seen"


def _found(token: UUID) -> Complaint:
    found = Complaint.objects.select_related("hall").filter(token=token).first()
    if found is None:
        raise Http404
    return found


def _knows(request: HttpRequest, complaint: Complaint) -> bool:
    return str(complaint.token) in request.session.get(SESSION, [])


def _page(request: HttpRequest, complaint: Complaint, **more: Any) -> HttpResponse:
    shown: dict[str, Any] = {"complaint": complaint, "knows": _knows(request, complaint), **more}
    if shown["knows"]:
        shown["story"] = reads.story(complaint, for_customer=True)
        shown["asks_owner"] = complaint.status == Status.OWNER
    answer = render(request, "complaints/customer.html", shown)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@never_cache
@require_GET
def status(request: HttpRequest, token: UUID) -> HttpResponse:
    return _page(request, _found(token))


@never_cache
@require_POST
def send_code(request: HttpRequest, token: UUID) -> HttpResponse:
    """A code to the number on record, a few times an hour; where it goes is not said."""
    complaint = _found(token)
    if too_often("complaint-code", complaint.pk, limit=CODES_PER_HOUR, seconds=3600):
        raise Refused("too_often", "验证码发送过于频繁,请一小时后再试,或致电营业厅。")
    if complaint.phone:
        code = f"{secrets.randbelow(10**6):06d}"
        name = key("complaint-code", complaint.pk)
        turn = client().incr(key("complaint-code-turn", complaint.pk))
        client().delete(key("throttle", "complaint-try", complaint.pk))
        client().set(name, code, ex=MINUTES * 60)
        now = time.now()
        texts_out.send_code(complaint, code, minutes=MINUTES, turn=int(now.timestamp()) * 100 + int(turn) % 100)
    return _page(request, complaint, sent=True)


@never_cache
@require_POST
def check_code(request: HttpRequest, token: UUID) -> HttpResponse:
    """The right code opens the page in this browser; five wrong ones spend it."""
    complaint = _found(token)
    typed = "".join(request.POST.get("code", "")[:20].split())
    name = key("complaint-code", complaint.pk)
    if too_often("complaint-try", complaint.pk, limit=TRIES, seconds=MINUTES * 60):
        client().delete(name)
        raise Refused("too_often", "验证码输入次数过多,请重新获取。")
    kept = client().get(name)
    if not isinstance(kept, bytes) or not secrets.compare_digest(
        kept.decode(), typed.encode("ascii", "replace").decode()
    ):
        return _page(request, complaint, sent=True, problem="验证码不对或已过期,请核对后重试。")
    client().delete(name)
    request.session[SESSION] = [*request.session.get(SESSION, [])[-9:], str(complaint.token)]
    return redirect("complaint-status", token=complaint.token)


@never_cache
@require_POST
def owner_says(request: HttpRequest, token: UUID) -> HttpResponse:
    """R-C-3: the owner, who has the code, says whether it is theirs."""
    complaint = _found(token)
    if not _knows(request, complaint):
        return redirect("complaint-status", token=complaint.token)
    now = time.now()
    if request.POST.get("mine") == "1":
        cases.confirm_owner(complaint.pk, OwnerSaid.SMS, person=None, now=now)
        messages.success(request, "已确认,我们会尽快处理并答复您。")
    else:
        cases.deny_owner(complaint.pk, person=None, now=now)
        messages.success(request, "已记录,这件投诉不再处理。感谢您的确认。")
    return redirect("complaint-status", token=complaint.token)


@never_cache
@require_POST
def complain(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """After a low rating, from the number's own page: its link is the key. One complaint per number."""
    ticket = (
        Ticket.objects.select_related("hall__region__parent", "clerk", "window", "customer")
        .filter(pk=ticket_id)
        .first()
    )
    if ticket is None:
        raise Http404
    if not is_low(ticket.rating):
        raise Refused("not_low", "评价为不满意后,可以在这里登记投诉。")
    if too_often("complain", ticket.pk, limit=TRIES, seconds=60):
        raise Refused("too_often", "提交过于频繁,请一分钟后再试。")
    made = cases.log_from_rating(ticket, now=time.now())
    request.session[SESSION] = [*request.session.get(SESSION, [])[-9:], str(made.token)]
    return redirect("complaint-status", token=made.token)


urlpatterns = [
    path("c/number/<uuid:ticket_id>/", complain, name="complaint-from-rating"),
    path("c/<uuid:token>/", status, name="complaint-status"),
    path("c/<uuid:token>/code/", send_code, name="complaint-code"),
    path("c/<uuid:token>/check/", check_code, name="complaint-check"),
    path("c/<uuid:token>/owner/", owner_says, name="complaint-owner"),
]
