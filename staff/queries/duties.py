"""Reads about duties and tasks: who is responsible today, what is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from core import time
from halls.models import Hall
from halls.queries import hours_on
from staff.models import Duty, RecurringTask, TaskDone, User
from staff.queries.people import in_force
from staff.queries.rosters import absent
from staff.rules import duties as rules
from staff.states import DutySide


@dataclass(frozen=True)
class Today:
    """A duty with who answers for it on a day."""

    duty: Duty
    side: DutySide

    @property
    def person(self) -> User | None:
        return {DutySide.A: self.duty.a, DutySide.B: self.duty.b}.get(self.side)


@dataclass(frozen=True)
class Due:
    """A task of a day; `due_at` is the opening, or closing time."""

    task: RecurringTask
    due_at: datetime
    done: TaskDone | None
    person: User | None

    def is_late(self, now: datetime) -> bool:
        return self.done is None and now >= self.due_at


def standing(hall: Hall) -> QuerySet[Duty]:
    return Duty.objects.filter(hall=hall, ended_on=None).select_related("a", "b")


def today(hall: Hall, day: date) -> list[Today]:
    """Every standing duty: absent is who is not in the published roster, and who no longer works here."""
    duties = list(standing(hall))
    away = _away({person for duty in duties for person in (duty.a, duty.b)}, hall, day)
    return [Today(duty, rules.responsible(a_is_away=duty.a_id in away, b_is_away=duty.b_id in away)) for duty in duties]


def _away(people: Iterable[User], hall: Hall, day: date) -> set[int]:
    holders = list(people)
    jobs = hall.employments.filter(in_force(day), user__in=holders, user__is_active=True)
    here = set(jobs.values_list("user", flat=True))
    gone = {person.pk for person in holders} - here
    return gone | {person.pk for person in absent(holders, hall, day)}


def due(hall: Hall, day: date) -> list[Due]:
    """The tasks of a day; none on a day on which the hall is closed."""
    hours = hours_on(hall, day)
    if hours is None:
        return []
    opens, closes = hours.span(day)
    tasks = list(RecurringTask.objects.filter(hall=hall, is_active=True).select_related("duty"))
    tasks = [
        task
        for task in tasks
        if rules.is_due(day, cycle=task.cycle, weekdays=task.weekdays, day_of_month=task.day_of_month)
    ]
    rows = TaskDone.objects.filter(task__in=tasks, day=day).select_related("done_by")
    done = {row.task_id: row for row in rows}
    answers = {one.duty.pk: one.person for one in today(hall, day)} if tasks else {}
    return [
        Due(task, opens if task.before_opening else closes, done.get(task.pk), answers.get(task.duty_id or 0))
        for task in tasks
    ]


def mine(person: User, now: datetime) -> list[Today]:
    """What a person answers for today, in all halls of theirs."""
    day = time.business_day(now)
    halls = Hall.objects.filter(pk__in=person.hall_ids("hall.see"), employments__user=person).distinct()
    return [one for hall in halls for one in today(hall, day) if one.person == person]


def crew(hall: Hall, day: date) -> QuerySet[User]:
    """The people employed at a hall on a day."""
    jobs = hall.employments.filter(in_force(day), user__is_active=True)
    return User.objects.filter(pk__in=jobs.values("user")).order_by("staff_no")
