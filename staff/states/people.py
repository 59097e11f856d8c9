"""People, their jobs, papers and preferences."""

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


class GrantState(Words):
    """How a grant stands on a day; not stored."""

    IN_FORCE = "in_force", "有效"
    COMING = "coming", "未开始"
    OVER = "over", "已到期"
    TAKEN_BACK = "taken_back", "已收回"


class TextSize(Words):
    """Of the staff pages, for one person."""

    USUAL = "usual", "标准"
    LARGE = "large", "大"
    LARGER = "larger", "特大"
