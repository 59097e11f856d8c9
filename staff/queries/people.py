"""Reads about people."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from core import parameters, time
from halls.models import Device, Hall
from staff.models import Employment, User
from staff.rules import signing_in as rules
from staff.states import Role


def idle_minutes(now: datetime) -> int:
    return parameters.number(rules.IDLE_MINUTES, on=time.business_day(now))


def must_change_password(user: User, now: datetime) -> bool:
    days = parameters.number(rules.PASSWORD_DAYS, on=time.business_day(now))
    return user.must_change_password or rules.is_worn(user.password_set_at, now, days=days)


def in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def people(actor: User, *, find: str = "", hall: Hall | None = None, role: str = "") -> QuerySet[User]:
    """Whom the actor may see, with their present jobs: by name or number, at one hall, in one role."""
    jobs = Employment.objects.filter(in_force(time.business_day(time.now())))
    if hall:
        jobs = jobs.filter(hall=hall)
    if role:
        jobs = jobs.filter(role=role)
    found = User.objects.visible_to(actor)
    if hall or role:
        found = found.filter(pk__in=jobs.values("user"))
    if find:
        found = found.filter(Q(name__icontains=find) | Q(staff_no__istartswith=find))
    return found.prefetch_related(present_jobs())


def present_jobs() -> Prefetch:
    jobs = Employment.objects.filter(in_force(time.business_day(time.now()))).select_related("hall", "region")
    return Prefetch("employments", queryset=jobs, to_attr="jobs")


def managers_of(hall_id: int) -> list[User]:
    """The duty and hall managers of a hall today: who is told when something there needs a hand."""
    jobs = Employment.objects.filter(
        in_force(time.business_day(time.now())),
        hall_id=hall_id,
        role__in=[Role.DUTY_MANAGER, Role.HALL_MANAGER],
        user__is_active=True,
    )
    return list(User.objects.filter(pk__in=jobs.values("user")))


def watched_devices(kinds: Iterable[str]) -> QuerySet[Device]:
    """Paired machines whose silence matters."""
    paired: Any = Device.objects.filter(kind__in=kinds, revoked_at=None).exclude(token_hash="")
    return paired.select_related("hall__region__parent", "window").order_by("pk")


def is_locked(person: User, now: datetime) -> bool:
    """Locked out by wrong passwords, at this moment."""
    failures = AccessAttempt.objects.filter(username=person.staff_no, attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
    return any(row.failures_since_start >= settings.AXES_FAILURE_LIMIT for row in failures)
