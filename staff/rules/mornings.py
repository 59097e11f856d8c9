"""When the morning sheet is made, and how far ahead it looks."""

from datetime import datetime

from core import time
from core.parameters import register

MADE_AT = register("staff.morning_minute", "早报生成时刻(零点起)", default=450, unit="分钟", between=(0, 1439))
AHEAD = register("staff.morning_ahead_days", "早报提示到期事项的提前天数", default=7, unit="天", between=(1, 60))


def is_due(now: datetime, *, minute: int) -> bool:
    local = time.local(now)
    return local.hour * 60 + local.minute >= minute
