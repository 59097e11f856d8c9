from datetime import timedelta

from celery import shared_task

from core import time
from core.models import KeptAnswer
from core.redis import client, key

ANSWERS_KEPT = timedelta(hours=24)


@shared_task
def beat_pulse() -> None:
    """Prove that beat sends and a worker works; `/readyz` looks at the mark."""
    client().set(key("beat"), time.now().isoformat(), ex=60)


@shared_task
def forget_old_answers() -> None:
    KeptAnswer.objects.filter(at__lt=time.now() - ANSWERS_KEPT).delete()
