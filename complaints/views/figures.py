"""投诉统计: a chart, a table, and the cases behind each line."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from complaints.queries import figures as reads
from complaints.states import FiguresBy
from complaints.views.doors import chosen_hall, halls_of, need
from core import time
from core.sheets import sheet
from staff.requests import StaffRequest

MOST_DAYS = 1100
DAYS_AT_FIRST = 30
PER_PAGE = 30
SPANS = (("近 7 天", 7), ("近 30 天", 30), ("近 90 天", 90))
HEADS = (
    "登记",
    "受理",
    "现场解决",
    "现场解决率",
    "首次答复及时率",
    "处理及时率",
    "超时",
    "一次解决率",
    "重新处理",
    "满意率",
)


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _wanted(request: StaffRequest, now: datetime) -> reads.Wanted:
    """What cannot be read is as not asked."""
    today = time.business_day(now)
    until = _day(request.GET.get("to", ""), today)
    since = _day(request.GET.get("from", ""), until - timedelta(days=DAYS_AT_FIRST - 1))
    since = min(max(since, until - timedelta(days=MOST_DAYS)), until)
    by = request.GET.get("by", "")
    return reads.Wanted(
        since, until, by if by in FiguresBy.values else FiguresBy.DAY, chosen_hall(request, "complaint.figures")
    )


def _address(wanted: reads.Wanted, **changed: str) -> str:
    parts = {"from": str(wanted.since), "to": str(wanted.until), "by": wanted.by}
    parts["hall"] = wanted.hall.code if wanted.hall else ""
    return urlencode({name: value for name, value in (parts | changed).items() if value})


@require_safe
@need("complaint.figures", "查看投诉统计")
def figures(request: StaffRequest) -> HttpResponse:
    now = time.now()
    wanted = _wanted(request, now)
    rows, whole = reads.table(request.user, wanted, now), reads.total(request.user, wanted, now)
    today = time.business_day(now)
    paid, yuan = reads.paid(request.user, wanted)
    shown = {
        "wanted": wanted,
        "halls": halls_of(request, "complaint.figures"),
        "rows": [(row, _cells(row), _address(wanted, key=row.key)) for row in rows],
        "whole": (whole, _cells(whole)),
        "heads": HEADS,
        "tabs": [(by, by.label, _address(wanted, by=by)) for by in FiguresBy],
        "spans": _spans(wanted, today),
        "reasons": reads.late_reasons(request.user, wanted, now),
        "repeated": reads.repeated(request.user, wanted),
        "paid": paid,
        "yuan": yuan,
        "open": reads.open_now(request.user),
        "chart": _chart(rows),
        "export": _address(wanted),
    }
    return render(request, "complaints/figures.html", shown)


def _spans(wanted: reads.Wanted, today: date) -> list[tuple[str, str, bool]]:
    found = [(label, _span(today, days)) for label, days in SPANS]
    return [(label, _address(wanted, **span), span["from"] == str(wanted.since)) for label, span in found]


def _span(today: date, days: int) -> dict[str, str]:
    return {"from": str(today - timedelta(days=days - 1)), "to": str(today)}


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _cells(row: reads.Row) -> list[str]:
    rates = [row.spot_rate, row.reply_on_time, row.on_time, row.one_contact_rate, row.satisfied_rate]
    spot, reply, handled, one, happy = (_share(rate) for rate in rates)
    counts = [str(row.logged), str(row.accepted), str(row.on_spot), spot, reply, handled, str(row.late), one]
    return [*counts, str(row.reopened), happy]


def _chart(rows: list[reads.Row]) -> dict[str, Any]:
    return {
        "names": [row.label for row in rows],
        "logged": [row.logged for row in rows],
        "late": [row.late for row in rows],
        "on_time": [None if row.on_time is None else round(100 * row.on_time, 1) for row in rows],
    }


@require_safe
@need("complaint.figures", "查看投诉统计")
def drill(request: StaffRequest) -> HttpResponse:
    """The cases behind one line of the table."""
    now = time.now()
    wanted, key = _wanted(request, now), request.GET.get("key", "")[:60].replace("\x00", "")
    try:
        rows = reads.drill(request.user, wanted, key, now)
    except ValueError as error:
        raise Http404 from error
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "key": key, "wanted": wanted, "query": _address(wanted, key=key), "back": _address(wanted)}
    return render(request, "complaints/drill.html", shown)


@require_safe
@need("complaint.figures", "导出投诉统计")
def export(request: StaffRequest) -> HttpResponse:
    now = time.now()
    wanted = _wanted(request, now)
    rows = [*reads.table(request.user, wanted, now), reads.total(request.user, wanted, now)]
    cells = ((row.label, *_cells(row)) for row in rows)
    title = f"投诉统计 {wanted.since} – {wanted.until} {FiguresBy(wanted.by).label}"
    return sheet("complaint-figures", title, ("", *HEADS), cells, by=request.user)


urlpatterns = [
    path("complaints/figures/", figures, name="complaint-figures"),
    path("complaints/figures/cases/", drill, name="complaint-drill"),
    path("complaints/figures/export/", export, name="complaint-figures-export"),
]
