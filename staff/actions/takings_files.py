"""`import_takings`: the billing system's file of what people took, line by line; what can't be taken in is told."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from core.errors import Refused
from core.files import encoding_of
from halls.models import BusinessType, Hall
from staff.actions import money
from staff.models import User
from staff.rules import money as rules
from staff.states import PayMethod

NEEDED = ("hall", "day", "staff_no", "method", "amount")
OPTIONAL = ("business", "pieces")
LONGEST = 2000
METHODS = {**{one.value: one.value for one in PayMethod}, **{str(one.label).lower(): one.value for one in PayMethod}}


@dataclass
class Told:
    """What became of a file. `rejects` holds line number, reason and the line."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Line:
    hall: Hall
    day: date
    figure: money.Figure


@dataclass(frozen=True)
class Bounds:
    """Whose figures a file may bring (None: everybody's), and how many lines."""

    halls: frozenset[int] | None = None
    most: int | None = None


Reject = Callable[[int, str, list[str]], None]
ANYTHING = Bounds()


def read(path: Path, *, reject: Reject, say: Callable[[int], None], now: datetime, bounds: Bounds = ANYTHING) -> Told:
    """Take the file in; a line counts at once, so a file that broke off can be given again.

    Raises Refused: no_file, bad_header, too_long.
    """
    told, touched, known = Told(), set[tuple[int, date]](), _Known()
    for number, cells, names in _lines(path):
        told.rows += 1
        if bounds.most is not None and told.rows > bounds.most:
            raise Refused("too_long", f"文件超过 {bounds.most} 行,请分几次导入,或请管理员在服务器上导入。")
        try:
            line = _line(dict(zip(names, cells, strict=False)), len(cells) == len(names), known)
            if bounds.halls is not None and line.hall.pk not in bounds.halls:
                raise Refused("other_hall", f"没有录入 {line.hall.name} 系统金额的权限。")
            money.put_takings(line.hall, line.day, line.figure, source=money.Source(file_name=path.name), now=now)
        except Refused as no:
            told.rejected += 1
            reject(number, no.message, cells)
            continue
        told.accepted += 1
        touched.add((line.hall.pk, line.day))
        if told.rows % 1000 == 0:
            say(told.rows)
    for hall_id, day in sorted(touched):
        money.note_differences(Hall.objects.get(pk=hall_id), day, now)
    return told


@transaction.atomic
def take_in(path: Path, *, reject: Reject, bounds: Bounds, is_trial: bool, now: datetime) -> Told:
    """A file handed in on a page: all of it at once. A trial says the same and writes nothing.

    Raises Refused: no_file, bad_header, bad_file, too_long.
    """
    told = read(path, reject=reject, say=lambda _: None, now=now, bounds=bounds)
    if is_trial:
        transaction.set_rollback(True)
    return told


def _lines(path: Path) -> Iterator[tuple[int, list[str], list[str]]]:
    try:
        encoding = encoding_of(path)
        file = path.open(encoding=encoding, errors="replace", newline="")
    except OSError as error:
        raise Refused("no_file", f"打不开文件 {path}:{error.strerror}") from error
    with file:
        reader = csv.reader(file)
        names = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise Refused("bad_header", f"第 1 行缺少列:{'、'.join(missing)}。")
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, [cell.strip()[:LONGEST] for cell in cells], names
        except csv.Error as error:
            raise Refused("bad_file", f"第 {reader.line_num} 行起读不下去,请核对文件格式。") from error


class _Known:
    """Halls, people and businesses of the file, each asked for once."""

    def __init__(self) -> None:
        self.halls: dict[str, Hall | None] = {}
        self.people: dict[str, User | None] = {}
        self.businesses = {one.code: one for one in BusinessType.objects.all()}

    def hall(self, code: str) -> Hall:
        if code not in self.halls:
            self.halls[code] = Hall.objects.filter(code=code[:20]).first()
        found = self.halls[code]
        if found is None:
            raise Refused("no_hall", f"没有营业厅 {code}。")
        return found

    def person(self, staff_no: str) -> User:
        if staff_no not in self.people:
            self.people[staff_no] = User.objects.filter(staff_no=staff_no[:20]).first()
        found = self.people[staff_no]
        if found is None:
            raise Refused("no_person", f"没有工号 {staff_no}。")
        return found

    def business(self, code: str) -> BusinessType | None:
        if code and code not in self.businesses:
            raise Refused("no_business", f"没有业务 {code}。")
        return self.businesses.get(code)


def _line(cells: dict[str, str], is_whole: bool, known: _Known) -> Line:
    """Raises Refused with the reason that goes into the reject file."""
    if not is_whole or any("\x00" in cell for cell in cells.values()):
        raise Refused("bad_line", "列数与第 1 行不一致。")
    try:
        day = date.fromisoformat(cells["day"])
    except ValueError:
        raise Refused("bad_day", "日期应为 2026-01-31 的写法。") from None
    method = METHODS.get(cells["method"].lower())
    if method is None:
        raise Refused("bad_method", "方式应为 cash、pos、scan 或 cheque。")
    amount = rules.money(cells["amount"])
    if amount is None:
        raise Refused("bad_amount", "金额应为不超过两位小数的数字。")
    pieces = cells.get("pieces", "") or "0"
    if not (pieces.isascii() and pieces.isdigit() and len(pieces) < 8):
        raise Refused("bad_pieces", "笔数应为不小于 0 的整数。")
    business = known.business(cells.get("business", ""))
    figure = money.Figure(known.person(cells["staff_no"]), method, amount, business, int(pieces))
    return Line(known.hall(cells["hall"]), day, figure)
