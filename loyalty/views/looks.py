"""号码查看记录: what managers review."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.sheets import sheet
from halls.queries import visible_halls
from loyalty.actions import privacy as actions
from loyalty.forms.customers import LookFilter
from loyalty.models import Look
from loyalty.queries import privacy as reads
from loyalty.states import LookKind, Verdict
from loyalty.views.customers import need
from staff.requests import StaffRequest

PER_PAGE = 30
MOST_EXPORTED = 20_000
NO_REVIEW = "没有审核号码查看记录的权限。如工作需要,请联系店长开通。"
HEADS = [
    "时间",
    "查看人",
    "工号",
    "营业厅",
    "类别",
    "客户号码",
    "原因",
    "说明",
    "依据",
    "异常",
    "条数",
    "审核",
    "审核人",
]


def _wanted(request: StaffRequest) -> tuple[LookFilter, QuerySet[Look]]:
    need(request, "access_log.review", NO_REVIEW)
    form = LookFilter(request.GET, halls=visible_halls(request.user, "access_log.review").order_by("code"))
    wanted, rows = form.wanted, reads.looks(request.user)
    if "hall" in wanted:
        rows = rows.filter(hall=wanted["hall"])
    if "kind" in wanted:
        rows = rows.filter(kind=wanted["kind"])
    if "state" in wanted:
        rows = rows.filter(review__isnull=wanted["state"] == "open")
    if "odd" in wanted:
        rows = rows.exclude(odd=[]) if wanted["odd"] == "1" else rows.filter(odd__contains=[wanted["odd"]])
    if "person" in wanted:
        rows = rows.filter(Q(person__staff_no=wanted["person"]) | Q(person__name=wanted["person"]))
    since, until = form.span
    if since:
        rows = rows.filter(at__gte=time.day_bounds(since)[0])
    if until:
        rows = rows.filter(at__lt=time.day_bounds(until)[1])
    return form, rows


@require_safe
@login_required
def looks(request: StaffRequest) -> HttpResponse:
    form, rows = _wanted(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    open_odd = reads.looks(request.user).filter(review=None).exclude(odd=[]).exclude(person=request.user)
    shown: dict[str, Any] = {
        "form": form,
        "page": page,
        "query": query.urlencode(),
        "verdicts": Verdict,
        "open_odd": open_odd.count(),
    }
    return render(request, "loyalty/looks.html", shown)


@require_POST
@login_required
def review(request: StaffRequest) -> HttpResponse:
    need(request, "access_log.review", NO_REVIEW)
    ids = [int(pk) for pk in request.POST.getlist("look") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    verdict, note = request.POST.get("verdict", ""), request.POST.get("note", "")
    count = actions.review_looks(ids, verdict, note=note, actor=request.user, now=time.now())
    if count:
        messages.success(request, f"已审核 {count} 条查看记录。")
    else:
        messages.warning(request, "没有选中待审核的记录,请先勾选。")
    back = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "looks")


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    """The same list for Excel; that it was taken out is itself on record."""
    _, rows = _wanted(request)
    found = list(rows[:MOST_EXPORTED])
    actions.record_export("号码查看记录", rows=len(found), actor=request.user, now=time.now())
    return sheet("looks", "号码查看记录", HEADS, _cells(found), by=request.user)


def _cells(found: list[Look]) -> Iterator[list[Any]]:
    for look in found:
        done = getattr(look, "review", None)
        yield [
            look.at,
            look.person.name,
            look.person.staff_no,
            look.hall.name if look.hall else "",
            LookKind(look.kind).label,
            look.customer.masked if look.customer else "",
            look.get_reason_display(),
            look.note,
            look.ground,
            "、".join(str(one.label) for one in look.oddities),
            look.rows,
            done.get_verdict_display() if done else "",
            done.reviewer.name if done else "",
        ]


urlpatterns = [
    path("loyalty/looks/", looks, name="looks"),
    path("loyalty/looks/review/", review, name="looks-review"),
    path("loyalty/looks/export/", export, name="looks-export"),
]
