"""Sheets over the greeter's tablet: one number, its 预填单, missing papers; and the post board's form."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from core import time
from core.errors import Refused
from halls.models import BusinessType
from queueing import actions
from queueing.actions import Actor, Errand, Form
from queueing.models import FloorPost
from queueing.queries import lobby as reads
from queueing.states import Tell
from queueing.views.lobby import act, answer, hall_for, number_of, phone_of
from staff.models import User
from staff.requests import StaffRequest


def _business(code: str) -> BusinessType | None:
    """The business of an address or form; anything unknown is none."""
    return BusinessType.objects.filter(code=code[:30]).first() if code and "\x00" not in code else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None


@require_GET
@login_required
def number(request: StaffRequest, code: str, ticket_id: UUID) -> HttpResponse:
    ticket = number_of(hall_for(request, code), ticket_id)
    return render(request, "queueing/_lobby_number.html", reads.sheet(ticket, time.now()))


@require_GET
@login_required
def form(request: StaffRequest, code: str, ticket_id: UUID) -> HttpResponse:
    ticket = number_of(hall_for(request, code), ticket_id)
    facts = reads.form(ticket, _business(request.GET.get("business", "")), time.now())
    return render(request, "queueing/_lobby_form.html", facts)


@require_POST
@login_required
def fill(request: StaffRequest, code: str, ticket_id: UUID) -> HttpResponse:
    hall = hall_for(request, code)
    number_of(hall, ticket_id)
    ticked = request.POST.getlist("item")
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in ticked):
        raise Http404
    filled = Form(
        business=request.POST.get("business", "")[:60],
        items=[int(one) for one in ticked],
        note=request.POST.get("note", ""),
        id_copied=request.POST.get("id_copied") == "1",
    )
    actions.fill(ticket_id, filled, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall)


@require_GET
@login_required
def papers(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code)
    given = _uuid(request.GET.get("ticket", ""))
    ticket = number_of(hall, given) if given else None
    facts = reads.papers(hall, ticket, _business(request.GET.get("business", "")), time.now())
    return render(request, "queueing/_lobby_papers.html", facts)


@require_POST
@login_required
def send_for_papers(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code)
    given = _uuid(request.POST.get("ticket", ""))
    errand = Errand(
        business=request.POST.get("business", "")[:60],
        ticket_id=number_of(hall, given).pk if given else None,
        phone=phone_of(request),
        is_back_today=request.POST.get("back") != "later",
        tell=request.POST.get("tell", Tell.WORD),
    )
    ticket = actions.send_for_papers(hall, errand, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall, sent=ticket)


@require_POST
@login_required
def change(request: StaffRequest, code: str, ticket_id: UUID) -> HttpResponse:
    hall = hall_for(request, code)
    number_of(hall, ticket_id)
    business = request.POST.get("business", "")[:60]
    actions.change_business(ticket_id, business, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall)


@require_POST
@login_required
def swap(request: StaffRequest, code: str, ticket_id: UUID) -> HttpResponse:
    hall = hall_for(request, code)
    other = _uuid(request.POST.get("other", ""))
    if other is None:
        raise Refused("no_other", "请选择要互换的号码。")
    first, second = number_of(hall, ticket_id), number_of(hall, other)
    actions.swap(first.pk, second.pk, actor=Actor(person=request.user), now=time.now())
    return answer(request, hall)


@require_POST
@login_required
def post(request: StaffRequest, code: str) -> HttpResponse:
    """Who stands where from now on."""
    hall, chosen, now = hall_for(request, code), request.POST.get("person", ""), time.now()
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
        raise Refused("not_here", "请选择本厅的人员。")
    person = get_object_or_404(User, pk=int(chosen))
    until = _today_at(request.POST.get("until", ""), now)
    actions.stand_at(hall, person, request.POST.get("place", ""), until=until, now=now)
    return answer(request, hall)


def _today_at(text: str, now: datetime) -> datetime | None:
    """A time of today as typed, 12:30. Raises Refused("bad_until")."""
    if not text:
        return None
    try:
        clock = datetime.strptime(text[:8], "%H:%M").time()  # noqa: DTZ007 – a clock time, placed in Shanghai below
    except ValueError:
        raise Refused("bad_until", "请按 12:30 的样子填写时间。") from None
    return time.at(time.business_day(now), clock)


@require_POST
@login_required
def post_leave(request: StaffRequest, code: str, post_id: int) -> HttpResponse:
    hall = hall_for(request, code)
    get_object_or_404(FloorPost, pk=post_id, hall=hall)
    actions.leave_post(post_id, now=time.now())
    return answer(request, hall)


urlpatterns = [
    path("lobby/<slug:code>/tickets/<uuid:ticket_id>/", number, name="lobby-number"),
    path("lobby/<slug:code>/tickets/<uuid:ticket_id>/form/", form, name="lobby-form"),
    path("lobby/<slug:code>/tickets/<uuid:ticket_id>/fill/", fill, name="lobby-fill"),
    path("lobby/<slug:code>/tickets/<uuid:ticket_id>/change/", change, name="lobby-change"),
    path("lobby/<slug:code>/tickets/<uuid:ticket_id>/swap/", swap, name="lobby-swap"),
    path("lobby/<slug:code>/tickets/<uuid:ticket_id>/<slug:verb>/", act, name="lobby-act"),
    path("lobby/<slug:code>/papers/", papers, name="lobby-papers"),
    path("lobby/<slug:code>/papers/send/", send_for_papers, name="lobby-papers-send"),
    path("lobby/<slug:code>/posts/", post, name="lobby-post"),
    path("lobby/<slug:code>/posts/<int:post_id>/leave/", post_leave, name="lobby-post-leave"),
]
