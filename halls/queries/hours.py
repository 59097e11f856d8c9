"""Opening hours of many halls at once."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from halls.models import HoursException
from halls.rules.places import Hours, hours_on


@dataclass(frozen=True)
class Opening:
    """A hall's hours by weekday, and the dated exceptions among the days that were asked for."""

    weekly: dict[int, Hours] = field(default_factory=dict)
    dated: dict[date, Hours | None] = field(default_factory=dict)

    def on(self, day: date) -> Hours | None:
        return hours_on(day, self.weekly, self.dated)


_WEEKLY = """
    SELECT hall_id, weekday, opens, closes FROM halls_openinghours
    WHERE hall_id = ANY(%s::bigint[]) ORDER BY hall_id, weekday
"""


def of_halls(hall_ids: Collection[int], first: date, last: date) -> dict[int, Opening]:
    """Two questions for any number of halls; a hall without hours is closed."""
    found: dict[int, Opening] = defaultdict(Opening)
    ids, known = list(hall_ids), dict[Hours, Hours]()
    with connection.cursor() as cursor:
        cursor.execute(_WEEKLY, [ids])
        for pk, weekday, *clocks in cursor.fetchall():
            hours = Hours(*clocks)
            found[pk].weekly[weekday] = known.setdefault(hours, hours)
    for row in HoursException.objects.filter(hall__in=ids, day__range=(first, last)).order_by("hall", "day"):
        found[row.hall_id].dated[row.day] = row.hours
    return found
