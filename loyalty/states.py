from core.words import Codes, Words


class Brand(Words):
    GOTONE = "gotone", "全球通"
    MZONE = "mzone", "动感地带"
    EASYOWN = "easyown", "神州行"


class Star(Codes):
    """R-L-3: the operator's own codes, low to high; 未评级 and 准星 are two different things (R-L-2)."""

    UNRATED = -1, "未评级"
    PRE_STAR = 0, "准星"
    ONE = 1, "一星"
    TWO = 2, "二星"
    THREE = 3, "三星"
    FOUR = 4, "四星"
    FIVE_SILVER = 5, "五星银"
    FIVE_GOLD = 6, "五星金"
    FIVE_DIAMOND = 7, "五星钻"


class CustomerStatus(Words):
    NORMAL = "normal", "正常"
    SUSPENDED = "suspended", "停机"
    PENDING_CLOSURE = "pending_closure", "预约销户"
    CLOSED = "closed", "已销户"


class PointsSource(Codes):
    """Where a city's points live: here, or in BOSS, whose balances are only shown (dated parameter)."""

    OWN = 0, "本系统"
    BOSS = 1, "BOSS"


class RatingKind(Words):
    """Why a star was given: R-L-7's first and yearly rating, the starless every month, or told by a file."""

    FIRST = "first", "首次评定"
    YEARLY = "yearly", "年度评定"
    MONTHLY = "monthly", "每月评定"
    TOLD = "told", "外部导入"
    ENDED = "ended", "资格终止"


class RatingReason(Words):
    """What decided a rating (R-L-1, R-L-2, R-L-8)."""

    SCORE = "score", "按得分评定"
    CAPPED = "capped", "年内欠费停机较多,星级封顶"
    TOLD = "told", "按外部系统导入"
    NOT_REAL_NAME = "not_real_name", "未实名登记"
    NOT_PERSONAL = "not_personal", "非个人产品"
    NOT_NORMAL = "not_normal", "号码状态不正常"
    BLACKLISTED = "blacklisted", "在欠费黑名单"
    CLOSED = "closed", "已销户或过户"


class Channel(Words):
    """How a customer asked (R-L-17, R-L-29)."""

    AUTOMATIC = "automatic", "四、五星自动开通"
    HALL = "hall", "营业厅"
    SMS = "sms", "短信"
    API = "api", "接口"
    WEB = "web", "网上营业厅"
    TOLD = "told", "外部导入"


class PlanDid(Words):
    OPENED = "opened", "开通"
    DORMANT = "dormant", "休眠"
    WOKE = "woke", "恢复累计"
    GRACE = "grace", "享一星资格"
    CLOSED = "closed", "关闭"


class PlanState(Words):
    NONE = "none", "未开通"
    LATER = "later", "次月生效"
    ACTIVE = "active", "已开通"
    DORMANT = "dormant", "已开通,暂停累计"
    GRACE = "grace", "未评级(享一星资格)"
    CLOSED = "closed", "已终止"


class LotKind(Codes):
    """What a lot of points was given for. Numbers stand in the ledger: never renumber."""

    CONSUMPTION = 1, "消费积分"
    PROMO = 2, "促销回馈积分"
    CONVERSION = 3, "存量转换"
    GRACE = 4, "消费积分(享一星资格)"
    ADJUSTMENT = 5, "账单更正"


class DebitKind(Codes):
    """What happened to a lot after it was given. Numbers stand in the ledger: never renumber."""

    REDEEM = 11, "兑换"
    REVERSE = 12, "兑换撤销"
    EXPIRE = 13, "到期清零"
    ADJUSTMENT = 14, "账单更正"
    CONVERSION = 15, "1:1.25 转换"


class NotEarned(Codes):
    """Why a bill made no points; 0 is earned. Of several reasons the first one in this order is told."""

    EARNED = 0, "已生成"
    UNRATED = 1, "未评级"
    PRE_STAR = 2, "准星"
    NO_PLAN = 3, "未开通积分计划"
    PLAN_LATER = 4, "积分计划次月生效"
    UNPAID = 5, "未按期交清"
    NOTHING_ELIGIBLE = 6, "无可积分金额"


class RunState(Words):
    RUNNING = "running", "生成中"
    DONE = "done", "已完成"
    FAILED = "failed", "核对不符"


class UnusableReason(Words):
    """Why points that are there cannot be spent now; the screens word it (R-L-24, R-L-25, R-L-28)."""

    NEW_CUSTOMER = "new_customer", "入网未满 6 个月"
    SUSPENDED = "suspended", "停机"
    PENDING_CLOSURE = "pending_closure", "预约销户"
    CLOSED = "closed", "已销户"
    MAINTENANCE = "maintenance", "系统维护"
    BOSS = "boss", "积分由 BOSS 管理"


class RevealReason(Words):
    """Why a whole number is looked at (UI_TEXTS 33): four lawful kinds, and 其他 with words of its own."""

    CALL_BACK = "call_back", "回电答复"
    IDENTITY = "identity", "核对身份"
    COMPLAINT = "complaint", "投诉办理"
    BY_LAW = "by_law", "依法查询"
    OTHER = "other", "其他"
    AT_WINDOW = "at_window", "本窗口客户"


CHOSEN_REASONS = tuple(one for one in RevealReason if one != RevealReason.AT_WINDOW)


class GroundKind(Words):
    """What a clerk has open for a customer."""

    TICKET = "ticket", "号码"
    COMPLAINT = "complaint", "投诉"


class LookKind(Words):
    FOUND = "found", "按号码查询"
    REVEALED = "revealed", "查看完整号码"
    DISCLOSED = "disclosed", "依法提供"
    EXPORTED = "exported", "导出表格"


class Oddity(Words):
    """What makes a look unusual."""

    OFTEN = "often", "短时间内查看较多"
    OFF_SHIFT = "off_shift", "不在班时查看"
    COLLEAGUE = "colleague", "查看同事号码"
    VIP = "vip", "查看重要客户"


class Verdict(Words):
    FINE = "fine", "正常"
    ASK = "ask", "需本人说明"
    WRONG = "wrong", "不应查看"


class Evidence(Words):
    """R-S-24: what proves that the customer agreed. Spoken consent proves nothing and has no code here."""

    WRITTEN = "written", "书面签字"
    SMS = "sms", "短信确认"
    WEB = "web", "网站确认"
    WAP = "wap", "WAP 确认"


class DisclosedItem(Words):
    """What an authority can be given (R-C-21): only what its case needs."""

    IDENTITY = "identity", "姓名与号码"
    STATUS = "status", "号码状态与入网时间"
    POINTS = "points", "积分记录"
    VISITS = "visits", "到厅记录"
    CHANGES = "changes", "业务变更记录"


class GiftKind(Words):
    GOODS = "goods", "实物"
    CREDIT = "credit", "话费"
    VOUCHER = "voucher", "电子券"


class StockDid(Words):
    """Why the stock of a gift at a hall moved; only the last two follow from something else."""

    RECEIVED = "received", "入库"
    SENT = "sent", "调出"
    COUNTED = "counted", "盘点调整"
    DAMAGED = "damaged", "报损"
    REDEEMED = "redeemed", "兑换出库"
    RETURNED = "returned", "撤销回库"


class IdCheck(Words):
    """R-L-29: how the clerk made sure whose points they are."""

    ID_CARD = "id_card", "居民身份证原件"
    PASSPORT = "passport", "护照"
    PERMIT = "permit", "港澳台通行证"
    MILITARY = "military", "军官证或士兵证"
    PIN = "pin", "服务密码"


class RedemptionState(Words):
    DONE = "done", "已兑换"
    CANCELLED = "cancelled", "已撤销"


class VoucherState(Words):
    VALID = "valid", "可使用"
    USED = "used", "已使用"
    CANCELLED = "cancelled", "已作废"
    EXPIRED = "expired", "已过期"


class TellingReason(Words):
    """Why a told customer or bill was refused; written beside the line in the reject file."""

    FUTURE = "future", "入网日期在今天之后"
    FORMER_OWNER = "former_owner", "入网日期早于现在或以前的机主,可能是旧资料"
    OTHER_NAME = "other_name", "姓名与现有机主不同而入网日期相同,过户请填新的入网日期,更名请人工核对"
    CLOSED_NUMBER = "closed_number", "号码已销户,新机主请填新的入网日期"
    TWICE = "twice", "同一文件中重复"
    BAD_LINE = "bad_line", "列数不对或没有写完"
    BAD_PHONE = "bad_phone", "手机号应为 11 位数字"
    BAD_DATE = "bad_date", "日期不对"
    BAD_BRAND = "bad_brand", "没有这个品牌"
    BAD_STAR = "bad_star", "没有这个星级"
    BAD_FLAG = "bad_flag", "是否类的列只能填 1 或 0"
    BAD_STATUS = "bad_status", "没有这个状态"
    BAD_NAME = "bad_name", "姓名过长"
    BAD_MONTH = "bad_month", "账期应为 2026-08 这样的形式"
    FUTURE_MONTH = "future_month", "账期在本月之后"
    BAD_AMOUNT = "bad_amount", "金额应为最多两位小数的数字"
    NEGATIVE = "negative", "金额不能为负"
    MORE_THAN_BILL = "more_than_bill", "赠送、兑换或代收金额大于账单金额"
    BAD_TIME = "bad_time", "交清时间不对"
    UNKNOWN_PHONE = "unknown_phone", "该月没有这个号码的在网客户"
    BOSS_CITY = "boss_city", "该地市的积分由 BOSS 管理"
    NO_CUSTOMER = "no_customer", "没有使用这个号码的客户"
    NOT_BOSS = "not_boss", "该地市的积分由本系统管理,不接收 BOSS 余额"
    BAD_POINTS = "bad_points", "积分应为不小于 0 的整数,可用积分不多于余额"
    RUNNING = "running", "该账期正在生成积分,请生成后再导入"


class Keyword(Words):
    """What a customer texts to the short number (R-L-17, R-L-29)."""

    OPEN = "JFJH", "开通积分计划"
    ASK = "JF", "查询积分"


class PointsText(Words):
    """Sentences of the answers by SMS."""

    OPENED = "opened", "您的和积分计划 {since} 起生效,生效后的账单开始累计积分。"
    NOT_USABLE = "not_usable", "暂不可用:{why}。"


class CheckWord(Words):
    """The equations that the reconciliation proves."""

    BILLS = "bills", "账单数 = 生成时判定的账单数"
    ELIGIBLE = "eligible", "账单可积分金额(分)= 判定的可积分金额(分)"
    LOTS = "lots", "入账批次数 = 判定应生成的笔数"
    RULES = "rules", "入账积分 = 可积分金额 × 倍数,逐笔向上取整"
    POINTS = "points", "入账积分 = 本次生成登记的积分"
    ENTRIES = "entries", "全部批次变动之和 = 全部积分变动之和"
    OVERDRAWN = "overdrawn", "用超的批次数 = 0"
    SETTLED = "settled", "本月兑换过的账户:账户余额与逐笔积分不符的 = 0"
    OVERDUE = "overdue", "已清零日期之前到期仍有余额的批次数 = 0"


class ReportView(Words):
    LEFT = "left", "未用积分"
    FLOW = "flow", "收支"
    CHECK = "check", "对账"
    LEDGER = "ledger", "积分变动"


class ListWord(Words):
    """Why a line of a campaign's list gave nobody points."""

    BAD_PHONE = "bad_phone", "手机号应为 11 位数字"
    BAD_POINTS = "bad_points", "积分应为 1–1000000 的整数"
    TWICE = "twice", "号码重复"
    UNKNOWN = "unknown", "没有使用这个号码的客户"


class CorporateGrade(Words):
    """Classes of corporate customers."""

    A = "A", "A 类集团"
    B = "B", "B 类集团"
    C = "C", "C 类集团"
