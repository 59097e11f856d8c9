"""The handover's list of a hall as it stands, and what is decided for later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from halls.models import Hall, Region, Window
from halls.queries import scopes
from staff.models import CountItem, WindowFloat
from staff.queries.handovers import count_items
from staff.states import HandoverKind


@dataclass(frozen=True)
class Shown:
    """One item with the name of the place whose word it is."""

    row: CountItem
    place: str


def place_names(hall: Hall) -> dict[str, str]:
    regions = Region.objects.filter(code__in=scopes(hall)).values_list("code", "name")
    return {"": "统一", hall.code: "本厅", **dict(regions)}


def lists(hall: Hall, day: date) -> list[tuple[str, list[Shown]]]:
    """Both lists in force on a day."""
    names = place_names(hall)
    return [
        (str(HandoverKind(kind).label), [Shown(row, names[row.scope]) for row in count_items(hall, kind, day)])
        for kind in HandoverKind.values
    ]


def planned(hall: Hall, day: date) -> list[Shown]:
    names = place_names(hall)
    rows = CountItem.objects.filter(scope__in=list(names), valid_from__gt=day).order_by("valid_from", "order")
    return [Shown(row, names[row.scope]) for row in rows]


def floats(hall: Hall, day: date) -> list[tuple[Window, Decimal | None, list[WindowFloat]]]:
    """Each window's float today, and those to come."""
    windows = hall.windows.filter(is_active=True).order_by("number").prefetch_related("floats")
    return [(window, _now(window.floats.all(), day), _later(window.floats.all(), day)) for window in windows]


def _now(rows: Iterable[WindowFloat], day: date) -> Decimal | None:
    past = [row for row in rows if row.valid_from <= day]
    return max(past, key=lambda row: row.valid_from).amount if past else None


def _later(rows: Iterable[WindowFloat], day: date) -> list[WindowFloat]:
    return sorted((row for row in rows if row.valid_from > day), key=lambda row: row.valid_from)
