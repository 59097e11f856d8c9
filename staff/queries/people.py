"""Reads about people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from core import parameters, time
from halls import queries as halls
from halls.models import Device, Hall
from staff.models import Certificate, Employment, User
from staff.rules import signing_in as rules
from staff.rules.employments import COUNTER
from staff.states import CertificateKind, Role


def idle_minutes(now: datetime) -> int:
    return parameters.number(rules.IDLE_MINUTES, on=time.business_day(now))


def must_change_password(user: User, now: datetime) -> bool:
    days = parameters.number(rules.PASSWORD_DAYS, on=time.business_day(now))
    return user.must_change_password or rules.is_worn(user.password_set_at, now, days=days)


def in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


@dataclass(frozen=True)
class Wanted:
    """What a list of people is narrowed to. `certificate`: soon | over | missing; `state`: "" = not left, left."""

    find: str = ""
    hall: Hall | None = None
    role: str = ""
    certificate: str = ""
    state: str = ""
    sort: str = ""


SORTS = {"": "staff_no", "name": "name", "certificate": "certificate_until", "login": "-last_login"}


def people(actor: User, wanted: Wanted, now: datetime) -> QuerySet[User]:
    """Whom the actor may see, with their present jobs and the last day of their 上岗证 (`certificate_until`)."""
    today = time.business_day(now)
    jobs = Employment.objects.filter(in_force(today))
    if wanted.hall:
        jobs = jobs.filter(hall=wanted.hall)
    if wanted.role:
        jobs = jobs.filter(role=wanted.role)
    found = User.objects.visible_to(actor)
    if wanted.state == "left":
        ongoing = Employment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), user=OuterRef("pk"))
        found = found.filter(Q(is_active=False) | (Q(is_superuser=False) & ~Exists(ongoing)))
    elif wanted.hall or wanted.role:
        found = found.filter(pk__in=jobs.values("user"))
    else:
        found = found.filter(is_active=True)
    if wanted.find:
        found = found.filter(Q(name__icontains=wanted.find) | Q(staff_no__istartswith=wanted.find))
    found = _with_certificates(found, today)
    if wanted.certificate:
        found = found.filter(_CERTIFICATE[wanted.certificate](today))
    by = SORTS.get(wanted.sort, "staff_no")
    order: Any = F(by).asc(nulls_last=True) if by == "certificate_until" else by
    return found.order_by(order, "staff_no").prefetch_related(present_jobs())


def _with_certificates(found: QuerySet[User], today: date) -> QuerySet[User]:
    """`certificate_until`: the last day of the 上岗证 that lasts longest, withdrawn ones left out; `needs_certificate`:
    works at a counter."""
    held = Certificate.objects.filter(person=OuterRef("pk"), kind=CertificateKind.COUNTER)
    held = held.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=today)).order_by("-valid_to")
    counter = Employment.objects.filter(in_force(today), user=OuterRef("pk"), role__in=COUNTER)
    return found.annotate(certificate_until=Subquery(held.values("valid_to")[:1]), needs_certificate=Exists(counter))


_CERTIFICATE: dict[str, Callable[[date], Q]] = {
    "soon": lambda today: Q(certificate_until__gte=today, certificate_until__lte=today + timedelta(days=30)),
    "over": lambda today: Q(certificate_until__lt=today),
    "missing": lambda today: Q(certificate_until=None, needs_certificate=True),
}


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


def supervisors_of(hall: Hall) -> list[User]:
    """The district's people above a hall today."""
    jobs = Employment.objects.filter(
        in_force(time.business_day(time.now())),
        region__in=halls.regions_above(hall),
        role=Role.DISTRICT,
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
