"""What a hall's rosters are made by: in force, and decided for later."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from core import parameters
from core.models import Parameter
from halls.models import Hall
from halls.queries import scopes
from staff.models import ShiftType, Turn, WorkScheme

MONTHS_AHEAD = 4


def coming_months(today: date) -> list[date]:
    """The first days of the months whose rosters can still be made by other rules."""
    found, month = [], today.replace(day=1)
    for _ in range(MONTHS_AHEAD):
        month = (month + timedelta(days=32)).replace(day=1)
        found.append(month)
    return found


def shift_types(hall: Hall) -> QuerySet[ShiftType]:
    used = Exists(Turn.objects.filter(shift=OuterRef("pk")))
    return ShiftType.objects.filter(hall=hall).annotate(is_used=used).order_by("-is_active", "order", "begins")


def scheme_on(hall: Hall, day: date) -> WorkScheme | None:
    return WorkScheme.objects.filter(hall=hall, valid_from__lte=day).first()


def schemes_after(hall: Hall, day: date) -> list[WorkScheme]:
    return list(WorkScheme.objects.filter(hall=hall, valid_from__gt=day).order_by("valid_from"))


def values_on(hall: Hall, names: tuple[str, ...], day: date) -> dict[str, int]:
    where = scopes(hall)
    return {name: parameters.number(name, on=day, scopes=where) for name in names}


def planned(hall: Hall, names: tuple[str, ...], day: date) -> list[Parameter]:
    """Values that take effect after a day, the next first."""
    rows = Parameter.objects.filter(name__in=names, scope__in=[*scopes(hall), ""], valid_from__gt=day)
    return list(rows.order_by("valid_from", "name"))
