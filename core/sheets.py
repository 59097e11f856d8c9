"""Excel files: a title, who took it out and when, heads and rows. Text is written as text: no cell is a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core import time
from core.words import Words

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Stamp(Words):
    TAKEN = "taken", "导出人 {who},导出时间 {at}。含客户信息,请按规定保管,用后删除。"


def sheet(name: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, by: Any) -> HttpResponse:
    """A table as a download. Its second line says who exported it and when."""
    now = time.now()
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.freeze_panes = "A4"
    for at in range(1, len(heads) + 1):
        page.column_dimensions[get_column_letter(at)].width = 18
    page.append([_cell(page, title, bold=True)])
    stamp = str(Stamp.TAKEN.label).format(who=by, at=time.local(now).strftime("%Y-%m-%d %H:%M:%S"))
    page.append([_cell(page, stamp)])
    page.append([_cell(page, head, bold=True) for head in heads])
    for row in rows:
        page.append([_cell(page, value) for value in row])
    out = BytesIO()
    book.save(out)
    answer = HttpResponse(out.getvalue(), content_type=KIND)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{time.business_day(now)}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def _cell(page: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, datetime):
        value = time.local(value).replace(tzinfo=None)
    cell = WriteOnlyCell(page, value=None)
    if isinstance(value, (int, float, datetime, date)) and not isinstance(value, bool):
        cell.value = value
    else:
        cell.value = "" if value is None else str(value)
        cell.data_type = "s"
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    if bold:
        cell.font = Font(bold=True)
    return cell
