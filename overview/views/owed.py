"""未提交清单: what halls owe, on one page, with urging."""

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
from overview.actions import urging
from overview.queries import owed as reads
from overview.states import OwedKind
from overview.views.doors import PER_PAGE, chosen_hall, must, my_halls
from staff.requests import StaffRequest


def _rows(request: StaffRequest) -> tuple[list[reads.Owed], dict[str, Any]]:
    halls = my_halls(request, "report.see")
    hall, kind = chosen_hall(request, halls), request.GET.get("kind", "")
    ids = {hall.pk} if hall else {one.pk for one in halls}
    rows = reads.owed(ids, time.now(), kind=kind if kind in OwedKind.values else "")
    query = urlencode({"hall": hall.code if hall else "", "kind": kind})
    return rows, {"halls": halls, "hall": hall, "kind": kind, "query": query, "kinds": OwedKind.choices}


@require_safe
@login_required
def owed(request: StaffRequest) -> HttpResponse:
    rows, shown = _rows(request)
    more = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "urges": request.user.may("task.give"),
        "late": sum(one.is_late for one in rows),
        "by_hall": _by_hall(rows),
    }
    return render(request, "overview/tasks/owed.html", {**shown, **more})


def _by_hall(rows: list[reads.Owed]) -> list[tuple[Any, int, int]]:
    """Each hall with what is late and what is due soon; the longest lists first."""
    halls = {one.hall.pk: one.hall for one in rows}
    late = {pk: sum(one.is_late for one in rows if one.hall.pk == pk) for pk in halls}
    soon = {pk: sum(not one.is_late for one in rows if one.hall.pk == pk) for pk in halls}
    return sorted(((halls[pk], late[pk], soon[pk]) for pk in halls), key=lambda one: (-one[1], -one[2], one[0].code))


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    rows, _ = _rows(request)
    heads = ["营业厅", "事项", "内容", "应完成时间", "阶段", "超期", "催办时间", "催办人"]
    lines = (
        [
            one.hall.name,
            one.kind.label,
            one.what,
            one.due,
            one.stage.label if one.stage else "",
            one.late,
            one.urged.at if one.urged else None,
            (one.urged.by.name if one.urged.by else "系统") if one.urged else "",
        ]
        for one in rows
    )
    return sheet("not-submitted", "未提交清单", heads, lines, by=request.user)


@require_POST
@login_required
def urge(request: StaffRequest) -> HttpResponse:
    """One thing of a hall, or everything on the list that was not urged for in its stage."""
    must(request, "task.give", sentence="催办由区县主管进行。")
    given, now, ids = request.POST, time.now(), request.user.hall_ids("task.give")
    hall = next((one for one in my_halls(request, "task.give") if one.code == given.get("hall", "")), None)
    try:
        if "all" in given:
            count = urging.urge_all(reads.owed(ids, now), actor=request.user, now=now)
            messages.success(request, f"已催办 {count} 项。" if count else "没有需要再催的事项。")
        elif hall is None:
            raise Http404
        else:
            item = urging.find(ids, hall, given.get("key", ""), now)
            urging.urge(item, actor=request.user, now=now)
            messages.success(request, f"已催办{hall.name}:{item.what}。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("owed")


urlpatterns = [
    path("overview/owed/", owed, name="owed"),
    path("overview/owed/export/", export, name="owed-export"),
    path("overview/owed/urge/", urge, name="owed-urge"),
]
