"""区县周报汇总 on paper: one table over the halls, the summary, what was asked for, and what each hall wrote."""

from core.documents import Document, Heading, Table, Text
from overview.papers.weekly import percent, rounded
from overview.queries.roll_up import SHOWN, HallWeek, RollUp
from overview.rules.roll_up import weighted_wait
from overview.rules.weekly import PARTS, week_text
from overview.states import Section

HEADS = (
    "营业厅",
    "周报",
    "取号",
    "办结",
    "平均等候",
    "忙时",
    "15 分钟内",
    "超时等候",
    "已关怀",
    "登记投诉",
    "其中超时",
    "分流率",
)


def row(one: HallWeek) -> list[object]:
    queue, told = one.queue, one.complaints
    return [
        one.hall.name,
        one.line.words,
        queue.get("issued", 0),
        queue.get("served", 0),
        rounded(queue.get("mean_wait")),
        rounded(queue.get("busy_wait")),
        percent(queue.get("within_standard")),
        queue.get("long_waits", 0),
        queue.get("cared", 0),
        told.get("complaints", 0),
        told.get("late", 0),
        percent(queue.get("diversion_rate")),
    ]


def total(rolled: RollUp) -> list[object]:
    def added(part: str, name: str) -> int:
        return sum(int(getattr(one, part).get(name) or 0) for one in rolled.halls)

    signed = sum(one.line.signed is not None for one in rolled.halls)
    sent, online = added("queue", "sent_on"), added("queue", "online_handled")
    return [
        "合计",
        f"{signed} / {len(rolled.halls)}",
        added("queue", "issued"),
        added("queue", "served"),
        rounded(weighted_wait([one.queue for one in rolled.halls])),
        "",
        "",
        added("queue", "long_waits"),
        added("queue", "cared"),
        added("complaints", "complaints"),
        added("complaints", "late"),
        percent(sent / (sent + online) if sent + online else None),
    ]


def table(rolled: RollUp) -> Table:
    rows = [row(one) for one in rolled.halls]
    return Table(HEADS, [*rows, total(rolled)] if rows else [], "各厅数据", empty="本区域还没有启用的营业厅。")


def label_of(section: Section) -> str:
    """A section under the name of its part: several are called alike."""
    where = next(name or part for part, groups in PARTS for name, sections in groups if section in sections)
    return f"{where} {section.label}" if where and not where.endswith(section.label) else where


def document(rolled: RollUp) -> Document:
    made = Document(f"{rolled.region.name} 营业厅服务质量周报汇总", sub=week_text(rolled.monday), is_wide=True)
    made.add(Heading("一、总体情况"), Text("\n".join(rolled.said)), table(rolled))
    made.add(Heading("二、请市公司支撑的事项"))
    asked = [
        [one.hall.name, one.text, one.get_state_display(), one.owner.name if one.owner else ""] for one in rolled.asked
    ]
    made.add(Table(["营业厅", "需求", "状态", "市公司责任人"], asked, widths=[4, 12, 3, 4], empty="本周没有支撑需求。"))
    made.add(Heading("三、各厅情况"))
    for section in SHOWN:
        written = rolled.written(section)
        if not written:
            continue
        made.add(Heading(label_of(section), 2))
        made.add(*(Text(f"{name}:{text}") for name, text in written))
    if not any(rolled.written(section) for section in SHOWN):
        made.add(Text("本周还没有签字的周报。", is_small=True))
    return made
