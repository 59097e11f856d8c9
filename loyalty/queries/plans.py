"""How a customer stands in the points plan, and with which star."""

from datetime import date

from django.db.models import QuerySet

from loyalty.models import PointsAccount, StarRating
from loyalty.rules import plans
from loyalty.states import PlanState, Star


def rating_on(customer_id: int, day: date) -> StarRating | None:
    """The rating in force on a day; None is 未评级."""
    return ratings_on(day).filter(customer=customer_id).first()


def ratings_on(day: date) -> QuerySet[StarRating]:
    return StarRating.objects.filter(valid_from__lte=day, valid_to__gte=day)


def star_on(customer_id: int, day: date) -> int | None:
    rating = rating_on(customer_id, day)
    return rating.star if rating else None


def plan_state(account: PointsAccount | None, star: int | None, day: date) -> PlanState:
    """R-L-17 … R-L-20. A customer with grace is 未评级 and shown as 享一星资格, never as one star."""
    if account is None or account.plan_from is None:
        return PlanState.NONE
    if account.plan_from > day:
        return PlanState.LATER
    if not account.plan_active_on(day):
        return PlanState.CLOSED
    if star is not None and star >= Star.ONE:
        return PlanState.ACTIVE
    return PlanState.GRACE if not plans.is_dormant(star, has_grace=account.grace_on(day)) else PlanState.DORMANT
