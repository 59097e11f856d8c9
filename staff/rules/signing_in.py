"""Pure decisions about people at work: when a screen locks, when a password is too old."""

from datetime import datetime, timedelta

from core.parameters import register

IDLE_MINUTES = register("staff.idle_minutes", "无操作自动锁屏", default=15, unit="分钟", between=(1, 480))
PASSWORD_DAYS = register("staff.password_days", "密码最长使用", default=90, unit="天", between=(7, 3650))


def is_idle(seen: datetime, now: datetime, *, minutes: int) -> bool:
    return now - seen >= timedelta(minutes=minutes)


def is_worn(set_at: datetime, now: datetime, *, days: int) -> bool:
    """Whether a password is so old that it has to be changed (R-S-13)."""
    return now - set_at >= timedelta(days=days)
