"""What is expected: stored half hours, for rosters, the cockpit and the load check."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core import time
from queueing.models import HalfHourForecast
from queueing.rules.figures import SLOT_MINUTES


@dataclass(frozen=True)
class HalfHour:
    slot: int
    starts_at: datetime
    arrivals: float
    windows: int


def half_hours(hall_id: int, day: date) -> list[HalfHour]:
    """The forecast of a hall's day in order; empty when there is none."""
    begins = time.day_bounds(day)[0]
    rows = HalfHourForecast.objects.filter(hall=hall_id, day=day).order_by("slot")
    return [
        HalfHour(row.slot, begins + timedelta(minutes=SLOT_MINUTES * row.slot), row.arrivals, row.windows)
        for row in rows
    ]
