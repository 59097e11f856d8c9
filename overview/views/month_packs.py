"""月度资料包: which halls have finished a month, one hall's month before it is downloaded, the files."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from core import documents, time
from core.documents.blocks import shown as words
from core.errors import Refused
from halls.models import Hall
from overview.papers import month_pack as papers
from overview.queries import month_pack as reads
from overview.rules import months as rules
from overview.views.doors import PER_PAGE, kind_in, month_in, my_halls, today
from staff.requests import StaffRequest

BACK = 13
STATES = (("", "全部"), ("open", "有未完成"), ("done", "已完成"))


def _month(request: StaffRequest, text: str) -> date:
    """The asked month; the running one where a month to come, or one before all records, is asked for."""
    asked = month_in(text, rules.month_before(today()))
    return asked if rules.EARLIEST <= asked <= rules.first_of(today()) else rules.first_of(today())


def _choices(month: date) -> list[tuple[date, str]]:
    known = {rules.first_of(today()), month, *rules.closed_months(today(), back=BACK)}
    return [(one, rules.month_text(one)) for one in sorted(known, reverse=True)]


@require_safe
@login_required
def packs(request: StaffRequest) -> HttpResponse:
    halls, month = list(my_halls(request, "report.see")), _month(request, request.GET.get("month", ""))
    state = request.GET.get("state", "")
    lines = [
        one for one in reads.overview(halls, month, time.now()) if not state or bool(one.open) == (state == "open")
    ]
    if request.GET.get("sort") == "open":
        lines.sort(key=lambda one: (-one.late, -len(one.open), one.hall.code))
    shown = {
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "month": month,
        "month_text": rules.month_text(month),
        "months": _choices(month),
        "is_over": rules.is_over(month, today()),
        "opens": rules.next_month(month),
        "state": state,
        "states": STATES,
        "sort": request.GET.get("sort", ""),
        "query": f"month={month:%Y-%m}&state={state if state in dict(STATES) else ''}",
    }
    return render(request, "overview/months/list.html", shown)


def _hall(request: StaffRequest, code: str) -> Hall:
    found = next((one for one in my_halls(request, "report.see") if one.code == code), None)
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def pack(request: StaffRequest, code: str) -> HttpResponse:
    """What the document will say, and what the month has left open, before it is downloaded."""
    hall, month = _hall(request, code), _month(request, request.GET.get("month", ""))
    found = reads.of_hall(hall, month, request.user, time.now())
    tables = [papers.days(found), papers.categories(found), papers.visits(found)]
    shown = {
        "pack": found,
        "hall": hall,
        "month": month,
        "month_text": rules.month_text(month),
        "months": _choices(month),
        "opens": rules.next_month(month),
        "tiles": papers.tiles(found),
        "closed": papers.closed(found),
        "result": papers.result(found),
        "days": _told(tables[0]),
        "categories": _told(tables[1]),
        "visits": _told(tables[2]),
        "sheets": _told(papers.sheets(found)) if found.sheets else None,
    }
    return render(request, "overview/months/pack.html", shown)


def _told(table: documents.Table) -> tuple[documents.Table, list[list[str]]]:
    return table, [[words(cell) for cell in row] for row in table.rows]


@require_safe
@login_required
def download(request: StaffRequest, code: str, month: str, kind: str) -> HttpResponse:
    hall, kind, now = _hall(request, code), kind_in(kind), time.now()
    asked = month_in(month, rules.first_of(today()))
    try:
        rules.check_over(asked, today(), for_what="下载月度资料包")
    except Refused as no:
        messages.error(request, no.message)
        return redirect("month-pack", hall.code)
    made = papers.document(reads.of_hall(hall, asked, request.user, now))
    return documents.answer(made, kind, name=papers.file_name(hall, asked), by=request.user.name, now=now)


@require_safe
@login_required
def workbook(request: StaffRequest) -> HttpResponse:
    """All of one's halls in one Excel file."""
    halls, now = list(my_halls(request, "report.see")), time.now()
    month = month_in(request.GET.get("month", ""), rules.month_before(today()))
    try:
        rules.check_over(month, today(), for_what="下载月度资料包")
    except Refused as no:
        messages.error(request, no.message)
        return redirect("month-packs")
    made = papers.workbook(reads.overview(halls, month, now), reads.figures_of(halls, month, now), month)
    name = f"各厅月度资料包{month:%Y%m}"
    return documents.answer(made, "xlsx", name=name, by=request.user.name, now=now)


urlpatterns: list[Any] = [
    path("overview/months/", packs, name="month-packs"),
    path("overview/months/workbook/", workbook, name="month-packs-workbook"),
    path("overview/months/<slug:code>/", pack, name="month-pack"),
    path("overview/months/<slug:code>/<slug:month>/<slug:kind>/", download, name="month-pack-download"),
]
