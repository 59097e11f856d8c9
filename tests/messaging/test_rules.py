from datetime import datetime, timedelta

import pytest

from core.time import SHANGHAI
from messaging import rules
from messaging.rules import QuietHours
from messaging.states import MessageKind

NIGHT = QuietHours(22, 7)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("21:59:59", False),
        ("22:00:00", True),
        ("23:59:59", True),
        ("00:00:00", True),
        ("06:59:59", True),
        ("07:00:00", False),
        ("12:00:00", False),
    ],
)
def test_r_s_23_quiet_hours_begin_at_22_and_end_at_7(clock, quiet):
    assert NIGHT.covers(moment(f"11-22 {clock}")) is quiet


@pytest.mark.parametrize("kind", [MessageKind.NOTICE, MessageKind.GREETING])
@pytest.mark.parametrize(
    ("now", "earliest"),
    [
        ("11-22 21:59:59", "11-22 21:59:59"),
        ("11-22 22:00:00", "11-23 07:00:00"),
        ("11-23 00:00:00", "11-23 07:00:00"),
        ("11-23 06:59:59", "11-23 07:00:00"),
        ("11-23 07:00:00", "11-23 07:00:00"),
        ("11-30 22:30:00", "12-01 07:00:00"),
    ],
)
def test_r_s_23_notices_and_greetings_wait_for_the_morning(kind, now, earliest):
    assert rules.earliest(moment(now), kind, NIGHT) == moment(earliest)


@pytest.mark.parametrize("kind", [MessageKind.CODE, MessageKind.CALL, MessageKind.STAFF_ALERT])
def test_r_s_23_what_the_customer_waits_for_goes_at_night(kind):
    assert rules.earliest(moment("11-22 23:00:00"), kind, NIGHT) == moment("11-22 23:00:00")


@pytest.mark.parametrize(
    ("quiet", "clock", "covered"),
    [
        (QuietHours(0, 8), "00:00:00", True),
        (QuietHours(0, 8), "08:00:00", False),
        (QuietHours(0, 8), "23:59:59", False),
        (QuietHours(7, 7), "07:00:00", False),
        (QuietHours(22, 0), "23:59:59", True),
        (QuietHours(22, 0), "00:00:00", False),
    ],
)
def test_quiet_hours_may_be_set_otherwise(quiet, clock, covered):
    assert quiet.covers(moment(f"11-22 {clock}")) is covered


def test_quiet_hours_until_midnight_end_with_the_day():
    assert QuietHours(22, 0).end(moment("11-30 22:00:00")) == moment("12-01 00:00:00")


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("11-30 23:59:59", "11-01 00:00:00", "12-01 00:00:00"),
        ("12-01 00:00:00", "12-01 00:00:00", "2027-01-01 00:00:00"),
        ("02-28 12:00:00", "02-01 00:00:00", "03-01 00:00:00"),
    ],
)
def test_r_s_23_the_month_is_the_calendar_month_of_shanghai(now, start, end):
    ends = datetime.fromisoformat(end).replace(tzinfo=SHANGHAI) if end.startswith("2027") else moment(end)

    assert rules.month_bounds(moment(now)) == (moment(start), ends)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60), (5000, 60)])
def test_each_failure_doubles_the_pause_up_to_a_minute(attempts, seconds):
    now = moment("11-22 12:00:00")

    assert rules.retry_at(now, attempts) == now + timedelta(seconds=seconds)


def test_a_wording_is_filled_and_a_value_stays_on_one_line():
    text = rules.render("您的号码 {number} 请到 {window}办理。", {"number": "A012", "window": " 3 号\r\n窗口 "})

    assert text == "您的号码 A012 请到 3 号 窗口办理。"


def test_a_value_with_braces_is_not_filled_again():
    assert rules.render("{name}您好", {"name": "{number}", "number": "A012"}) == "{number}您好"


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("{number} 请到 {window}办理", []),
        ("{nummer} 请到 {window}办理", ["{nummer}"]),
        ("{number.__class__}", ["{number.__class__}"]),
        ("{number!r}", ["{number!r}"]),
        ("{}", ["{}"]),
        ("{number", ["{"]),
        ("号码}", ["}"]),
        ("没有变量", []),
    ],
)
def test_what_could_not_be_filled_is_named(text, strange):
    assert rules.unknown_parts(text, ("number", "window")) == strange


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("/lobby/", True),
        ("//elsewhere.example/", False),
        ("/\\elsewhere.example", False),
        ("https://elsewhere.example/", False),
        ("javascript:alert(1)", False),
        ("/lobby/\n", False),
    ],
)
def test_a_notice_leads_to_our_own_pages_only(url, own):
    assert rules.is_own_path(url) is own
