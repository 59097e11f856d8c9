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
    CLOSED = "closed", "日终关闭"


class WindowDid(Words):
    SIGNED_IN = "signed_in", "签入"
    SIGNED_OUT = "signed_out", "签出"
    PAUSED = "paused", "暂停服务"
    RESUMED = "resumed", "恢复服务"
    NIGHT_CLOSED = "night_closed", "夜间自动签出"


class EndMark(Words):
    NONE = "", ""
    NIGHT = "night", "夜间自动关闭"
    MANAGER = "manager", "值班经理签出"
