from celery import shared_task

from core import time
from overview.actions import support, urging, weekly


@shared_task
def prepare_weekly_reports() -> None:
    """R-H-12: from Friday on drafts are made and reminded of; what is past its time is told."""
    now = time.now()
    weekly.make_due_drafts(now)
    weekly.remind(now)
    weekly.tell_late(now)
    support.tell_late(now)


@shared_task
def urge() -> None:
    """Tasks, the month's safety check and circulars that are due soon or late are urged for, once a stage."""
    urging.urge_due(time.now())
