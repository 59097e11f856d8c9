"""营业周报 on paper (R-H-12): every part of its structure, with figures, a chart and lists where they belong."""

from collections.abc import Mapping
from typing import Any

from core import time
from core.documents import Bars, Document, Facts, Heading, Table, Text
from core.documents.blocks import MISSING
from overview.models import WeeklyVersion
from overview.queries.weekly import Shown
from overview.rules import weekly as rules
from overview.states import Section, VersionState

Figures = Mapping[str, Any]
ALONE = frozenset({Section.TRAINING, Section.MODEL, Section.OTHER, Section.PLAN})
"""Sections that are the whole of their part; a heading of their own would say it twice."""
NOTHING = "无。"


def minutes(value: Any) -> str:
    return MISSING if value is None else f"{value:.1f} 分钟"


def rounded(value: Any) -> float | None:
    return None if value is None else round(value, 1)


def percent(value: Any) -> str:
    return MISSING if value is None else f"{value * 100:.0f}%"


def _pair(part: Figures, one: str, other: str) -> str:
    return f"{part.get(one, 0)} / {part.get(other, 0)}"


def tiles(figures: Figures) -> list[tuple[str, str]]:
    """The figures at the head of a report; the page and the files show the same ones."""
    queue, told, floor = (figures.get(part) or {} for part in ("queue", "complaints", "floor"))
    return [
        ("取号 / 办结", _pair(queue, "issued", "served")),
        ("平均等候", minutes(queue.get("mean_wait"))),
        ("忙时平均等候", minutes(queue.get("busy_wait"))),
        ("闲时平均等候", minutes(queue.get("idle_wait"))),
        (f"{queue.get('standard', 15)} 分钟内", percent(queue.get("within_standard"))),
        (
            f"超过 {queue.get('long_minutes', 30)} 分钟 / 已关怀",
            f"{queue.get('long_waits', 0)} / {queue.get('cared', 0)}",
        ),
        ("VIP 到厅 / 按时接待", _pair(queue, "vips", "vips_met")),
        ("分流率", percent(queue.get("diversion_rate"))),
        ("登记投诉 / 超时", _pair(told, "complaints", "late")),
        ("巡检 完成 / 应做", _pair(floor, "patrols_done", "patrols_due")),
        ("满意度(5 分制)", MISSING if queue.get("mean_rating") is None else f"{queue['mean_rating']:.2f}"),
        ("空票", str(queue.get("no_shows", 0))),
    ]


def waits(figures: Figures) -> Bars:
    days, standard = list(figures.get("days") or ()), (figures.get("queue") or {}).get("standard", 15)
    return Bars("每天平均等候", [one["label"] for one in days], [one["mean_wait"] for one in days], "分钟", standard)


def lists(figures: Figures, section: str) -> list[Table]:
    """What is listed below a section."""
    if section == Section.COMPLAINT_ANALYSIS:
        rows = (figures.get("complaints") or {}).get("categories") or []
        body = [[one["group"], one["name"], one["count"]] for one in rows]
        return [Table(["大类", "问题", "件数"], body, "投诉分类")] if rows else []
    if section == Section.FLOOR_PROBLEMS:
        rows = (figures.get("faults") or {}).get("open") or []
        body = [[one["name"], one["symptom"], one["state"], one["days"], "是" if one["late"] else "否"] for one in rows]
        return [Table(["设备", "现象", "状态", "已有天数", "超期"], body, "尚未修复的设备")] if rows else []
    if section == Section.OTHER:
        rows = (figures.get("support") or {}).get("rows") or []
        body = [[one["text"], one["state"], one["owner"], one["answer"], one["promised_on"]] for one in rows]
        heads = ["需求", "状态", "市公司责任人", "答复", "落实日期"]
        return [Table(heads, body, "前期支撑需求", widths=[8, 3, 3, 8, 4])] if rows else []
    return []


def asks_of(version: WeeklyVersion, section: str) -> list[str]:
    return [one["text"] for one in version.asks if one["section"] == section]


def document(shown: Shown) -> Document:
    version, figures = shown.version, shown.figures
    report = version.report
    made = Document(f"{report.hall.name} 营业厅服务质量周报", sub=_sub(version, figures), signed=_signed(version))
    made.add(Facts(tiles(figures)), waits(figures))
    for part, groups in rules.PARTS:
        made.add(Heading(part))
        for name, sections in groups:
            if name:
                made.add(Heading(name, 2))
            for number, section in enumerate(sections, 1):
                _add(made, shown, section, number)
    return made


def _add(made: Document, shown: Shown, section: Section, number: int) -> None:
    text = shown.texts.get(section, "") or NOTHING
    label = "" if section in ALONE else f"{number}. {section.label}:"
    made.add(Text(f"{label}{text}"))
    made.add(*lists(shown.figures, section))
    asks = asks_of(shown.version, section)
    if asks:
        made.add(Text("请市公司支撑:" + ";".join(f"{at}) {text}" for at, text in enumerate(asks, 1))))


def _sub(version: WeeklyVersion, figures: Figures) -> str:
    parts = [rules.week_text(version.report.monday), f"第 {version.number} 版"]
    if figures and not figures.get("is_whole"):
        parts.append(f"数据截至 {figures['until']}")
    if version.reason:
        parts.append(f"更正:{version.reason}")
    return " · ".join(parts)


def _signed(version: WeeklyVersion) -> str:
    if version.state != VersionState.SIGNED or version.signed_by is None or version.signed_at is None:
        return "草稿,未签字"
    return f"{version.signed_by.name} {time.local(version.signed_at):%Y-%m-%d %H:%M} 签字"


def file_name(version: WeeklyVersion) -> str:
    draft = "" if version.is_signed else "(草稿)"
    return f"{version.report.hall.name}周报{version.report.monday:%Y%m%d}第{version.number}版{draft}"
