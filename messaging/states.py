from django.db.models import TextChoices


class MessageKind(TextChoices):
    """How urgent a text is; what that means for the hour and the month is in rules.py (R-S-23)."""

    CODE = "code", "验证码"
    CALL = "call", "叫号短信"
    STAFF_ALERT = "staff_alert", "员工提醒"
    NOTICE = "notice", "业务通知"
    GREETING = "greeting", "问候关怀"


class MessageState(TextChoices):
    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "网关拒收"
    DROPPED = "dropped", "按规则不发"


class NoticeLevel(TextChoices):
    INFO = "info", "通知"
    ALERT = "alert", "提醒"


UNSENT = (MessageState.WAITING, MessageState.SENDING)


# Callables, so that rewording a label is not a migration.
def kinds() -> list[tuple[str, str]]:
    return MessageKind.choices


def states() -> list[tuple[str, str]]:
    return MessageState.choices


def levels() -> list[tuple[str, str]]:
    return NoticeLevel.choices


class NoticeTopic(TextChoices):
    """What a notice is about; each person chooses by topic how to be told."""

    SHIFTS = "shifts", "排班与考勤"
    MONEY = "money", "交接与款项"
    QUEUE = "queue", "现场与排队"
    COMPLAINTS = "complaints", "投诉"
    INSPECTIONS = "inspections", "服务检查"
    HALL = "hall", "厅务与设备"
    PEOPLE = "people", "人员与培训"
    PRIVACY = "privacy", "客户信息保护"
    REPORTS = "reports", "报表与任务"
    ACCOUNT = "account", "账号安全"
    OTHER = "other", "其他"


class Channel(TextChoices):
    BELL = "bell", "铃声提示"
    SMS = "sms", "短信"
    DIGEST = "digest", "每日摘要"


def topics() -> list[tuple[str, str]]:
    return NoticeTopic.choices
