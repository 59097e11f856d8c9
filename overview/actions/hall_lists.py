"""A new hall's windows, people, equipment and stock from lists: tried first, then taken in whole or not at all."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Equipment, EquipmentKind, Hall, Window
from halls.states import Reserved
from overview.rules import openings as rules
from overview.rules.openings import SHEETS
from staff.actions import certificates, employments, stock
from staff.actions.employments import Hired, Job
from staff.actions.staff_sheets import MOST_BYTES, NOT_A_BOOK, OLD_EXCEL, book, table, zeros_back
from staff.models import StockItem, User
from staff.queries.stock import Place
from staff.rules import staff_lists

ORDER = ("windows", "staff", "devices", "stock")  # equipment may stand at a window that the same file brings


@dataclass(frozen=True)
class Line:
    """One row of a list; `number` counts from 1 as Excel does."""

    sheet: str
    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Bad:
    sheet: str
    number: int
    why: str


@dataclass
class Told:
    """What became of the lists. `hired`: new people with their temporary passwords, shown once, kept nowhere."""

    good: dict[str, int] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)
    hired: list[Hired] = field(default_factory=list)
    is_saved: bool = False

    @property
    def rows(self) -> int:
        return sum(self.good.values()) + len(self.bad)

    @property
    def lines(self) -> list[tuple[str, int]]:
        return [(SHEETS[key].name, count) for key, count in self.good.items()]


class _Undo(Exception):
    """Takes back whatever a trial wrote."""


def take_in(hall: Hall, path: Path, *, is_trial: bool, actor: User, now: datetime) -> Told:
    """Every row is tried; only when none is bad, and it is no trial, anything is kept.

    Raises Refused: open_already, too_big, bad_file, too_long, bad_header, empty_file.
    """
    lines = read(path)
    told = Told()
    try:
        with transaction.atomic():
            locked = Hall.objects.select_for_update(of=("self",)).select_related("region__parent").get(pk=hall.pk)
            if locked.is_live:
                raise Refused("open_already", f"{hall.name}已经开业,请在各自的页面修改。")
            for line in lines:
                _try(locked, line, told, actor=actor, now=now)
            if told.bad or is_trial:
                raise _Undo
            told.is_saved = True
    except _Undo:
        told.hired = []
    return told


def read(path: Path) -> list[Line]:
    """The lines of all lists in a workbook, or of the one in a CSV; in the order in which they are taken in."""
    if path.stat().st_size > MOST_BYTES:
        raise Refused("too_big", "文件不能超过 5 MB,请分成几份。")
    head, is_book = path.read_bytes()[:4], zipfile.is_zipfile(path)
    if head == OLD_EXCEL or (head[:2] == b"PK" and not is_book):
        raise Refused("bad_file", NOT_A_BOOK)
    pages = [(page.title, zeros_back(rows, page)) for page, rows in book(path)] if is_book else [("", table(path))]
    names = {sheet.name for sheet in SHEETS.values()}
    pages = [one for one in pages if one[0] in names] or pages  # the page of explanations is no list
    found: list[Line] = []
    heads = 0
    for title, rows in pages:
        known = rules.sheet_of(rows, title)
        if known is None:
            continue
        heads += 1
        found += _below(rows, known)
    if not heads:
        raise Refused("bad_header", f"没有找到表头。请用模板里的列名,工作表名为{'、'.join(sorted(names))}。")
    if not found:
        raise Refused("empty_file", "表头下面没有内容,请核对文件。")
    return sorted(found, key=lambda line: ORDER.index(line.sheet))


def _below(rows: rules.Rows, head: rules.Head) -> list[Line]:
    """Rows that name something; those that only merged cells fill, sums and remarks are none."""
    needed = SHEETS[head.sheet].needed
    found = []
    for number, raw in enumerate(rows[head.below :], head.below + 1):
        cells = {key: raw[at].strip() if at < len(raw) else "" for key, at in head.columns.items()}
        if any(cells.get(key) for key in needed) and not staff_lists.is_footnote(list(raw)):
            found.append(Line(head.sheet, number, cells))
    return found


def _try(hall: Hall, line: Line, told: Told, *, actor: User, now: datetime) -> None:
    name = SHEETS[line.sheet].name
    try:
        if any(not cell.isprintable() for cell in line.cells.values()):
            raise Refused("bad_line", "有不能识别的字符,请核对。")
        for key in SHEETS[line.sheet].needed:
            if not line.cells.get(key):
                raise Refused("blank", f"「{SHEETS[line.sheet].heads[key][0]}」没有填写。")
        with transaction.atomic():
            TAKE[line.sheet](hall, line.cells, told, actor, now)
    except (Refused, PermissionDenied) as no:
        told.bad.append(Bad(name, line.number, str(no)))
    except ValidationError as error:
        told.bad.append(Bad(name, line.number, " ".join(error.messages)))
    else:
        told.good[line.sheet] = told.good.get(line.sheet, 0) + 1


# One row of each list


def _window(hall: Hall, cells: dict[str, str], told: Told, actor: User, now: datetime) -> None:
    """A window of the pattern with the same number is this one, with what the list says."""
    reserved = {str(one.label): one.value for one in Reserved} | {"": "", "普通": ""}
    if cells.get("reserved", "") not in reserved:
        raise Refused("bad_reserved", f"优先对象没有「{cells['reserved']}」,应为{'、'.join(filter(None, reserved))}。")
    mobile = rules.yes(cells.get("mobile", ""))
    if mobile is None:
        raise Refused("bad_mobile", f"移动收费应填是或否,不是「{cells['mobile']}」。")
    number = _whole(cells["number"].removesuffix("号").removesuffix("号窗口"), "窗口号")
    window = Window.objects.filter(hall=hall, number=number).first() or Window(hall=hall, number=number)
    window.name, window.reserved = cells.get("name", ""), reserved[cells.get("reserved", "")]
    window.zone, window.is_mobile, window.is_active = cells.get("zone", ""), mobile, True
    window.full_clean()
    window.save()
    window.groups.set(_groups(hall, cells["groups"]))


def _groups(hall: Hall, text: str) -> list[Any]:
    known = {word: one for one in hall.groups.filter(is_active=True) for word in (one.name, one.code)}
    strange = [word for word in rules.parts(text) if word not in known]
    if strange:
        raise Refused("no_group", f"本厅没有取号分组「{'、'.join(strange)}」。")
    return [known[word] for word in rules.parts(text)]


def _person(hall: Hall, cells: dict[str, str], told: Told, actor: User, now: datetime) -> None:
    role, kind = staff_lists.ROLES.get(cells["role"]), staff_lists.KINDS.get(cells.get("kind", ""))
    if role is None:
        raise Refused("bad_role", f"没有岗位「{cells['role']}」,请核对。")
    if kind is None:
        raise Refused("bad_kind", f"用工应为正式、见习、学生或临时,不是「{cells['kind']}」。")
    first = _day(cells, "first", "起") or time.business_day(now)
    job = Job(role, first, hall, None, kind)
    number, name = cells["staff_no"], cells["name"]
    person = User.objects.filter(staff_no=number).first()
    if person is None:
        hired = employments.hire(employments.Face(number, name, cells.get("phone", "")), job, actor=actor, now=now)
        person = hired.person
        told.hired.append(hired)
    elif person.name != name:
        raise Refused("number_taken", f"工号 {number} 已由{person.name}使用,每人一个工号,请核对。")
    else:
        employments.add_job(person, job, actor=actor, now=now)
    _certify(person, cells, actor=actor, now=now)


def _certify(person: User, cells: dict[str, str], *, actor: User, now: datetime) -> None:
    since, until = _day(cells, "paper_first", "上岗证有效期起"), _day(cells, "paper_last", "上岗证有效期止")
    number = cells.get("paper", "")
    if not number and since is None and until is None:
        return
    if not number or since is None or until is None:
        raise Refused("half_paper", "上岗证号与有效期起、止请一起填写。")
    certificates.record(person, certificates.Paper(number, since, until), actor=actor, now=now)


def _device(hall: Hall, cells: dict[str, str], told: Told, actor: User, now: datetime) -> None:
    """Equipment that the pattern brought under the same name is this one."""
    kind = (
        EquipmentKind.objects.filter(name=cells["kind"]).first()
        or EquipmentKind.objects.filter(code=cells["kind"]).first()
    )
    if kind is None:
        raise Refused("no_kind", f"没有设备类别「{cells['kind']}」,请核对。")
    window = None
    if cells.get("window"):
        window = hall.windows.filter(number=_whole(cells["window"].removesuffix("号窗口"), "窗口号")).first()
        if window is None:
            raise Refused("no_window", f"本厅没有 {cells['window']} 号窗口。")
    known = hall.equipment.filter(name=cells["name"], removed_at=None).first()
    row = known or Equipment(hall=hall, name=cells["name"])
    row.kind, row.window, row.place = kind, window, cells.get("place", "")
    row.supplier, row.supplier_phone = cells.get("supplier", ""), cells.get("supplier_phone", "")
    row.installed_on, row.expires_on = _day(cells, "installed", "启用日期"), _day(cells, "expires", "有效期至")
    row.full_clean()
    row.save()


def _goods(hall: Hall, cells: dict[str, str], told: Told, actor: User, now: datetime) -> None:
    item = StockItem.objects.filter(name=cells["item"]).first() or StockItem.objects.filter(code=cells["item"]).first()
    if item is None:
        raise Refused("no_item", f"没有品种「{cells['item']}」,请核对。")
    quantity = _whole(cells["quantity"], "数量")
    what = stock.batch(item, quantity, first=cells.get("first", ""), last=cells.get("last", ""))
    stock.receive(Place(hall), what, actor=actor, now=now)


def _whole(text: str, word: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refused("bad_number", f"「{word}」应为整数,不是「{text}」。")
    return int(text)


def _day(cells: dict[str, str], key: str, word: str) -> date | None:
    try:
        return staff_lists.day_of(cells.get(key, ""))
    except ValueError:
        raise Refused("bad_day", f"「{word}」的日期 {cells[key]} 不能识别,请写成 2026-01-31。") from None


TAKE: dict[str, Callable[[Hall, dict[str, str], Told, User, datetime], None]] = {
    "windows": _window,
    "staff": _person,
    "devices": _device,
    "stock": _goods,
}
