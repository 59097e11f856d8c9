"""Sweeps on a schedule; each is safe to run twice and at once."""

from celery import shared_task

from complaints.actions import audits, check, evening
from complaints.actions import sweep as sweeps
from complaints.actions.catalogue import current_policy
from core import time


@shared_task
def sweep_sla() -> None:
    current_policy()
    sweeps.sweep(time.now())


@shared_task
def warn_before_closing() -> None:
    evening.warn_before_closing(time.now())


@shared_task
def check_cases() -> None:
    check.check_all(time.now())


@shared_task
def list_refunds_for_audit() -> None:
    audits.list_refunds(time.now())
