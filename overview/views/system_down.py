"""系统中断: declare it, see whom it concerns, give numbers to those who come back, declare the end."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.redis import too_often
from halls.models import BusinessType, Hall
from halls.queries import visible_halls
from overview.actions.system_down import Down, declare_system_down, declare_system_up
from overview.forms import DownForm, UpForm
from queueing.actions import Actor
from queueing.actions.outages import come_back_with
from queueing.queries import outages as reads
from queueing.states import OutageKind
from staff.requests import StaffRequest

SEE, DECLARE, ISSUE = "hall.check", "system.declare", "queue.issue"
FORBIDDEN = "没有这项操作的权限。如工作需要,请联系店长开通。"
TRIES_PER_MINUTE = 12
PAST = 10


def _hall(request: StaffRequest, code: str, verb: str) -> Hall:
    """A stranger's hall does not exist; a colleague without the right is told so."""
    hall = Hall.objects.filter(code=code).select_related("region__parent__parent").first()
    if hall is None or not request.user.may("hall.see", hall):
        raise Http404
    if not request.user.may(verb, hall):
        raise PermissionDenied(FORBIDDEN)
    return hall


@require_safe
@login_required
def page(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, _hall(request, code, SEE))


def _page(request: StaffRequest, hall: Hall, typed: DownForm | UpForm | None = None) -> HttpResponse:
    running = reads.visible_to(request.user, SEE).filter(hall=hall, ended_at=None).first()
    others = visible_halls(request.user, DECLARE).filter(is_live=True).exclude(pk=hall.pk).order_by("code")
    down = {one.pk for one in running.businesses.all()} if running else set()
    groups = hall.groups.filter(is_active=True).prefetch_related("businesses").order_by("order", "code")
    shown = {
        "hall": hall,
        "outage": running,
        "returns": reads.returns_of(running) if running else (),
        "open_returns": () if running else reads.open_returns(hall, time.business_day(time.now())),
        "past": reads.visible_to(request.user, SEE).filter(hall=hall).exclude(ended_at=None)[:PAST],
        "groups": [(group, [one for one in group.businesses.all() if one.is_active]) for group in groups],
        "down": down,
        "kinds": OutageKind.pairs(),
        "others": list(others),
        "may_declare": request.user.may(DECLARE, hall),
        "may_issue": request.user.may(ISSUE, hall),
        "typed": typed,
        "ticked": request.POST.getlist("business") + request.POST.getlist("also"),
    }
    return render(request, "overview/system_down.html", shown, status=422 if typed else 200)


def _halls(request: StaffRequest, first: Hall) -> list[Hall]:
    """The hall of the page and the others ticked, as far as this person may speak for them."""
    codes = request.POST.getlist("also")
    more = [one for one in visible_halls(request.user, DECLARE) if one.code in codes and one.pk != first.pk]
    return [first, *more]


@require_POST
@login_required
def declare(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code, DECLARE)
    form = DownForm(request.POST, businesses=list(BusinessType.objects.values_list("code", "name")))
    if not form.is_valid():
        return _page(request, hall, form)
    given = form.cleaned_data
    down = Down(given["kind"], frozenset(given["business"]), given["text"])
    try:
        found = declare_system_down(_halls(request, hall), down, by=request.user, now=time.now())
    except Refused as no:
        form.add_error(None, no.message)
        return _page(request, hall, form)
    told = sum(row.returns.count() for row in found)
    messages.success(request, f"已在 {len(found)} 个营业厅暂停受影响的业务,{told} 位等候客户有回厅号。")
    return redirect("system-down", hall.code)


@require_POST
@login_required
def resume(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code, DECLARE)
    form = UpForm(request.POST)
    if not form.is_valid():
        return _page(request, hall, form)
    try:
        found = declare_system_up(_halls(request, hall), form.cleaned_data["measures"], by=request.user, now=time.now())
    except Refused as no:
        form.add_error(None, no.message)
        return _page(request, hall, form)
    messages.success(request, f"{len(found)} 个营业厅已恢复取号,客户已告知。")
    left = [row for row in found if row.incident.tells.filter(told_at=None).exists()]
    if left:
        messages.warning(request, "预案里还有人没有告知,请补齐后结束事件。")
        return redirect("incident", left[0].incident_id)
    return redirect("system-down", hall.code)


@require_POST
@login_required
def come_back(request: StaffRequest, code: str) -> HttpResponse:
    """A number for somebody who is back with a 回厅号."""
    hall = _hall(request, code, ISSUE)
    try:
        if too_often("return-number", request.user.pk, limit=TRIES_PER_MINUTE, seconds=60):
            raise Refused("too_often", "查找过于频繁,请一分钟后再试。")
        actor = Actor(person=request.user)
        ticket = come_back_with(hall, request.POST.get("given", "")[:40], actor=actor, now=time.now())
        messages.success(request, f"已取号 {ticket.number},可优先办理。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("system-down", hall.code)


urlpatterns = [
    path("overview/halls/<slug:code>/system-down/", page, name="system-down"),
    path("overview/halls/<slug:code>/system-down/declare/", declare, name="system-down-declare"),
    path("overview/halls/<slug:code>/system-down/resume/", resume, name="system-down-resume"),
    path("overview/halls/<slug:code>/system-down/come-back/", come_back, name="system-down-come-back"),
]
