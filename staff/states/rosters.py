"""Rosters, leave, swaps and the post of the day."""

from core.words import Words


class SchemeKind(Words):
    """工时制 (Labour Law art. 36, 39): hours counted by the week, or added up over the month."""

    STANDARD = "standard", "标准工时"
    COMPREHENSIVE = "comprehensive", "综合计时"


class PrivateKind(Words):
    NO_LATE = "no_late", "不排晚班"
    NO_OVERTIME = "no_overtime", "不安排加班"


class LeaveKind(Words):
    ANNUAL = "annual", "年假"
    SICK = "sick", "病假"
    PERSONAL = "personal", "事假"
    COMPENSATORY = "compensatory", "调休"
    OTHER = "other", "其他"


class AskState(Words):
    """Of a leave or a wish."""

    ASKED = "asked", "待审批"
    GRANTED = "granted", "已同意"
    DENIED = "denied", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class ChangeKind(Words):
    SWAP = "swap", "换班"
    COVER = "cover", "代班"


class ChangeState(Words):
    """R-S-3: the colleague accepts, the manager signs, only then the roster changes."""

    ASKED = "asked", "待同事同意"
    ACCEPTED = "accepted", "待店长签字"
    SIGNED = "signed", "已生效"
    DECLINED = "declined", "同事未同意"
    REFUSED = "refused", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class RosterState(Words):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    REPLACED = "replaced", "已被新版替换"


class RunState(Words):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "计算中"
    DONE = "done", "已算完"
    CANCELLED = "cancelled", "已停止"
    FAILED = "failed", "没有算出"


class NeedSource(Words):
    FORECAST = "forecast", "预测"
    HAND = "hand", "手工"


class DutySource(Words):
    ROSTER = "roster", "班表"
    HANDOVER = "handover", "交接"
    HAND = "hand", "指定"
