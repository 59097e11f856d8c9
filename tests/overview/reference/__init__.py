"""Every figure of halls computed the slow way: all rows and events are read and walked through one by one.

Nothing here asks the database to count, compare or add, and nothing of the product's reckoning is used: only rows,
events, words and the clock of Shanghai. The reader (`overview.queries.figures`) is held against it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

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
