"""Checks, stains, faults, incidents: the rules, at their boundaries."""

from datetime import date, datetime, time, timedelta

import pytest

from halls.rules import faults, incidents, rounds
from halls.rules.faults import Gap, Requirement
from halls.rules.places import Hours, is_working_day
from halls.states import CalendarKind, CheckKind, FaultDid, FaultState, HallType, RoundState

FRIDAY = datetime.fromisoformat("2026-11-20T16:00:00+08:00")
SECOND = timedelta(seconds=1)
HOURS = Hours(time(8, 30), time(18))
DAY = date(2026, 11, 20)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}:00+08:00")


def weekdays(day: date) -> bool:
    return is_working_day(day, None)


# ---- faults ----------------------------------------------------------------------------------------------------


def test_r_h_4_a_fault_is_reported_within_eight_natural_hours_the_last_second_included():
    due = faults.report_due(FRIDAY, hours=8)

    assert due == moment("21T00:00")
    assert faults.is_report_late(due, due, FRIDAY) is False
    assert faults.is_report_late(due, due + SECOND, FRIDAY) is True
    assert faults.is_report_late(due, None, due) is False
    assert faults.is_report_late(due, None, due + SECOND) is True


def test_r_h_4_a_fault_of_friday_works_again_by_the_end_of_next_friday():
    due = faults.fix_due(FRIDAY, weekdays, days=5)

    assert due == moment("28T00:00")
    assert faults.is_fix_late(due, due - SECOND, FRIDAY) is False
    assert faults.is_fix_late(due, due, FRIDAY) is True


def test_r_h_4_make_up_days_count_as_working_days_and_holidays_do_not():
    kinds = {date(2026, 11, 21): CalendarKind.MAKEUP, date(2026, 11, 24): CalendarKind.HOLIDAY}

    assert faults.fix_due(FRIDAY, lambda day: is_working_day(day, kinds.get(day)), days=5) == moment("28T00:00")
    assert faults.fix_due(FRIDAY, lambda day: is_working_day(day, kinds.get(day)), days=2) == moment("24T00:00")


@pytest.mark.parametrize(
    ("state", "did", "after"),
    [
        (FaultState.TO_REPORT, FaultDid.REPORTED, FaultState.REPORTED),
        (FaultState.TO_REPORT, FaultDid.STARTED, None),
        (FaultState.REPORTED, FaultDid.PLANNED, FaultState.REPORTED),
        (FaultState.REPAIRING, FaultDid.DONE, FaultState.TO_ACCEPT),
        (FaultState.TO_ACCEPT, FaultDid.REJECTED, FaultState.REPAIRING),
        (FaultState.TO_ACCEPT, FaultDid.ACCEPTED, FaultState.FIXED),
        (FaultState.FIXED, FaultDid.REJECTED, None),
    ],
)
def test_a_fault_moves_by_its_table(state, did, after):
    assert faults.state_after(state, did) == after


def test_r_h_2_a_type_needs_all_its_zones():
    wants = [Requirement("zone", ("business", "rest", "enquiry_desk"), 3)]

    assert faults.gaps(wants, zones={"business", "rest", "enquiry_desk"}, services=set()) == []
    assert faults.gaps(wants, zones={"business"}, services=set()) == [Gap("zone", ("rest", "enquiry_desk"), 2)]


def test_r_h_3_the_county_needs_four_of_five_and_the_town_all():
    five = ("number_selection", "balance_query", "statement", "payment", "online_terminal")
    four_here = set(five[:4])

    assert faults.gaps([Requirement("self_service", five, 4)], zones=set(), services=four_here) == []
    assert faults.gaps([Requirement("self_service", five, 4)], zones=set(), services=set(five[:3])) == [
        Gap("self_service", five[3:], 1)
    ]
    assert faults.gaps([Requirement("self_service", five, 5)], zones=set(), services=four_here) == [
        Gap("self_service", ("online_terminal",), 1)
    ]


# ---- checks and stains -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hall_type", "relaxed", "parameter"),
    [
        (HallType.GOUTONG100, False, rounds.STAIN),
        (HallType.GOTONE_STORE, True, rounds.STAIN_RELAXED),
        (HallType.STANDARD, False, rounds.STAIN_OTHER),
        (HallType.TOWNSHIP, True, rounds.STAIN_OTHER_RELAXED),
    ],
)
def test_r_h_5_the_limit_of_a_stain_follows_the_type_and_the_weather(hall_type, relaxed, parameter):
    assert rounds.stain_parameter(hall_type, relaxed=relaxed) == parameter


def test_r_h_5_the_last_second_is_in_time():
    assert rounds.is_clean_in_time(FRIDAY, FRIDAY + timedelta(minutes=5), minutes=5) is True
    assert rounds.is_clean_in_time(FRIDAY, FRIDAY + timedelta(minutes=5, seconds=1), minutes=5) is False


def test_r_h_6_opening_and_closing_follow_the_hours_of_the_day():
    assert rounds.slots(CheckKind.OPENING, [], HOURS, DAY) == [moment("20T08:30")]
    assert rounds.slots(CheckKind.CLOSING, [], HOURS, DAY) == [moment("20T18:00")]
    assert rounds.slots(CheckKind.OPENING, [], None, DAY) == []


def test_r_h_7_patrols_are_due_at_their_times_while_the_hall_is_open():
    times = [time(16, 30), time(8), time(9), time(18)]

    assert rounds.slots(CheckKind.PATROL, times, HOURS, DAY) == [moment("20T09:00"), moment("20T16:30")]


def test_a_monthly_check_has_its_whole_month():
    assert rounds.slots(CheckKind.SAFETY, [], None, DAY) == []
    (slot,) = rounds.slots(CheckKind.SAFETY, [], None, date(2026, 11, 1))
    _, until = rounds.span(CheckKind.SAFETY, slot, early=30, late=0)
    assert until == moment("30T23:59") + timedelta(seconds=60) - timedelta(microseconds=1)


def test_r_h_6_the_opening_check_is_in_time_up_to_the_opening():
    opens, until = rounds.span(CheckKind.OPENING, moment("20T08:30"), early=30, late=0)

    def state(now: datetime, **more: object) -> RoundState:
        return rounds.round_state(opens, until, now, **{"started": False, "finished_at": None, **more})

    assert state(moment("20T07:59")) == RoundState.COMING
    assert state(moment("20T08:00")) == RoundState.DUE
    assert state(moment("20T08:30")) == RoundState.DUE
    assert state(moment("20T08:30") + SECOND) == RoundState.LATE
    assert state(moment("20T08:10"), started=True) == RoundState.RUNNING
    assert state(moment("20T12:00"), finished_at=moment("20T11:00")) == RoundState.DONE


@pytest.mark.parametrize(("minutes", "due"), [(0, 1), (3, 3), (15, 15)])
def test_r_h_10_people_are_told_within_their_minutes(minutes, due):
    limit = incidents.tell_due(FRIDAY, minutes)

    assert limit == FRIDAY + timedelta(minutes=due)
    assert incidents.is_told_late(limit, limit, FRIDAY) is False
    assert incidents.is_told_late(limit, None, limit + SECOND) is True
