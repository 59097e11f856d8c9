"""The floor rules by their ids, at every boundary."""

from datetime import datetime, time, timedelta

import pytest

from core.time import SHANGHAI
from queueing.rules import floor as rules

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=SHANGHAI)


def minutes(count: int, seconds: int = 0) -> timedelta:
    return timedelta(minutes=count, seconds=seconds)


@pytest.mark.parametrize(("mean", "long"), [(minutes(14, 59), False), (minutes(15), False), (minutes(15, 1), True)])
def test_r_q_1_a_mean_wait_of_fifteen_minutes_is_fine(mean: timedelta, long: bool) -> None:
    assert rules.mean_is_long(mean, minutes=15) is long


@pytest.mark.parametrize(
    ("passed", "level"),
    [(minutes(0), "yellow"), (minutes(4, 59), "yellow"), (minutes(5), "yellow"), (minutes(5, 1), "red")],
)
def test_r_q_2_a_vip_is_met_within_five_minutes(passed: timedelta, level: str) -> None:
    assert rules.vip_level(NOON, NOON + passed, minutes=5) == level


@pytest.mark.parametrize(
    ("waiting", "windows", "peak"),
    [(0, 0, False), (1, 0, True), (0, 1, False), (3, 1, False), (4, 1, True), (15, 5, False), (16, 5, True)],
)
def test_r_q_4_peak_with_a_machine_is_more_than_three_per_open_window(waiting: int, windows: int, peak: bool) -> None:
    assert rules.is_peak(waiting, windows, is_line=False) is peak


@pytest.mark.parametrize(
    ("waiting", "windows", "peak"),
    [(0, 0, False), (1, 0, True), (2, 1, False), (3, 1, True), (2, 2, False), (3, 2, True)],
)
def test_r_q_4_peak_in_a_line_is_three_of_them(waiting: int, windows: int, peak: bool) -> None:
    assert rules.is_peak(waiting, windows, is_line=True) is peak


@pytest.mark.parametrize(
    ("peak", "working", "needs"), [(True, 4, True), (True, 5, False), (False, 4, False), (False, 5, False)]
)
def test_r_q_5_at_a_peak_all_windows_are_open(peak: bool, working: int, needs: bool) -> None:
    assert rules.needs_all_windows(peak=peak, open_windows=working, windows=5) is needs


@pytest.mark.parametrize(
    ("waiting", "working", "closed", "needs"),
    [
        (14, 3, 1, False),
        (15, 3, 1, True),
        (15, 3, 0, False),
        (0, 0, 2, False),
        (1, 0, 2, True),
        (4, 1, 1, False),
        (5, 1, 1, True),
    ],
)
def test_r_q_6_five_per_window_ask_for_one_more(waiting: int, working: int, closed: int, needs: bool) -> None:
    assert rules.needs_one_more(waiting, working, closed=closed, per_window=5) is needs


@pytest.mark.parametrize(("windows", "least"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (8, 4)])
def test_r_q_7_half_of_the_windows_is_rounded_up(windows: int, least: int) -> None:
    assert rules.least_at_noon(windows) == least


@pytest.mark.parametrize(
    ("clock", "noon"),
    [(time(11, 29, 59), False), (time(11, 30), True), (time(13, 29, 59), True), (time(13, 30), False)],
)
def test_r_q_7_noon_is_from_half_past_eleven_to_half_past_one(clock: time, noon: bool) -> None:
    now = datetime.combine(NOON.date(), clock, SHANGHAI)
    assert rules.is_noon(now, begins=690, ends=810) is noon


@pytest.mark.parametrize(("waited", "due"), [(minutes(29, 59), False), (minutes(30), False), (minutes(30, 1), True)])
def test_r_q_8_care_is_due_at_thirty_minutes_and_one_second(waited: timedelta, due: bool) -> None:
    assert rules.care_is_due(waited, minutes=30) is due


@pytest.mark.parametrize(
    ("zone", "ordinary", "working", "needs"),
    [(2, 0, 3, False), (3, 0, 3, True), (3, 3, 3, True), (3, 4, 3, False), (3, 0, 0, False), (9, 0, 1, True)],
)
def test_r_q_15_the_zone_gets_a_window_while_ordinary_lines_are_short(
    zone: int, ordinary: int, working: int, needs: bool
) -> None:
    assert rules.zone_needs_window(zone, ordinary, working) is needs


@pytest.mark.parametrize(
    ("passed", "lingering"),
    [(minutes(2, 59), False), (minutes(3), True), (minutes(14, 59), True), (minutes(15), False)],
)
def test_r_q_17_three_minutes_at_the_machines_are_noticed(passed: timedelta, lingering: bool) -> None:
    assert rules.lingers(NOON, NOON + passed, minutes=3, ends=15) is lingering
