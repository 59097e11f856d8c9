"""Opening hours of many halls at once."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from halls.models import HoursException, OpeningHours
from halls.rules.places import Hours, hours_on


@dataclass(frozen=True)
class Opening:
    """A hall's hours by weekday, and the dated exceptions among the days that were asked for."""

    weekly: dict[int, Hours] = field(default_factory=dict)
    dated: dict[date, Hours | None] = field(default_factory=dict)

    def on(self, day: date) -> Hours | None:
        return hours_on(day, self.weekly, self.dated)


def of_halls(hall_ids: Collection[int], first: date, last: date) -> dict[int, Opening]:
    """Two questions for any number of halls; a hall without hours is closed."""
    found: dict[int, Opening] = defaultdict(Opening)
    weekly = OpeningHours.objects.filter(hall__in=hall_ids).order_by("hall", "weekday")
    known: dict[Hours, Hours] = {}
    for pk, weekday, opens, closes in weekly.values_list("hall_id", "weekday", "opens", "closes"):
        hours = Hours(opens, closes)
        found[pk].weekly[weekday] = known.setdefault(hours, hours)
    for row in HoursException.objects.filter(hall__in=hall_ids, day__range=(first, last)).order_by("hall", "day"):
        found[row.hall_id].dated[row.day] = row.hours
    return found
