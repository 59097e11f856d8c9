"""Late phone calls and sweeps; each is safe to run twice and at once."""

import os
from datetime import date

from celery import shared_task

from core import time
from loyalty.actions import customers, expiry, generation, ratings

SHIFT_SECONDS = 120  # well below the time limit of a task; what is left goes to the next shift


@shared_task
def generate_due() -> None:
    """R-L-16: once the day has come. Also finds a run that a crash left behind."""
    run_id = generation.start_due(time.now())
    if run_id is not None:
        for _ in range(min(os.cpu_count() or 1, 4)):
            make_points.delay(run_id)


@shared_task
def make_points(run_id: int) -> None:
    """A share of a run's parts; as many workers as there are take part."""
    if not generation.work(run_id, seconds=SHIFT_SECONDS):
        make_points.delay(run_id)
        return
    generation.finish(run_id, time.now())


@shared_task
def expire_points() -> None:
    """R-L-22: at 00:00 after the last day."""
    expiry.expire(time.now())


@shared_task
def rate_due() -> None:
    """R-L-7: on the day the month's stars take effect; afterwards `Customer.star` is what is in force."""
    now = time.now()
    ratings.rate_due(now)
    customers.refresh_stars(now)


@shared_task
def tell_stars() -> None:
    """R-L-9."""
    ratings.tell(time.now())


@shared_task
def rate_month(month: str) -> None:
    """A rating that somebody asked for; a month that is done stays as it is."""
    now = time.now()
    ratings.rate(date.fromisoformat(month), on=time.business_day(now), now=now)
