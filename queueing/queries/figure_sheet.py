"""The figures as an Excel file."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from queueing.queries.figure_tables import ALL, COUNT, HOURS, MINUTES, SHARE, Column, Row, Table, Wanted
from queueing.states import FigureBy, SheetText, UnitText

FORMATS = {COUNT: "#,##0", MINUTES: "0.0", SHARE: "0.0%", HOURS: "0.0"}


def workbook(wanted: Wanted, table: Table) -> bytes:
    """One sheet with every column, one with what each means. Text is written as text: no cell is a formula."""
    book = Workbook(write_only=True)
    _figures(book, wanted, table)
    _meanings(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _figures(book: Workbook, wanted: Wanted, table: Table) -> None:
    sheet = book.create_sheet(str(SheetText.FIGURES.label))
    sheet.freeze_panes = "C5"
    for at, width in ((1, 22), (2, 12), *((at, 14) for at in range(3, len(ALL) + 3))):
        sheet.column_dimensions[get_column_letter(at)].width = width
    halls = "、".join(hall.name for hall in wanted.halls)
    sheet.append([_text(sheet, halls, bold=True)])
    sheet.append([_text(sheet, f"{wanted.since} – {wanted.until}"), _text(sheet, str(FigureBy(wanted.by).label))])
    sheet.append([_text(sheet, str(SheetText.ESTIMATED.label)) if table.total.estimated else None])
    heads = [f"{column.label}{_unit(column)}" for column in ALL.values()]
    sheet.append([_text(sheet, name, bold=True) for name in (str(SheetText.LINE.label), "", *heads)])
    for row in (*table.rows, Row("", str(SheetText.TOTAL.label), "", table.total)):
        sheet.append(
            [_text(sheet, row.label), _text(sheet, row.note), *(_value(sheet, one, row) for one in ALL.values())]
        )


def _meanings(book: Workbook) -> None:
    sheet = book.create_sheet(str(SheetText.MEANINGS.label))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    for column in ALL.values():
        meaning = _text(sheet, column.meaning)
        meaning.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([_text(sheet, f"{column.label}{_unit(column)}", bold=True), meaning])


def _unit(column: Column) -> str:
    word = UnitText(column.unit).label if column.unit in UnitText.values else ""
    return f"({word})" if word else ""


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    """A string cell whatever it begins with: names of halls and people must not become formulas."""
    cell = WriteOnlyCell(sheet, value=None)
    cell.value = value
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _value(sheet: Any, column: Column, row: Row) -> Any:
    value = column.value(row.sums)
    cell = WriteOnlyCell(sheet, value=None if value is None else round(value, 6))
    cell.number_format = FORMATS.get(column.unit, "0.00")
    return cell
