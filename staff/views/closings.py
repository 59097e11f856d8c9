"""营业日结 and 月结."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.sheets import sheet
from halls.models import Hall
from staff.actions import closings as actions
from staff.models import CashUp, DailyClosing
from staff.queries import closings as reads
from staff.queries import handovers, money
from staff.requests import StaffRequest
from staff.rules import closings as rules
from staff.states import CashUpState, ClosingState
from staff.views.halls import NO_RIGHT, hall_for, pick_hall
from staff.views.money import day_of

WHAT = "营业日结"
DAYS_SHOWN = 31
FORM_ROWS = 4
FORM_KINDS = ("业务受理单", "终端合约", "发票存根联", "身份证复印件")
HEADS = ["营业日", "状态", "系统金额", "实点", "票据存根", "差额", "说明", "提交人", "提交时间", "超时"]


@require_safe
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "money.see", WHAT, "closings-hall")


@require_safe
@login_required
def month_halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "money.see", "月结", "month-closings-hall")


def _hall(request: StaffRequest, code: str, verb: str = "money.see") -> Hall:
    return hall_for(request, code, verb, WHAT)


def _span(request: StaffRequest) -> tuple[date, date]:
    """A month of the address, else the last days up to today."""
    today = time.business_day(time.now())
    text = request.GET.get("month", "")
    if text:
        first, last = reads.month_bounds(month_of(text))
        return first, min(last, today)
    return today - timedelta(days=DAYS_SHOWN - 1), today


def month_of(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None


@require_safe
@login_required
def closings(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code), time.now()
    first, last = _span(request)
    rows = reads.days(hall, first, last, now)
    only = request.GET.get("state", "")
    shown = {
        "hall": hall,
        "rows": [row for row in rows if not only or row.state == only],
        "month": request.GET.get("month", ""),
        "state": only,
        "states": ClosingState.choices,
        "query": request.GET.urlencode(),
    }
    return render(request, "staff/closings.html", shown)


@require_safe
@login_required
def export(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code), time.now()
    rows = (_row(one) for one in reads.days(hall, *_span(request), now))
    return sheet("closings", f"{hall.name} 营业日结", HEADS, rows, by=request.user)


def _row(one: reads.Day) -> list[Any]:
    row = one.closing
    if row is None:
        return [one.day, one.state.label, *[""] * 8]
    ways = row.ways
    figures = [str(value) for value in (ways.system, ways.counted, ways.stubs, ways.difference)]
    who = row.submitted_by.name if row.submitted_by else ""
    return [
        one.day,
        one.state.label,
        *figures,
        row.exception_reason,
        who,
        row.submitted_at,
        "是" if row.is_late else "",
    ]


@never_cache
@require_safe
@login_required
def closing(request: StaffRequest, code: str, day: str) -> HttpResponse:
    return _page(request, _hall(request, code), day_of(day, time.now()))


def _page(
    request: StaffRequest, hall: Hall, day: date, *, refused: str = "", typed: dict[str, Any] | None = None
) -> HttpResponse:
    """The day as it stands: what was kept when it was submitted, else what is known now."""
    now, user = time.now(), request.user
    row = DailyClosing.objects.filter(hall=hall, day=day).select_related("submitted_by", "exception_by").first()
    submitted = row is not None and row.is_submitted
    clerks = money.clerk_days(hall, day)
    bound = [(one.kind, one.count, one.box) for one in row.forms.all()] if row else []
    shown = {
        "hall": hall,
        "day": day,
        "closing": row,
        "state": rules.shown_state(row.state if row else None, day, now),
        "ways": row.ways if row and submitted else money.whole(clerks),
        "clerks": clerks,
        "report": row.report if row and submitted else reads.report(hall, day, now),
        "submitted": submitted,
        "system_known": money.system_is_known(hall, day),
        "waiting_slips": CashUp.objects.filter(hall=hall, day=day, state=CashUpState.COUNTED).count(),
        "unconfirmed": money.unconfirmed(hall, day),
        "open_handovers": [one for one in handovers.open_of(hall) if one.day == day and not one.is_night],
        "full_drawers": money.full_drawers(hall, day),
        "forms": (typed or {}).get("forms") or _rows_of_forms(bound),
        "manages": user.may("money.manage", hall),
        "confirms": user.may("money.confirm", hall),
        "refused": refused,
        "typed": typed or {},
    }
    return render(request, "staff/closing.html", shown)


def _rows_of_forms(bound: list[tuple[str, int, str]]) -> list[tuple[str, Any, str]]:
    """What is bound already, and empty lines to go on with."""
    known = {kind for kind, _, _ in bound}
    more = [(kind, "", "") for kind in FORM_KINDS if kind not in known]
    return [*bound, *more][: max(FORM_ROWS, len(bound) + 1)]


@require_POST
@login_required
def begin(request: StaffRequest, code: str, day: str) -> HttpResponse:
    """开始日结, or put the figures side by side again."""
    hall, now = _hall(request, code, "money.manage"), time.now()
    on = day_of(day, now)
    try:
        row = actions.open_day(hall, on, actor=request.user, now=now)
        actions.reconcile(row.pk, now=now)
    except Refused as no:
        return _page(request, hall, on, refused=no.message)
    return redirect("closing", code, day)


@require_POST
@login_required
def submit(request: StaffRequest, code: str, day: str) -> HttpResponse:
    """The bound forms as typed, and then the day as a whole."""
    hall, now = _hall(request, code, "money.manage"), time.now()
    on = day_of(day, now)
    typed = _typed_forms(request)
    try:
        row = actions.open_day(hall, on, actor=request.user, now=now)
        actions.bind_forms(row.pk, _forms(typed))
        actions.submit(row.pk, actor=request.user, now=now)
    except Refused as no:
        return _page(request, hall, on, refused=no.message, typed={"forms": typed})
    messages.success(request, f"{on:%m 月 %d 日}日结已提交并锁定。")
    return redirect("closing", code, day)


def _typed_forms(request: StaffRequest) -> list[tuple[str, str, str]]:
    columns = [[text.replace("\x00", "") for text in request.POST.getlist(name)] for name in ("kind", "count", "box")]
    return list(zip(*columns, strict=False))[:50]


def _forms(typed: list[tuple[str, str, str]]) -> list[actions.Forms]:
    """Lines with a count. Raises Refused("bad_forms")."""
    found = []
    for kind, count, box in typed:
        text = count.strip()
        if text and not (text.isascii() and text.isdigit() and len(text) < 7):
            raise Refused("bad_forms", f"{kind}的份数应为不小于 0 的整数。")
        if text:
            found.append(actions.Forms(kind, int(text), box))
    return found


@require_POST
@login_required
def except_difference(request: StaffRequest, code: str, day: str) -> HttpResponse:
    hall, now = _hall(request, code), time.now()
    if not request.user.may("money.confirm", hall):
        raise PermissionDenied(NO_RIGHT.format(what="确认日结差额"))
    on = day_of(day, now)
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        row = actions.open_day(hall, on, actor=request.user, now=now)
        actions.except_difference(row.pk, reason, manager=request.user, now=now)
    except Refused as no:
        return _page(request, hall, on, refused=no.message, typed={"reason": reason})
    messages.success(request, "差额说明已确认,可以提交日结。")
    return redirect("closing", code, day)


@require_safe
@login_required
def months(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    shown = {
        "hall": hall,
        "months": reads.months(hall, time.now()),
        "confirms": request.user.may("money.confirm", hall),
    }
    return render(request, "staff/month_closings.html", shown)


@require_POST
@login_required
def close_month(request: StaffRequest, code: str, month: str) -> HttpResponse:
    hall = _hall(request, code, "money.confirm")
    row = actions.close_month(hall, month_of(month), actor=request.user, now=time.now())
    messages.success(request, f"{row.month:%Y 年 %m 月}已月结。")
    return redirect("month-closings-hall", code)


urlpatterns = [
    path("closings/", halls, name="closings"),
    path("closings/<slug:code>/", closings, name="closings-hall"),
    path("closings/<slug:code>/export/", export, name="closings-export"),
    path("closings/<slug:code>/<slug:day>/", closing, name="closing"),
    path("closings/<slug:code>/<slug:day>/begin/", begin, name="closing-begin"),
    path("closings/<slug:code>/<slug:day>/submit/", submit, name="closing-submit"),
    path("closings/<slug:code>/<slug:day>/except/", except_difference, name="closing-except"),
    path("month-closings/", month_halls, name="month-closings"),
    path("month-closings/<slug:code>/", months, name="month-closings-hall"),
    path("month-closings/<slug:code>/<slug:month>/close/", close_month, name="month-close"),
]
