"""月度通报 on paper: ranks, figures, common faults, photos, what is to be done; page and files show the same tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from core import time
from core.documents import Document, Facts, Heading, Picture, Table, Text
from core.documents.blocks import MISSING
from overview.models import CircularVersion
from overview.queries.circulars import Shown
from overview.rules import circulars as rules
from overview.rules import months
from overview.rules.circulars import CHIEF
from overview.states import CircularPart

Content = Mapping[str, Any]
NOTHING = "无。"


def tiles(content: Content) -> list[tuple[str, str]]:
    total = content["totals"]
    score = MISSING if total["score"] is None else f"{total['score']:.2f} 分"
    wait = MISSING if total["mean_wait"] is None else f"{total['mean_wait']:.1f} 分钟"
    return [
        ("受检 / 营业厅", f"{total['visited']} / {total['halls']}"),
        ("检查次数", str(total["visits"])),
        ("平均得分", score),
        ("取号", f"{total['issued']:,}"),
        ("平均等候", wait),
        ("投诉 / 超时", f"{total['complaints']} / {total['late']}"),
        ("未完成整改", str(content["actions"]["open"])),
        ("其中超期", str(content["actions"]["late"])),
    ]


def place(row: Content) -> str:
    if row["place"]:
        return f"{row['place']} / {row['of']}"
    return "未受检" if row["score"] is None else "次数不足"


def change(value: float | None) -> str:
    if value is None:
        return MISSING
    return "持平" if value == 0 else f"{'↑' if value > 0 else '↓'} {abs(value):.2f}"


def ranking(content: Content) -> Table:
    rows = [
        [
            row["type"],
            row["name"],
            row["district"],
            row["visits"],
            MISSING if row["score"] is None else f"{row['score']:.2f}{'(有一票否决)' if row['is_vetoed'] else ''}",
            f"+{row['bonus']}" if row["bonus"] else "",
            change(row["change"]),
            place(row),
        ]
        for row in content["ranking"]
    ]
    heads = ["类型", "营业厅", "区县", "检查", "得分", "加分", "较上月", "同类名次"]
    return Table(heads, rows, "检查得分(同类排名)", widths=[4, 7, 3, 2, 4, 2, 3, 3], empty="本区域还没有营业厅。")


def figures(content: Content) -> Table:
    rows = [[row["name"], *(cell(one) for one in row["cells"])] for row in content["figures"]]
    heads = ["营业厅", *(one.name for one in CHIEF)]
    widths = [5, *(4 for _ in CHIEF)]
    return Table(heads, rows, "主要指标(括号内为名次和上月)", widths=widths, empty="这个月没有排队、投诉和巡检记录。")


def cell(one: Content) -> str:
    if one["place"] is None:
        return str(one["text"])
    beside = [f"第 {one['place']}", one["before"]]
    return f"{one['text']}({';'.join(part for part in beside if part)})"


def faults(content: Content) -> Table:
    rows = [[one["item"], one["name"], one["halls"], one["times"], one["points"]] for one in content["faults"]]
    heads = ["项", "检查项", "涉及厅数", "次数", "共扣分"]
    return Table(heads, rows, "常见扣分项", widths=[3, 10, 3, 3, 3], empty="这个月没有扣分项。")


def actions(content: Content) -> Table:
    told = content["actions"]
    rows = [
        [one["hall"], one["name"], one["found_on"], one["due_on"], "超期" if one["is_late"] else one["state"]]
        for one in told["rows"]
    ]
    more = f"(共 {told['open']} 项,列出 {len(rows)} 项)" if told["open"] > len(rows) else ""
    heads = ["营业厅", "检查项", "发现", "期限", "状态"]
    return Table(heads, rows, f"未完成的整改{more}", widths=[6, 8, 4, 4, 3], empty="没有未完成的整改。")


def tables(content: Content, part: str) -> list[Table]:
    """What stands below a part; the reading order of page and paper."""
    if part == CircularPart.OVERALL:
        return [ranking(content), figures(content)]
    if part == CircularPart.FAULTS:
        return [faults(content)]
    return [actions(content)] if part == CircularPart.ACTIONS else []


NUMERALS = "一二三四五六"


def heading(part: CircularPart) -> str:
    return f"{NUMERALS[list(CircularPart).index(part)]}、{part.label}"


def title(version: CircularVersion) -> str:
    circular = version.circular
    return f"{circular.region.name} {months.month_text(circular.month)}营业厅服务质量通报"


def document(shown: Shown, pictures: Sequence[tuple[bytes, str]]) -> Document:
    version, content = shown.version, shown.content
    made = Document(title(version), sub=_sub(version), signed=_signed(version))
    made.add(Facts(tiles(content)))
    for part in CircularPart:
        made.add(Heading(heading(part)), Text(shown.texts.get(part, "") or NOTHING), *tables(content, part))
        if part == CircularPart.FAULTS and pictures:
            made.add(Heading("检查照片", 2), *(Picture(data, caption) for data, caption in pictures))
    return made


def _sub(version: CircularVersion) -> str:
    parts = [rules.number_text(version.circular.month)]
    if version.number > 1:
        parts.append(f"更正(第 {version.number} 版):{version.reason}")
    return " · ".join(parts)


def _signed(version: CircularVersion) -> str:
    if not version.is_issued or version.issued_by is None or version.issued_at is None:
        return "草稿,未印发"
    return f"{version.issued_by.name} {time.local(version.issued_at):%Y-%m-%d %H:%M} 印发"


def file_name(version: CircularVersion) -> str:
    circular = version.circular
    draft = "" if version.is_issued else "(草稿)"
    return f"{circular.region.name}服务质量通报{circular.month:%Y%m}第{version.number}版{draft}"
