"""Every figure of halls computed the slow way: all rows and events are read and walked through one by one.

Nothing here asks the database to count, compare or add, and nothing of the product's reckoning is used: only rows,
events, words and the clock of Shanghai. The reader (`overview.queries.figures`) is held against it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pytest

from overview.rules.figures import ALL
from tests.overview.reference import cases, numbers, people, places

Values = dict[str, Any]


def of_halls(hall_ids: Iterable[int], first: date, last: date, now: datetime) -> dict[int, Values]:
    found: dict[int, Values] = {}
    for pk in hall_ids:
        found[pk] = {
            **numbers.of_hall(pk, first, last, now),
            **cases.of_hall(pk, first, last, now),
            **people.of_hall(pk, first, last, now),
            **places.of_hall(pk, first, last, now),
        }
    return found


def unlike(ours: dict[int, Values], slow: dict[int, Values]) -> list[tuple[int, str, Any, Any]]:
    """Hall, key and both values, where the reader and the slow reckoning differ."""
    return [
        (pk, key, ours[pk][key], slow[pk][key])
        for pk in ours
        for key in ALL
        if ours[pk][key] != pytest.approx(slow[pk][key], abs=1e-9)
    ]
