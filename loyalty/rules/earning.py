"""What a bill earns, and when. All amounts in fen and multipliers in hundredths: whole numbers, so nothing drifts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.time import business_day, day_bounds
from loyalty.rules import months, policy
from loyalty.states import LotKind, NotEarned, Star

HUNDREDTHS_PER_POINT = 10_000  # fen × hundredths of a multiplier


@dataclass(frozen=True)
class Standing:
    """A customer on the last day of a billing month. `star` None: no rating in force."""

    star: int | None = None
    plan_from: date | None = None
    plan_until: date | None = None
    has_grace: bool = False


def eligible_fen(amount: int, *, gifted: int = 0, redeemed: int = 0, third_party: int = 0) -> int:
    """R-L-13: the part of a bill that counts, never below 0."""
    return max(amount - gifted - redeemed - third_party, 0)


def points(eligible: int, multiplier_hundredths: int) -> int:
    """R-L-12: rounded up once, after multiplying."""
    return -(-eligible * multiplier_hundredths // HUNDREDTHS_PER_POINT)


def paid_before(month: date, on: date) -> datetime:
    """R-L-15: the first moment that is too late for paying the bill of a month."""
    due = months.plus(month, 1 + policy.number(policy.PAYMENT_MONTHS, on))
    return day_bounds(due + timedelta(days=policy.number(policy.PAYMENT_EXTRA_DAYS, on)))[0]


def is_paid(paid_at: datetime | None, too_late: datetime) -> bool:
    """R-L-15: a part payment is no payment and comes without `paid_at`."""
    return paid_at is not None and paid_at < too_late


def generation_day(month: date, on: date) -> date:
    """R-L-16: the day on which a billing month's points are made, as the parameters stand on `on`.

    Never before the last day of payment has passed.
    """
    made = months.plus(month, policy.number(policy.GENERATION_MONTHS, on))
    made = made.replace(day=policy.number(policy.GENERATION_DAY, on))
    return max(made, business_day(paid_before(month, on)))


def newest_due_month(today: date) -> date:
    """R-L-16: the newest billing month whose day has come."""
    month = months.plus(months.first_of(today), -1)
    while generation_day(month, today) > today:
        month = months.plus(month, -1)
    return month


def judge(standing: Standing, *, month: date, paid: bool, eligible: int) -> NotEarned:
    """R-L-18: a bill earns iff on the month's last day the plan is active and there is a star, or grace (R-L-20)."""
    last = months.last_of(month)
    star = standing.star
    if not standing.has_grace and (star is None or star < Star.ONE):
        return NotEarned.PRE_STAR if star == Star.PRE_STAR else NotEarned.UNRATED
    if standing.plan_from is None or (standing.plan_until is not None and standing.plan_until < last):
        return NotEarned.NO_PLAN
    if standing.plan_from > last:
        return NotEarned.PLAN_LATER
    if not paid:
        return NotEarned.UNPAID
    return NotEarned.EARNED if eligible > 0 else NotEarned.NOTHING_ELIGIBLE


def kind_and_star(star: int | None) -> tuple[LotKind, int]:
    """Which kind of lot a bill makes and whose multiplier counts: a real star before grace, which is one star."""
    if star is not None and star >= Star.ONE:
        return LotKind.CONSUMPTION, star
    return LotKind.GRACE, Star.ONE
