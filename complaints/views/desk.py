"""投诉处理台: open cases by the time that is left; lists for Excel."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from complaints.models import Category
from complaints.queries import desk as reads
from complaints.states import Kind, Source, Status, Tier
from complaints.views.doors import NO_RIGHT, chosen_hall, halls_of, need
from core import time
from core.sheets import sheet
from staff.requests import StaffRequest

PER_PAGE = 30
MOST_ROWS = 20_000
MOST_COUNTED = 3_000
VIEWS = (
    ("open", "待办"),
    ("mine", "我的"),
    ("late", "已超时"),
    ("tonight", "今晚到期"),
    ("follow_up", "待回访"),
    ("done", "已了结"),
    ("all", "全部"),
)


def _wanted(request: StaffRequest) -> reads.Wanted:
    """What cannot be read is as not asked."""
    given = {
        name: request.GET.get(name, "")[:60].replace("\x00", "")
        for name in ("view", "status", "tier", "kind", "category", "find", "sort")
    }
    known = {
        "view": [view for view, _ in VIEWS],
        "status": Status.values,
        "tier": Tier.values,
        "kind": Kind.values,
        "sort": list(reads.SORTS),
    }
    for name, values in known.items():
        if given[name] not in values:
            given[name] = ""
    view = given.pop("view") or "open"
    return reads.Wanted(view=view, hall=chosen_hall(request, "complaint.see"), **given)


class Pages(Paginator):
    """Counts no further than people turn pages: the last ones of millions are found by searching."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[:MOST_COUNTED].count())


def _address(wanted: reads.Wanted, **changed: str) -> str:
    parts = {"view": wanted.view, "hall": wanted.hall.code if wanted.hall else "", "kind": wanted.kind}
    parts |= {"status": wanted.status, "tier": wanted.tier, "category": wanted.category}
    parts |= {"find": wanted.find, "sort": wanted.sort}
    return urlencode({name: value for name, value in (parts | changed).items() if value})


@require_safe
@never_cache
@login_required
def desk(request: StaffRequest) -> HttpResponse:
    """For the halls one answers for; a clerk sees the cases of their own."""
    if not (request.user.may("complaint.see") or request.user.may("complaint.log")):
        raise PermissionDenied(NO_RIGHT.format(what="查看投诉"))
    now, wanted = time.now(), _wanted(request)
    rows = reads.cases(request.user, wanted, now)
    page = Pages(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = reads.counts(request.user, now)
    halls = halls_of(request, "complaint.see")
    shown = {
        "may_log": request.user.may("complaint.log"),
        "page": page,
        "lines": reads.lines(list(page), now),
        "wanted": wanted,
        "views": [(view, label, _address(wanted, view=view, sort=""), counts.get(view)) for view, label in VIEWS],
        "halls": halls,
        "statuses": Status.choices,
        "tiers": Tier.choices,
        "categories": Category.objects.filter(parent=None, is_active=True),
        "query": _address(wanted),
        "by_due": _address(wanted, sort="due"),
        "by_time": _address(wanted, sort="-logged"),
        "topics": " ".join(f"hall.{hall.code}" for hall in halls),
        "now": now,
        "sees": request.user.may("complaint.see"),
    }
    part = "complaints/_desk.html" if request.htmx else "complaints/desk.html"
    return render(request, part, shown)


HEADS = (
    *("单号", "营业厅", "种类", "来源", "类别", "客户类别", "手机号", "状态", "首问责任人", "处理人", "登记时间"),
    *(
        "处理到期",
        "首次答复",
        "办结时间",
        "处理超时",
        "首次答复超时",
        "超时原因",
        "处理结果",
        "满意度",
        "外部工单号",
        "内容",
    ),
)


@require_safe
@need("complaint.see", "导出投诉")
def export(request: StaffRequest) -> HttpResponse:
    """The list as it is filtered; numbers stay masked."""
    rows = reads.cases(request.user, _wanted(request), time.now())[:MOST_ROWS]
    cells = (
        (
            one.number,
            one.hall.name,
            one.get_kind_display(),
            Source(one.source).label,
            one.category.name if one.category else "",
            one.get_tier_display(),
            one.masked,
            one.get_status_display(),
            one.first_handler.name if one.first_handler else "",
            one.handler.name if one.handler else "",
            one.logged_at,
            one.handling_due_at,
            one.first_replied_at,
            one.closed_at,
            "是" if one.handling_late else "",
            "是" if one.reply_late else "",
            one.get_late_reason_display(),
            one.get_outcome_display(),
            one.get_satisfied_display(),
            one.outside_no,
            one.content,
        )
        for one in rows.iterator(chunk_size=1000)
    )
    return sheet("complaints", "投诉单", HEADS, cells, by=request.user)


urlpatterns = [
    path("complaints/", desk, name="complaints"),
    path("complaints/export/", export, name="complaints-export"),
]
