"""R-C-5 … R-C-9, R-C-18, R-C-19: limits to the second."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.rules.answers import answer_by, book_clock_from
from complaints.rules.clocks import NATURAL, Working, end_of_day
from complaints.rules.fold import consumed, handling_due, notice_time
from complaints.rules.tiers import tier_of
from complaints.states import Tier
from tests.complaints.histories import HOUR, POLICIES, accepted, case, day, did, levels, logged, when

WORKING = Working(time(8, 30), time(17, 30), off=frozenset({date(2026, 10, 1)}), on=frozenset({date(2026, 10, 10)}))


@pytest.mark.parametrize(
    ("tier", "due"),
    [("vip", "2026-11-22 18:00"), ("gotone", "2026-11-23 10:00"), ("other", "2026-11-24 10:00")],
)
def test_r_c_5_the_limit_follows_the_tier(tier, due):
    found = case(logged("2026-11-22 10:00"), accepted("2026-11-22 10:00", tier))
    assert handling_due(found, POLICIES) == when(due)


@pytest.mark.parametrize(
    ("is_vip", "star", "brand", "tier"),
    [
        (True, 1, "easyown", Tier.VIP),
        (True, 7, "gotone", Tier.VIP),
        (False, 5, "mzone", Tier.VIP),
        (False, 4, "gotone", Tier.GOTONE),
        (False, 4, "easyown", Tier.OTHER),
        (False, -1, "", Tier.OTHER),
    ],
)
def test_r_c_5_the_highest_tier_wins(is_vip, star, brand, tier):
    assert tier_of(is_vip=is_vip, star=star, brand=brand) == tier


@pytest.mark.parametrize(("closed", "late"), [("18:00:00", False), ("18:00:01", True), ("17:59:59", False)])
def test_r_c_5_closing_in_the_second_of_the_limit_is_on_time(closed, late):
    found = case(
        logged("2026-11-22 10:00"),
        accepted("2026-11-22 10:00", "vip"),
        did("replied", "2026-11-22 10:30"),
        did("closed", f"2026-11-22 {closed}"),
    )
    assert (found.handling_late, found.reply_late) == (late, False)


def test_r_c_6_hours_are_natural_ones():
    """VIP on a Friday evening: due in the night to Saturday."""
    found = case(logged("2026-11-20 17:30"), accepted("2026-11-20 17:30", "vip"))
    assert handling_due(found, POLICIES) == when("2026-11-21 01:30")


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-02-27 23:59:59", "2026-03-01 23:59:59"),
        ("2028-02-28 12:00:00", "2028-03-01 12:00:00"),  # a leap day between
        ("2028-02-29 00:00:01", "2028-03-02 00:00:01"),
        ("2026-12-31 08:00:00", "2027-01-02 08:00:00"),
        ("2026-09-30 20:00:00", "2026-10-02 20:00:00"),  # holidays count
    ],
)
def test_r_c_6_month_end_leap_day_and_holidays_to_the_second(start, due):
    found = case(logged(start), accepted(start))
    assert handling_due(found, POLICIES) == when(due)


def test_r_c_6_a_tier_may_be_counted_on_working_days():
    found = case(logged("2026-09-30 16:30", version=4), accepted("2026-09-30 16:30"))
    # 1 h on Wednesday, none on the holiday, 9 h a day from Friday on, no weekend: 48 h = 1 + 9 × 5 + 2
    assert handling_due(found, POLICIES) == when("2026-10-09 10:30")


def test_working_time_knows_make_up_days():
    assert WORKING.add(day("2026-10-09", "17:00"), timedelta(hours=1)) == day("2026-10-10", "09:00")
    assert WORKING.elapsed(day("2026-10-01"), day("2026-10-02")) == timedelta(0)
    assert WORKING.add(day("2026-10-12", "09:00"), timedelta(hours=-1)) == day("2026-10-10", "17:00")


@given(
    start=st.datetimes(when("2026-01-01 00:00").replace(tzinfo=None), when("2026-12-01 00:00").replace(tzinfo=None)),
    minutes=st.integers(-30_000, 30_000),
)
@settings(max_examples=60)
def test_what_is_added_has_elapsed(start, minutes):
    moment, span = when(start.isoformat()), timedelta(minutes=minutes)
    for calendar in (NATURAL, WORKING):
        assert calendar.elapsed(moment, calendar.add(moment, span)) == span


@pytest.mark.parametrize(
    ("tier", "due"), [("vip", "2026-11-22 18:00"), ("gotone", "2026-11-23 10:00"), ("other", "2026-11-24 10:00")]
)
def test_r_c_7_first_reply_within_48_hours_and_never_after_the_limit(tier, due):
    found = case(logged("2026-11-22 10:00"), accepted("2026-11-22 10:00", tier))
    assert found.spans["reply", 0].due == when(due)


def test_r_c_7_only_words_to_the_customer_count_as_a_reply():
    start = [logged("2026-11-22 10:00"), accepted("2026-11-22 10:00", "vip")]
    quiet = [did(word, "2026-11-22 11:00") for word in ("noted", "flagged")]
    sent = [
        did("dispatched", "2026-11-22 11:00", answer_due=when("2026-11-22 13:00").isoformat()),
        did("answered", "2026-11-22 12:00"),
    ]
    assert case(*start, *quiet, *sent).first_replied_at is None
    answered = case(*start, *quiet, *sent, did("replied", "2026-11-22 12:30"))
    assert answered.first_replied_at == when("2026-11-22 12:30")


def test_r_c_8_extended_once_and_the_first_reply_stays():
    found = case(
        logged("2026-11-22 10:00"),
        accepted("2026-11-22 10:00", "other"),
        did("extended", "2026-11-23 10:00", until=when("2026-11-26 10:00").isoformat()),
    )
    assert handling_due(found, POLICIES) == when("2026-11-26 10:00")
    assert found.spans["reply", 0].due == when("2026-11-24 10:00")
    assert levels(found) == {
        (1, 2): when("2026-11-24 10:00"),
        (2, 2): when("2026-11-25 14:48"),
        (3, 2): when("2026-11-26 10:00"),
        (4, 2): when("2026-11-26 14:00"),
    }


def test_r_c_13_proof_until_the_end_of_the_third_day_after():
    assert end_of_day(when("2026-11-22 00:00:00"), days=3) == when("2026-11-25 23:59:59")
    assert end_of_day(when("2026-11-22 23:59:59"), days=3) == when("2026-11-25 23:59:59")
    assert end_of_day(when("2028-02-27 10:00"), days=3) == when("2028-03-01 23:59:59")


def test_r_c_15_levels_of_a_vip_complaint():
    found = case(logged("2026-11-22 10:00"), accepted("2026-11-22 10:00", "vip"))
    assert levels(found) == {
        (1, 1): when("2026-11-22 14:00"),
        (2, 1): when("2026-11-22 16:24"),
        (3, 1): when("2026-11-22 18:00"),
        (4, 1): when("2026-11-22 22:00"),
    }


def test_r_c_15_a_regulators_interest_moves_no_clock():
    facts = [logged("2026-11-22 10:00"), accepted("2026-11-22 10:00", "vip")]
    before, after = case(*facts), case(*facts, did("flagged", "2026-11-22 11:00", flag="regulator"))
    assert levels(after) == levels(before)


def test_r_c_18_the_book_counts_from_the_writing_and_needs_both():
    facts = [
        logged("2026-11-23 09:00", source="book"),
        accepted("2026-11-23 09:00", clock_from=when("2026-11-22 15:00").isoformat()),
    ]
    found = case(*facts)
    assert found.spans["book", 0].due == when("2026-11-24 15:00")
    assert handling_due(found, POLICIES) == when("2026-11-24 15:00")
    called = case(*facts, did("replied", "2026-11-23 10:00"))
    assert called.is_running("book")
    both = case(*facts, did("replied", "2026-11-23 10:00"), did("reviewed", "2026-11-23 11:00"))
    assert not both.is_running("book")


def test_r_c_18_without_a_date_from_the_reading():
    read = when("2026-11-23 09:00")
    assert book_clock_from(None, read) == read
    assert book_clock_from(when("2026-11-22 15:00"), read) == when("2026-11-22 15:00")
    assert book_clock_from(when("2026-11-24 15:00"), read) == read


def test_r_c_19_doubts_have_72_hours_and_no_handling_limit():
    found = case(logged("2026-11-22 10:00", kind="vas_doubt"), accepted("2026-11-22 10:00", "vip"))
    assert found.spans["reply", 0].due == when("2026-11-25 10:00")
    assert handling_due(found, POLICIES) is None


def test_r_c_22_every_promise_has_its_own_time():
    found = case(
        logged("2026-11-22 10:00"),
        accepted("2026-11-22 10:00"),
        did("promised", "2026-11-22 11:00", due=when("2026-11-22 16:00").isoformat()),
        did("promised", "2026-11-22 11:05", due=when("2026-11-22 18:00").isoformat()),
        did("promise_kept", "2026-11-22 15:59", promise=1),
    )
    assert (found.is_running("promise", 1), found.is_running("promise", 2)) == (False, True)
    assert levels(found, "promise") == {(1, 1): when("2026-11-22 17:30"), (2, 1): when("2026-11-22 18:00")}


@pytest.mark.parametrize(
    ("due", "now", "proposed"),
    [
        ("2026-11-23 01:30", "2026-11-22 17:30", "2026-11-22 20:30"),
        ("2026-11-22 23:00", "2026-11-22 15:00", "2026-11-22 20:30"),
        ("2026-11-23 08:29", "2026-11-22 15:00", "2026-11-22 20:30"),
        ("2026-11-23 08:30", "2026-11-22 15:00", None),
        ("2026-11-22 20:30", "2026-11-22 15:00", None),
        ("2026-11-22 20:30:01", "2026-11-22 15:00", "2026-11-22 20:30"),
        ("2026-11-23 05:00", "2026-11-22 21:00", None),  # that evening hour has passed
    ],
)
def test_a_deadline_in_the_night_proposes_the_evening_before(due, now, proposed):
    found = answer_by(when(due), when(now), evening=1230, morning=510)
    assert found == (when(proposed) if proposed else None)


def test_time_after_closing_is_not_consumed():
    found = case(
        logged("2026-11-22 10:00"),
        accepted("2026-11-22 10:00", "vip"),
        did("closed", "2026-11-22 12:00"),
    )
    assert consumed(found, when("2026-11-30 10:00"), POLICIES) == 2 * HOUR
    notice_time(found, when("2026-11-30 10:00"), POLICIES)
    assert (found.handling_late, found.reply_late) == (False, False)
