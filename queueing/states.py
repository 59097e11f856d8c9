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
    RETURNED = "returned", "回厅"


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


class OutageKind(Words):
    """What is down (R-H-10)."""

    BOSS = "boss", "业务系统中断"
    NETWORK = "network", "网络中断"
    PAYMENT = "payment", "收款通道中断"
    POWER = "power", "停电"


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

    HALL = "hall", "按营业厅"
    DAY = "day", "按天"
    SLOT = "slot", "按半小时"
    BUSINESS = "business", "按业务"
    CLASS = "class", "按客户类别"
    CLERK = "clerk", "按营业员"


class FigureMetric(Words):
    """The two readings of R-Q-3; the limits are the same."""

    SERVICE = "service", "按办理时长"
    WAIT = "wait", "按等候时长"


class FigureView(Words):
    """Which columns a table of figures shows."""

    WAITS = "waits", "等候与办理"
    WINDOWS = "windows", "窗口与暂停"
    CARE = "care", "评价与分流"


class MeanOf(Words):
    """Whose mean service time is kept."""

    BUSINESS = "business", "按业务"
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


class Measure(Words):
    """The figures of the statistics; what each means stands in MEANINGS."""

    ISSUED = "issued", "取号数"
    SERVED = "served", "办结数"
    MEAN_WAIT = "mean_wait", "平均等候"
    WAIT_P50 = "wait_p50", "半数等候"
    WAIT_P90 = "wait_p90", "九成等候"
    WITHIN_STANDARD = "within_standard", "等候达标率"
    LONG_WAITS = "long_waits", "长时间等候"
    CARED = "cared", "已关怀"
    MEAN_SERVICE = "mean_service", "平均办理"
    SERVICE_IN_LIMIT = "service_in_limit", "办理时长达标率"
    WAIT_IN_LIMIT = "wait_in_limit", "等候时长达标率"
    NO_SHOW_RATE = "no_show_rate", "空票率"
    NO_SHOW_WAIT = "no_show_wait", "空票已等候"
    ABANDONED = "abandoned", "未办理"
    HANDLED = "handled", "办理业务数"
    OPEN_HOURS = "open_hours", "开窗"
    BUSY_HOURS = "busy_hours", "窗口有客户"
    IDLE_HOURS = "idle_hours", "窗口空闲"
    IDLE_SHARE = "idle_share", "空闲占比"
    PAUSE_HOURS = "pause_hours", "暂停服务"
    RATINGS = "ratings", "评价数"
    MEAN_RATING = "mean_rating", "平均评价"
    LOW_RATINGS = "low_ratings", "不满意"
    ONLINE_HANDLED = "online_handled", "线上可办而在窗口办"
    TOLD_ONLINE = "told_online", "已告知线上可办"
    SENT_ON = "sent_on", "转自助或线上"
    DIVERSION_RATE = "diversion_rate", "分流率"
    VIP_MET = "vip_met", "VIP 按时接待率"
    PROMISE_KEPT = "promise_kept", "预计等候兑现率"
    PROMISE_ERROR = "promise_error", "预计等候误差"


MEANINGS: dict[str, str] = {
    Measure.ISSUED: "当天取的号码。演示号码不计入。",
    Measure.SERVED: "已办结的号码。",
    Measure.MEAN_WAIT: "从取号到应答的叫号,不含外出补材料和过号后离开的时间;"
    "只计已应答的号码。标准为平均不超过 15 分钟(含)。",
    Measure.WAIT_P50: "半数客户等候不超过的时间:一半客户等得更短,由每分钟的人数推算。",
    Measure.WAIT_P90: "九成客户等候不超过的时间:十位客户中最多一位等得更久,由每分钟的人数推算。",
    Measure.WITHIN_STANDARD: "等候不超过标准(默认 15 分钟,含)的号码 ÷ 已应答的号码。",
    Measure.LONG_WAITS: "等候超过 30 分钟(默认)后才应答的号码。",
    Measure.CARED: "因等候过久已去关怀并致歉的号码。",
    Measure.MEAN_SERVICE: "从开始办理(没按开始时从叫号)到办结,不含暂挂。一号多业务时,按业务看的时间按计划分钟分摊。",
    Measure.SERVICE_IN_LIMIT: "办理时长不超过标准的号码 ÷ 办结数。"
    "标准:闲时全球通 10 分钟,闲时其他品牌 15 分钟,忙时一律 10 分钟(均含)。"
    "忙时看叫号所在的半小时:平均每个开着的窗口等候超过 3 人,一米线排队达 3 人。",
    Measure.WAIT_IN_LIMIT: "同一组标准用于等候时长的第二口径 ÷ 办结数。",
    Measure.NO_SHOW_RATE: "叫号后无人应答的号码 ÷ 取号数。",
    Measure.NO_SHOW_WAIT: "空票在最后一次叫号时已等候的平均时间。",
    Measure.ABANDONED: "空票、已取消和日终关闭的号码,不计入等候。",
    Measure.HANDLED: "办结号码上办理的业务,一号多业务时逐项计。",
    Measure.OPEN_HOURS: "窗口签入且没有暂停服务的时间。",
    Measure.BUSY_HOURS: "窗口从叫号到办结或过号的时间,不含暂挂。",
    Measure.IDLE_HOURS: "开窗时间减去有客户的时间。",
    Measure.IDLE_SHARE: "窗口空闲 ÷ 开窗。",
    Measure.PAUSE_HOURS: "窗口签入后暂停服务的时间,按原因分列。",
    Measure.RATINGS: "客户评过分的号码。",
    Measure.MEAN_RATING: "5 分非常满意,1 分非常不满意。",
    Measure.LOW_RATINGS: "评 1 分或 2 分的号码。",
    Measure.ONLINE_HANDLED: "在窗口办结、但线上或自助也能办的业务。",
    Measure.TOLD_ONLINE: "办结时记了「已告知线上可办」的号码。",
    Measure.SENT_ON: "引导员在门口转自助或转线上办理的客户。",
    Measure.DIVERSION_RATE: "转自助或线上 ÷(转自助或线上 + 线上可办而在窗口办)。",
    Measure.VIP_MET: "声明身份后 5 分钟内(含)有专人接待的 VIP ÷ 到厅 VIP。",
    Measure.PROMISE_KEPT: "实际等候不超过取号时预计上限的号码 ÷ 有预计的已应答号码。",
    Measure.PROMISE_ERROR: "取号时预计(中位数)与实际等候之差的平均。",
}


class SheetText(Words):
    """What stands on an Excel file of figures beside its columns."""

    FIGURES = "figures", "排队统计"
    MEANINGS = "meanings", "指标说明"
    LINE = "line", "口径"
    TOTAL = "total", "合计"
    ESTIMATED = "estimated", "含一米线营业厅:等候时间按人数登记的时刻估计。"


class UnitText(Words):
    MINUTES = "minutes", "分钟"
    HOURS = "hours", "小时"
    SCORE = "score", "分"


class Tell(Words):
    """How somebody learns what to bring."""

    WORD = "word", "口头告知"
    PAPER = "paper", "打印告知单"
    SMS = "sms", "短信发送"
