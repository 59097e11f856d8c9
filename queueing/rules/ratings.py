"""Pure decisions about ratings (R-H-19)."""

from datetime import datetime, timedelta

from core.parameters import register

LOW = 2
PAD_MINUTES = register("queueing.rating_pad_minutes", "评价器可评价多久", default=5, unit="分钟", between=(1, 60))
SURVEY_ON = register("queueing.survey_sms", "办结后发评价短信(0 关 1 开)", default=1, unit="", between=(0, 1))
SURVEY_AFTER = register("queueing.survey_after", "办结多久后发评价短信", default=5, unit="分钟", between=(0, 240))


def is_low(score: int | None) -> bool:
    """不满意 and 非常不满意."""
    return score is not None and score <= LOW


def can_rate_on_pad(finished_at: datetime, now: datetime, *, minutes: int) -> bool:
    """From the end of the service, for so many minutes, the last one included."""
    return finished_at <= now <= finished_at + timedelta(minutes=minutes)
