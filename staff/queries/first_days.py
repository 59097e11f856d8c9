"""Reads of the first-day list."""

from dataclasses import dataclass
from datetime import datetime

from core import parameters, time
from staff.models import FirstDayStep, User
from staff.rules import first_days as rules


@dataclass(frozen=True)
class Step:
    step: FirstDayStep
    at: datetime | None


def is_on_path(person: User, now: datetime) -> bool:
    today = time.business_day(now)
    jobs = [(job.kind, job.days) for job in person.employments.all()]
    return rules.is_on_path(jobs, today, days=parameters.number(rules.NEW_DAYS, on=today))


def steps(person: User) -> list[Step]:
    """The list in its order, with when the person ticked what."""
    ticked = dict(person.first_day_ticks.values_list("step", "at"))
    return [Step(step, ticked.get(step.pk)) for step in FirstDayStep.objects.filter(is_active=True)]


def left(person: User, now: datetime) -> int:
    """How many steps somebody on the path has not ticked."""
    return sum(one.at is None for one in steps(person)) if is_on_path(person, now) else 0
