"""Who should be in a hall at this moment by its published roster, and who is (R-S-4)."""

from dataclasses import dataclass
from datetime import datetime

from core import time
from halls.models import Hall
from staff.queries import attendance


@dataclass(frozen=True)
class PeopleNow:
    """`rostered` None: nothing is published for today, so nobody can be missing."""

    rostered: int | None
    here: int
    missing: list[str]


def now_at(hall: Hall, now: datetime) -> PeopleNow:
    """Shifts that run now. Who came and left again is not here; whose shift has begun without them is missing."""
    day = time.business_day(now)
    lines = attendance.lines([hall], (day, day), now=now)
    if not lines:
        return PeopleNow(None, 0, [])
    running = [one for one in lines if one.turn.begins_at <= now < one.turn.ends_at]
    here = [one for one in running if one.row and one.row.checked_in_at and not one.row.checked_out_at]
    missing = [one.turn.person.name for one in running if one.state == attendance.ABSENT]
    return PeopleNow(len(running), len(here), missing)
