from datetime import datetime, timedelta
from typing import Any

from halls.models import Hall
from queueing.queries.promises import Promise, kept
from tests.factories import make_hall, make_ticket


def waited(hall: Hall, noon: datetime, minutes: float, **fields: Any) -> None:
    called = noon + timedelta(minutes=minutes)
    values = {"promised_seconds": 600, "promised_high_seconds": 1200, **fields}
    make_ticket(hall, "done", taken_at=noon, first_called_at=called, called_at=called, **values)


def test_the_day_tells_how_many_promises_were_kept_and_how_far_they_were_off(hall: Hall, noon: datetime) -> None:
    for minutes in (8, 12, 20, 21):
        waited(hall, noon, minutes)
    assert kept(hall.pk, noon.date()) == Promise(4, 0.75, (2 + 2 + 10 + 11) / 4)


def test_what_was_never_promised_simulated_estimated_or_of_others_does_not_count(hall: Hall, noon: datetime) -> None:
    waited(hall, noon, 5, promised_seconds=None, promised_high_seconds=None)
    waited(hall, noon, 5, is_simulated=True)
    waited(hall, noon, 5, is_estimated=True)
    waited(hall, noon, 5, requeues=1)
    waited(hall, noon - timedelta(days=1), 5)
    waited(make_hall("ZJ02"), noon, 5)
    assert kept(hall.pk, noon.date()) == Promise(0, None, None)


def test_time_away_before_the_call_is_not_waiting(hall: Hall, noon: datetime) -> None:
    waited(hall, noon, 25, away_seconds=600)
    assert kept(hall.pk, noon.date()) == Promise(1, 1.0, 5.0)
