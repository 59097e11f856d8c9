"""排队统计: the figures of one's halls as a table, a chart and an Excel file."""

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
from halls.queries import visible_halls
from queueing.forms import FiguresForm
from queueing.queries import figure_sheet, figure_tables
from queueing.queries.figure_tables import Column, Table, Wanted
from queueing.states import FigureBy, FigureMetric, FigureView, Measure
from staff.requests import StaffRequest

DAYS_AT_FIRST = 7
SPANS = (("今天", 1), ("近 7 天", 7), ("近 30 天", 30), ("近 90 天", 90))
TILES = (
    Measure.ISSUED,
    Measure.MEAN_WAIT,
    Measure.WAIT_P90,
    Measure.WITHIN_STANDARD,
    Measure.MEAN_SERVICE,
    Measure.NO_SHOW_RATE,
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: StaffRequest, now: datetime) -> tuple[FiguresForm, Wanted]:
    """What is asked; for what can't be read, the last days of all halls stand in and the form says so."""
    halls = list(visible_halls(request.user, "figures.see").filter(is_live=True).order_by("code"))
    if not halls:
        raise PermissionDenied("没有查看排队统计的权限。如工作需要,请联系店长开通。")
    since, until = figure_tables.last_days(now, DAYS_AT_FIRST)
    form = FiguresForm(request.GET, halls=halls, since=since, until=until)
    if not form.is_valid():
        return form, Wanted(halls, since, until)
    given = form.cleaned_data
    by = given["by"] or FigureBy.DAY
    metric = given["metric"] or FigureMetric.SERVICE
    return form, Wanted(form.chosen_halls(), given["since"], given["until"], by, metric, given["sort"])


@require_safe
@login_required
def figures(request: StaffRequest) -> HttpResponse:
    now = time.now()
    form, wanted = _asked(request, now)
    view = (form.cleaned_data.get("view") if form.is_valid() else "") or FigureView.WAITS
    columns = figure_tables.columns(view, wanted.metric)
    table = figure_tables.table(wanted, now)
    rows = figure_tables.within_day(table.rows, wanted.by, view)
    shown = {
        "form": form,
        "wanted": wanted,
        "view": view,
        "heads": [_head(column, wanted, view) for column in columns],
        "rows": [(row, [column.text(row.sums) for column in columns]) for row in rows],
        "total": [column.text(table.total) for column in columns],
        "tiles": [(column, column.text(table.total)) for column in _tiles(wanted.metric)],
        "tabs": [(by, by.label, _address(wanted, view, by=by)) for by in _tabs(form)],
        "views": [(one, one.label, _address(wanted, one)) for one in FigureView],
        "metrics": [(one, one.label, _address(wanted, view, metric=one)) for one in FigureMetric],
        "spans": [(label, _span(wanted, view, now, count)) for label, count in SPANS],
        "chart": _chart(table, wanted),
        "export": _address(wanted, view),
        "estimated": table.total.estimated,
        "without_windows": wanted.by in figure_tables.WITHOUT_WINDOWS and view == FigureView.WINDOWS,
    }
    return render(request, "queueing/figures.html", shown)


def _tabs(form: FiguresForm) -> list[FigureBy]:
    return [by for by in FigureBy if by != FigureBy.HALL or len(form.halls) > 1]


def _tiles(metric: str) -> list[Column]:
    limit = Measure.WAIT_IN_LIMIT if metric == FigureMetric.WAIT else Measure.SERVICE_IN_LIMIT
    return [figure_tables.ALL[name] for name in (*TILES, limit)]


def _address(wanted: Wanted, view: str, **changed: str) -> str:
    parts = {
        "hall": wanted.halls[0].code if len(wanted.halls) == 1 else "all",
        "from": wanted.since.isoformat(),
        "to": wanted.until.isoformat(),
        "by": wanted.by,
        "view": view,
        "metric": wanted.metric,
        "sort": wanted.sort,
    }
    return urlencode({name: value for name, value in (parts | changed).items() if value})


def _span(wanted: Wanted, view: str, now: datetime, count: int) -> tuple[str, bool]:
    since, until = figure_tables.last_days(now, count)
    here = (since, until) == (wanted.since, wanted.until)
    return _address(wanted, view, **{"from": since.isoformat(), "to": until.isoformat()}), here


def _head(column: Column, wanted: Wanted, view: str) -> dict[str, Any]:
    """A column's head with the address that sorts by it; a second click turns the order."""
    now = wanted.sort.removeprefix("-") == column.name
    turned = column.name if now and wanted.sort.startswith("-") else f"-{column.name}"
    arrow = ("descending" if wanted.sort.startswith("-") else "ascending") if now else "none"
    return {"column": column, "address": _address(wanted, view, sort=turned), "sorted": arrow}


def _chart(table: Table, wanted: Wanted) -> dict[str, Any]:
    """Numbers as bars, waits as lines; half hours without anybody at the day's ends are left out."""
    rows = [row for row in table.rows if row.sums.issued or row.sums.handled]
    rounded = [
        [None if value is None else round(value, 1) for value in (row.sums.mean_wait, row.sums.wait_p90)]
        for row in rows
    ]
    return {
        "names": [_short(row.label, row.note, wanted.by) for row in rows],
        "issued": [row.sums.issued for row in rows],
        "served": [row.sums.handled if wanted.by == FigureBy.BUSINESS else row.sums.served for row in rows],
        "mean": [mean for mean, _ in rounded],
        "p90": [p90 for _, p90 in rounded],
    }


def _short(label: str, note: str, by: str) -> str:
    if by == FigureBy.DAY:
        return label[5:]
    if by == FigureBy.SLOT:
        return label[:5]
    return f"{label} {note}" if by == FigureBy.CLASS and note else label


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    """The same lines with every column, and a sheet that says what each means."""
    now = time.now()
    _, wanted = _asked(request, now)
    body = figure_sheet.workbook(wanted, figure_tables.table(wanted, now))
    response = HttpResponse(body, content_type=XLSX)
    name = f"figures-{wanted.by}-{wanted.since}-{wanted.until}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


urlpatterns = [
    path("queueing/figures/", figures, name="figures"),
    path("queueing/figures/export/", export, name="figures-export"),
]
