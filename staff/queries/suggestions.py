"""R-S-18: suggestions of the halls one answers for, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from core import parameters, time
from halls.models import Hall
from staff.models import Suggestion, User
from staff.rules import suggestions as rules
from staff.states import SuggestionState as S


def overdue(hall_ids: Iterable[int], now: datetime) -> QuerySet[Suggestion]:
    """Without an answer for longer than the limit, oldest first."""
    days = parameters.number(rules.ANSWER_DAYS, on=time.business_day(now))
    before = now - timedelta(days=days + 1)
    rows = Suggestion.objects.filter(hall__in=list(hall_ids), state=S.NEW, made_at__lte=before)
    return rows.select_related("hall", "author").order_by("made_at")


@dataclass(frozen=True)
class HallCount:
    hall: Hall
    made: int
    answered: int
    adopted: int
    waiting: int


def counts(user: User) -> list[HallCount]:
    """Per hall that the person answers for: how many were made, answered, adopted, and still wait."""
    halls = Hall.objects.filter(pk__in=user.hall_ids("suggestion.answer")).in_bulk()
    rows = Suggestion.objects.filter(hall__in=halls).order_by().values("hall_id")
    counted = rows.annotate(
        made=Count("pk"),
        waiting=Count("pk", filter=Q(state=S.NEW)),
        adopted=Count("pk", filter=Q(state=S.ADOPTED)),
    )
    found = [
        HallCount(halls[row["hall_id"]], row["made"], row["made"] - row["waiting"], row["adopted"], row["waiting"])
        for row in counted
    ]
    return sorted(found, key=lambda one: one.hall.code)
