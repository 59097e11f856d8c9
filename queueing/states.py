from core.words import Words


class TicketState(Words):
    WAITING = "waiting", "等候中"
    CALLED = "called", "已叫号"
    SERVING = "serving", "办理中"
    HELD = "held", "暂挂"
    DONE = "done", "已办结"
    NO_SHOW = "no_show", "已过号"
    CANCELLED = "cancelled", "已取消"
    CLOSED = "closed", "日终关闭"


ACTIVE = (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD)
AT_WINDOW = (TicketState.CALLED, TicketState.SERVING)


class WindowState(Words):
    CLOSED = "closed", "未开"
    FREE = "free", "空闲"
    CALLED = "called", "已叫号"
    SERVING = "serving", "办理中"
    PAUSED = "paused", "暂停服务"


class PauseReason(Words):
    MEAL = "meal", "用餐"
    PAY_IN = "pay_in", "缴款"
    FETCH = "fetch", "取材料"
    FAULT = "fault", "设备故障"
    ASK = "ask", "请示"
    OTHER = "other", "其他"


class Source(Words):
    KIOSK = "kiosk", "取号机"
    GREETER = "greeter", "引导台"
    COUNTER = "counter", "窗口"
    API = "api", "外部系统"
    LINE = "line", "一米线"
    BOOKED = "booked", "预约"


class Lane(Words):
    NORMAL = "", "普通"
    GREEN = "green", "爱心通道"


class HoldKind(Words):
    AWAY = "away", "客户暂离"
    PAPERS = "papers", "待补资料"
    BACK_OFFICE = "back_office", "等后台处理"


class Place(Words):
    """Where a transferred number goes in its new line."""

    FRONT = "front", "排最前"
    AGE = "age", "按原取号时间"
    END = "end", "排最后"


class Did(Words):
    """What happened to a number; one event row each."""

    TAKEN = "taken", "取号"
    CALLED = "called", "叫号"
    RECALLED = "recalled", "重呼"
    STARTED = "started", "开始办理"
    FINISHED = "finished", "办结"
    NO_SHOW = "no_show", "过号"
    HELD = "held", "暂挂"
    RESUMED = "resumed", "恢复"
    TRANSFERRED = "transferred", "转办"
    CANCELLED = "cancelled", "取消"
    REQUEUED = "requeued", "过号补办"
    RATED = "rated", "评价"
    UNDONE = "undone", "撤销"
    SET_ASIDE = "set_aside", "先去补材料"
    CAME_BACK = "came_back", "补齐回来"
    CHANGED = "changed", "更改业务"
    CARED = "cared", "等候关怀"
    EXPLAINED = "explained", "说明不满意原因"
    REVEALED = "revealed", "查看完整号码"
    CALLED_BACK = "called_back", "已联系客户"
    ADDED = "added", "加办业务"
    DROPPED = "dropped", "去掉加办业务"
    NOTED = "noted", "办结小记"
    CLOSED = "closed", "日终关闭"


class WindowDid(Words):
    SIGNED_IN = "signed_in", "签入"
    SIGNED_OUT = "signed_out", "签出"
    PAUSED = "paused", "暂停服务"
    RESUMED = "resumed", "恢复服务"
    NIGHT_CLOSED = "night_closed", "夜间自动签出"


class CallReason(Words):
    """Why a number goes out of turn; the words are kept, so that free text may stand in their place."""

    HURRY = "hurry", "客户赶时间"
    FRAIL = "frail", "长者或行动不便"
    PAPERS = "papers", "补齐材料回来"
    KNOWN = "known", "上次由本窗口办理"
    UPSET = "upset", "客户着急,先安抚"


class Retention(Words):
    """How the talk with somebody who wants to leave us ended (port-out, closing)."""

    NONE = "", ""
    STAYED = "stayed", "已挽留"
    LEFT = "left", "未挽留"
    THINKING = "thinking", "再考虑"


class EndMark(Words):
    NONE = "", ""
    NIGHT = "night", "夜间自动关闭"
    MANAGER = "manager", "值班经理签出"


class Outcome(Words):
    """How the greeter sent a visitor on (R-Q-11)."""

    ANSWERED = "answered", "咨询已解答"
    SELF_SERVICE = "self_service", "转自助办理"
    E_CHANNEL = "e_channel", "转线上办理"
    NO_DOCUMENTS = "no_documents", "材料不齐"


class AlertKind(Words):
    """The floor rules that call for somebody."""

    VIP = "vip", "VIP 到厅待接待"  # R-Q-2
    PEAK = "peak", "客流高峰,窗口未全开"  # R-Q-4, R-Q-5
    MORE_WINDOWS = "more_windows", "每窗口等候 5 位以上"  # R-Q-6
    NOON = "noon", "午间窗口不足半数"  # R-Q-7
    CARE = "care", "等候超过 30 分钟"  # R-Q-8
    HANDOVER = "handover", "高峰期换班"  # R-Q-13
    ZONE = "zone", "全球通专区排队"  # R-Q-15
    MEAN_WAIT = "mean_wait", "平均等候超过 15 分钟"  # R-Q-1
    LINGERING = "lingering", "自助区需要协助"  # R-Q-17
    MANAGER = "manager", "窗口请值班经理"


class AlertLevel(Words):
    YELLOW = "yellow", "注意"
    RED = "red", "紧急"


class AlertAnswer(Words):
    NONE = "", ""
    HANDLING = "handling", "去处理"
    SUPPORT = "support", "请后台支援"
    NOTED = "noted", "已知悉"


class SnoozeReason(Words):
    """Why nothing more is done for a quarter of an hour."""

    NONE = "", ""
    NOBODY_FREE = "nobody_free", "暂无人手"
    BACK_SOON = "back_soon", "有人马上回来"
    EASING = "easing", "客流正在回落"
    IN_HAND = "in_hand", "已在处理"


class AppointmentState(Words):
    BOOKED = "booked", "已预约"
    ARRIVED = "arrived", "已到厅"
    LAPSED = "lapsed", "已失效"
    CANCELLED = "cancelled", "已取消"


class LowReason(Words):
    """What was wrong, after a low rating (R-H-19). 「需要有人联系我」 is a wish, kept beside these."""

    WAIT = "wait", "等候久"
    MANNER = "manner", "态度"
    NOT_DONE = "not_done", "没办成"
    UNCLEAR = "unclear", "解释不清"
    CHARGE = "charge", "收费"
    PLACE = "place", "环境"


class Stopped(Words):
    """Why a group gives no numbers today."""

    NO = "", ""
    STOPPED = "stopped", "暂停取号"
    FULL = "full", "今日号已取完"


class FigureBy(Words):
    """What figures are grouped by."""

    DAY = "day", "按天"
    SLOT = "slot", "按半小时"
    BUSINESS = "business", "按业务"
    CLASS = "class", "按客户类别"
    CLERK = "clerk", "按营业员"


class ItemKind(Words):
    """A document is shown and must be there; of the information some items are enough (补卡 9选3)."""

    DOCUMENT = "document", "证件材料"
    INFORMATION = "information", "核对信息"


class JobKind(Words):
    """What a tablet sends to the hall's printer."""

    SLIP = "slip", "号码小票"
    LIST = "list", "一次性告知单"


class JobState(Words):
    WAITING = "waiting", "正在打印"
    PRINTED = "printed", "已打印"
    EXPIRED = "expired", "打印机没有应答"
