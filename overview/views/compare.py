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
from overview.rules.compare import Against, Span, presets
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


def _asked(request: StaffRequest, now: datetime) -> tuple[CompareForm, CompareForm]:
    """The form as it was filled in, and one that can be read: for what cannot, the last seven days stand in."""
    form = CompareForm(request.GET, today=time.business_day(now))
    if form.is_valid():
        return form, form
    usual = CompareForm({}, today=time.business_day(now))
    usual.is_valid()
    return form, usual


@require_safe
@login_required
def compare(request: StaffRequest) -> HttpResponse:
    now, halls = time.now(), _halls(request)
    form, asked = _asked(request, now)
    wanted, chosen = asked.cleaned_data, _chosen(request, halls)
    read = reads.read(halls, asked.span, asked.held, now)
    group = wanted["group"] or GROUPS[0]
    keys = [key for key, one in ALL.items() if one.group == group]
    drawn = wanted["sort"].removeprefix("-") or DRAWN
    days = [(last - first).days + 1 for first, last in (asked.span, asked.held)]
    shown = {
        "form": form,
        "wanted": wanted | {"group": group},
        "held": asked.held,
        "days": days if days[0] != days[1] else None,
        "presets": [(name, _preset(request, *spans)) for name, *spans in presets(time.business_day(now))],
        "groups": GROUPS,
        "figures": [ALL[key] for key in keys],
        "rows": read.rows(keys, wanted["sort"]),
        "standouts": read.standouts(),
        "spots": reads.spots(read),
        "map": reads.MAP,
        "drawn": ALL[drawn],
        "smalls": reads.smalls(halls, drawn, *asked.span, now),
        "line": reads.LINE,
        "halls": halls,
        "chosen": chosen,
        "picked": [*(hall.code for hall in chosen), "", ""][:PAIR],
        "pair": _pair(read, chosen),
        "is_running": wanted["until"] == time.business_day(now),
        "base": _address(asked, chosen),
        "query": _address(asked, chosen, group=group, sort=wanted["sort"]),
    }
    return render(request, "overview/compare.html", shown)


def _chosen(request: StaffRequest, halls: list[Hall]) -> list[Hall]:
    """One or two halls to be told figure by figure; who has one hall has chosen it."""
    if len(halls) == 1:
        return halls
    codes = dict.fromkeys(request.GET.getlist("with")[:PAIR])
    return [hall for code in codes for hall in halls if hall.code == code]


def _pair(read: reads.Comparison, chosen: list[Hall]) -> list[tuple[str, list[tuple[Any, list[reads.Cell]]]]]:
    """The chosen halls figure by figure, both spans of days beside each other; empty where none is chosen."""
    if not chosen:
        return []
    lines = [(one, [read.cell(hall, one.key) for hall in chosen]) for one in ALL.values()]
    return [(group, [line for line in lines if line[0].group == group]) for group in GROUPS]


def _address(asked: CompareForm, chosen: list[Hall], **more: str) -> str:
    given = asked.cleaned_data
    kept = {"from": given["since"], "to": given["until"], "against": given["against"]}
    kept |= {"from2": given["before_since"], "to2": given["before_until"]}
    known = [(name, value) for name, value in (kept | more).items() if value]
    return urlencode([*known, *(("with", hall.code) for hall in chosen)])


def _preset(request: StaffRequest, span: Span, held: Span) -> str:
    days = {"from": span[0], "to": span[1], "against": Against.OWN.value, "from2": held[0], "to2": held[1]}
    kept = [(name, value) for name in ("with", "group") for value in request.GET.getlist(name)[:PAIR]]
    return urlencode([*days.items(), *kept])


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    """Every figure of every hall, with what it is held against, as numbers."""
    now, halls = time.now(), _halls(request)
    _, asked = _asked(request, now)
    read = reads.read(halls, asked.span, asked.held, now)
    heads = ["营业厅", "区县", *(name for one in ALL.values() for name in (one.name, f"{one.name}(对比)"))]
    lines = (
        [row.hall.name, row.hall.region.name, *(value for cell in row.cells for value in _numbers(cell))]
        for row in read.rows(list(ALL), asked.cleaned_data["sort"])
    )
    (first, last), (since, until) = asked.span, asked.held
    title = f"区县对比 {first} – {last}(对比 {since} – {until})"
    return excel("halls-compared", title, heads, lines, by=request.user)


def _numbers(cell: reads.Cell) -> tuple[Any, Any]:
    digits = 4 if cell.figure.unit == SHARE else 2
    return tuple(None if one is None else round(one, digits) for one in (cell.value, cell.before))  # type: ignore[return-value]


urlpatterns = [
    path("overview/compare/", compare, name="compare"),
    path("overview/compare/export/", export, name="compare-export"),
]
