"""Every figure against a slow reckoning from rows and events (`tests/overview/reference`), on random histories; and the
same number under the same name on every page and in the API.

`HALLKEEPER_HISTORIES_OF_HALLS=50` lives through that many more.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from halls.models import Hall, Region
from overview.queries import behind, figures, week
from overview.rules.figures import ALL, GROUPS
from queueing.actions import figures as nights
from staff.states import Role
from tests.factories import make_hall, make_user
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

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("lived")]


@pytest.fixture(scope="module", params=[4, *range(1000, 1000 + MORE)])
def lived(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[int, list[int]]]:
    """Halls with a random history, made once and rolled back; tests only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield request.param, live_through(request.param).ids
        transaction.set_rollback(True)


def test_every_figure_is_what_the_events_of_a_random_history_say(lived: tuple[int, list[int]]) -> None:
    """Today as it is asked; past days after the night, which adds up anew what something happened to."""
    seed, ids = lived
    today = figures.of_halls(ids, TODAY, TODAY, NOW)
    assert (seed, unlike(today, reference.of_halls(ids, TODAY, TODAY, NOW))) == (seed, [])
    nights.add_up(NOW)
    said = [today]
    for (first, last), found in zip(SPANS, figures.of_spans(ids, SPANS, NOW), strict=True):
        said.append(found)
        slow = reference.of_halls(ids, first, last, NOW)
        assert (seed, first, last, unlike(found, slow)) == (seed, first, last, [])
    values = {key: {one[pk][key] for one in said for pk in ids} - {None, 0} for key in ALL}
    dull = {key for key, one in ALL.items() if len(values[key]) < 2 - one.is_now}
    assert (seed, dull) == (seed, set())  # a history in which nothing happens proves nothing


def test_the_reference_knows_every_figure() -> None:
    hall = make_hall("ZJ77")
    assert set(reference.of_halls([hall.pk], FIRST, FIRST, NOW)[hall.pk]) == set(ALL)


# ---- one name, one number --------------------------------------------------------------------------------------


@pytest.fixture
def manager(lived: Any, client: Client) -> Iterator[Client]:
    """Somebody of the district, at the moment up to which it was lived."""
    with time_machine.travel(NOW, tick=False):
        client.force_login(make_user("90001", Role.DISTRICT, region=Region.objects.get(code="JK")))
        yield client


def values(first: Any, last: Any) -> dict[str, dict[str, Any]]:
    halls = {one.pk: one.code for one in Hall.objects.all()}
    return {halls[pk]: row for pk, row in figures.of_halls(halls, first, last, NOW).items()}


def test_the_api_says_what_the_reader_says(manager: Client) -> None:
    first, last = SPANS[0]
    told = manager.get("/api/v1/overview/figures/", {"since": first, "until": last}).json()
    assert {one["hall"]: one["values"] for one in told["halls"]} == values(first, last)


def test_the_district_page_says_what_the_reader_says(manager: Client) -> None:
    first, last = SPANS[0]
    shown: dict[str, dict[str, Any]] = {}
    for group in GROUPS:
        page = manager.get("/overview/compare/", {"from": first, "to": last, "group": group})
        for row in page.context["rows"]:
            shown.setdefault(row.hall.code, {}).update({cell.figure.key: cell.value for cell in row.cells})
    assert shown == values(first, last)


def test_the_cockpit_says_what_the_reader_says(manager: Client) -> None:
    for code, expected in values(TODAY, TODAY).items():
        if code == "ZJ09":
            continue  # takes no numbers here and has no cockpit
        page = manager.get(f"/overview/halls/{code}/").context
        assert page["read"] == {key: expected[key] for key in figures.FROM_SUMS}
        assert (page["waiting"], page["working"]) == (expected["waiting"], expected["open_windows"])
        assert page["longest"] == (None if expected["longest_wait"] is None else int(expected["longest_wait"]))
        assert page["today"].mean_wait == expected["mean_wait"]
        assert page["today"].share("vips_met", "vips") == expected["vip_met"]
        assert page["mean_rating"] == expected["mean_rating"]


IN_THE_WEEK = {
    "queue": {
        key: key
        for key in (
            "issued", "answered", "served", "no_shows", "mean_wait", "wait_p90", "within_standard", "busy_wait",
            "idle_wait", "long_waits", "cared", "mean_service", "sent_on", "online_handled", "diversion_rate",
            "ratings", "mean_rating", "low_ratings",
        )
    },
    "complaints": {"complaints": "complaints_logged", "late": "complaints_late"},
    "floor": {"patrols_due": "patrols_due", "patrols_done": "patrols_done"},
    "faults": {"found": "faults_found"},
    "inspection": {"overdue": "actions_overdue"},
    "staff": {"shifts": "shifts"},
}  # fmt: skip


def test_the_weekly_report_says_what_the_reader_says(lived: Any) -> None:
    first, last = SPANS[0]
    expected = values(first, last)
    for hall in Hall.objects.filter(is_live=True):
        told = week.figures(hall, first, last, NOW)
        for part, keys in IN_THE_WEEK.items():
            assert {key: told[part][key] for key in keys} == {
                key: expected[hall.code][figure] for key, figure in keys.items()
            }


def test_behind_each_count_stand_exactly_the_rows_it_counts(lived: tuple[int, list[int]]) -> None:
    """Of today and of all days: the list has as many rows as the figure says, each once and of the hall."""
    nights.add_up(NOW)
    seen = set()
    for first, last in ((TODAY, TODAY), SPANS[0]):
        said = figures.of_halls(lived[1], first, last, NOW)
        for hall in Hall.objects.filter(pk__in=lived[1], is_live=True).select_related("region__parent__parent"):
            for key in behind.DRILLED:
                rows = (behind.numbers if key in behind.TICKETS else behind.cases)(hall, first, last, key, NOW)
                assert (hall.code, key, len(rows), len(set(rows))) == (hall.code, key, *[said[hall.pk][key]] * 2)
                if key in behind.TICKETS:
                    assert {one.hall_id for one, _ in behind.told(list(rows))} <= {hall.pk}
                seen |= {key} if rows else set()
    assert seen == behind.DRILLED  # a list that is always empty proves nothing
