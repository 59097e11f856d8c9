"""What a new hall needs before it opens, and how its lists are laid out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from staff.rules.staff_lists import head_word

Rows = Sequence[Sequence[str]]
HEAD_WITHIN = 10
YES = frozenset({"是", "有", "y", "yes", "1", "true", "√"})
NO = frozenset({"", "否", "无", "n", "no", "0", "false", "×"})


@dataclass(frozen=True)
class Sheet:
    """One list: its name, its columns by meaning with the words they may have, and which of them are needed."""

    name: str
    heads: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    example: tuple[str, ...]

    @property
    def titles(self) -> list[str]:
        return [f"{words[0]}*" if key in self.needed else words[0] for key, words in self.heads.items()]


SHEETS: dict[str, Sheet] = {
    "windows": Sheet(
        "窗口",
        {
            "number": ("窗口号", "窗口", "号"),
            "name": ("名称", "窗口名称"),
            "groups": ("可办分组", "分组", "业务分组"),
            "reserved": ("优先对象", "专席"),
            "zone": ("区域", "叫号区域"),
            "mobile": ("移动收费",),
        },
        ("number", "groups"),
        ("1", "综合业务", "综合业务、交费充值", "普通", "", "否"),
    ),
    "staff": Sheet(
        "人员",
        {
            "staff_no": ("工号",),
            "name": ("姓名",),
            "role": ("岗位",),
            "phone": ("手机号",),
            "kind": ("用工",),
            "first": ("起",),
            "paper": ("上岗证号",),
            "paper_first": ("上岗证有效期起",),
            "paper_last": ("上岗证有效期止",),
        },
        ("staff_no", "name", "role"),
        ("15001", "王芳", "营业员", "13800000000", "正式", "", "", "", ""),
    ),
    "devices": Sheet(
        "设备",
        {
            "kind": ("类别", "设备类别"),
            "name": ("名称", "设备名称"),
            "place": ("位置",),
            "window": ("窗口号", "窗口"),
            "supplier": ("维保单位",),
            "supplier_phone": ("维保电话",),
            "installed": ("启用日期",),
            "expires": ("有效期至",),
        },
        ("kind", "name"),
        ("窗口电脑", "1 号窗口电脑", "柜台", "1", "江东设备维保", "0511-80000099", "2026-12-01", ""),
    ),
    "stock": Sheet(
        "库存",
        {
            "item": ("品种", "物品", "名称"),
            "quantity": ("数量",),
            "first": ("起号", "起始号"),
            "last": ("止号", "终止号"),
        },
        ("item", "quantity"),
        ("白卡", "100", "", ""),
    ),
}


@dataclass(frozen=True)
class Head:
    sheet: str
    columns: dict[str, int]
    below: int


def head_of(rows: Rows, sheet: str) -> Head | None:
    """The first row that names every needed column of a sheet; words such as （必填） and * do not count."""
    known = {head_word(word): key for key, words in SHEETS[sheet].heads.items() for word in words}
    for at, row in enumerate(rows[:HEAD_WITHIN]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row):
            key = known.get(head_word(cell))
            if key and key not in columns:
                columns[key] = column
        if set(SHEETS[sheet].needed) <= set(columns):
            return Head(sheet, columns, at + 1)
    return None


def sheet_of(rows: Rows, title: str = "") -> Head | None:
    """Which list a table is: by the name of its page, else by its columns, the one that fits most of them."""
    named = [key for key, sheet in SHEETS.items() if sheet.name == title]
    found = [head for key in named or SHEETS if (head := head_of(rows, key)) is not None]
    return max(found, key=lambda head: len(head.columns), default=None)


def yes(text: str) -> bool | None:
    """None for a word that is neither."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None


def parts(text: str) -> list[str]:
    """综合业务、交费充值 → its parts, whatever they are divided by."""
    for mark in "、,,;;/":
        text = text.replace(mark, " ")
    return list(dict.fromkeys(text.split()))


@dataclass(frozen=True)
class Step:
    """One thing on the way to opening. What `must` be there stops the opening; the rest is said."""

    title: str
    is_done: bool
    must: bool
    told: str
    url: str


def missing(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.must and not step.is_done]
