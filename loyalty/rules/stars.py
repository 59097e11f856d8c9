"""Who is rated, when, and with what result (R-L-1 … R-L-8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from loyalty.rules import months, policy
from loyalty.states import CustomerStatus, RatingKind, RatingReason, Star

DOWN = 1
SCORE_FIELDS = {
    policy.SCORE_PER_YUAN: "per_yuan",
    policy.SCORE_ROUNDING: "rounding",
    policy.AGE_TENTHS: "age_tenths",
    policy.BONUS_EACH: "bonus_each",
    policy.BONUS_MAX: "bonus_max",
    policy.SUSPENSION_PENALTY: "penalty",
    policy.CAP_SUSPENSIONS: "cap_suspensions",
    policy.CAP_STAR: "cap_star",
}
"""What turns the facts a rating keeps into a star, by parameter: changes of these can be tried on stars in force."""


@dataclass(frozen=True)
class Policy:
    """The numbers of one rating; see `rules.policy` for their units."""

    bands: Mapping[int, int]
    first_month: int = 7
    star_months: int = 12
    score_months: int = 12
    per_yuan: int = 100
    rounding: int = 0
    age_tenths: int = 10
    bonus_each: int = 0
    bonus_max: int = 50
    penalty: int = 10
    cap_suspensions: int = 3
    cap_star: int = 3


@dataclass(frozen=True)
class Facts:
    """A customer as the rating of a month sees one; bills and suspensions are those of the counted months."""

    joined_on: date
    status: str = CustomerStatus.NORMAL
    is_real_name: bool = True
    is_personal: bool = True
    is_blacklisted: bool = False
    bills_fen: int = 0
    bonus_products: int = 0
    suspensions: int = 0
    arrears_suspensions: int = 0


@dataclass(frozen=True)
class Verdict:
    star: Star
    reason: RatingReason
    score: int | None = None
    parts: dict[str, int] = field(default_factory=dict)


def policy_on(day: date, bands: Mapping[int, int]) -> Policy:
    """The numbers as they stand on a day."""
    return Policy(
        bands=bands,
        first_month=policy.number(policy.FIRST_RATING_MONTH, day),
        star_months=policy.number(policy.STAR_MONTHS, day),
        score_months=policy.number(policy.SCORE_MONTHS, day),
        per_yuan=policy.number(policy.SCORE_PER_YUAN, day),
        rounding=policy.number(policy.SCORE_ROUNDING, day),
        age_tenths=policy.number(policy.AGE_TENTHS, day),
        bonus_each=policy.number(policy.BONUS_EACH, day),
        bonus_max=policy.number(policy.BONUS_MAX, day),
        penalty=policy.number(policy.SUSPENSION_PENALTY, day),
        cap_suspensions=policy.number(policy.CAP_SUSPENSIONS, day),
        cap_star=policy.number(policy.CAP_STAR, day),
    )


def with_parts(rules: Policy, numbers: Mapping[str, int]) -> Policy:
    """The same rules with other parts of the score, given as parameters of `SCORE_FIELDS`."""
    wished: dict[str, Any] = {SCORE_FIELDS[name]: value for name, value in numbers.items()}
    return replace(rules, **wished)


def effective_on(month: date) -> date:
    """R-L-7: stars rated in a month hold from its 11th on."""
    return month.replace(day=policy.number(policy.RATING_DAY, month))


def valid_to(effective: date, star_months: int) -> date:
    """R-L-7: twelve months from the day it takes effect, inclusive."""
    return months.plus(effective, star_months).replace(day=effective.day) - timedelta(days=1)


def month_in_network(joined_on: date, month: date) -> int:
    """Which month in network a month is; the joining month is the first."""
    return months.between(joined_on, month) + 1


def unqualified(facts: Facts) -> RatingReason | None:
    """R-L-1, R-L-8 c: which condition is not met; time in network is asked by `kind_due`."""
    if not facts.is_personal:
        return RatingReason.NOT_PERSONAL
    if not facts.is_real_name:
        return RatingReason.NOT_REAL_NAME
    if facts.status != CustomerStatus.NORMAL:
        return RatingReason.NOT_NORMAL
    return RatingReason.BLACKLISTED if facts.is_blacklisted else None


def mean_points(bills_fen: int, count: int, rules: Policy) -> int:
    """R-L-5: the mean bill of `count` months as points, rounded half up or down."""
    numerator, denominator = bills_fen * rules.per_yuan, count * 10_000
    if rules.rounding == DOWN:
        return numerator // denominator
    return (2 * numerator + denominator) // (2 * denominator)


def counted_months(joined_on: date, month: date, rules: Policy) -> int:
    """How many full months before the rated one are counted: twelve, or as many as in network."""
    return max(min(rules.score_months, months.between(joined_on, month)), 1)


def star_for(score: int, bands: Mapping[int, int]) -> Star:
    """R-L-6: bands are [low, next low); below the lowest one 准星."""
    reached = [star for star, low in bands.items() if score >= low]
    return Star(max(reached, default=Star.PRE_STAR))


def rate(facts: Facts, month: date, rules: Policy) -> Verdict:
    """The star of a customer whose rating is due."""
    reason = unqualified(facts)
    if reason:
        return Verdict(Star.UNRATED, reason)
    counted = counted_months(facts.joined_on, month, rules)
    parts = {
        "bill": mean_points(facts.bills_fen, counted, rules),
        "age": month_in_network(facts.joined_on, month) * rules.age_tenths // 10,
        "bonus": min(facts.bonus_products * rules.bonus_each, rules.bonus_max),
        "penalty": facts.suspensions * rules.penalty,
        "suspensions": facts.suspensions,
        "months": counted,
        "bills_fen": facts.bills_fen,
    }
    score = max(parts["bill"] + parts["age"] + parts["bonus"] - parts["penalty"], 0)
    star = star_for(score, rules.bands)
    if facts.arrears_suspensions >= rules.cap_suspensions and star > rules.cap_star:
        parts["by_score"] = int(star)
        return Verdict(Star(rules.cap_star), RatingReason.CAPPED, score, parts)
    return Verdict(star, RatingReason.SCORE, score, parts)


def kind_due(
    joined_on: date, month: date, rules: Policy, *, star: int | None, star_until: date | None
) -> RatingKind | None:
    """R-L-7: the first rating from the 7th month on, the starless every month, a star when its year is over.

    `star`, `star_until`: the latest rating before this one, None when there was none.
    """
    if month_in_network(joined_on, month) < rules.first_month:
        return None
    if star is None or star_until is None:
        return RatingKind.FIRST
    if star < Star.ONE:
        return RatingKind.MONTHLY
    return RatingKind.YEARLY if star_until < effective_on(month) else None
