"""A document as a workbook: the words on the first sheet, each table on one of its own, with numbers as numbers."""

import re
from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core import time
from core.documents.blocks import MISSING, Bars, Document, Facts, Heading, Picture, Table, Text, printable, taken

FIRST = "正文"
TINT = PatternFill("solid", fgColor="E6F4FC")
UNUSABLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def write(document: Document, *, by: str, now: datetime) -> bytes:
    book = Workbook()
    words = book.active
    words.title = FIRST
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = 30, 90
    _say(words, document.title, size=16)
    for text in filter(None, (document.sub, document.signed, taken(by, now))):
        _say(words, text, colour="4A5775")
    for block in document.blocks:
        if isinstance(block, Heading):
            _say(words, block.text, size=14 if block.level == 1 else 12)
        elif isinstance(block, Text):
            for line in block.lines:
                words.append([None, None])
                _put(words.cell(words.max_row, 2), line).alignment = Alignment(wrap_text=True, vertical="top")
        elif isinstance(block, Facts):
            for name, value in block.pairs:
                words.append([None, None])
                _put(words.cell(words.max_row, 1), name)
                _put(words.cell(words.max_row, 2), value)
        elif isinstance(block, Picture):
            _say(words, block.caption)
        else:
            _sheet(book, block)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _say(page: Any, text: str, *, size: int = 11, colour: str = "14213D") -> None:
    page.append([None])
    _put(page.cell(page.max_row, 1), text).font = Font(bold=size > 11, size=size, color=colour)


def _put(cell: Any, value: Any) -> Any:
    """Text is written as text: no cell is a formula."""
    if isinstance(value, datetime):
        value = time.local(value).replace(tzinfo=None)
    if isinstance(value, str):
        cell.value = printable(value)
        cell.data_type = "s"
    else:
        cell.value = MISSING if value is None else value
    return cell


def _sheet(book: Any, block: Table | Bars) -> None:
    page = book.create_sheet(_name(book, block.title or "表"))
    bars = isinstance(block, Bars)
    heads = ["", block.unit or block.title] if isinstance(block, Bars) else list(block.heads)
    rows: Any = zip(block.labels, block.values, strict=True) if isinstance(block, Bars) else block.rows
    for row in (heads, *rows):
        page.append([None] * len(heads))
        for at, value in enumerate(row, 1):
            _put(page.cell(page.max_row, at), value)
    for at in range(1, len(heads) + 1):
        page.cell(1, at).font, page.cell(1, at).fill = Font(bold=True), TINT
        page.column_dimensions[get_column_letter(at)].width = 18
    page.freeze_panes = "A2"
    if bars and page.max_row > 1:
        chart = BarChart()
        chart.title, chart.legend = block.title, None
        chart.add_data(Reference(page, min_col=2, min_row=1, max_row=page.max_row), titles_from_data=True)
        chart.set_categories(Reference(page, min_col=1, min_row=2, max_row=page.max_row))
        page.add_chart(chart, "D2")


def _name(book: Any, title: str) -> str:
    """At most 31 letters, and each only once."""
    stem = UNUSABLE.sub(" ", title)[:26].strip() or "表"
    taken_names, number, name = set(book.sheetnames), 1, stem
    while name in taken_names:
        number += 1
        name = f"{stem} {number}"
    return name
