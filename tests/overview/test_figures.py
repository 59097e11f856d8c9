"""The registry of figures, and its one reader."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.time import SHANGHAI
from halls.models import Hall
from overview.queries import figures
from overview.rules.figures import ALL, UNITS, Figure, outlook
from queueing.queries import figure_tables
from queueing.queries.figure_tables import Wanted
from queueing.states import FigureBy
from tests.factories import make_hall, make_ticket, make_user

NOW = datetime(2026, 11, 18, 10, 10, tzinfo=SHANGHAI)
TODAY = date(2026, 11, 18)


def test_every_figure_says_how_it_is_reckoned_by_which_rule_and_from_which_tables(db: Any) -> None:
    tables = set(connection.introspection.table_names())
    for one in ALL.values():
        assert one.formula.endswith("。"), one.key
        assert one.unit in UNITS, one.key
        assert re.fullmatch(r"R-[QLCSIH]-\d+(、R-[QLCSIH]-\d+)*", one.rule), one.key
        assert set(re.findall(r"[a-z]+_[a-z]+", one.source)) - tables == set(), one.key
    assert len({one.name for one in ALL.values()}) == len(ALL)


def test_a_figure_of_the_queue_has_the_words_of_the_statistics() -> None:
    shared = [key for key in ALL if key in figure_tables.ALL]
    assert len(shared) == 19
    for key in shared:
        column = figure_tables.ALL[key]
        assert (ALL[key].name, ALL[key].formula, ALL[key].unit) == (column.label, column.meaning, column.unit)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("mean_wait", 9.44, "9.4 分"),
        ("mean_wait", None, "—"),
        ("issued", 1280, "1,280"),
        ("within_standard", 0.861, "86.1%"),
        ("mean_rating", 4.8, "4.80"),
        ("repair_hours", 47.9, "47.9 小时"),
        ("repair_hours", 48, "2.0 天"),
        ("refunded", 25.0, "25.00 元"),
    ],
)
def test_values_are_shown_with_their_units(key: str, value: Any, text: str) -> None:
    assert ALL[key].text(value) == text


@pytest.mark.parametrize(
    ("key", "before", "after", "word"),
    [
        ("mean_wait", 9, 12, "bad"),
        ("mean_wait", 12, 9, "good"),
        ("within_standard", 0.8, 0.9, "good"),
        ("issued", 100, 200, ""),
        ("mean_wait", None, 9, ""),
        ("mean_wait", 9, 9, ""),
    ],
)
def test_a_change_is_for_the_better_or_for_the_worse(key: str, before: Any, after: Any, word: str) -> None:
    assert outlook(ALL[key], before, after) == word


@pytest.fixture
def hall(db: Any) -> Hall:
    return make_hall(windows=3)


def test_the_queue_of_a_hall_is_what_its_statistics_say(hall: Hall) -> None:
    for minutes in (5, 20, 40):
        taken = NOW - timedelta(minutes=60)
        make_ticket(hall, "done", taken_at=taken, called_at=taken + timedelta(minutes=minutes), finished_at=NOW)
    make_ticket(hall, "no_show", taken_at=NOW - timedelta(minutes=30))
    make_ticket(hall, taken_at=NOW - timedelta(minutes=12))
    found = figures.of_hall(hall, TODAY, TODAY, NOW)
    table = figure_tables.table(Wanted([hall], TODAY, TODAY, FigureBy.HALL), NOW)
    for key in set(ALL) & set(figure_tables.ALL):
        assert found[key] == figure_tables.ALL[key].value(table.total), key
    assert [found[key] for key in ("issued", "answered", "served", "no_shows", "long_waits")] == [5, 3, 3, 1, 1]
    assert found["mean_wait"] == pytest.approx(65 / 3)
    assert (found["waiting"], found["longest_wait"], found["open_windows"]) == (1, 12, 0)


def test_a_live_hall_without_anything_has_zeros_and_no_means(hall: Hall) -> None:
    found = figures.of_hall(hall, TODAY, TODAY, NOW)
    assert {found[key] for key in ("issued", "no_shows", "complaints_logged", "refunds", "faults_open")} == {0}
    unknown = ("mean_wait", "within_standard", "complaints_on_time", "repair_hours", "last_score", "shifts")
    assert {found[key] for key in unknown} == {None}


def test_of_a_hall_that_takes_no_numbers_here_nothing_is_made_up(db: Any) -> None:
    quiet = make_hall("ZJ09", is_live=False)
    assert set(figures.of_hall(quiet, TODAY, TODAY, NOW).values()) == {None}


def test_fifty_years_and_a_span_that_ends_before_it_begins_are_answered(hall: Hall) -> None:
    assert figures.of_hall(hall, date(1990, 1, 1), date(2040, 12, 31), NOW)["issued"] == 0
    assert set(figures.of_hall(hall, TODAY, TODAY - timedelta(days=1), NOW).values()) == {None}
    assert figures.of_halls([], TODAY, TODAY, NOW) == {}


def test_no_more_is_asked_for_more_halls_and_more_numbers(hall: Hall) -> None:
    def asked(halls: list[Hall]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            figures.of_halls([one.pk for one in halls], TODAY - timedelta(days=30), TODAY, NOW)
        return len(queries)

    make_ticket(hall, "done", taken_at=NOW)
    asked([hall])  # parameters are read once
    one = asked([hall])
    more = [make_hall(f"ZJ1{at}") for at in range(3)]
    for each in more:
        for _ in range(3):
            make_ticket(each, "done", taken_at=NOW)
    assert (one, asked([hall, *more])) == (36, 36)


def test_the_page_of_definitions_finds_a_figure(client: Client, hall: Hall) -> None:
    client.force_login(make_user("01900", "duty_manager", hall))
    page = client.get("/overview/figures/").content.decode()
    for one in ALL.values():
        assert f'id="{one.key}"' in page
    groups = client.get("/overview/figures/", {"q": "r-h-16"}).context["groups"]
    found: list[Figure] = [one for _, rows in groups for one in rows]
    assert [one.key for one in found] == ["online_handled", "diversion_rate"]
    assert "没有名称含「湖」的指标" in client.get("/overview/figures/", {"q": "湖"}).content.decode()
