"""Words of complaints: what a case is, where it stands, what can happen to it."""

from core.words import Words


class Kind(Words):
    """Suggestions and doubts about value-added services have rules of their own (R-C-19)."""

    COMPLAINT = "complaint", "投诉"
    SUGGESTION = "suggestion", "建议"
    VAS_DOUBT = "vas_doubt", "增值业务疑问"


class Source(Words):
    WINDOW = "window", "窗口"
    LOBBY = "lobby", "大厅"
    BOOK = "book", "意见簿"
    PHONE = "phone", "电话"
    CUSTOMER_PAGE = "customer_page", "客户评价页"
    API = "api", "外部系统"


class Tier(Words):
    """Whose complaint it is; the highest one wins (R-C-5)."""

    VIP = "vip", "VIP"
    GOTONE = "gotone", "全球通"
    OTHER = "other", "普通"


class Status(Words):
    OWNER = "owner", "待机主确认"
    LOGGED = "logged", "已登记"
    HANDLING = "handling", "处理中"
    DISPATCHED = "dispatched", "已派单"
    ANSWERING = "answering", "待答复客户"
    FOLLOW_UP = "follow_up", "待回访"
    ARCHIVED = "archived", "已归档"
    WITHDRAWN = "withdrawn", "已撤回"
    MERGED = "merged", "已合并"
    REJECTED = "rejected", "不予受理"


WORKING = (Status.LOGGED, Status.HANDLING, Status.DISPATCHED, Status.ANSWERING)
OPEN = (Status.OWNER, *WORKING)
SETTLED = (Status.FOLLOW_UP, Status.ARCHIVED)
OVER = (Status.ARCHIVED, Status.WITHDRAWN, Status.MERGED, Status.REJECTED)


class Did(Words):
    """What can happen to a case; each is one kind of event."""

    LOGGED = "logged", "登记"
    ACCEPTED = "accepted", "受理"
    OWNER_ASKED = "owner_asked", "请机主确认"
    OWNER_CONFIRMED = "owner_confirmed", "机主已确认"
    REJECTED = "rejected", "不予受理"
    AMENDED = "amended", "补充登记"
    TIER_CORRECTED = "tier_corrected", "更正客户类别"
    NOTED = "noted", "内部备注"
    TAKEN = "taken", "接手处理"
    FIRST_CHANGED = "first_changed", "改派首问责任人"
    HELPER_ADDED = "helper_added", "增加协办人"
    HELPER_LEFT = "helper_left", "移出协办人"
    REPLIED = "replied", "答复客户"
    DISPATCHED = "dispatched", "派单"
    RETURNED = "returned", "退单"
    URGED = "urged", "催办"
    ANSWERED = "answered", "回单"
    PAUSED = "paused", "暂停计时"
    RESUMED = "resumed", "恢复计时"
    EXTENDED = "extended", "延期"
    POLICY_APPLIED = "policy_applied", "改用新时限"
    ABSORBED = "absorbed", "合并了另一单"
    MERGED = "merged", "已并入另一单"
    PROMISED = "promised", "答应客户"
    PROMISE_KEPT = "promise_kept", "已兑现"
    FLAGGED = "flagged", "标记外部关注"
    REVIEWED = "reviewed", "批阅"
    CLOSED = "closed", "办结"
    REOPENED = "reopened", "重新处理"
    WITHDRAWN = "withdrawn", "客户撤回"
    FOLLOWED_UP = "followed_up", "回访"
    ARCHIVED = "archived", "归档"
    OVERDUE_EXPLAINED = "overdue_explained", "说明超时原因"
    REFUND_ASKED = "refund_asked", "申请退费"
    REFUND_DECIDED = "refund_decided", "退费审批"
    REFUND_PAID = "refund_paid", "退费到账"
    REFUND_VERIFIED = "refund_verified", "预退查证"
    COMPENSATED = "compensated", "补偿"
    ATTACHED = "attached", "添加附件"


class Clock(Words):
    """What is timed."""

    HANDLING = "handling", "处理时限"
    REPLY = "reply", "首次答复"
    OWNER = "owner", "机主确认"
    BOOK = "book", "意见簿批阅回访"
    ANSWER = "answer", "回单时限"
    PROMISE = "promise", "答应客户的时间"
    VERIFY = "verify", "预退查证"


class Told(Words):
    """To whom a level speaks."""

    HANDLER = "handler", "处理人"
    HALL = "hall", "值班经理"
    TEAM = "team", "投诉班"
    CITY = "city", "市公司"


class PauseReason(Words):
    CUSTOMER_PAPERS = "customer_papers", "等客户补材料"
    CUSTOMER_TIME = "customer_time", "客户另约时间"
    CUSTOMER_AWAY = "customer_away", "客户联系不上"


class Exempt(Words):
    """R-C-8: only these two may be given more time."""

    INTERCONNECT = "interconnect", "互联互通"
    INTER_PROVINCE = "inter_province", "跨省协调"


class Identity(Words):
    """R-C-3: what the check of the person found."""

    OWNER = "owner", "机主本人"
    VISITOR = "visitor", "现场服务当事人"
    GUARDIAN = "guardian", "监护人(已核证件)"
    NOT_OWNER = "not_owner", "非机主"
    UNCHECKED = "unchecked", "尚未核对"


CLOCK_RUNS_FOR = (Identity.OWNER, Identity.VISITOR, Identity.GUARDIAN, Identity.UNCHECKED)


class OwnerSaid(Words):
    SMS = "sms", "短信确认"
    CALL = "call", "电话确认"
    DOCUMENT = "document", "监护证件"
    DENIED = "denied", "机主否认"
    TIME_OUT = "time_out", "24 小时内未确认"


class Flag(Words):
    REGULATOR = "regulator", "监管部门"
    MEDIA = "media", "媒体"
    CONSUMER = "consumer", "消协"


class Outcome(Words):
    SOLVED = "solved", "已解决"
    EXPLAINED = "explained", "已解释说明"
    REFUNDED = "refunded", "已退费或补偿"
    UNFOUNDED = "unfounded", "查无依据"
    ADOPTED = "adopted", "建议已采纳"
    DECLINED = "declined", "建议暂不采纳"


class Satisfied(Words):
    YES = "yes", "满意"
    FAIR = "fair", "一般"
    NO = "no", "不满意"
    UNREACHED = "unreached", "未联系上"


class LateReason(Words):
    OTHER_TEAM = "other_team", "协办部门未按时回单"
    HARD = "hard", "情况复杂"
    CUSTOMER = "customer", "客户原因"
    FORGOTTEN = "forgotten", "未及时跟进"
    SYSTEM = "system", "系统原因"


class Ground(Words):
    """R-C-11: why money goes back."""

    PROMISED = "promised", "收费差错,双倍返还"
    UNPROVEN = "unproven", "时限内未查实,按本金退"
    OUR_FAULT = "our_fault", "企业责任,按本金退"


class Money(Words):
    """Where one payment stands."""

    ASKED = "asked", "待审批"
    AGREED = "agreed", "已同意"
    SENT = "sent", "待出账"
    PAID = "paid", "已到账"
    REFUSED = "refused", "已驳回"
    VERIFYING = "verifying", "预退待查证"


class Part(Words):
    WHOLE = "whole", "全额"
    PRINCIPAL = "principal", "本金"
    SECOND = "second", "双倍返还部分"


class Rung(Words):
    """Who may agree, from the smallest sum upwards."""

    DUTY = "duty", "值班经理"
    HALL = "hall", "店长"
    TEAM = "team", "投诉班"
    CITY = "city", "市公司"


class FileKind(Words):
    JPG = "jpg", "图片"
    PNG = "png", "图片 PNG"
    PDF = "pdf", "PDF 文件"
    MP3 = "mp3", "录音"


class LookFor(Words):
    """Why a whole number is looked at (R-C-21)."""

    CALL = "call", "回电答复"
    CHECK = "check", "核对身份"
    HANDLE = "handle", "投诉办理"
    LAW = "law", "依法查询"


class FiguresBy(Words):
    DAY = "day", "按天"
    HALL = "hall", "按营业厅"
    CATEGORY = "category", "按类别"
    CLERK = "clerk", "按首问责任人"
