"""The workbook to be filled in for a new hall: a page for each list, with an example and the words that count."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from halls.models import EquipmentKind
from halls.states import Reserved
from overview.rules.openings import SHEETS
from staff.models import StockItem
from staff.rules.staff_lists import KINDS, ROLES


def template() -> bytes:
    """Examples stand in a page of their own, so that nobody takes one in by mistake."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for sheet in SHEETS.values():
        page = workbook.create_sheet(sheet.name)
        page.append(sheet.titles)
        page.freeze_panes = "A2"
        for at, title in enumerate(sheet.titles, 1):
            cell = page.cell(1, at)
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="DCEEF9")
            page.column_dimensions[get_column_letter(at)].width = max(12, len(title) * 2 + 4)
            for row in range(2, 302):
                page.cell(row, at).number_format = "@"
    _explain(workbook.create_sheet("填写说明"))
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _explain(page: object) -> None:
    rows: list[list[str]] = [
        ["带 * 的列必填。先试导入:逐行检查,不保存;没有问题后再正式导入,有一行不合格就全部不导入。"],
        [],
    ]
    for sheet in SHEETS.values():
        rows += [[f"「{sheet.name}」例:"], sheet.titles, list(sheet.example), []]
    rows += [
        ["优先对象", *[str(one.label) for one in Reserved]],
        ["岗位", *dict.fromkeys(word for word in ROLES if not word.isascii())],
        ["用工", *[word for word in KINDS if word and not word.isascii()]],
        ["设备类别", *EquipmentKind.objects.values_list("name", flat=True)],
        ["库存品种", *StockItem.objects.values_list("name", flat=True)],
    ]
    for row in rows:
        page.append(row)  # type: ignore[attr-defined]
