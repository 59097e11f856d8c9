from core.words import Codes, Words


class RegionLevel(Words):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    DISTRICT = "district", "区县"


class HallType(Words):
    """R-H-1."""

    GOUTONG100 = "goutong100", "沟通100服务厅"
    GOTONE_STORE = "gotone_store", "全球通品牌店"
    MZONE_STORE = "mzone_store", "动感地带品牌店"
    STANDARD = "standard", "普通店"
    HANDSET_MALL = "handset_mall", "手机卖场"
    TOWNSHIP = "township", "乡镇厅"


class Location(Words):
    URBAN = "urban", "市区"
    COUNTY = "county", "县城、郊县"


class Operation(Words):
    SELF = "self", "自营"
    PARTNER = "partner", "合作"
    OUTSOURCED = "outsourced", "外包"


class QueueMode(Words):
    MACHINE = "machine", "排队机"
    LINE = "line", "一米线"


class Reserved(Words):
    """Whom a window takes first; afterwards it serves the rest."""

    NONE = "", "普通"
    VIP = "vip", "VIP 专席"
    GOTONE = "gotone", "全球通专席"
    GREEN = "green", "爱心窗口"


class Weekday(Codes):
    MONDAY = 0, "周一"
    TUESDAY = 1, "周二"
    WEDNESDAY = 2, "周三"
    THURSDAY = 3, "周四"
    FRIDAY = 4, "周五"
    SATURDAY = 5, "周六"
    SUNDAY = 6, "周日"


class CalendarKind(Words):
    HOLIDAY = "holiday", "法定假日"
    MAKEUP = "makeup", "调休上班"


class DeviceKind(Words):
    KIOSK = "kiosk", "取号机"
    TV = "tv", "叫号大屏"
    WINDOW_DISPLAY = "window_display", "窗口屏"
    CALLER = "caller", "叫号器"
    PAD = "pad", "引导平板"
    RATER = "rater", "评价器"


AT_A_WINDOW = frozenset({DeviceKind.WINDOW_DISPLAY, DeviceKind.CALLER, DeviceKind.RATER})
WATCHED = frozenset({DeviceKind.KIOSK, DeviceKind.TV, DeviceKind.WINDOW_DISPLAY})


class DeviceState(Words):
    """How a machine is, worst first."""

    REVOKED = "revoked", "已停用"
    UNPAIRED = "unpaired", "未配对"
    EXPIRED = "expired", "令牌到期"
    SILENT = "silent", "静默"
    PAPER_OUT = "paper_out", "缺纸"
    ONLINE = "online", "在线"


class MaterialKind(Words):
    """What a lobby TV shows beside the numbers. An urgent notice stays until it is taken down."""

    POSTER = "poster", "海报"
    TIP = "tip", "生活小贴士"
    NOTICE = "notice", "通知"
    URGENT = "urgent", "紧急通知"

    @property
    def heading(self) -> str:
        """What customers read above it."""
        return "优惠活动" if self is MaterialKind.POSTER else str(self.label)


class Carrier(Words):
    """What a material is printed on, or hangs as."""

    SCREEN = "screen", "大屏"
    SIGN = "sign", "招牌与门头"
    FLAG = "flag", "吊旗"
    POSTER = "poster", "墙面海报"
    LEAFLET = "leaflet", "柜台单页"
    PRICES = "prices", "价目表"
    FLOOR = "floor", "地贴"
    BOARD = "board", "公示栏"


class HungState(Words):
    """R-H-8: how a material in its place stands, what must be done first."""

    EXPIRED = "expired", "该撤未撤"
    LAST_DAY = "last_day", "今天撤下"
    ENDING = "ending", "快到期"
    UP = "up", "在用"
    COMING = "coming", "待上墙"
    DOWN = "down", "已撤下"


class DatedKind(Words):
    CONTRACT = "contract", "合同"
    SEAL = "seal", "印章"
    LICENCE = "licence", "证照"
    INSURANCE = "insurance", "保险"
    OTHER = "other", "其他"


class CampaignState(Words):
    COMING = "coming", "未开始"
    RUNNING = "running", "进行中"
    OVER = "over", "已结束"


class CampaignChannel(Words):
    """Where else a campaign is offered (R-H-14: at least one besides the hall)."""

    APP = "app", "手机营业厅"
    SMS = "sms", "短信"
    WEB = "web", "网上营业厅"
    CALL = "call", "10086 外呼"
    MACHINE = "machine", "自助终端"
    AGENT = "agent", "社会渠道"


class OutingKind(Words):
    STALL = "stall", "流动营业厅"
    VISIT = "visit", "上门服务"
    PROMOTION = "promotion", "主动营销"
    LESSON = "lesson", "客户课堂"


class OutingState(Words):
    PLANNED = "planned", "已安排"
    DONE = "done", "已办"
    CANCELLED = "cancelled", "已取消"


class MaterialState(Words):
    SHOWING = "showing", "播放中"
    COMING = "coming", "未到日期"
    EXPIRED = "expired", "已到期"
    OFF_TV = "off_tv", "不上大屏"
    RETIRED = "retired", "已撤下"


class Zone(Words):
    """R-H-2: functional areas of a hall."""

    BUSINESS = "business", "业务办理区"
    SELF_SERVICE = "self_service", "自助服务区"
    REST = "rest", "客户休息区"
    HANDSET_CLUB = "handset_club", "手机俱乐部"
    GOTONE = "gotone_zone", "全球通专区"
    RECEPTION = "reception_room", "接待室"
    ENQUIRY = "enquiry_desk", "综合咨询台"
    VAS = "vas_experience", "新业务体验区"
    ACTIVITY = "activity_display", "活动展示区"
    GIFTS = "gift_display", "礼品展示区"
    HANDSETS = "handset_sales", "手机销售区"


class SelfService(Words):
    """R-H-3: what customers can do at a machine themselves."""

    NONE = "", "不是自助设备"
    NUMBERS = "number_selection", "选号"
    BALANCE = "balance_query", "余额查询"
    STATEMENT = "statement", "账单打印"
    PAYMENT = "payment", "交费"
    ONLINE = "online_terminal", "网上营业厅终端"
    DETAILS = "detail_print", "话单打印"


class Needed(Words):
    """What a requirement counts."""

    ZONE = "zone", "功能区"
    SELF_SERVICE = "self_service", "自助服务"


class Stops(Words):
    """What does not work while a piece of equipment is broken."""

    NOTHING = "nothing", "不影响办理"
    ITSELF = "itself", "该机停用"
    WINDOW = "window", "该窗口停用"
    BUSINESS = "business", "部分业务停办"


class FaultState(Words):
    TO_REPORT = "to_report", "待报修"
    REPORTED = "reported", "已报修"
    REPAIRING = "repairing", "维修中"
    TO_ACCEPT = "to_accept", "待验收"
    FIXED = "fixed", "已修复"


class FaultDid(Words):
    FOUND = "found", "发现故障"
    REPORTED = "reported", "已报修并定计划"
    PLANNED = "planned", "改修复计划"
    STARTED = "started", "开始维修"
    DONE = "done", "报称修好"
    REJECTED = "rejected", "验收未通过"
    ACCEPTED = "accepted", "验收通过"


class CheckKind(Words):
    OPENING = "opening", "开门检查"
    CLOSING = "closing", "关门检查"
    PATROL = "patrol", "定时巡检"
    CONVENIENCE = "convenience", "便民服务检查"
    SAFETY = "safety", "安全月查"


class Answer(Words):
    GOOD = "good", "正常"
    BAD = "bad", "有问题"
    ABSENT = "absent", "不适用"


class RoundState(Words):
    COMING = "coming", "未到时间"
    DUE = "due", "该检查了"
    RUNNING = "running", "检查中"
    DONE = "done", "已完成"
    LATE = "late", "超时未做"


class IncidentKind(Words):
    """R-H-10."""

    POWER = "power", "停电"
    SYSTEM = "system", "业务系统中断"
    CROWD = "crowd", "客流暴增"
    ANGRY = "angry", "客户激烈不满"
    QUARREL = "quarrel", "客户间争吵"
    ILLNESS = "illness", "突发疾病"
    FRAUD = "fraud", "假币或诈骗疑似"
    ROBBERY = "robbery", "抢劫或尾随"
    WEATHER = "weather", "暴雨、积水、大雪"
    FIRE = "fire", "火情"
    VISIT = "visit", "媒体或监管来访"
