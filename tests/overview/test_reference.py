"""Every figure against a slow reckoning from rows and events (`tests/overview/reference`), on random histories.

`HALLKEEPER_HISTORIES_OF_HALLS=50` lives through that many more.
"""

import os
from datetime import timedelta
from typing import Any

import pytest

from overview.queries import figures
from overview.rules.figures import ALL
from queueing.actions import figures as nights
from tests.overview import reference
from tests.overview.histories import DAYS, FIRST, NOW, City, live_through

DAY = timedelta(days=1)
MORE = int(os.environ.get("HALLKEEPER_HISTORIES_OF_HALLS", "0"))
TODAY = NOW.date()
SPANS = [
    (FIRST, FIRST + (DAYS - 1) * DAY),
    *((FIRST + at * DAY, FIRST + at * DAY) for at in range(DAYS)),
    (FIRST - 10 * DAY, FIRST - 5 * DAY),
    (FIRST, FIRST + DAY),
]


def differences(ids: list[int], first: Any, last: Any, now: Any) -> list[Any]:
    ours, slow = figures.of_halls(ids, first, last, now), reference.of_halls(ids, first, last, now)
    return [
        (pk, key, ours[pk][key], slow[pk][key])
        for pk in ids
        for key in ALL
        if ours[pk][key] != pytest.approx(slow[pk][key], abs=1e-9)
    ]


@pytest.mark.parametrize("seed", [1, 2, *range(1000, 1000 + MORE)])
def test_every_figure_is_what_the_events_of_a_random_history_say(db: None, seed: int) -> None:
    city: City = live_through(seed)
    assert (seed, differences(city.ids, TODAY, TODAY, NOW)) == (seed, [])
    nights.add_up(NOW)  # past days to which something happened since the last night
    for first, last in SPANS:
        assert (seed, first, last, differences(city.ids, first, last, NOW)) == (seed, first, last, [])


def test_the_reference_knows_every_figure(db: None) -> None:
    from tests.factories import make_hall

    hall = make_hall()
    assert set(reference.of_halls([hall.pk], FIRST, FIRST, NOW)[hall.pk]) == set(ALL)
