"""Words of what reaches across apps."""

from core.words import Words


class VersionState(Words):
    """Of a weekly report and of a circular: what is signed or issued never changes."""

    DRAFT = "draft", "草稿"
    SIGNED = "signed", "已签发"


class ReportState(Words):
    """How a hall's week stands, as lists show it."""

    MISSING = "missing", "未开始"
    DRAFT = "draft", "填写中"
    SIGNED = "signed", "已签字"
    SIGNED_LATE = "signed_late", "迟交"
    LATE = "late", "超时未交"
    CORRECTING = "correcting", "更正中"


class Section(Words):
    """The parts of a weekly report that are written (R-H-12), in their order."""

    AID = "aid", "服务援助"
    CARE = "care", "服务关怀"
    DIVERSION = "diversion", "厅内电子渠道分流"
    PREPARATION = "preparation", "业务预受理"
    EFFECT = "effect", "效果分析"
    WAIT_PROBLEMS = "wait_problems", "问题分析与支撑建议"
    COMPLAINT_ANALYSIS = "complaint_analysis", "服务质量类投诉分析"
    COMPLAINT_WORK = "complaint_work", "工作开展情况"
    COMPLAINT_PROBLEMS = "complaint_problems", "问题分析与支撑建议"
    FLOOR_WORK = "floor_work", "工作开展情况"
    FLOOR_PROBLEMS = "floor_problems", "问题分析与支撑建议"
    TRAINING = "training", "实施情况"
    MODEL = "model", "建设情况"
    OTHER = "other", "其他"
    PLAN = "plan", "下周工作安排"


class SupportState(Words):
    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"
    DECLINED = "declined", "暂不支撑"
    DONE = "done", "已解决"


class SupportDid(Words):
    RAISED = "raised", "提出"
    ASSIGNED = "assigned", "指定责任人"
    ANSWERED = "answered", "答复"
    DECLINED = "declined", "暂不支撑"
    DONE = "done", "确认解决"
    LATE = "late", "超期提醒"


class TaskState(Words):
    """Of a task in one hall."""

    SENT = "sent", "未读"
    READ = "read", "已读"
    DONE = "done", "待确认"
    ACCEPTED = "accepted", "已完成"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤销"


OPEN_TASKS = frozenset({TaskState.SENT, TaskState.READ, TaskState.RETURNED})


class TaskDid(Words):
    GIVEN = "given", "下达"
    READ = "read", "签收"
    DONE = "done", "提交完成"
    ACCEPTED = "accepted", "确认完成"
    RETURNED = "returned", "退回"
    WITHDRAWN = "withdrawn", "撤销"


class OwedKind(Words):
    """What a hall may not have submitted."""

    WEEKLY = "weekly", "营业周报"
    CLOSING = "closing", "营业日结"
    ACTION = "action", "整改"
    TASK = "task", "任务"
    CHECK = "check", "当日检查"
    APPEAL = "appeal", "申诉处理"
    SAFETY = "safety", "安全月查"
    CIRCULAR = "circular", "通报签收"


class UrgeStage(Words):
    """When somebody was urged; once in each (催办)."""

    BEFORE = "before", "到期前"
    LATE = "late", "已超期"
    LONG_LATE = "long_late", "超期多日"


class AskKind(Words):
    """What may wait for somebody's decision; the value stands in addresses."""

    TAKING = "taking", "接班确认"
    CONSENT = "consent", "同意离岗"
    COUNT = "count", "交接差额"
    DIFFERENCE = "difference", "长短款"
    SLIP = "slip", "缴款签收"
    CLOSING = "closing", "日结差额"
    TRANSFER = "transfer", "调拨接收"
    REFUND = "refund", "退费"
    OFFER = "offer", "补偿"
    PROOF = "proof", "预退查证"
    COLLEAGUE = "colleague", "同事请换班"
    CHANGE = "change", "换班签字"
    LEAVE = "leave", "请假"
    SUPPLY = "supply", "物品申领"
    SIGNING = "signing", "检查签字"
    RECHECK = "recheck", "整改复核"
    APPEAL = "appeal", "检查申诉"
    BONUS = "bonus", "检查加分"
    LETTER = "letter", "依法提供"
    LOOK = "look", "号码查看审核"
    CONDUCT = "conduct", "违规认定"
    SHEET = "sheet", "月度单签认"
    SUGGESTION = "suggestion", "员工建议"
    TASK = "task", "任务确认"
    SUPPORT = "support", "支撑需求"
    SOLVED = "solved", "支撑落实"
    FAULT = "fault", "维修验收"
    AUDIT = "audit", "业务稽核"


class BulkKind(Words):
    """What is set for many halls at once."""

    PARAMETER = "parameter", "参数"
    MATERIAL = "material", "宣传物料"


class CircularPart(Words):
    """What is written in a monthly circular, in its order; the figures stand between."""

    OVERALL = "overall", "总体情况"
    PRAISE = "praise", "表现突出的营业厅"
    FAULTS = "faults", "共性问题"
    CONCERN = "concern", "需要改进的营业厅"
    ACTIONS = "actions", "整改情况"
    DEMANDS = "demands", "下一步要求"


class CircularState(Words):
    """How a circular stands, as lists show it."""

    DRAFT = "draft", "草稿"
    ISSUED = "signed", "已印发"
    CORRECTING = "correcting", "更正中"


class Unfinished(Words):
    """What a month may have left open, in the order of a month pack."""

    CLOSING = "closing", "营业日结"
    MONTH = "month", "月结"
    SHEET = "sheet", "个人月度单"
    WEEKLY = "weekly", "营业周报"
    COMPLAINT = "complaint", "投诉"
    ACTION = "action", "整改"
    APPEAL = "appeal", "检查申诉"
