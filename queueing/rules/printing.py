"""Pure decisions about what a tablet sends to the hall's printer."""

from datetime import datetime, timedelta

from core.parameters import register
from queueing.states import JobState

PRINT_MINUTES = register("queueing.print_minutes", "打印任务多久无应答作废", default=3, unit="分钟", between=(1, 30))
CLAIM_AGAIN = timedelta(seconds=60)  # a kiosk that took a job and broke down must not keep it


def job_state(asked_at: datetime, printed_at: datetime | None, now: datetime, *, minutes: int) -> JobState:
    """Waiting until it is printed or too old to be of use."""
    if printed_at is not None:
        return JobState.PRINTED
    return JobState.EXPIRED if now - asked_at > timedelta(minutes=minutes) else JobState.WAITING
