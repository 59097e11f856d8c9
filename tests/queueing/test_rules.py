from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from core.time import SHANGHAI
from queueing.rules import numbers as rules
from queueing.states import Did
from queueing.states import TicketState as S

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("people", "mean", "windows", "minutes"),
    [(9, "6", 3, 18), (1, "6", 4, 2), (0, "6", 3, 1), (10, "3", 4, 8), (7, "2.1", 7, 3), (3, "1.1", 3, 2)],
)
def test_r_q_9_expected_wait_is_rounded_up_to_a_minute(people: int, mean: str, windows: int, minutes: int) -> None:
    assert rules.expected_wait_seconds(people * Decimal(mean), windows) == minutes * 60


def test_r_q_9_no_window_open_is_unknown_and_never_zero() -> None:
    assert rules.expected_wait_seconds(Decimal(0), 0) is None


def test_r_q_9_binary_fractions_do_not_round_up_once_too_often() -> None:
    assert rules.expected_wait_seconds(3 * Decimal("1.1") * 10, 33) == 60


@pytest.mark.parametrize(
    ("is_vip", "star", "is_gotone", "letter"),
    [
        (True, 1, False, "V"),
        (False, 5, False, "V"),
        (False, 7, True, "V"),
        (False, 4, True, "G"),
        (False, 4, False, "A"),
        (False, None, False, "A"),
        (False, -1, False, "A"),
    ],
)
def test_the_letter_is_that_of_the_highest_class(is_vip: bool, star: int | None, is_gotone: bool, letter: str) -> None:
    assert rules.letter_for("A", is_vip=is_vip, star=star, is_gotone=is_gotone) == letter


@pytest.mark.parametrize(("serial", "text"), [(1, "A001"), (999, "A999"), (1000, "A1000"), (1001, "A1001")])
def test_numbers_have_three_digits_until_they_need_four(serial: int, text: str) -> None:
    assert rules.number_text("A", serial) == text


LEGAL = {
    (Did.CALLED, S.WAITING),
    (Did.RECALLED, S.CALLED),
    (Did.STARTED, S.CALLED),
    (Did.FINISHED, S.CALLED),
    (Did.FINISHED, S.SERVING),
    (Did.NO_SHOW, S.CALLED),
    (Did.HELD, S.CALLED),
    (Did.HELD, S.SERVING),
    (Did.RESUMED, S.HELD),
    (Did.TRANSFERRED, S.WAITING),
    (Did.TRANSFERRED, S.CALLED),
    (Did.TRANSFERRED, S.SERVING),
    (Did.TRANSFERRED, S.HELD),
    (Did.CANCELLED, S.WAITING),
    (Did.CANCELLED, S.CALLED),
    (Did.CANCELLED, S.HELD),
    (Did.REQUEUED, S.NO_SHOW),
    (Did.SET_ASIDE, S.WAITING),
    (Did.CAME_BACK, S.HELD),
    (Did.CHANGED, S.WAITING),
    (Did.CARED, S.WAITING),
    (Did.CARED, S.CALLED),
    (Did.CARED, S.SERVING),
    *((did, state) for did in (Did.ADDED, Did.DROPPED, Did.NOTED) for state in (S.CALLED, S.SERVING, S.HELD)),
    (Did.NOTED, S.DONE),
    (Did.CLOSED, S.WAITING),
    (Did.CLOSED, S.CALLED),
    (Did.CLOSED, S.SERVING),
    (Did.CLOSED, S.HELD),
}


@pytest.mark.parametrize("did", rules.VERB_FROM)
@pytest.mark.parametrize("state", S)
def test_every_verb_from_every_state(did: str, state: str) -> None:
    assert rules.can_do(did, state) == ((did, state) in LEGAL)


def test_a_recall_is_due_after_the_full_ten_seconds() -> None:
    assert rules.next_call_at(NOON, seconds=10) == NOON + timedelta(seconds=10)


def test_r_q_10_no_show_waits_for_the_third_call_and_thirty_seconds() -> None:
    assert rules.no_show_at(NOON, 2, calls_needed=3, seconds=30) is None
    assert rules.no_show_at(NOON, 3, calls_needed=3, seconds=30) == NOON + timedelta(seconds=30)


def test_r_q_10_a_late_comer_goes_behind_three() -> None:
    line = [NOON + timedelta(minutes=minute) for minute in (4, 1, 3, 2)]
    order = rules.order_after(line, 3, NOON + timedelta(minutes=30))
    assert line[2] < order < line[0]


def test_r_q_10_a_late_comer_to_a_short_line_goes_last() -> None:
    late = NOON + timedelta(minutes=30)
    assert rules.order_after([NOON], 3, late) == late
    assert rules.order_after([], 3, late) == late


def test_in_front_is_before_everybody() -> None:
    line = [NOON + timedelta(minutes=1), NOON]
    assert rules.order_in_front(line, NOON + timedelta(hours=1)) < NOON
    assert rules.order_in_front([], NOON) == NOON


@pytest.mark.parametrize(
    ("days_ago", "idle_minutes", "open_now", "left_over"),
    [
        (0, 600, False, False),
        (1, 0, False, True),
        (1, 119, True, False),
        (1, 120, True, True),
    ],
)
def test_what_an_earlier_day_left_open(days_ago: int, idle_minutes: int, open_now: bool, left_over: bool) -> None:
    today = date(2026, 11, 18)
    found = rules.is_left_over(
        today - timedelta(days=days_ago),
        NOON - timedelta(minutes=idle_minutes),
        today=today,
        now=NOON,
        open_now=open_now,
        grace=timedelta(minutes=120),
    )
    assert found == left_over


@pytest.mark.parametrize(
    ("letter", "lane", "directed", "text"),
    [
        ("V", "", False, "叫 V003:全球通 VIP 优先,已等候 6 分钟"),
        ("G", "", False, "叫 G003:全球通优先,已等候 6 分钟"),
        ("A", "", False, "叫 A003:先到先办,已等候 6 分钟"),
        ("A", "green", False, "叫 A003:爱心通道优先,已等候 6 分钟"),
        ("A", "", True, "叫 A003:指定在本窗口办理,已等候 6 分钟"),
    ],
)
def test_the_clerk_reads_why_this_number(letter: str, lane: str, directed: bool, text: str) -> None:
    waited = timedelta(minutes=6, seconds=59)
    assert rules.why_next(letter, lane, directed=directed, waited=waited, number=f"{letter}003") == text
