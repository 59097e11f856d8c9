"""The figures of a hall: what each is called, how it is reckoned, by which rule, from which tables.

The same name means the same number everywhere: cockpit, comparison, reports and the API read these and no others.
"""

from dataclasses import dataclass

from queueing.states import MEANINGS, Measure

COUNT, MINUTES, HOURS, SHARE, SCORE, POINTS, YUAN = "count", "minutes", "hours", "share", "score", "points", "yuan"
UNITS = {
    COUNT: "个", MINUTES: "分钟", HOURS: "小时", SHARE: "比例(0–1)", SCORE: "分(1–5)", POINTS: "分", YUAN: "元",
}  # fmt: skip
LOW, HIGH = "low", "high"

Value = float | int | None


@dataclass(frozen=True)
class Figure:
    """`is_now`: of this moment, whatever days are asked for. `better` says which way is good, empty = neither."""

    key: str
    name: str
    unit: str
    formula: str
    rule: str
    source: str
    group: str = ""
    is_now: bool = False
    better: str = ""

    @property
    def unit_name(self) -> str:
        return UNITS[self.unit]

    def text(self, value: Value) -> str:
        """As shown, with its unit; a dash where nobody counted or nothing is there to divide by."""
        if value is None:
            return "—"
        if self.unit == SHARE:
            return f"{value:.1%}"
        if self.unit == MINUTES:
            return f"{value:.1f} 分"
        if self.unit == HOURS:
            return f"{value:.1f} 小时" if value < 48 else f"{value / 24:.1f} 天"
        if self.unit == YUAN:
            return f"{value:,.2f} 元"
        return f"{value:.2f}" if self.unit == SCORE else f"{value:,.0f}"


def _of(measure: Measure, unit: str, rule: str, source: str, better: str = "") -> Figure:
    """One that the statistics of the queue have too: same key, same words."""
    return Figure(measure.value, str(measure.label), unit, MEANINGS[measure], rule, source, "排队", better=better)


TICKETS = "queueing_ticket(按日汇总:queueing_figure)"
DOOR = "queueing_visit、queueing_ticket(按日汇总:queueing_figure)"
M = Measure

_QUEUE = (
    Figure("waiting", "等候人数", COUNT, "现在等候中的号码。", "R-H-13", "queueing_ticket", "排队", True, LOW),
    Figure("longest_wait", "最长已等候", MINUTES,
        "现在等候最久的一位已等候的时间,不含外出补材料、过号后离开和转办前在窗口的时间;没有人等候时为空。",
        "R-Q-8", "queueing_ticket", "排队", True, LOW),
    Figure("open_windows", "开着的窗口", COUNT, "现在签入且没有暂停服务的窗口。", "R-Q-5", "queueing_windowsession",
        "排队", True),
    Figure("alerts", "未处理提醒", COUNT, "现场提醒中还没有结束的,黄色与红色都计。", "R-Q-6", "queueing_alert",
        "排队", True, LOW),
    _of(M.ISSUED, COUNT, "R-Q-10", TICKETS),
    Figure("answered", "已叫号", COUNT, "叫号后有人应答的号码:办理中、暂挂和已办结。", "R-Q-1", TICKETS, "排队"),
    _of(M.SERVED, COUNT, "R-Q-1", TICKETS),
    _of(M.MEAN_WAIT, MINUTES, "R-Q-1", TICKETS, LOW),
    _of(M.WAIT_P50, MINUTES, "R-Q-1", TICKETS, LOW),
    _of(M.WAIT_P90, MINUTES, "R-Q-1", TICKETS, LOW),
    _of(M.WITHIN_STANDARD, SHARE, "R-Q-1", TICKETS, HIGH),
    Figure("busy_wait", "忙时平均等候", MINUTES,
        "在忙时半小时内叫到的号码的平均等候。忙时:平均每个开着的窗口等候超过 3 人,一米线排队达 3 人。",
        "R-Q-3、R-Q-4", "queueing_halfhourcause", "排队", better=LOW),
    Figure("idle_wait", "闲时平均等候", MINUTES, "在其余半小时内叫到的号码的平均等候。", "R-Q-3、R-Q-4",
        "queueing_halfhourcause", "排队", better=LOW),
    _of(M.LONG_WAITS, COUNT, "R-Q-8", TICKETS, LOW),
    _of(M.CARED, COUNT, "R-Q-8", TICKETS),
    _of(M.MEAN_SERVICE, MINUTES, "R-Q-3", TICKETS, LOW),
    _of(M.SERVICE_IN_LIMIT, SHARE, "R-Q-3", TICKETS, HIGH),
    Figure("no_shows", "空票", COUNT, "叫号后无人应答的号码。", "R-Q-10", TICKETS, "排队", better=LOW),
    _of(M.NO_SHOW_RATE, SHARE, "R-Q-10", TICKETS, LOW),
    _of(M.VIP_MET, SHARE, "R-Q-2", "queueing_viparrival(按日汇总:queueing_figure)", HIGH),
    _of(M.SENT_ON, COUNT, "R-Q-11", DOOR),
    _of(M.ONLINE_HANDLED, COUNT, "R-H-16", TICKETS, LOW),
    _of(M.DIVERSION_RATE, SHARE, "R-H-16", DOOR, HIGH),
    _of(M.PROMISE_KEPT, SHARE, "R-Q-9", TICKETS, HIGH),
    _of(M.RATINGS, COUNT, "R-H-19", TICKETS),
    _of(M.MEAN_RATING, SCORE, "R-H-19", TICKETS, HIGH),
    _of(M.LOW_RATINGS, COUNT, "R-H-19", TICKETS, LOW),
)  # fmt: skip

CASES = "complaints_complaint"
_COMPLAINTS = (
    Figure("complaints_logged", "登记投诉", COUNT, "这些天登记的投诉,现场解决的也计;建议、咨询和演示不计。", "R-C-1",
        CASES, "投诉"),
    Figure("complaints_closed", "投诉办结", COUNT, "这些天登记、现已办结的投诉。", "R-C-2", CASES, "投诉"),
    Figure("complaints_late", "超时投诉", COUNT, "这些天登记、受理后超过处理时限的投诉,已办结的也计。", "R-C-5",
        CASES, "投诉", better=LOW),
    Figure("complaints_on_time", "投诉及时率", SHARE, "(受理数 − 超时投诉)÷ 受理数;不予受理的不在分母。", "R-C-9",
        CASES, "投诉", better=HIGH),
    Figure("replies_on_time", "首次答复及时率", SHARE, "受理的投诉中首次答复没有超时的比例。", "R-C-7", CASES, "投诉",
        better=HIGH),
    Figure("complaints_open", "在办投诉", COUNT, "投诉台上现在还没有办结的单子,建议与增值业务疑问也在内。", "R-C-2",
        CASES, "投诉", True, LOW),
    Figure("complaints_today", "今天到期投诉", COUNT, "在办投诉中下一个时限在今天 24:00 前且未过的。",
        "R-C-5", CASES, "投诉", True, LOW),
    Figure("complaints_overdue", "已超时投诉", COUNT, "在办投诉中下一个时限已过的。", "R-C-5", CASES,
        "投诉", True, LOW),
    Figure("refunds", "退费笔数", COUNT, "这些天登记的投诉已到账的退费;分两次退的计两笔。", "R-C-11",
        "complaints_refundpayment", "投诉"),
    Figure("refunded", "退费金额", YUAN, "同上各笔的金额合计。", "R-C-10、R-C-13", "complaints_refundpayment",
        "投诉"),
)  # fmt: skip

ATTENDANCE = "staff_turn、staff_attendance"
_STAFF = (
    Figure("shifts", "应到班次", COUNT, "已发布班表中已经开始的班次。没有发布班表、或这些天没有班次的为空。",
        "R-S-3", ATTENDANCE, "人员"),
    Figure("came", "实到班次", COUNT, "应到班次中打过到班卡的。", "R-S-4", ATTENDANCE, "人员"),
    Figure("attendance_rate", "到岗率", SHARE, "实到班次 ÷ 应到班次。", "R-S-4", ATTENDANCE, "人员", better=HIGH),
    Figure("punctual_rate", "准时到岗率", SHARE, "按时到班(接班提前 15 分钟,值班经理提前 30 分钟)的班次 ÷ 应到班次。",
        "R-S-4", ATTENDANCE, "人员", better=HIGH),
    Figure("handovers_open", "未完成交接", COUNT, "现在还没有双方签字的交接班。", "R-S-6", "staff_handover", "人员",
        True, LOW),
    Figure("reliefs_late", "接班人未到", COUNT, "未完成交接中接班人应到时间已过、也没有同意先离岗的。", "R-S-7",
        "staff_handover", "人员", True, LOW),
    Figure("closings_overdue", "超时未交日结", COUNT, "近日(默认 7 天)营业、过了当天 24:00 还没有提交的日结。",
        "R-S-10", "staff_dailyclosing", "人员", True, LOW),
)  # fmt: skip

_HALLS = (
    Figure("faults_found", "新增故障", COUNT, "这些天发现的设备故障。", "R-H-4", "halls_fault", "厅务", better=LOW),
    Figure("repair_hours", "平均修复时长", HOURS, "这些天发现、现已修复的故障从发现到验收的平均时间。", "R-H-4",
        "halls_fault", "厅务", better=LOW),
    Figure("faults_open", "未修复故障", COUNT, "现在还没有验收修好的故障。", "R-H-4", "halls_fault", "厅务", True,
        LOW),
    Figure("faults_overdue", "超期故障", COUNT, "未修复故障中报修超过 8 小时或修复超过 5 个工作日的。", "R-H-4",
        "halls_fault", "厅务", True, LOW),
    Figure("patrols_due", "应做巡检", COUNT, "巡检表上时间已到的巡检,从该厅第一次检查的那天算起。", "R-H-7",
        "halls_checklist、halls_round", "厅务"),
    Figure("patrols_done", "已做巡检", COUNT, "应做巡检中已经完成的,逐个时刻对应,补做也计;别的时刻做的巡检不能抵。",
        "R-H-7", "halls_round", "厅务"),
    Figure("patrol_rate", "巡检完成率", SHARE, "已做巡检 ÷ 应做巡检。", "R-H-7", "halls_checklist、halls_round",
        "厅务", better=HIGH),
    Figure("check_rate", "开关门检查完成率", SHARE, "时间已到的开门与关门检查中已经完成的比例,逐个时刻对应。", "R-H-6",
        "halls_checklist、halls_round", "厅务", better=HIGH),
    Figure("materials_expired", "过期物料", COUNT,
        "挂在本厅的宣传物料中已过最后一天还没有撤下的;区县下发的也计,大屏的不计。", "R-H-8",
        "halls_material、halls_takendown", "厅务", True, LOW),
)  # fmt: skip

_REST = (
    Figure("last_score", "最近检查得分", POINTS, "这些天内最近一次计入排名的检查的得分(百分制)。", "R-I-2",
        "inspections_visit", "服务检查", better=HIGH),
    Figure("actions_open", "未完成整改", COUNT, "现在待整改和待复核的扣分项。", "R-I-10",
        "inspections_correctiveaction", "服务检查", True, LOW),
    Figure("actions_overdue", "超期整改", COUNT, "待整改中期限的那天已过的。", "R-I-10",
        "inspections_correctiveaction", "服务检查", True, LOW),
    Figure("redemptions", "积分兑换笔数", COUNT, "这些天在厅兑换、没有撤销的礼品单。", "R-L-29", "loyalty_redemption",
        "积分"),
    Figure("redeemed_points", "兑换积分", POINTS, "同上各单所用的积分合计。", "R-L-29", "loyalty_redemption", "积分"),
)  # fmt: skip

ALL: dict[str, Figure] = {one.key: one for one in (*_QUEUE, *_COMPLAINTS, *_STAFF, *_HALLS, *_REST)}
GROUPS = tuple(dict.fromkeys(one.group for one in ALL.values()))


def outlook(figure: Figure, before: Value, after: Value) -> str:
    """Whether a change is for the better: good, bad, or empty where neither can be said."""
    if before is None or after is None or before == after or not figure.better:
        return ""
    return "good" if (after < before) == (figure.better == LOW) else "bad"
