"""Reads about certificates (R-S-14): who counts as certified on which days."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q

from core import parameters
from core.time import business_day
from halls.models import Hall
from halls.queries import scopes
from staff.models import Certificate, Employment, User
from staff.queries.people import in_force
from staff.rules import certificates as rules
from staff.rules.certificates import Span
from staff.rules.employments import COUNTER
from staff.states import CertificateKind, JobKind, Standing


def spans(person_ids: Iterable[int]) -> dict[int, list[Span]]:
    """The days covered by each person's 上岗证, withdrawn and expired ones too; for whom none is on record, nothing."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = Certificate.objects.filter(person__in=list(person_ids), kind=CertificateKind.COUNTER)
    for row in rows.order_by("valid_from"):
        found[row.person_id].append(row.span)
    return dict(found)


def certified(person_ids: Iterable[int], day: date) -> set[int]:
    """Those of the people whose 上岗证 is valid on the day."""
    return {person for person, held in spans(person_ids).items() if any(span.covers(day) for span in held)}


def has_valid_certificate(person_id: int, day: date) -> bool:
    return person_id in certified([person_id], day)


def trainees(person_ids: Iterable[int], day: date) -> set[int]:
    """Those employed as trainees on the day, certified or not."""
    jobs = Employment.objects.filter(user__in=list(person_ids), kind=JobKind.TRAINEE, valid_from__lte=day)
    return set(jobs.filter(Q(valid_to=None) | Q(valid_to__gte=day)).values_list("user", flat=True))


def is_required(hall: Hall, day: date) -> bool:
    """Whether the hall's district has people without any certificate on record kept from windows that day."""
    return parameters.number(rules.REQUIRED, on=day, scopes=scopes(hall)) == 1


def standings(person_ids: Iterable[int], day: date, hall: Hall) -> dict[int, Standing]:
    """What each person is at this hall's windows on a day: a window may be given to all but `BLOCKED`,
    to a `TRAINEE` only beside somebody `CERTIFIED`."""
    people = list(person_ids)
    held, learning, required = spans(people), trainees(people, day), is_required(hall, day)
    return {
        person: rules.standing(held.get(person, ()), day, is_trainee=person in learning, is_required=required)
        for person in people
    }


def window_note(person: User, hall: Hall, day: date) -> str:
    """What somebody should know before signing in to a window of the hall; nothing for the certified."""
    match standings([person.pk], day, hall)[person.pk]:
        case Standing.BLOCKED:
            return rules.why_blocked(spans([person.pk]).get(person.pk, []), day)
        case Standing.TRAINEE:
            return rules.TRAINEE_ALONE
        case Standing.UNPROVEN:
            return rules.UNPROVEN_WARNING
    return ""


def standing_words(person: User, now: datetime) -> str:
    """What somebody who works at counters is there today, in words; nothing for everybody else."""
    day = business_day(now)
    jobs = person.employments.filter(in_force(day), role__in=COUNTER, hall__isnull=False).select_related("hall")
    job = jobs.order_by("pk").first()
    return "" if job is None or job.hall is None else standings([person.pk], day, job.hall)[person.pk].label


def ending(day: date, *, within: int) -> list[Certificate]:
    """Each active person's last 上岗证, when it ends within so many days or ended in the last month."""
    rows = Certificate.objects.filter(kind=CertificateKind.COUNTER, withdrawn_on=None, person__is_active=True)
    last = rows.order_by("person_id", "-valid_to").distinct("person_id").select_related("person")
    first_day, last_day = day - timedelta(days=30), day + timedelta(days=within)
    return [row for row in last if first_day <= row.valid_to <= last_day]
