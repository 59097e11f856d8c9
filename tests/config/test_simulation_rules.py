import random
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import mean

import pytest

from config.demo import calendar, demand
from config.demo.businesses import BY_CODE, GROUP_OF
from config.demo.demand import FLOWS, MIXES
from config.demo.ledger import Known, chain_errors, is_behind, missing_moves, overlaps, same_numbers
from config.demo.pace import Pace
from config.demo.people import end_of_february
from config.demo.shifts import WATCHES, Shift, plan
from config.demo.simulation import GroupPlan, HallDay, HallPlan, Visitor, WindowPlan
from halls.states import Reserved
from queueing.rules import numbers as rules
from queueing.states import Did, Lane, WindowDid
from queueing.states import TicketState as S

MONDAY, SATURDAY = date(2026, 11, 9), date(2026, 11, 14)
NOON = datetime(2026, 11, 9, 12)  # noqa: DTZ001 - only differences count
STARTS = {rules.HEAD_START_VIP: 30, rules.HEAD_START_GREEN: 30, rules.HEAD_START_GOTONE: 10}


def draw() -> random.Random:
    return random.Random(7)


def small_hall(*windows: WindowPlan) -> HallPlan:
    groups = {"quick": GroupPlan("P", Decimal(3)), "general": GroupPlan("A", Decimal(8))}
    known = windows or (WindowPlan(1, frozenset(groups)),)
    return HallPlan({window.number: window for window in known}, groups, STARTS, closes=1080)


def lived(plan: HallPlan, shifts: list[Shift], visitors: list[Visitor], speed: float = 1.0) -> HallDay:
    return HallDay(plan, shifts, [speed] * 9, draw()).run(visitors)


def visitor(minute: float, business: str = "plan_change", **more: object) -> Visitor:
    return Visitor(minute * 60, business, GROUP_OF[business], **more)  # type: ignore[arg-type]


# Who comes


def test_every_table_of_arrivals_has_a_thousand_parts():
    assert {
        sum(row) for row in (demand.WORKDAY, demand.WEEKEND, demand.MONTH_START, demand.TOWNSHIP, demand.MALL_WORKDAY)
    } == {1000}
    assert sum(demand.MALL_WEEKEND) == 1000


def test_halls_do_only_what_is_in_a_group():
    assert {code for mix in MIXES.values() for code in mix} <= set(GROUP_OF)
    assert set(BY_CODE) - set(GROUP_OF) == {"complaint"}


@pytest.mark.parametrize(("code", "minutes"), [("city", 7.9), ("campus", 8.4), ("mall", 13.1), ("township", 6.1)])
def test_a_mix_takes_its_planned_time(code, minutes):
    mix = MIXES[code]
    planned = sum(BY_CODE[business].minutes * share for business, share in mix.items()) / sum(mix.values())
    assert planned == pytest.approx(minutes, abs=0.25)


def test_a_mall_is_busy_after_three():
    slots = demand.curve(FLOWS["ZJ04"], calendar.facts(MONDAY))
    assert sum(weight for start, weight in slots.items() if start >= 15 * 60) == 550


def test_nobody_comes_before_opening_or_after_closing():
    for flow in FLOWS.values():
        moments = demand.arrivals(flow, calendar.facts(MONDAY), draw())
        assert flow.opens * 60 <= moments[0]
        assert moments[-1] < flow.closes * 60


@pytest.mark.parametrize(
    ("code", "day", "factor"),
    [
        ("ZJ01", MONDAY, 1.0),
        ("ZJ01", SATURDAY, 1.15),
        ("ZJ01", date(2026, 11, 3), 1.4),
        ("ZJ01", date(2026, 9, 30), 1.15 * 1.2),
        ("ZJ01", date(2026, 10, 6), 0.75 * 1.05),
        ("ZJ01", date(2026, 2, 17), 0.0),
        ("ZJ02", date(2026, 9, 3), 3.0),
        ("ZJ06", date(2026, 11, 18), 1.5),
        ("ZJ01", date(2027, 3, 9), 1.0),
    ],
)
def test_how_busy_a_day_is(code, day, factor):
    assert demand.day_factor(FLOWS[code], calendar.facts(day)) == pytest.approx(factor)


def test_a_makeup_workday_is_a_workday():
    assert calendar.facts(date(2026, 10, 10)).is_workday
    assert not calendar.facts(date(2026, 10, 1)).is_workday


@pytest.mark.parametrize(
    ("waited", "chance"), [(0, 0.03), (10, 0.03), (11, 0.035), (30, 0.13), (64, 0.30), (500, 0.30)]
)
def test_who_waits_long_is_gone_more_often(waited, chance):
    assert demand.no_show_chance(waited) == pytest.approx(chance)


def test_handling_times_have_their_mean():
    chances = draw()
    drawn = [demand.lognormal(chances, 8, 0.5) for _ in range(20_000)]
    assert mean(drawn) == pytest.approx(8, rel=0.03)


def test_classes_always_give_their_phone():
    chances = draw()
    flow = FLOWS["ZJ03"]
    assert all(demand.gives_phone(flow, letter, chances) for letter in "VG")
    given = [demand.gives_phone(flow, demand.customer_class(flow, chances), chances) for _ in range(20_000)]
    assert mean(given) == pytest.approx(demand.PHONE_GIVEN, abs=0.02)


# Who works


@pytest.mark.parametrize("code", sorted(WATCHES))
@pytest.mark.parametrize("day", [MONDAY, SATURDAY, date(2026, 11, 1), date(2026, 11, 15)])
def test_nobody_sits_at_two_windows_and_half_stay_open_at_noon(code, day):
    windows = {"ZJ01": 8, "ZJ02": 4, "ZJ03": 5, "ZJ04": 3, "ZJ05": 6, "ZJ06": 2}[code]
    clerks = {"ZJ01": 10, "ZJ02": 4, "ZJ03": 5, "ZJ04": 5, "ZJ05": 6, "ZJ06": 3}[code]

    shifts = plan(WATCHES[code], calendar.facts(day), clerks, list(range(1, windows + 1)), draw=draw())

    assert len({shift.clerk for shift in shifts}) == len({shift.window for shift in shifts}) == len(shifts)
    for minute in range(11 * 60 + 30, 13 * 60 + 30):
        here = [one for one in shifts if one.begins <= minute < one.ends]
        eating = [one for one in here if one.meal and one.meal[0] <= minute < one.meal[1]]
        assert len(eating) <= max(len(here) - -(-windows // 2), 1)


def test_students_stay_until_the_end_of_february():
    assert end_of_february(date(2026, 11, 22)) == date(2027, 2, 28)
    assert end_of_february(date(2028, 2, 29)) == date(2028, 2, 29)
    assert end_of_february(date(2026, 3, 1)) == date(2027, 2, 28)


# One day under the product's rules


def test_first_come_first_served_inside_a_class():
    day = lived(small_hall(), [Shift(0, 1, 510, 1080)], [visitor(540 + place) for place in range(12)])

    order = sorted(day.numbers, key=lambda number: number.first_called or 0)
    assert [number.number for number in order] == [f"A{serial:03d}" for serial in range(1, 13)]


def test_a_head_start_lets_pass_only_who_came_within_it():
    early, late = visitor(540), visitor(555)
    blocker = visitor(539, "transfer")
    vip = visitor(565, letter="V", who=object())

    day = lived(small_hall(), [Shift(0, 1, 510, 1080)], [blocker, early, late, vip])

    orders = {number.visitor: number.order for number in day.numbers}
    assert orders[vip] == 535 * 60
    assert orders[vip] < orders[early] < orders[late]


def test_a_reserved_window_takes_its_own_first():
    window = WindowPlan(1, frozenset({"quick", "general"}), Reserved.GREEN)
    green = visitor(545, lane=Lane.GREEN)
    crowd = [visitor(510 + place / 10) for place in range(20)]

    day = lived(small_hall(window), [Shift(0, 1, 540, 1080)], [*crowd, green])

    after = [number for number in day.numbers if (number.first_called or 0) >= green.at]
    assert min(after, key=lambda number: number.first_called or 0).visitor == green


def test_a_window_serves_only_its_groups():
    quick = WindowPlan(1, frozenset({"quick"}))

    day = lived(small_hall(quick), [Shift(0, 1, 510, 1080)], [visitor(540, "payment"), visitor(541)])

    assert [number.state for number in day.numbers] == [S.DONE, S.CLOSED]
    assert day.numbers[1].promised is None


def test_every_life_is_a_chain_of_legal_moves():
    crowd = [visitor(510 + place, "payment" if place % 3 else "plan_change", who=object()) for place in range(400)]

    day = lived(small_hall(), [Shift(0, 1, 510, 1080, (660, 700))], crowd)

    for number in day.numbers:
        events = [(one.did, one.before, one.after) for one in number.events]
        assert chain_errors(number.state, events) == []
        assert all(one.at <= other.at for one, other in pairwise(number.events))
    assert {number.state for number in day.numbers} >= {S.DONE, S.NO_SHOW, S.CANCELLED}
    assert day.turned_away > 0


def test_a_window_has_one_number_at_a_time_and_none_while_it_is_closed():
    day = lived(small_hall(), [Shift(0, 1, 510, 1080, (660, 705))], [visitor(510 + 5 * n) for n in range(80)])

    stays = [
        (1, NOON + timedelta(seconds=number.called), NOON + timedelta(seconds=number.finished), number.number)
        for number in day.numbers
        if number.called and number.finished and number.requeues == 0
    ]
    assert overlaps(stays) == []
    (seat,) = day.seats
    assert [did for did, _, _ in seat.events] == [
        WindowDid.SIGNED_IN,
        WindowDid.PAUSED,
        WindowDid.RESUMED,
        WindowDid.SIGNED_OUT,
    ]


def test_whoever_waits_at_closing_time_is_still_served():
    day = lived(small_hall(), [Shift(0, 1, 510, 1080)], [visitor(1079, "payment") for _ in range(5)])

    assert all(number.state in (S.DONE, S.NO_SHOW) for number in day.numbers)


# What was acknowledged


def known(state: str, **dids: int) -> Known:
    return Known("1", "A001", "2026-11-09", NOON, state=state, dids=Counter(dids))


@pytest.mark.parametrize(
    ("acknowledged", "found", "behind"),
    [
        (S.WAITING, S.DONE, False),
        (S.CALLED, S.WAITING, True),
        (S.SERVING, S.CALLED, True),
        (S.DONE, S.SERVING, True),
        (S.DONE, S.DONE, False),
        (S.CANCELLED, S.WAITING, True),
        (S.NO_SHOW, S.WAITING, False),
    ],
)
def test_a_state_may_not_fall_behind_what_was_acknowledged(acknowledged, found, behind):
    assert is_behind(known(acknowledged), found) is behind


def test_after_a_transfer_a_number_may_wait_again():
    assert not is_behind(known(S.CALLED, transferred=1), S.WAITING)


def test_an_acknowledged_move_must_be_on_record():
    events = [(Did.TAKEN, "", S.WAITING), (Did.CALLED, S.WAITING, S.CALLED)]
    assert missing_moves(Counter({Did.TAKEN: 1, Did.CALLED: 1}), events) == []
    assert missing_moves(Counter({Did.TAKEN: 1, Did.CALLED: 2}), events) == [Did.CALLED]


def test_a_double_call_breaks_the_chain():
    twice = [(Did.TAKEN, "", S.WAITING), (Did.CALLED, S.WAITING, S.CALLED), (Did.CALLED, S.WAITING, S.CALLED)]
    assert chain_errors(S.CALLED, twice) == ["called from waiting though it was called"]
    assert chain_errors(S.DONE, twice[:2]) == ["is done though its last event says called"]


def test_two_tickets_with_one_number_are_found():
    twins = [Known(pk, "A001", day, NOON) for pk, day in (("1", "09"), ("2", "09"), ("3", "10"))]
    assert same_numbers(twins) == ["A001"]


def test_two_numbers_at_one_window_are_found():
    stays = [(1, NOON, NOON + timedelta(minutes=5), "A001"), (1, NOON + timedelta(minutes=4), NOON, "A002")]
    assert overlaps(stays) == ["A001 and A002 at window 1"]
    assert overlaps([stays[0], (2, *stays[1][1:])]) == []


def test_hall_time_runs_faster_and_starts_again_after_the_day():
    pace = Pace(60, opens=510, closes=1080)
    pace.began -= 90  # ninety minutes of hall time
    assert pace.day_and_minute()[0] == 0
    assert pace.day_and_minute()[1] == pytest.approx(600, abs=0.5)
    pace.began -= 570
    assert pace.day_and_minute()[0] == 1
