"""A hall as a visit keeps it, and people who may go there."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from core import parameters
from halls.models import Hall
from halls.rules import Hours
from halls.states import Operation
from inspections.rules.planning import CONFLICT_MONTHS
from inspections.rules.situations import HallFacts
from staff.models import Employment, User
from staff.states import Role

MONTH_DAYS = 31
EXCEPTIONS_AHEAD = timedelta(days=62)


def snapshot(hall: Hall, day: date) -> dict[str, Any]:
    """What the score depends on, and what a tablet without network must know about the place."""
    facts = {name: getattr(hall, name) for name in HallFacts.__dataclass_fields__ if name != "self_operated"}
    return {
        **facts,
        "self_operated": hall.operation == Operation.SELF,
        "code": hall.code,
        "name": hall.name,
        "address": hall.address,
        "type_name": hall.get_type_display(),
        "windows": hall.counter_count,
        "latitude": float(hall.latitude) if hall.latitude is not None else None,
        "longitude": float(hall.longitude) if hall.longitude is not None else None,
        "hours": _hours(hall, day),
    }


def _hours(hall: Hall, day: date) -> dict[str, list[int] | None]:
    """Minutes of the day by weekday number, and by date where an exception stands."""
    weekly: dict[str, list[int] | None] = {str(row.weekday): _minutes(row.hours) for row in hall.weekly_hours.all()}
    exceptions = hall.hours_exceptions.filter(day__gte=day - timedelta(days=7), day__lte=day + EXCEPTIONS_AHEAD)
    for row in exceptions:
        weekly[row.day.isoformat()] = _minutes(row.hours) if row.hours else None
    return weekly


def _minutes(hours: Hours) -> list[int]:
    closes = hours.closes.hour * 60 + hours.closes.minute
    return [hours.opens.hour * 60 + hours.opens.minute, closes or 1440]


def auditors_of(hall_ids: Iterable[int], day: date) -> list[User]:
    """督导 whose region covers one of the halls."""
    wanted = set(hall_ids)
    jobs = Employment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), role=Role.INSPECTOR, valid_from__lte=day)
    people = User.objects.filter(pk__in=jobs.values("user"), is_active=True).order_by("staff_no")
    return [one for one in people if wanted & one.hall_ids("inspection.audit")]


def conflicts(people: Iterable[User], day: date) -> set[tuple[int, int]]:
    """R-I-12: (person, hall) where somebody works or has worked within the last months, as hall staff."""
    months = parameters.number(CONFLICT_MONTHS, on=day)
    since = day - timedelta(days=MONTH_DAYS * months)
    jobs = Employment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=since), user__in=[one.pk for one in people], hall__isnull=False
    )
    return {(person, hall) for person, hall in jobs.values_list("user", "hall") if hall is not None}


def has_conflict(person: User, hall: Hall, day: date) -> bool:
    return (person.pk, hall.pk) in conflicts([person], day)
