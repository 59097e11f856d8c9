from datetime import date, datetime, time

import pytest

from core.time import SHANGHAI
from halls.rules import Hours, hours_on, is_issuing, is_open, is_working_day, queue_mode_for

DAY = date(2026, 11, 18)
OFFICE, ALL_DAY = Hours(time(8, 30), time(18)), Hours(time(0), time(0))


def at(clock: str) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(clock), SHANGHAI)


@pytest.mark.parametrize(
    ("counters", "rest_area", "mode"),
    [(4, True, "machine"), (3, True, "line"), (4, False, "line"), (8, True, "machine")],
)
def test_r_q_16_a_machine_needs_four_counters_and_a_rest_area(counters: int, rest_area: bool, mode: str) -> None:
    assert queue_mode_for(counters, rest_area) == mode


@pytest.mark.parametrize(
    ("clock", "is_it"), [("08:29:59", False), ("08:30:00", True), ("17:59:59", True), ("18:00:00", False)]
)
def test_r_h_9_open_from_the_first_moment_and_closed_at_the_last(clock: str, is_it: bool) -> None:
    assert is_open(OFFICE, at(clock)) is is_it


def test_r_h_9_a_dated_exception_goes_before_the_weekday() -> None:
    weekly = {DAY.weekday(): OFFICE}
    assert hours_on(DAY, weekly, {}) == OFFICE
    assert hours_on(DAY, weekly, {DAY: None}) is None
    assert hours_on(DAY, {}, {DAY: ALL_DAY}) == ALL_DAY


@pytest.mark.parametrize(("clock", "gives"), [("17:29:59", True), ("17:30:00", False)])
def test_numbers_stop_half_an_hour_before_closing(clock: str, gives: bool) -> None:
    assert is_issuing(OFFICE, at(clock), stop_minutes=30) is gives


def test_midnight_as_closing_time_is_the_days_end() -> None:
    assert is_open(ALL_DAY, at("23:59:59"))
    assert ALL_DAY.text == "00:00–24:00"


def test_a_calendar_row_goes_before_the_weekday() -> None:
    saturday = date(2026, 11, 21)
    assert [is_working_day(saturday, kind) for kind in (None, "makeup", "holiday")] == [False, True, False]
    assert [is_working_day(DAY, kind) for kind in (None, "holiday")] == [True, False]
