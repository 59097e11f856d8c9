"""Reads about events outside a hall: the calendar of a month, who is away, what came of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Sum

from core import time
from halls.models import Hall, Outing
from halls.states import OutingState
from staff.models import User
from staff.rules.performance import next_month


@dataclass(frozen=True)
class MonthSum:
    """What the events of a month brought."""

    held: int
    reached: int
    handled: int
    leads: int


def of_month(halls: Collection[Hall], month: date) -> QuerySet[Outing]:
    begins, ends = time.day_bounds(month)[0], time.day_bounds(next_month(month))[0]
    rows = Outing.objects.filter(hall__in=halls, begins_at__gte=begins, begins_at__lt=ends)
    return rows.select_related("hall", "campaign").prefetch_related("people").order_by("begins_at", "id")


def sums(rows: QuerySet[Outing]) -> MonthSum:
    done = rows.filter(state=OutingState.DONE).order_by()
    found = done.aggregate(Sum("reached"), Sum("handled"), Sum("leads"))
    return MonthSum(done.count(), *(found[f"{name}__sum"] or 0 for name in ("reached", "handled", "leads")))


def busy(people: Iterable[User], begins: datetime, ends: datetime) -> list[tuple[User, Outing]]:
    """Who of them is at another event in that time."""
    wanted = {person.pk: person for person in people}
    rows = Outing.objects.filter(
        people__in=wanted, state=OutingState.PLANNED, begins_at__lt=ends, ends_at__gt=begins
    ).distinct()
    return [
        (wanted[person.pk], row)
        for row in rows.prefetch_related("people")
        for person in row.people.all()
        if person.pk in wanted
    ]


def away_on(hall_ids: Collection[int], day: date) -> dict[int, set[int]]:
    """By hall: who is out at an event on a day; for rosters and cockpits."""
    begins, ends = time.day_bounds(day)
    rows = Outing.objects.filter(
        hall__in=hall_ids, state=OutingState.PLANNED, begins_at__lt=ends, ends_at__gt=begins
    ).values_list("hall_id", "people")
    found: dict[int, set[int]] = {}
    for hall_id, person_id in rows:
        if person_id is not None:
            found.setdefault(hall_id, set()).add(person_id)
    return found


def visible_to(user: Any, verb: str = "hall.check") -> QuerySet[Outing]:
    rows = Outing.objects.filter(hall__in=user.hall_ids(verb))
    return rows.select_related("hall", "campaign", "planned_by", "closed_by").prefetch_related("people")
