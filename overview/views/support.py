"""支撑需求: what halls asked the city for, and what became of it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.sheets import sheet
from overview.actions import support as actions
from overview.models import SupportRequest
from overview.queries import support as reads
from overview.states import SupportState
from overview.views.doors import PER_PAGE, chosen_hall, day_in, must, my_halls, today
from staff.requests import StaffRequest

LATE = ("late", "已超期")


def _rows(request: StaffRequest) -> tuple[Any, dict[str, Any]]:
    halls = my_halls(request, "report.see")
    hall, state = chosen_hall(request, halls), request.GET.get("state", "")
    rows = reads.requests(request.user, state=state, hall=hall, today=today())
    query = urlencode({name: value for name, value in (("hall", hall.code if hall else ""), ("state", state)) if value})
    return rows, {"halls": halls, "hall": hall, "state": state, "query": query, "states": [*SupportState.choices, LATE]}


@require_safe
@login_required
def requests(request: StaffRequest) -> HttpResponse:
    rows, shown = _rows(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(one, one.is_late(today())) for one in page]
    return render(request, "overview/weekly/support_list.html", {**shown, "page": page, "lines": lines})


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    rows, _ = _rows(request)
    heads = ["营业厅", "需求", "提出时间", "应答复日期", "状态", "市公司责任人", "答复", "落实日期", "办结时间"]
    lines = (
        [
            one.hall.name,
            one.text,
            one.raised_at,
            one.due_on,
            one.get_state_display(),
            one.owner.name if one.owner else "",
            one.answer,
            one.promised_on,
            one.closed_at,
        ]
        for one in rows[:5000]
    )
    return sheet("support-requests", "支撑需求", heads, lines, by=request.user)


def _request(request: StaffRequest, pk: int) -> SupportRequest:
    rows = SupportRequest.objects.visible_to(request.user)
    found = rows.select_related("hall", "owner", "report", "raised_by", "answered_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def one(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _request(request, pk))


def _page(request: StaffRequest, row: SupportRequest, **more: Any) -> HttpResponse:
    may, is_open = request.user.may, row.state in actions.OPEN_TO_ANSWER
    answers = may("support.answer", row.hall) and is_open
    shown = {
        "item": row,
        "is_late": row.is_late(today()),
        "events": row.events.select_related("person"),
        "answers": answers,
        "people": reads.answerers() if answers else (),
        "confirms": may("report.write", row.hall) and row.state == SupportState.ANSWERED,
        "today": today(),
        **more,
    }
    return render(request, "overview/weekly/support.html", shown)


@require_POST
@login_required
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """One of four: another owner, an answer, no support, or solved. What was typed stays when it is refused."""
    row, given, now, who = _request(request, pk), request.POST, time.now(), request.user
    try:
        if "done" in given:
            must(request, "report.write", hall=row.hall, sentence="由提出的营业厅确认解决。")
            actions.confirm_done(row, actor=who, now=now)
        else:
            must(request, "support.answer", hall=row.hall, sentence="支撑需求由市公司答复。")
            _answer(request, row)
    except Refused as no:
        return _page(request, _request(request, pk), refused=no.message, typed=given)
    messages.success(request, "已保存。")
    return redirect("support-request", pk)


def _answer(request: StaffRequest, row: SupportRequest) -> None:
    given, now, who = request.POST, time.now(), request.user
    if "owner" in given:
        owner = next((one for one in reads.answerers() if one.staff_no == given["owner"]), None)
        if owner is None:
            raise Refused("unknown_person", "请选择责任人。")
        actions.assign(row, owner, actor=who, now=now)
    elif "decline" in given:
        actions.decline(row, given.get("text", ""), actor=who, now=now)
    else:
        promised_on = day_in(given.get("promised_on", ""))
        if promised_on is None:
            raise Refused("bad_day", "请填写落实日期。")
        actions.answer(row, given.get("text", ""), promised_on=promised_on, actor=who, now=now)


urlpatterns = [
    path("overview/support/", requests, name="support-requests"),
    path("overview/support/export/", export, name="support-requests-export"),
    path("overview/support/<int:pk>/", one, name="support-request"),
    path("overview/support/<int:pk>/change/", change, name="support-change"),
]
