"""Every figure against a slow reckoning from rows and events (`tests/overview/reference`), on random histories.

`HALLKEEPER_HISTORIES_OF_HALLS=50` lives through that many more.
"""

import os

import pytest

from overview.queries import figures
from overview.rules.figures import ALL
from queueing.actions import figures as nights
from tests.factories import make_hall
from tests.overview import reference
from tests.overview.city import DAY, DAYS, FIRST, NOW
from tests.overview.histories import live_through
from tests.overview.reference import unlike

MORE = int(os.environ.get("HALLKEEPER_HISTORIES_OF_HALLS", "0"))
TODAY = NOW.date()
SPANS = [
    (FIRST, FIRST + (DAYS - 1) * DAY),
    *((FIRST + at * DAY, FIRST + at * DAY) for at in range(DAYS - 1)),
    (FIRST - 10 * DAY, FIRST - 5 * DAY),
]


@pytest.mark.parametrize("seed", [4, *range(1000, 1000 + MORE)])
def test_every_figure_is_what_the_events_of_a_random_history_say(db: None, seed: int) -> None:
    """Today as it is asked; past days after the night, which adds up anew what something happened to."""
    ids = live_through(seed).ids
    today = figures.of_halls(ids, TODAY, TODAY, NOW)
    assert (seed, unlike(today, reference.of_halls(ids, TODAY, TODAY, NOW))) == (seed, [])
    nights.add_up(NOW)
    said = [today]
    for first, last in SPANS:
        said.append(figures.of_halls(ids, first, last, NOW))
        slow = reference.of_halls(ids, first, last, NOW)
        assert (seed, first, last, unlike(said[-1], slow)) == (seed, first, last, [])
    values = {key: {one[pk][key] for one in said for pk in ids} - {None, 0} for key in ALL}
    dull = {key for key, one in ALL.items() if len(values[key]) < 2 - one.is_now}
    assert (seed, dull) == (seed, set())  # a history in which nothing happens proves nothing


def test_the_reference_knows_every_figure(db: None) -> None:
    hall = make_hall()
    assert set(reference.of_halls([hall.pk], FIRST, FIRST, NOW)[hall.pk]) == set(ALL)
