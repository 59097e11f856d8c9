from core.words import Words


class Role(Words):
    """R-S-1; guards and cleaners belong to outside firms and have no login."""

    CLERK = "clerk", "营业员"
    GREETER = "greeter", "引导员"
    ENQUIRY = "enquiry", "咨询"
    FLOOR_WALKER = "floor_walker", "流动岗"
    BACK_OFFICE = "back_office", "后台"
    HANDSET_SELLER = "handset_seller", "终端销售"
    ACCOUNT_MANAGER = "account_manager", "客户经理"
    DUTY_MANAGER = "duty_manager", "值班经理"
    HALL_MANAGER = "hall_manager", "店长"
    COMPLAINT_HANDLER = "complaint_handler", "投诉处理员"
    INSPECTOR = "inspector", "督导"
    DISTRICT = "district", "区县主管"
    OPERATIONS = "operations", "市公司运营"


class Post(Words):
    """岗位: what somebody is rostered to do on a day."""

    WINDOW = "window", "窗口"
    ZONE = "zone", "全球通专区"
    DUTY = "duty", "值班经理"
    MANAGER = "manager", "店长"
    FLOOR = "floor", "引导"
    BACK = "back", "后台"
    SALES = "sales", "终端销售"


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


class JobKind(Words):
    """How somebody holds a job; all but the regular ones end on a known day."""

    REGULAR = "regular", "正式"
    TRAINEE = "trainee", "见习"
    STUDENT = "student", "学生"
    TEMPORARY = "temporary", "临时"


class CertificateKind(Words):
    COUNTER = "counter", "上岗证"
    SKILL = "skill", "技能等级证"


class Standing(Words):
    """R-S-14: what a person is at a window on a day."""

    CERTIFIED = "certified", "持证上岗"
    TRAINEE = "trainee", "见习,须有持证同事在场"
    UNPROVEN = "unproven", "未登记上岗证"
    BLOCKED = "blocked", "不能上窗口"


class AccessEnd(Words):
    """How a sign-in came to its end."""

    SIGNED_OUT = "signed_out", "本人退出"
    REPLACED = "replaced", "同一设备重新登录"
    BY_PERSON = "by_person", "本人结束"
    BY_MANAGER = "by_manager", "管理者结束"
    PASSWORD = "password", "密码已改"
    LEFT = "left", "离岗"
    RAN_OUT = "ran_out", "到时失效"


class GrantableRight(Words):
    """What a partner's person can be granted; `staff.access` withholds these from their roles."""

    REVEAL = "customer.reveal", "查看完整号码(有在办号码或投诉)"
    REVEAL_ANY = "customer.reveal_any", "查看完整号码(不需在办号码或投诉)"
    DISCLOSE = "customer.disclose", "依法提供客户信息(双人)"
