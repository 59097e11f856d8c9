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
