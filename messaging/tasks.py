from celery import shared_task

from core import time
from messaging import actions


@shared_task
def deliver_due() -> None:
    """Every two seconds; a round that overlaps with the one before passes over what that one holds."""
    actions.deliver_due(time.now())


@shared_task
def send_digests() -> None:
    """Every ten minutes; a person's day is claimed before anything is written."""
    actions.send_digests(time.now())
