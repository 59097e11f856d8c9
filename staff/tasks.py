from celery import shared_task

from core import time
from staff import actions


@shared_task
def watch_devices() -> None:
    actions.watch_devices(time.now())
