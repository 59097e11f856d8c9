from celery import shared_task

from core import time
from inspections.actions import improvement, months, submitting


@shared_task
def follow_up() -> None:
    """Overdue actions are told upwards, scores become final when the time for appeals is over."""
    now = time.now()
    improvement.escalate_overdue(now)
    submitting.close_appeal_time(now)


@shared_task
def reckon_months() -> None:
    months.reckon_recent(time.now())
