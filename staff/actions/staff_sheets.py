"""Lists of people as they come: an Excel sheet or CSV as rows of plain text, with the line each stood on."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import Refused
from core.files import encoding_of
from staff.rules import staff_lists as rules

MOST_ROWS = 5000
MOST_COLUMNS = 60
LONGEST = 100
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NOT_A_BOOK = "文件不是能识别的 Excel 工作簿,请另存为 .xlsx 或 .csv。"
Sheet = list[list[str]]


@dataclass(frozen=True)
class Line:
    """One row of the list by meaning; `number` counts from 1 as Excel and editors do."""

    number: int
    cells: dict[str, str]
    raw: list[str]


def lines(path: Path) -> list[Line]:
    """Everybody in the file. Raises Refused: no_file, too_big, bad_file, too_long, bad_header, empty_file."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refused("too_big", "文件不能超过 5 MB,请分成几份。")
        if path.read_bytes()[:4] == OLD_EXCEL:
            raise Refused("bad_file", NOT_A_BOOK)
        is_book = zipfile.is_zipfile(path)
        sheets = [zeros_back(rows, page) for page, rows in book(path)] if is_book else [table(path)]
    except OSError as error:
        raise Refused("no_file", f"打不开文件 {path.name}:{error.strerror or error}") from error
    heads = [(rows, head) for rows in sheets if (head := rules.head_of(rows)) is not None]
    if not heads:
        raise Refused("bad_header", f"没有找到表头:前 {rules.HEAD_WITHIN} 行里须有一行写明工号、姓名、岗位、营业厅。")
    rows, head = heads[0]
    if lacking := rules.missing(head):
        raise Refused("bad_header", f"表头缺少列:{'、'.join(lacking)}。")
    found = list(_below(rows, head))
    if not found:
        raise Refused("empty_file", "表头下面没有人员,请核对文件。")
    return found


def _below(rows: Sheet, head: rules.Head) -> Iterator[Line]:
    for number, raw in enumerate(rows[head.below :], head.below + 1):
        cells = {key: raw[at] if at < len(raw) else "" for key, at in head.columns.items()}
        if any(cells.get(key) for key in rules.OF_A_PERSON) and not rules.is_footnote(raw):
            yield Line(number, cells, raw)


def table(path: Path) -> Sheet:
    """The rows of a CSV, in UTF-8 or GB18030. Raises Refused: too_long, bad_file."""
    with path.open(encoding=encoding_of(path), errors="replace", newline="") as file:
        rows: Sheet = []
        reader = csv.reader(file)
        try:
            for cells in reader:
                # a quoted line end makes one row of several lines: the number told is that of its last one
                rows.extend([] for _ in range(reader.line_num - len(rows) - 1))
                rows.append([_plain(cell) for cell in cells[:MOST_COLUMNS]])
                if len(rows) > MOST_ROWS:
                    raise Refused("too_long", f"一次最多 {MOST_ROWS} 行,请分成几份。")
        except csv.Error as error:
            raise Refused("bad_file", f"第 {reader.line_num} 行起读不下去,请核对文件格式。") from error
    return rows


def book(path: Path) -> Iterator[tuple[Any, Sheet]]:
    """The pages of a workbook with their rows, merged cells filled downwards, and in the head to the right as well.

    Raises Refused: too_big, bad_file, too_long.
    """
    with zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise Refused("too_big", "文件太大,请分成几份。")
    try:
        with path.open("rb") as file:
            pages = load_workbook(file, data_only=True).worksheets
    except (InvalidFileException, KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise Refused("bad_file", NOT_A_BOOK) from error
    for page in pages:
        if page.max_row > MOST_ROWS:
            raise Refused("too_long", f"一次最多 {MOST_ROWS} 行,请删去表格下方的空行或分成几份。")
        width = min(page.max_column, MOST_COLUMNS)
        rows = [[_text(cell) for cell in row] for row in page.iter_rows(max_col=width)]
        for merged in page.merged_cells.ranges:
            _fill(rows, merged)
        yield page, rows


def _fill(rows: Sheet, merged: Any) -> None:
    if merged.min_row > len(rows) or merged.min_col > len(rows[merged.min_row - 1]):
        return
    value = rows[merged.min_row - 1][merged.min_col - 1]
    last = merged.max_col if merged.min_row <= rules.HEAD_WITHIN else merged.min_col
    for row in rows[merged.min_row - 1 : merged.max_row]:
        row[merged.min_col - 1 : last] = [value] * (min(last, len(row)) - merged.min_col + 1)


def zeros_back(rows: Sheet, page: Any) -> Sheet:
    """工号 that Excel keeps as numbers have lost their zeros; those beside them as text tell how long they are."""
    head = rules.head_of(rows)
    if head is None:
        return rows
    column = head.columns["staff_no"]
    kept, lost = [], []
    for at in range(head.below, len(rows)):
        cell = page.cell(at + 1, column + 1).value
        if isinstance(cell, str) and rows[at][column].isdigit():
            kept.append(rows[at][column])
        elif isinstance(cell, (int, float)):
            lost.append(at)
    for at in lost:
        rows[at][column] = rules.with_zeros(rows[at][column], kept)
    return rows


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    shown = str(cell.number_format or "")
    if isinstance(value, int) and shown and not shown.strip("0"):  # shown as 00000
        return str(value).zfill(len(shown)) if len(shown) > 1 else str(value)
    return _plain(str(value))


def _plain(text: str) -> str:
    """Without blanks at the ends, and without the mark that keeps Excel from counting: `'01001`, `="01001"`."""
    text = text.strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.removeprefix("'").strip()[:LONGEST]
