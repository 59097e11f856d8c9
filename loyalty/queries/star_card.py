"""The star of one customer with its reasons: "why am I 三星, until when, and what was I before?" (R-L-5 … R-L-9)."""

from dataclasses import dataclass
from datetime import date

from loyalty.models import Customer, PointsAccount, StarRating
from loyalty.queries import rating
from loyalty.rules import months, star_reasons, stars
from loyalty.rules.star_reasons import Part
from loyalty.states import CustomerStatus, RatingReason, Star

FORMER_SHOWN = 3


@dataclass(frozen=True)
class StarCard:
    """`rating` is the one in force today, `former` those before it, newest first, `coming` one that begins later."""

    star: Star
    rating: StarRating | None
    coming: StarRating | None
    former: tuple[StarRating, ...]
    parts: tuple[Part, ...]
    verdict: str
    next_on: date | None
    warning: str = ""
    grace_until: date | None = None

    @property
    def label(self) -> str:
        """R-L-20: grace is an earning right, never counted as one star."""
        return f"{self.star.label}(享一星资格)" if self.grace_until else str(self.star.label)

    @property
    def benefits(self) -> list[str]:
        return star_reasons.benefits(self.star)

    @property
    def is_starless(self) -> bool:
        return self.star < Star.ONE


def star_card(customer: Customer, today: date) -> StarCard:
    rows = list(customer.ratings.all()[: FORMER_SHOWN + 2])
    standing = next((row for row in rows if row.valid_from <= today <= row.valid_to), None)
    coming = next((row for row in rows if row.valid_from > today), None)
    former = tuple(row for row in rows if row.valid_to < today)[:FORMER_SHOWN]
    account = PointsAccount.objects.filter(pk=customer.pk).first()
    star = Star(standing.star) if standing else Star.UNRATED
    is_short = star < Star.ONE and account is not None and account.grace_on(today)
    return StarCard(
        star=star,
        rating=standing,
        coming=coming,
        former=former,
        parts=_parts(customer, standing),
        verdict=_verdict(customer, standing, today),
        next_on=_next_on(customer, standing, today),
        warning=_warning(customer, star),
        grace_until=account.grace_until if account and is_short else None,
    )


def _parts(customer: Customer, row: StarRating | None) -> tuple[Part, ...]:
    if row is None:
        return ()
    return star_reasons.score_parts(row.parts, joined_on=customer.joined_on, rated_on=row.valid_from)


def _verdict(customer: Customer, row: StarRating | None, today: date) -> str:
    if row is not None:
        return star_reasons.verdict(row.reason, row.star, row.score, row.parts, rating.bands_on(row.valid_from))
    if customer.status == CustomerStatus.CLOSED:
        return RatingReason.CLOSED.label
    problem = stars.unqualified(_facts(customer))
    if problem:
        return str(problem.label)
    return f"入网第 {stars.month_in_network(customer.joined_on, today)} 个月,还没有到首次评定"


def _facts(customer: Customer) -> stars.Facts:
    return stars.Facts(
        joined_on=customer.joined_on,
        status=customer.status,
        is_real_name=customer.is_real_name,
        is_personal=customer.is_personal,
        is_blacklisted=customer.is_blacklisted,
    )


def _next_on(customer: Customer, row: StarRating | None, today: date) -> date | None:
    """R-L-7: when the next rating takes effect; None when nothing but a change of the conditions brings one."""
    if stars.unqualified(_facts(customer)) and (row is None or row.star < Star.ONE):
        return None
    rules = stars.policy_on(today, {})
    first = months.plus(months.first_of(customer.joined_on), rules.first_month - 1)
    over = row is not None and row.star >= Star.ONE
    since = max(months.first_of(row.valid_to if over and row else today), first)
    for month in (since, months.plus(since, 1)):
        day = stars.effective_on(month)
        if day > (row.valid_to if over and row else today):
            return day
    return None


def _warning(customer: Customer, star: Star) -> str:
    """R-L-8: what will count at the next rating but takes nothing from a star in force."""
    problem = stars.unqualified(_facts(customer))
    if problem is None or star < Star.ONE:
        return ""
    return f"{problem.label}:现有星级到期前不变,届时如仍如此将不予评定"
