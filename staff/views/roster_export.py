"""The month as an Excel file, as halls hang it up."""

from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core import time
from staff.queries import roster_page as reads
from staff.requests import StaffRequest
from staff.views.rosters import MANAGE, SEE, hall_for, month_from

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WEEKEND = PatternFill("solid", start_color="FFF4DC")


@require_safe
@login_required
def export(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = hall_for(request, code, SEE), time.now()
    month = month_from(request.GET.get("month", ""), now)
    shown = reads.shown_roster(hall, month, wants_draft=request.user.may(MANAGE, hall))
    if shown is None:
        raise Http404
    book = _book(reads.grid(hall, month, shown, now=now))
    out = BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="roster-{hall.code}-{month:%Y-%m}.xlsx"'
    return response


def _book(grid: reads.Grid) -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"{grid.month:%Y-%m}"
    version = f"第 {grid.roster.version} 版" if grid.roster else ""
    sheet.append([f"{grid.hall.name} {grid.month.year} 年 {grid.month.month} 月班表 {version}"])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append(["工号", "姓名", "岗位", *[day.day.day for day in grid.days], "工时", "晚班", "周末"])
    sheet.append(["", "", "", *[day.weekday for day in grid.days]])
    for row in grid.rows:
        cells = [cell.mark or ("假" if cell.off else "") for cell in row.cells]
        sheet.append([row.person.staff_no, row.person.name, row.post.label, *cells, row.hours, row.lates, row.weekends])
    sheet.append(["", "", "缺窗口", *[day.short or "" for day in grid.days]])
    sheet.append([])
    for shift in grid.shifts:
        sheet.append(["", shift.mark, f"{shift.name} {shift.span}"])
    for place, day in enumerate(grid.days, start=4):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 4
        for line in range(2, 4 + len(grid.rows)):
            cell = sheet[f"{letter}{line}"]
            cell.alignment = Alignment(horizontal="center")
            if day.kind in {"weekend", "holiday"}:
                cell.fill = WEEKEND
    sheet.freeze_panes = "D4"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return book


urlpatterns = [path("rosters/<slug:code>/export/", export, name="roster-export")]
