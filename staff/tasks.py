from celery import shared_task

from core import time
from staff.actions import devices


@shared_task
def watch_devices() -> None:
    devices.watch_devices(time.now())
