"""Pure decisions about the register of violations (R-S-20, R-S-24)."""

from datetime import datetime, timedelta

from core.parameters import register
from staff.states import Matter, MatterState

OBJECTION_DAYS = register("staff.objection_days", "违规认定后可提异议", default=7, unit="天", between=(1, 60))

BANS: dict[str, str] = {  # the five of R-S-24, as what may not be done
    Matter.CUSTOMER_DATA: "不得泄露或交易客户信息",
    Matter.MESSAGES: "不得发送违法短信、未经同意的广告",
    Matter.UNCONFIRMED: "未经客户确认不得开通、变更业务,口头同意不算",
    Matter.PROVIDERS: "不得与服务提供商串通",
    Matter.CHANNELS: "不得与渠道串通",
}

MOVES: dict[str, frozenset[str]] = {
    MatterState.NOTED: frozenset({MatterState.CONFIRMED, MatterState.DISMISSED}),
    MatterState.CONFIRMED: frozenset({MatterState.OBJECTED}),
    MatterState.OBJECTED: frozenset({MatterState.CONFIRMED, MatterState.DISMISSED}),
    MatterState.DISMISSED: frozenset(),
}


def may_move(before: str, after: str) -> bool:
    return after in MOVES[before]


def may_object(decided_at: datetime, now: datetime, *, days: int) -> bool:
    """The last moment is that of the decision, so many days later."""
    return now <= decided_at + timedelta(days=days)
