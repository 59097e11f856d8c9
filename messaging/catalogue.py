"""The texts this product sends: registered by the app that sends them, worded by dated MessageTemplate rows.

The kind stands here and not in the rows, so that nobody turns a call into a greeting by editing a wording.
"""

from dataclasses import dataclass

from messaging.states import MessageKind


@dataclass(frozen=True)
class Text:
    label: str
    kind: MessageKind
    placeholders: tuple[str, ...]


_texts: dict[str, Text] = {}


def register(key: str, label: str, *, kind: MessageKind, placeholders: tuple[str, ...]) -> str:
    """Make a text known and return its key."""
    _texts[key] = Text(label, kind, placeholders)
    return key


def find(key: str) -> Text | None:
    return _texts.get(key)


def placeholders(key: str) -> tuple[str, ...]:
    return _texts[key].placeholders


def choices() -> list[tuple[str, str]]:
    return [(key, text.label) for key, text in sorted(_texts.items())]


register("queue_near", "即将叫号", kind=MessageKind.CALL, placeholders=("number", "ahead", "hall"))
register("queue_called", "叫号", kind=MessageKind.CALL, placeholders=("number", "window", "minutes"))
register("queue_undone", "叫号撤回", kind=MessageKind.CALL, placeholders=("number", "hall"))
register(
    "appointment_booked", "预约成功", kind=MessageKind.CODE, placeholders=("day", "time", "hall", "code", "minutes")
)
register("queue_survey", "办结后评价", kind=MessageKind.GREETING, placeholders=("hall", "link"))
register(
    "queue_bring",
    "一次性告知单(保留号码)",
    kind=MessageKind.CALL,
    placeholders=("number", "business", "documents", "hall"),
)
register("queue_bring_later", "一次性告知单", kind=MessageKind.CALL, placeholders=("business", "documents", "hall"))
register("redeem_code", "积分兑换验证码", kind=MessageKind.CODE, placeholders=("code", "points", "gift", "minutes"))
register("points_redeemed", "积分兑换成功", kind=MessageKind.NOTICE, placeholders=("gift", "count", "points", "hall"))
# Answers to what the customer has just sent by SMS: waited for, so never held back.
register("points_told", "积分查询回复", kind=MessageKind.CODE, placeholders=("points", "usable", "why"))
register("points_plan", "积分计划回复", kind=MessageKind.CODE, placeholders=("answer",))
register("star_rated", "星级评定结果", kind=MessageKind.NOTICE, placeholders=("star", "since", "until"))
register("star_none", "未评上星级", kind=MessageKind.NOTICE, placeholders=("reason",))
register("staff_alert", "员工提醒", kind=MessageKind.STAFF_ALERT, placeholders=("title",))
register("staff_notice", "员工通知", kind=MessageKind.NOTICE, placeholders=("title",))
register("staff_digest", "员工每日摘要", kind=MessageKind.NOTICE, placeholders=("count", "topics"))
# R-H-10: somebody stands in the hall and must know at once; who has gone home can be told in the morning.
register(
    "system_down",
    "系统中断告知",
    kind=MessageKind.CALL,
    placeholders=("hall", "what", "number", "code", "days", "link"),
)
register("system_up", "系统恢复(仍在等候)", kind=MessageKind.CALL, placeholders=("hall", "number"))
register("return_number", "系统恢复(回厅号)", kind=MessageKind.NOTICE, placeholders=("hall", "code", "until"))
register("corporate_arrived", "集团成员到厅", kind=MessageKind.STAFF_ALERT, placeholders=("group", "hall", "number"))
