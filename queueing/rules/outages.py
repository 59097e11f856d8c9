"""Pure decisions about a system that is down and about those who come back (R-H-10)."""

from collections.abc import Collection
from datetime import date, timedelta

from core.parameters import register

RETURN_DAYS = register("queueing.return_days", "系统恢复后回厅号有效", default=7, unit="天", between=(1, 60))
HEAD_START_RETURN = register("queueing.head_start_return", "回厅号提前", default=60, unit="分钟", between=(0, 240))


def is_affected(business: str | None, group: Collection[str], down: Collection[str]) -> bool:
    """A number for a business is, when that is down; one for a whole group only when nothing of the group is left."""
    if business is not None:
        return business in down
    return bool(group) and all(one in down for one in group)


def last_day(recovered_on: date, *, days: int) -> date:
    """The day of recovery is the first of them."""
    return recovered_on + timedelta(days=days - 1)
