"""区县对比: which hall needs help, what changed, and where to look."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from core import time
from core.sheets import sheet as excel
from halls.models import Hall
from halls.queries import visible_halls
from overview.forms import CompareForm
from overview.queries import compare as reads
from overview.rules.compare import Against
from overview.rules.figures import ALL, GROUPS, SHARE
from staff.requests import StaffRequest

FORBIDDEN = "没有查看区县对比的权限。如工作需要,请联系店长开通。"
DRAWN = "mean_wait"
PAIR = 2


def _halls(request: StaffRequest) -> list[Hall]:
    found = list(visible_halls(request.user, "figures.see").order_by("code"))
    if not found:
        raise PermissionDenied(FORBIDDEN)
    return found


def _asked(request: StaffRequest, now: datetime) -> tuple[CompareForm, dict[str, Any]]:
    """What is asked; for what cannot be read the last seven days stand in, and the form says so."""
    form = CompareForm(request.GET, today=time.business_day(now))
    if form.is_valid():
        return form, form.cleaned_data
    usual = CompareForm({}, today=time.business_day(now))
    usual.is_valid()
    return form, usual.cleaned_data


@require_safe
@login_required
def compare(request: StaffRequest) -> HttpResponse:
    now, halls = time.now(), _halls(request)
    form, wanted = _asked(request, now)
    chosen = _chosen(request, halls)
    read = reads.read(halls, wanted["since"], wanted["until"], wanted["against"] or Against.BEFORE, now)
    group = wanted["group"] or GROUPS[0]
    keys = [key for key, one in ALL.items() if one.group == group]
    drawn = wanted["sort"].removeprefix("-") or DRAWN
    shown = {
        "form": form,
        "wanted": wanted | {"group": group},
        "groups": GROUPS,
        "figures": [ALL[key] for key in keys],
        "rows": read.rows(keys, wanted["sort"]),
        "standouts": read.standouts(),
        "spots": reads.spots(read),
        "map": reads.MAP,
        "drawn": ALL[drawn],
        "smalls": reads.smalls(halls, drawn, wanted["since"], wanted["until"], now),
        "line": reads.LINE,
        "halls": halls,
        "chosen": chosen,
        "pair": _pair(read, chosen),
        "is_running": wanted["until"] == time.business_day(now),
        "query": _address(wanted, group=group),
    }
    return render(request, "overview/compare.html", shown)


def _chosen(request: StaffRequest, halls: list[Hall]) -> list[Hall]:
    codes = request.GET.getlist("with")[:PAIR]
    return [hall for code in codes for hall in halls if hall.code == code]


def _pair(read: reads.Comparison, chosen: list[Hall]) -> list[tuple[str, list[tuple[Any, list[reads.Cell]]]]]:
    """Two halls beside each other, figure by figure; empty unless two are chosen."""
    if len({hall.pk for hall in chosen}) < PAIR:
        return []
    lines = [(one, [read.cell(hall, one.key) for hall in chosen]) for one in ALL.values()]
    return [(group, [line for line in lines if line[0].group == group]) for group in GROUPS]


def _address(wanted: dict[str, Any], **more: str) -> str:
    kept = {"from": wanted["since"], "to": wanted["until"], "against": wanted["against"], "sort": wanted["sort"]}
    return urlencode({name: value for name, value in (kept | more).items() if value})


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    """Every figure of every hall, with what it is held against, as numbers."""
    now, halls = time.now(), _halls(request)
    _, wanted = _asked(request, now)
    read = reads.read(halls, wanted["since"], wanted["until"], wanted["against"] or Against.BEFORE, now)
    heads = ["营业厅", "区县", *(name for one in ALL.values() for name in (one.name, f"{one.name}(对比)"))]
    lines = (
        [row.hall.name, row.hall.region.name, *(value for cell in row.cells for value in _numbers(cell))]
        for row in read.rows(list(ALL), wanted["sort"])
    )
    title = f"区县对比 {wanted['since']} – {wanted['until']}"
    return excel("halls-compared", title, heads, lines, by=request.user)


def _numbers(cell: reads.Cell) -> tuple[Any, Any]:
    digits = 4 if cell.figure.unit == SHARE else 2
    return tuple(None if one is None else round(one, digits) for one in (cell.value, cell.before))  # type: ignore[return-value]


urlpatterns = [
    path("overview/compare/", compare, name="compare"),
    path("overview/compare/export/", export, name="compare-export"),
]
