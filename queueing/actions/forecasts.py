"""The nightly forecast, for rosters and the cockpit."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from core import time
from halls.models import Hall
from queueing.models import HalfHourForecast
from queueing.queries import forecast as reads
from staff.actions.rosters import forecast_needs
from staff.models import WindowNeed
from staff.states import NeedSource

DAYS_AHEAD = 35
LOCK = 7_020_261_124


@transaction.atomic
def make_forecasts(now: datetime) -> int:
    """Forecast today and the days to come for each hall that has none of today yet; safe to run twice and at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    begins = time.day_bounds(time.business_day(now))[0]
    done = HalfHourForecast.objects.filter(made_at__gte=begins).values_list("hall_id", flat=True).distinct()
    halls = Hall.objects.filter(is_live=True).exclude(pk__in=list(done)).select_related("region__parent__parent")
    return sum(forecast_hall(hall, now) for hall in halls)


@transaction.atomic
def forecast_hall(hall: Hall, now: datetime) -> int:
    """Write a hall's forecast anew, from today on; past ones stay, to be held against what came. Returns the rows."""
    today = time.business_day(now)
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    made: Iterable[HalfHourForecast] = reads.predict(hall, days, reads.past(hall, today), now)
    HalfHourForecast.objects.filter(hall=hall, day__gte=today).delete()
    rows = HalfHourForecast.objects.bulk_create(made, batch_size=2000)
    forecast_needs(hall, [_need(row, hall) for row in rows], since=today)
    return len(rows)


def _need(row: HalfHourForecast, hall: Hall) -> WindowNeed:
    """The same figure for the rosters; a half hour that needs every window is a peak (R-Q-5)."""
    return WindowNeed(
        hall=hall,
        day=row.day,
        slot=row.slot,
        windows=row.windows,
        is_peak=row.windows >= hall.counter_count > 1,
        source=NeedSource.FORECAST,
    )
