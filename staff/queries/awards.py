"""R-S-16, R-S-17: who could be the star of a month by the figures, and who won what."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from core import parameters, time
from halls.models import Hall
from staff.models import Award, Competition, User
from staff.queries import month_figures
from staff.rules import performance as rules
from staff.states import AwardKind


@dataclass(frozen=True)
class Candidate:
    """Somebody of the hall with the month's counts; `is_first` = the figures put them first."""

    person: User
    figures: dict[str, int]
    is_first: bool = False

    @property
    def rating(self) -> float | None:
        ratings = self.figures.get("ratings", 0)
        return self.figures["rating_sum"] / ratings if ratings else None


def candidates(hall: Hall, month: date, kind: str, now: datetime) -> list[Candidate]:
    """By the figures, best first. Who has too few ratings, or sold nothing, is no candidate."""
    counted = month_figures.of_hall(hall, month, now)
    least = parameters.number(rules.MIN_RATINGS, on=time.business_day(now))
    found = []
    for person in month_figures.people_of(hall, month):
        figures = counted.get(person.pk, {})
        is_service = kind == AwardKind.SERVICE
        order = rules.service_order(figures, least=least) if is_service else rules.sales_order(figures)
        if order is not None:
            found.append((order, person.staff_no, Candidate(person, figures)))
    ordered = [one for _, _, one in sorted(found, key=lambda row: row[:2])]
    return [Candidate(one.person, one.figures, is_first=at == 0) for at, one in enumerate(ordered)]


def awards(halls: set[int]) -> QuerySet[Award]:
    rows = Award.objects.filter(hall__in=halls, revoked_at=None)
    return rows.select_related("hall", "person", "decided_by")


def competitions(user: User) -> QuerySet[Competition]:
    """Those of one's halls and of the regions above them."""
    rights = user.rights
    rows = Competition.objects.select_related("hall", "region", "made_by").prefetch_related("results__person")
    if rights.everything:
        return rows
    halls = rights.hall_ids("hall.see")
    above = Q(region__halls__in=halls) | Q(region__children__halls__in=halls)
    near = Q(hall__in=halls) | above | Q(region__in=rights.region_ids("hall.see"))
    return rows.filter(pk__in=Competition.objects.filter(near).values("pk"))
