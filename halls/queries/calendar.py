"""Working days, holidays and make-up days counted."""

from collections.abc import Callable
from datetime import date, timedelta

from halls.models import CalendarDay
from halls.rules.places import is_working_day

AHEAD = timedelta(days=120)


def working_days(begin: date) -> Callable[[date], bool]:
    """Whether a day from `begin` on is a working day; the calendar's rows are read once."""
    kinds = dict(CalendarDay.objects.filter(day__gte=begin, day__lte=begin + AHEAD).values_list("day", "kind"))

    def is_working(day: date) -> bool:
        return is_working_day(day, kinds.get(day))

    return is_working
