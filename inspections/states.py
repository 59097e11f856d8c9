from core.words import Words


class Unit(Words):
    """What a deduction is counted by (R-I-4)."""

    ITEM = "item", "每次检查一次"
    OCCURRENCE = "occurrence", "每次"
    KEY_POINT = "key_point", "每个要点"
    LEVEL = "level", "每件按程度"


class Answer(Words):
    PASS = "pass", "合格"
    FAIL = "fail", "不合格"
    NOT_APPLICABLE = "na", "不适用"
    UNSEEN = "unseen", "未查到"


class Evidence(Words):
    """R-I-13: what other apps know of the hall's day, offered beside an item."""

    MEAN_WAIT = "mean_wait", "平均等候"
    VIP = "vip", "VIP 接待"
    MATERIALS = "materials", "过期宣传物料"
    FAULTS = "faults", "设备故障"
    COMPLAINTS = "complaints", "未登记的不满"
    DRAWER = "drawer", "抽屉现金"
    HANDOVER = "handover", "交接"


class Peak(Words):
    """R-I-7: decides which floor items are looked at."""

    PEAK = "peak", "高峰"
    OFF_PEAK = "off_peak", "非高峰"


class VisitKind(Words):
    """R-I-11."""

    OPEN = "open", "明察"
    MYSTERY = "mystery", "暗访"
    PATROL = "patrol", "值班巡视"
    SELF_CHECK = "self_check", "厅内自查"


RANKED_KINDS = frozenset({VisitKind.OPEN, VisitKind.MYSTERY})


class VisitState(Words):
    PLANNED = "planned", "未开始"
    RUNNING = "running", "检查中"
    SIGNING = "signing", "待签字"
    UPLOADING = "uploading", "待上传"
    SUBMITTED = "submitted", "已提交"
    APPEALING = "appealing", "申诉中"
    FINAL = "final", "已定分"
    CANCELLED = "cancelled", "已取消"


OPEN_STATES = frozenset({VisitState.PLANNED, VisitState.RUNNING, VisitState.SIGNING})
LOCKED_STATES = frozenset({VisitState.UPLOADING, VisitState.SUBMITTED, VisitState.APPEALING, VisitState.FINAL})
SHOWN_STATES = frozenset({VisitState.SUBMITTED, VisitState.APPEALING, VisitState.FINAL})


class CardState(Words):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"


class ActionState(Words):
    OPEN = "open", "待整改"
    RECHECK = "recheck", "待复核"
    DONE = "done", "已完成"
    ON_SPOT = "on_spot", "现场已改"


class ActionDid(Words):
    OPENED = "opened", "开立"
    ASSIGNED = "assigned", "改派"
    PROVED = "proved", "提交整改"
    PASSED = "passed", "复核通过"
    RETURNED = "returned", "复核退回"
    ESCALATED = "escalated", "超期上报"
    CANCELLED = "cancelled", "申诉撤销"


class AppealState(Words):
    OPEN = "open", "待处理"
    ACCEPTED = "accepted", "申诉成立"
    DECLINED = "declined", "维持原分"


class BonusState(Words):
    NOMINATED = "nominated", "待审批"
    APPROVED = "approved", "已同意"
    DECLINED = "declined", "已退回"
