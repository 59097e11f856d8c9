"""Erlang-A against published values and its limits; forecasts of days unlike each other; windows at noon and after."""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest

from core import time
from halls.models import CalendarDay, Hall
from halls.states import CalendarKind
from queueing.actions import forecasts
from queueing.models import HalfHourCause, HalfHourForecast
from queueing.queries import forecast as reads
from queueing.rules import erlang
from queueing.rules import forecast as rules

MONDAY = date(2026, 11, 2)


def erlang_c(load: float, windows: int) -> float:
    """The textbook formula for having to wait."""
    full = load**windows / math.factorial(windows) * windows / (windows - load)
    return full / (sum(load**busy / math.factorial(busy) for busy in range(windows)) + full)


def test_erlang_a_gives_the_published_example() -> None:
    """Mandelbaum and Zeltyn: 48 calls a minute of one minute, 50 agents, patience two minutes."""
    found = erlang.line(48, 1, 50, 2, 0.2)
    assert (round(found.abandoned, 3), round(found.mean_wait * 60, 1)) == (0.031, 3.7)


@pytest.mark.parametrize(("load", "windows"), [(0.5, 1), (4.0, 5), (5.5, 8), (48.0, 50)])
def test_without_impatience_it_is_erlang_c(load: float, windows: int) -> None:
    for patience in (math.inf, 1e9):
        found = erlang.line(load, 1, windows, patience, 0.3)
        delayed = erlang_c(load, windows)
        assert found.delayed == pytest.approx(delayed, rel=1e-4)
        assert found.mean_wait == pytest.approx(delayed / (windows - load), rel=1e-3)
        assert found.within == pytest.approx(1 - delayed * math.exp(-(windows - load) * 0.3), abs=1e-4)


def test_who_gives_up_keeps_an_overloaded_line_finite() -> None:
    found = erlang.line(1.0, 8, 5, 45, 15)
    assert found.abandoned == pytest.approx(1 - 5 / 8, abs=0.001)  # what can't be served leaves
    with pytest.raises(ValueError, match="without end"):
        erlang.line(1.0, 8, 5, math.inf, 15)


def test_nobody_coming_waits_for_nobody() -> None:
    assert erlang.line(0, 8, 1, 45, 15) == erlang.Line(0.0, 0.0, 0.0, 1.0)
    assert erlang.windows_needed(0, 8, patience=45, limit=15, share=0.8) == 0


def test_the_fewest_windows_that_reach_the_aim() -> None:
    needed = erlang.windows_needed(0.8, 8, patience=45, limit=15, share=0.8)
    assert erlang.line(0.8, 8, needed, 45, 15).within >= 0.8
    assert erlang.line(0.8, 8, needed - 1, 45, 15).within < 0.8


def past(counts: Mapping[date, int], calendar: Mapping[date, str] | None = None) -> list[rules.PastDay]:
    """Days with so many numbers, two thirds of them at 9:00, the rest at 14:00."""
    return [
        rules.PastDay(rules.traits_of(day, calendar or {}), {18: count * 2 // 3, 28: count // 3})
        for day, count in counts.items()
    ]


def weeks(workday: int = 300, saturday: int = 150, sunday: int = 90, *, count: int = 3) -> dict[date, int]:
    start = date(2026, 11, 6)  # after the first days of the month
    kinds = {5: saturday, 6: sunday}
    days = [start + timedelta(days=at) for at in range(7 * count)]
    return {day: kinds.get(day.weekday(), workday) for day in days}


def total(model: rules.Model | None, day: date, calendar: Mapping[date, str] | None = None) -> float:
    assert model is not None
    return model.total(rules.traits_of(day, calendar or {}))


def test_kinds_of_days_are_told_apart() -> None:
    model = rules.learn(past(weeks()), date(2026, 11, 27))
    assert total(model, date(2026, 11, 27)) == pytest.approx(300, rel=0.06)
    assert total(model, date(2026, 11, 28)) == pytest.approx(150, rel=0.15)
    assert total(model, date(2026, 11, 29)) == pytest.approx(90, rel=0.25)


def test_a_make_up_sunday_is_a_workday_and_a_holiday_monday_is_none() -> None:
    sunday, monday = date(2026, 11, 29), date(2026, 11, 23)
    calendar = {sunday: CalendarKind.MAKEUP, monday: CalendarKind.HOLIDAY}
    model = rules.learn(past(weeks()), date(2026, 11, 27))
    assert total(model, sunday, calendar) == pytest.approx(300, rel=0.06)
    assert total(model, monday, calendar) == pytest.approx(total(model, date(2026, 11, 22)), rel=0.15)


@pytest.mark.parametrize(
    ("day", "place"),
    [
        (date(2026, 12, 1), rules.START),
        (date(2026, 12, 5), rules.START),
        (date(2026, 12, 6), rules.PLAIN),
        (date(2026, 11, 30), rules.END),
        (date(2026, 11, 29), rules.PLAIN),
    ],
)
def test_the_first_five_days_and_the_last_of_a_month(day: date, place: str) -> None:
    assert rules.traits_of(day, {}).place == place


def test_the_day_before_a_holiday_is_marked() -> None:
    calendar = {date(2026, 11, 18): CalendarKind.HOLIDAY}
    assert rules.traits_of(date(2026, 11, 17), calendar).place == rules.EVE
    assert rules.traits_of(date(2026, 11, 18), calendar).place == rules.PLAIN


def test_a_busy_month_start_is_learnt() -> None:
    days = weeks() | {MONDAY + timedelta(days=at): 420 for at in range(4)}
    model = rules.learn(past(days), date(2026, 11, 27))
    assert total(model, date(2026, 12, 1)) == pytest.approx(420, rel=0.12)


def test_thin_data_falls_back_to_all_days_and_none_to_nothing() -> None:
    one = rules.learn(past({MONDAY: 200}), MONDAY + timedelta(days=1))
    assert total(one, MONDAY + timedelta(days=5)) == pytest.approx(200, rel=0.15)
    assert rules.learn([], MONDAY) is None
    assert rules.learn(past({MONDAY: 0}), MONDAY + timedelta(days=1)) is None


def test_one_odd_day_moves_the_level_little() -> None:
    days = weeks()
    days[date(2026, 11, 25)] = 6000
    model = rules.learn(past(days), date(2026, 11, 27))
    assert total(model, date(2026, 11, 27)) < 400


def test_half_hours_add_up_to_the_day() -> None:
    model = rules.learn(past(weeks()), date(2026, 11, 27))
    assert model is not None
    traits = rules.traits_of(date(2026, 11, 27), {})
    assert sum(model.arrivals(traits).values()) == pytest.approx(model.total(traits))


AIM = rules.Aim(patience=45, limit=15, share=0.8, windows=8, noon=rules.noon_slots(690, 810))


def demand(*arrivals: float, first: int = 18, minutes: float = 8) -> list[rules.Demand]:
    return [rules.Demand(first + at, count, minutes) for at, count in enumerate(arrivals)]


def test_r_q_7_at_noon_half_of_the_windows_are_open() -> None:
    assert rules.noon_slots(690, 810) == {23, 24, 25, 26}
    assert rules.windows_for(demand(0, 0, 0, 0, 0, 0, first=22), AIM) == [1, 4, 4, 4, 4, 1]
    assert [rules.noon_least(count) for count in (1, 4, 5, 8)] == [1, 2, 3, 4]


def test_what_was_left_waits_on_into_the_next_half_hour() -> None:
    few = rules.Aim(patience=45, limit=15, share=0.8, windows=2, noon=frozenset())
    alone = rules.windows_for(demand(0, 10), few)[1]
    assert rules.windows_for(demand(40, 10), few)[1] > alone


def test_more_may_be_needed_than_there_is() -> None:
    assert max(rules.windows_for(demand(60, 60), AIM)) > 8


def test_a_long_service_reaches_into_the_next_half_hour() -> None:
    quiet = rules.windows_for(demand(20, 0, minutes=20), AIM)
    assert quiet[1] > 1


def live(hall: Hall, now: datetime, *, days: int = 28) -> None:
    today = time.business_day(now)
    HalfHourCause.objects.bulk_create(
        HalfHourCause(
            hall=hall, day=today - timedelta(days=back), slot=slot, arrived=count, handled=count,
            handling_seconds=count * 420, waiting_seconds=0, answered=count, wait_seconds=0, signed_seconds=3600,
            open_seconds=3600, is_busy=False, sent_on=0, campaigns=0,
        )
        for back in range(1, days + 1)
        for slot, count in ((18, 12), (19, 18), (30, 9))
    )  # fmt: skip


def test_the_night_forecasts_five_weeks_once(hall: Hall, noon: datetime) -> None:
    live(hall, noon)
    assert forecasts.make_forecasts(noon) == 35 * 48
    assert forecasts.make_forecasts(noon) == 0
    found = {one.slot: one for one in reads.half_hours(hall.pk, noon.date())}
    assert found[19].arrivals == pytest.approx(18, rel=0.05)
    assert (found[19].starts_at, found[19].windows) == (noon - timedelta(hours=2, minutes=30), 4)
    assert HalfHourForecast.objects.filter(slot=19).first().minutes == pytest.approx(7.0)


def test_the_next_night_forecasts_anew_and_keeps_what_was_said_of_the_past(hall: Hall, noon: datetime) -> None:
    live(hall, noon)
    forecasts.make_forecasts(noon)
    assert forecasts.make_forecasts(noon + timedelta(days=1)) == 35 * 48
    assert HalfHourForecast.objects.filter(day=noon.date()).count() == 48


def test_closed_days_and_halls_without_a_past_have_none(hall: Hall, noon: datetime) -> None:
    assert forecasts.make_forecasts(noon) == 0
    live(hall, noon)
    hall.hours_exceptions.create(day=noon.date(), is_closed=True, reason="盘点")
    forecasts.make_forecasts(noon)
    assert reads.half_hours(hall.pk, noon.date()) == []
    assert len(reads.half_hours(hall.pk, noon.date() + timedelta(days=1))) == 48


def test_the_calendar_rows_decide(hall: Hall, noon: datetime) -> None:
    saturday = noon.date() + timedelta(days=3)
    CalendarDay.objects.create(day=saturday, kind=CalendarKind.MAKEUP, name="调休")
    known = reads.past(hall, noon.date())
    assert rules.traits_of(saturday, known.calendar).kind == rules.WORKDAY


def test_the_back_test_is_fair_and_knows_no_future(hall: Hall, noon: datetime) -> None:
    live(hall, noon)
    found = reads.back_test(hall, noon.date(), 14)
    assert (found.days, found.naive_day) == (14, 0.0)  # every day is alike here
    assert found.day == pytest.approx(0, abs=0.03)
    assert rules.error([(3, 2), (1, 2)]) == 0.5
    assert rules.error([]) is None
