"""月度资料包 on paper: the month of one hall, or of all halls of a person in one workbook."""

from collections.abc import Mapping, Sequence
from typing import Any

from core import time
from core.documents import Document, Facts, Heading, Table, Text
from core.documents.blocks import MISSING
from halls.models import Hall
from overview.papers.weekly import rounded
from overview.queries.month_open import Item
from overview.queries.month_pack import DayLine, HallLine, Pack
from overview.rules.figures import ALL, SHARE, Figure, Value
from overview.rules.months import month_text

TILES = ("issued", "mean_wait", "within_standard", "complaints_logged", "complaints_late", "last_score", "redemptions")
SHEET = (
    ("served", "办结"), ("mean_service", "平均办理(分)"), ("rating", "满意度"), ("complaints", "投诉"),
    ("errors", "差错"), ("late", "迟到"), ("missing", "缺勤"), ("exam_score", "考试"),
)  # fmt: skip


def tiles(pack: Pack) -> list[tuple[str, str]]:
    known = {one.figure.key: one for one in pack.lines}
    rows = [one.closing.closing for one in pack.days if one.closing]
    done = sum(row is not None and row.is_submitted for row in rows)
    closed = "已月结" if pack.month_closing else "未月结"
    return [
        *((known[key].figure.name, known[key].text) for key in TILES),
        ("日结 / 营业日", f"{done} / {len(rows)} {closed}" if rows else MISSING),
    ]


def unfinished(items: Sequence[Item]) -> Table:
    rows = [[one.kind.label, one.what, "超期" if one.is_late else "未完成"] for one in items]
    return Table(["事项", "内容", "状态"], rows, "尚未完成", widths=[3, 14, 3], empty="这个月的事项都已完成。")


def group_tables(pack: Pack) -> list[Table]:
    return [
        Table(["指标", "本月", "上月"], [[one.figure.name, one.text, one.before_text] for one in lines], name)
        for name, lines in pack.groups
    ]


def days(pack: Pack) -> Table:
    heads = ["日期", "取号", "办结", "平均等候", "日结", "系统金额", "差额说明", "提交人"]
    rows = [_day(one) for one in pack.days]
    return Table(heads, rows, "每日情况", widths=[4, 3, 3, 3, 4, 4, 6, 3], empty="这个月没有排队和日结记录。")


def _day(one: DayLine) -> list[Any]:
    state, row = (one.closing.state.label, one.closing.closing) if one.closing else ("", None)
    return [
        one.day,
        one.sums.issued,
        one.sums.served,
        rounded(one.sums.mean_wait),
        state,
        f"{row.system:,.2f}" if row else "",
        row.exception_reason if row else "",
        row.submitted_by.name if row and row.submitted_by else "",
    ]


def cases(pack: Pack) -> Table:
    rows = [
        [
            one.number,
            time.local(one.logged_at).date(),
            one.category.name if one.category else "未分类",
            one.get_status_display(),
            "超时" if is_late else "",
        ]
        for one, is_late in pack.cases
    ]
    heads = ["单号", "登记", "类别", "状态", "时限"]
    return Table(heads, rows, "投诉清单", widths=[6, 4, 5, 4, 3], empty="这个月没有投诉。")


def categories(pack: Pack) -> Table:
    rows = [[one["group"], one["name"], one["count"]] for one in pack.complaints["categories"]]
    return Table(["大类", "问题", "件数"], rows, "投诉分类", empty="这个月没有投诉。")


def visits(pack: Pack) -> Table:
    rows = [
        [
            one.planned_on,
            one.version.card.name,
            one.get_kind_display(),
            one.score,
            one.get_state_display(),
            "、".join(dict.fromkeys(row.name for row in one.findings.all() if row.withdrawn_at is None)),
        ]
        for one in pack.visits
    ]
    heads = ["日期", "评分表", "方式", "得分", "状态", "扣分项"]
    return Table(heads, rows, "检查", widths=[4, 5, 3, 2, 3, 9], empty="这个月没有检查。")


def sheets(pack: Pack) -> Table:
    rows = [
        [one.person.staff_no, one.person.name, one.get_state_display(), *(lines.text(name) for name, _ in SHEET)]
        for one, lines in pack.sheets
    ]
    return Table(
        ["工号", "姓名", "状态", *(name for _, name in SHEET)], rows, "月度单", empty="这个月还没有个人月度单。"
    )


def result(pack: Pack) -> str:
    if pack.result is None:
        return "本月没有计入排名的检查。"
    place = f"同类排名第 {pack.result.rank}" if pack.result.rank else "检查次数不足,未参加排名"
    return f"检查 {pack.result.visits} 次,基础得分 {pack.result.score} 分,加分 {pack.result.bonus} 分,{place}。"


def document(pack: Pack) -> Document:
    made = Document(f"{pack.hall.name} 月度资料包", sub=month_text(pack.month), signed=closed(pack))
    made.add(Facts(tiles(pack)), Heading("一、尚未完成的事项"), unfinished(pack.open))
    made.add(Heading("二、主要指标"), *group_tables(pack))
    made.add(Heading("三、每日情况与日结"), days(pack))
    made.add(Heading("四、投诉"), categories(pack), cases(pack))
    made.add(Heading("五、服务检查"), Text(result(pack)), visits(pack))
    if pack.sheets:
        made.add(Heading("六、个人月度单"), sheets(pack))
    return made


def closed(pack: Pack) -> str:
    row = pack.month_closing
    return f"{row.closed_by.name} {time.local(row.closed_at):%Y-%m-%d %H:%M} 月结" if row else "尚未月结"


def file_name(hall: Hall, month: Any) -> str:
    return f"{hall.name}月度资料包{month:%Y%m}"


def workbook(lines: Sequence[HallLine], values: Mapping[int, Mapping[str, Value]], month: Any) -> Document:
    """Every figure of every hall as numbers, and all that is still open."""
    made = Document(f"{month_text(month)}月度资料包", sub=f"{len(lines)} 个营业厅", is_wide=True)
    known = [one for one in ALL.values() if not one.is_now]
    heads = ["营业厅", "区县", "月结", "已交日结", "检查得分", "未完成", "其中超期", *(one.name for one in known)]
    rows = [
        [
            one.hall.name,
            one.hall.region.name,
            "已月结" if one.month_closing else "未月结",
            one.closings,
            None if one.score is None else float(one.score),
            len(one.open),
            one.late,
            *(_number(figure, values[one.hall.pk][figure.key]) for figure in known),
        ]
        for one in lines
    ]
    left = [
        [one.hall.name, item.kind.label, item.what, "超期" if item.is_late else "未完成"]
        for one in lines
        for item in one.open
    ]
    made.add(Table(heads, rows, "各厅指标"))
    made.add(Table(["营业厅", "事项", "内容", "状态"], left, "尚未完成", empty="各厅都已完成。"))
    return made


def _number(figure: Figure, value: Value) -> Value:
    return None if value is None else round(value, 4 if figure.unit == SHARE else 2)
