"""Lists of people as halls keep them: which row is the head, which column means what, what a cell says."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from staff.states import JobKind, Role

HEAD_WITHIN = 20  # rows above the list: its title, who made it and when
NEEDED = {"staff_no": "工号", "name": "姓名", "role": "岗位", "place": "营业厅或区域"}
OF_A_PERSON = ("staff_no", "name", "phone", "paper")  # a row with none of these is blank, merged cells or not
PAIRED = {"first": "paper_first", "last": "paper_last"}  # a second 起 or 止 belongs to the certificate

HEADS: dict[str, tuple[str, ...]] = {
    "staff_no": ("工号", "员工号", "员工工号", "员工编号", "人员工号", "boss工号", "staff_no"),
    "name": ("姓名", "员工姓名", "人员姓名", "name"),
    "phone": ("手机号", "手机", "手机号码", "联系电话", "联系方式", "电话", "phone"),
    "role": ("岗位", "岗位名称", "职务", "职位", "role"),
    "place": (
        "营业厅", "营业厅名称", "营业厅编码", "营业厅代码", "所属营业厅", "所在营业厅", "厅店", "网点", "hall",
        "营业厅或区域", "营业厅/区域",
    ),
    "region": ("区域", "所属区域", "区县", "所属区县", "地市", "region"),
    "kind": ("用工", "用工性质", "用工形式", "人员性质", "kind"),
    "first": (
        "起", "岗位起", "起始日期", "开始日期", "到岗日期", "入职日期", "上岗日期", "第一天", "valid_from",
    ),
    "last": ("止", "岗位止", "终止日期", "截止日期", "结束日期", "离岗日期", "最后一天", "valid_to"),
    "paper": ("上岗证号", "上岗证", "上岗证编号", "上岗证号码", "证书编号", "证书号", "certificate"),
    "paper_first": ("上岗证有效期起", "上岗证起", "有效期起", "证书有效期起", "发证日期", "certificate_from"),
    "paper_last": (
        "上岗证有效期止", "上岗证止", "有效期止", "有效期至", "证书有效期止", "证书到期日", "上岗证到期日",
        "certificate_to",
    ),
}  # fmt: skip
MEANT = {word: key for key, words in HEADS.items() for word in words}

ROLES: dict[str, str] = {
    **{str(role.label): role.value for role in Role},
    **{role.value: role.value for role in Role},
    "引导": Role.GREETER,
    "咨询员": Role.ENQUIRY,
    "流动": Role.FLOOR_WALKER,
    "后台人员": Role.BACK_OFFICE,
    "值班长": Role.DUTY_MANAGER,
    "厅经理": Role.HALL_MANAGER,
    "营业厅经理": Role.HALL_MANAGER,
}
KINDS: dict[str, str] = {
    **{str(kind.label): kind.value for kind in JobKind},
    **{kind.value: kind.value for kind in JobKind},
    "": JobKind.REGULAR,
    "实习": JobKind.STUDENT,
    "临时工": JobKind.TEMPORARY,
}
NO_END = frozenset({"长期", "至今", "无", "-", "—"})
FOOTNOTES = ("合计", "小计", "总计", "注:", "注:", "备注", "说明", "制表", "填表", "审核", "共")
WRITTEN = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL = re.compile(r"[2-7]\d{4}")  # Excel's days since the end of 1899, in a cell that is not shown as a date
EXCEL_BEGAN = date(1899, 12, 30)
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Head:
    """Where the list begins: number of columns by meaning, and the first row below (counted from 0)."""

    columns: dict[str, int]
    below: int


def head_word(text: str) -> str:
    """`上岗证号(必填)*` → `上岗证号`."""
    return re.sub(r"[\s**::]|[((].*?[))]", "", text).lower()


def head_of(rows: Rows) -> Head | None:
    """The row that names 工号 and 姓名, among the first; a second line of it names the halves of a merged head."""
    for at, row in enumerate(rows[:HEAD_WITHIN]):
        words = [head_word(cell) for cell in row]
        if not {"staff_no", "name"} <= {MEANT.get(word) for word in words}:
            continue
        under = [head_word(cell) for cell in rows[at + 1]] if at + 1 < len(rows) else []
        if not _is_second_line(words, under):
            return Head(_columns(words), at + 1)
        both = [one if one == two else f"{one}{two}" for one, two in zip(words, under, strict=False)]
        return Head(_columns(both), at + 2)
    return None


def _is_second_line(words: Sequence[str], under: Sequence[str]) -> bool:
    own = [two for one, two in zip(words, under, strict=False) if two and two != one]
    return bool(own) and all(two in {"起", "止", "开始", "结束"} for two in own)


def _columns(words: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, word in enumerate(words):
        key = MEANT.get(word)
        if key in found:
            key = PAIRED.get(key)
        if key and key not in found:
            found[key] = column
    return found


def missing(head: Head) -> list[str]:
    """The words of columns without which nobody can be taken in."""
    has = set(head.columns) | ({"place"} if "region" in head.columns else set())
    return [word for key, word in NEEDED.items() if key not in has]


def is_footnote(cells: Sequence[str]) -> bool:
    """A sum or a remark below the list: one thing written, beginning like one."""
    filled = [cell for cell in cells if cell]
    return len(set(filled)) == 1 and filled[0].startswith(FOOTNOTES)


def day_of(text: str) -> date | None:
    """A day as people write it. Raises ValueError."""
    text = text.strip()
    if not text or text in NO_END:
        return None
    if SERIAL.fullmatch(text):
        return EXCEL_BEGAN + timedelta(days=int(text))
    written = WRITTEN.fullmatch(text) or COMPACT.fullmatch(text)
    if written is None:
        raise ValueError(text)
    year, month, day = map(int, written.groups())
    return date(year, month, day)


def with_zeros(number: str, others: Iterable[str]) -> str:
    """A 工号 that Excel took for a number, as long as the ones in the file that it left as text are, if they agree."""
    lengths = {len(other) for other in others}
    return number.zfill(lengths.pop()) if len(lengths) == 1 else number
