"""The main menu, in the order of the screens' glossary; a person sees the lines they have a right to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol


class Person(Protocol):
    def may(self, verb: str) -> bool: ...


@dataclass(frozen=True)
class Line:
    """`verb` is one right, or several of which one is enough; empty = open to everybody signed in.

    `also` are pages that belong to the line and have another address.
    """

    title: str
    path: str
    verb: str | tuple[str, ...] = ""
    also: tuple[str, ...] = ()
    here: bool = False

    def is_for(self, person: Person) -> bool:
        verbs = (self.verb,) if isinstance(self.verb, str) else self.verb
        return not self.verb or any(person.may(verb) for verb in verbs)

    def covers(self, path: str) -> bool:
        return path == "/" if self.path == "/" else path.startswith((self.path, *self.also))


@dataclass(frozen=True)
class Section:
    title: str
    icon: str
    lines: tuple[Line, ...]

    @property
    def is_open(self) -> bool:
        return any(line.here for line in self.lines)


MENU = (
    Section(
        "工作台",
        "home",
        (
            Line("工作台", "/"),
            Line("待我审批", "/approvals/"),
            Line("通知", "/notices/"),
            Line("通知公告", "/staff/bulletins/"),
            Line("早报", "/staff/morning/", "hall.see"),
            Line("知识库", "/staff/knowledge/"),
        ),
    ),
    Section(
        "现场",
        "counter",
        (
            Line("窗口叫号", "/counter/", "queue.serve"),
            Line("大厅引导", "/lobby/", "queue.floor"),
            Line("现场看板", "/overview/", "figures.see"),
            Line("预约", "/appointments/", "queue.floor"),
            Line("取号限制", "/issuing/", "queue.manage"),
            Line("待联系客户", "/call-backs/", "queue.manage"),
            Line("排队统计", "/queueing/figures/", "figures.see"),
            Line("取号优先", "/queueing/fairness/", "figures.see"),
        ),
    ),
    Section(
        "客户",
        "star",
        (
            Line("客户查询", "/loyalty/customers/", "customer.find"),
            Line("积分兑换", "/loyalty/redemptions/", ("points.redeem", "points.report")),
            Line("礼品与库存", "/loyalty/gifts/", "points.report"),
            Line("积分活动", "/loyalty/campaigns/", ("points.report", "points.rules")),
            Line("星级评定", "/loyalty/stars/", ("points.report", "points.run")),
            Line("积分生成", "/loyalty/runs/", ("points.report", "points.run")),
            Line("积分对账", "/loyalty/reports/", "points.report"),
            Line("号码查看记录", "/loyalty/looks/", "access_log.review"),
            Line("合作厅授权", "/staff/grants/", "access_log.review"),
            Line("依法提供", "/loyalty/letters/", "customer.disclose"),
        ),
    ),
    Section(
        "投诉建议",
        "speech",
        (
            Line("投诉登记", "/complaints/new/", "complaint.log"),
            Line("投诉处理台", "/complaints/", ("complaint.see", "complaint.log")),
            Line("意见簿", "/complaints/book/", "complaint.see"),
            Line("退费与补偿", "/complaints/refunds/", "complaint.see"),
            Line("客户建议", "/complaints/suggestions/", "complaint.see"),
            Line("投诉统计", "/complaints/figures/", "complaint.figures"),
            Line("时限规则", "/complaints/policy/", "complaint.policy"),
        ),
    ),
    Section(
        "人员",
        "people",
        (
            Line("排班表", "/rosters/", "roster.see"),
            Line("我的班次", "/my-shifts/", "queue.issue"),
            Line("换班与请假", "/shift-changes/", ("queue.issue", "roster.sign")),
            Line("考勤", "/attendance/", "roster.manage"),
            Line("人员与证书", "/staff/", "staff.see"),
            Line("AB 角", "/staff/duties/", "hall.see"),
            Line("晨会与培训", "/staff/training/", "hall.see"),
            Line("业务稽核", "/staff/audits/"),
            Line("我的月度单", "/staff/my-months/"),
            Line("月度单签认", "/staff/months/", "sheet.sign"),
            Line("明星与竞赛", "/staff/stars/", "hall.see"),
            Line("员工建议", "/staff/suggestions/"),
            Line("违规登记", "/staff/violations/"),
            Line("目标", "/staff/targets/", "target.set"),
        ),
    ),
    Section(
        "交接与日结",
        "safe",
        (
            Line("交接班", "/handovers/", "handover.sign"),
            Line("值班日志", "/duty-log/", "handover.manage"),
            Line("缴款与解款", "/money/", ("handover.sign", "money.see")),
            Line("营业日结", "/closings/", "money.see"),
            Line("月结", "/month-closings/", "money.see"),
            Line("卡品票据台账", "/stock/", "money.see"),
        ),
    ),
    Section(
        "服务检查",
        "tablet",
        (
            Line("检查计划", "/inspections/plan/", "inspection.plan"),
            Line("现场检查", "/inspections/tablet/", ("inspection.audit", "inspection.patrol")),
            Line("检查结果", "/inspections/results/", "inspection.see"),
            Line("排名与加分", "/inspections/ranking/", "inspection.see"),
            Line("整改", "/inspections/actions/", "inspection.see"),
            Line("申诉", "/inspections/appeals/", "inspection.see"),
            Line("评分表", "/inspections/cards/", ("inspection.see", "inspection.cards")),
        ),
    ),
    Section(
        "厅务",
        "lobby",
        (
            Line("开门与关门检查", "/halls/checks/", "hall.check", ("/halls/rounds/",)),
            Line("定时巡检", "/halls/patrols/", "hall.check", ("/halls/stains/",)),
            Line("设备与报修", "/halls/equipment/", "hall.check", ("/halls/faults/",)),
            Line("宣传物料", "/halls/materials/", "hall.check"),
            Line("大屏内容", "/halls/tv/", "tv.manage"),
            Line("突发事件", "/halls/incidents/", "hall.check"),
            Line("便民服务", "/halls/convenience/", "hall.check", ("/halls/loans/",)),
            Line("来访与申领", "/halls/registers/", "hall.check", ("/halls/visitors/", "/halls/supplies/")),
            Line("营销活动", "/campaigns/", "hall.check"),
            Line("外出活动", "/outings/", "hall.check"),
            Line("集团客户", "/corporate/", "corporate.see"),
            Line("到期提醒", "/expiry/", "hall.check"),
        ),
    ),
    Section(
        "报表",
        "report",
        (
            Line("营业周报", "/overview/weekly/", "report.see"),
            Line("月度通报", "/overview/circulars/", "report.see"),
            Line("月度资料包", "/overview/months/", "report.see"),
            Line("支撑需求", "/overview/support/", "report.see"),
            Line("区县任务", "/overview/tasks/", ("task.give", "task.do")),
            Line("未提交清单", "/overview/owed/", "report.see"),
            Line("区县对比", "/overview/compare/", "figures.see"),
            Line("指标说明", "/overview/figures/", "figures.see"),
            Line("开窗测算", "/overview/what-if/", "figures.see"),
        ),
    ),
    Section(
        "设置",
        "settings",
        (
            Line("营业时间", "/halls/", "hall.configure"),
            Line("设备配对", "/halls/devices/", "device.pair"),
            Line("开新厅", "/openings/", "hall.open"),
            Line("批量设置", "/bulk/", ("settings.change", "tv.manage")),
            Line("设置", "/admin/", "settings.change"),
        ),
    ),
)


def menu_of(person: Person, path: str) -> list[Section]:
    """The sections in which this person has a line; the line with the longest covering path is `here`."""
    mine = [replace(section, lines=tuple(line for line in section.lines if line.is_for(person))) for section in MENU]
    here = current(line for section in mine for line in section.lines if line.covers(path))
    return [
        replace(section, lines=tuple(replace(line, here=line.path == here) for line in section.lines))
        for section in mine
        if section.lines
    ]


def current(covering: Iterable[Line]) -> str:
    return max((line.path for line in covering), key=len, default="")
