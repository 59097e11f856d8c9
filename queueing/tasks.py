"""Sweeps on a schedule; each is safe to run twice and at once."""

from celery import shared_task

from core import time
from queueing.actions import alert_sweep, audits, figures, forecasts, means, outages, sweeps


@shared_task
def heal_boards() -> None:
    sweeps.heal_boards(time.now())


@shared_task
def close_day() -> None:
    sweeps.close_day(time.now())


@shared_task
def tell_who_is_near() -> None:
    sweeps.tell_who_is_near(time.now())


@shared_task
def erase_old_phones() -> None:
    sweeps.erase_old_phones(time.now())


@shared_task
def lapse_appointments() -> None:
    sweeps.lapse_appointments(time.now())


@shared_task
def watch_floors() -> None:
    alert_sweep.watch_floors(time.now())


@shared_task
def ask_for_ratings() -> None:
    sweeps.ask_for_ratings(time.now())


@shared_task
def add_up_days() -> None:
    """Past days, then the forecast and the means that rest on them."""
    now = time.now()
    figures.add_up(now)
    forecasts.make_forecasts(now)
    means.learn_all(now)


@shared_task
def list_for_audit() -> None:
    audits.list_for_audit(time.now())


@shared_task
def tend_outages() -> None:
    outages.tend(time.now())
