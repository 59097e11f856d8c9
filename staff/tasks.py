from celery import shared_task

from core import time
from staff.actions import (
    certificates,
    closings,
    devices,
    duties,
    expiry,
    hall_watch,
    handover_signing,
    leaves,
    month_sheets,
    mornings,
    roster_runs,
    sign_ins,
    suggestions,
)


@shared_task
def watch_devices() -> None:
    devices.watch_devices(time.now())


@shared_task
def end_run_out_access() -> None:
    sign_ins.end_run_out(time.now())


@shared_task(time_limit=400)
def solve_roster(run_id: int) -> None:
    """Longer than other tasks may take: at most 240 seconds of solving, and what is before and after."""
    roster_runs.execute(run_id)


@shared_task
def tend_rosters() -> None:
    """Runs whose worker died, and the 调休 earned by work on holidays."""
    now = time.now()
    roster_runs.give_up_lost_runs(now)
    leaves.earn_compensatory(now)


@shared_task
def make_morning_sheets() -> None:
    mornings.make_sheets(time.now())


@shared_task
def make_month_sheets() -> None:
    month_sheets.make_sheets(time.now())


@shared_task
def press_for_answers() -> None:
    suggestions.press(time.now())


@shared_task
def watch_halls() -> None:
    hall_watch.watch_halls(time.now())


@shared_task
def tell_of_late_reliefs() -> None:
    handover_signing.tell_of_late_reliefs(time.now())


@shared_task
def tell_of_overdue_closings() -> None:
    closings.tell_overdue(time.now())


@shared_task
def watch_duties() -> None:
    """Duties without anybody, tasks that are late, certificates that end."""
    now = time.now()
    duties.watch_duties(now)
    certificates.remind(now)


@shared_task
def remind_of_expiry() -> None:
    expiry.remind(time.now())
