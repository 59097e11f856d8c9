"""Imported by the worker (`--include config.pool`): its pool processes end with it, whatever they are doing.

Celery's own pool notices a killed parent only between tasks; until then a task would go on unseen.
"""

import signal
from typing import Any

from celery.signals import worker_process_init

from config.launch import end_with_parent


@worker_process_init.connect
def end_with_the_worker(**details: Any) -> None:
    end_with_parent(signal.SIGKILL)
