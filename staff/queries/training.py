"""Reads about training: what is offered, who is new, who has not chosen a course this year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from core import parameters
from halls.models import Hall
from staff.models import Course, Seat, User
from staff.queries.duties import crew
from staff.rules import training as rules
from staff.states import CourseKind


@dataclass(frozen=True)
class Newcomer:
    """Somebody in the month of training before work."""

    person: User
    started: date
    until: date
    passed: int


def courses_for(hall_ids: Iterable[int]) -> QuerySet[Course]:
    """Courses open to the people of some halls."""
    rows = Course.objects.filter(Q(hall=None) | Q(hall__in=list(hall_ids))).select_related("hall")
    return rows.annotate(taken=Count("seats_taken"))


def newcomers(hall: Hall, today: date) -> list[Newcomer]:
    people = crew(hall, today).annotate(started=Min("employments__valid_from"))
    new = [person for person in people if rules.is_new(person.started, today)]
    seats = Seat.objects.filter(person__in=new, course__kind=CourseKind.ONBOARDING).select_related("course")
    passed = [seat.person_id for seat in seats if seat.is_passed]
    return [
        Newcomer(person, person.started, rules.trained_on(person.started), passed.count(person.pk)) for person in new
    ]


def without_choice(hall: Hall, today: date) -> list[User]:
    """Who has not taken the self-chosen courses of this year yet."""
    least = parameters.number(rules.CHOSEN_A_YEAR, on=today)
    chosen = Q(seats__by_choice=True, seats__course__day__year=today.year) & ~Q(seats__came=False)
    people = crew(hall, today).annotate(chosen=Count("seats", filter=chosen, distinct=True))
    return list(people.filter(chosen__lt=least))
