from datetime import UTC, date, datetime

import pytest

from core import time


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 16, 0, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2028, 2, 28, 16, 0, 0, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
def test_the_business_day_is_shanghais(moment: datetime, day: date) -> None:
    assert time.business_day(moment) == day


def test_a_days_bounds_are_its_two_midnights() -> None:
    start, end = time.day_bounds(date(2026, 11, 22))
    assert (start.isoformat(), end.isoformat()) == ("2026-11-22T00:00:00+08:00", "2026-11-23T00:00:00+08:00")
