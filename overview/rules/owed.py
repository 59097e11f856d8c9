"""What is owed and how long: the stages of urging (催办). Pure."""

from datetime import datetime, timedelta

from core.parameters import register
from overview.states import UrgeStage

SOON_HOURS = register("urging.soon_hours", "催办:到期前", default=24, unit="小时", between=(1, 168))
LONG_DAYS = register("urging.long_days", "催办:超期多久再催", default=3, unit="天", between=(1, 30))

SAFETY_DAYS = register("urging.safety_days", "安全月查:月底前几天催办", default=5, unit="天", between=(1, 20))


def late_text(due: datetime, now: datetime) -> str:
    """超期 3 天, or 已超期 within the first; empty while there is time."""
    if now <= due:
        return ""
    days = (now - due).days
    return f"超期 {days} 天" if days else "已超期"


def stage_of(due: datetime, now: datetime, *, soon_hours: int, long_days: int) -> UrgeStage | None:
    """None while there is time enough; what is due this very moment is not late yet."""
    if now >= due + timedelta(days=long_days):
        return UrgeStage.LONG_LATE
    if now > due:
        return UrgeStage.LATE
    return UrgeStage.BEFORE if now >= due - timedelta(hours=soon_hours) else None
