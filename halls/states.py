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


class MaterialState(Words):
    SHOWING = "showing", "播放中"
    COMING = "coming", "未到日期"
    EXPIRED = "expired", "已到期"
    OFF_TV = "off_tv", "不上大屏"
    RETIRED = "retired", "已撤下"
