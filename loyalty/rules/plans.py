"""Opening the points plan and what a star does to it (R-L-17 … R-L-21)."""

from datetime import date, timedelta

from loyalty.rules import months, policy
from loyalty.states import Star


def opens_automatically(star: int, on: date) -> bool:
    """R-L-17: four and five stars need no application."""
    return star >= policy.number(policy.AUTOMATIC_STAR, on)


def may_apply(star: int | None) -> bool:
    """R-L-17: without a star the plan cannot be opened."""
    return star is not None and star >= Star.ONE


def applied_from(applied_on: date) -> date:
    """R-L-17: asked for this month, in force from the first of the next."""
    return months.plus(months.first_of(applied_on), 1)


def is_dormant(star: int | None, *, has_grace: bool) -> bool:
    """R-L-19: a plan without a star stays and earns nothing until one is regained."""
    return not has_grace and not may_apply(star)


def grace(*, plan_from: date | None, star: int | None, is_personal: bool, on: date) -> tuple[date, date] | None:
    """R-L-20: the year of one-star earning, first and last day, for whom it is due; `star` of the month it begins."""
    begins = policy.day(policy.GRACE_FROM, on)
    if plan_from is None or plan_from >= begins or not is_personal or may_apply(star):
        return None
    ends = months.plus(begins, policy.number(policy.GRACE_MONTHS, on)).replace(day=begins.day) - timedelta(days=1)
    return begins, ends
