from celery import shared_task

from core import time
from staff.actions import devices, sign_ins


@shared_task
def watch_devices() -> None:
    devices.watch_devices(time.now())


@shared_task
def end_run_out_access() -> None:
    sign_ins.end_run_out(time.now())
