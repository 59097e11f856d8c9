from datetime import datetime, timedelta
from typing import Any

import pytest

from halls.models import Hall, Window
from queueing import tasks
from queueing.actions import means as actions
from queueing.models import HalfHourCause, HallHabit, ServiceMean, Ticket
from queueing.queries import layout
from queueing.queries import means as reads
from queueing.rules import means as rules
from queueing.states import MeanOf
from staff.models import User
from tests.factories import make_business, make_ticket

MINUTE = timedelta(minutes=1)


def served(hall: Hall, clerk: User, called: datetime, minutes: float, **fields: Any) -> Ticket:
    values = {
        "business": make_business("payment"),
        "taken_at": called - 10 * MINUTE,
        "first_called_at": called,
        "called_at": called,
        "started_at": called,
        "finished_at": called + timedelta(minutes=minutes),
        "clerk": clerk,
        **fields,
    }
    return make_ticket(hall, fields.pop("state", "done"), group=hall.groups.get(code="payment"), **values)


def test_means_are_pulled_to_the_table_where_little_was_seen(hall: Hall, li: User, noon: datetime) -> None:
    make_business("payment")
    for hour in range(4):
        served(hall, li, noon - timedelta(days=1, hours=hour), 4)
    actions.learn(hall, noon)
    row = ServiceMean.objects.get(hall=hall, of=MeanOf.BUSINESS)
    planned = 8 * 60 + rules.WALK_SECONDS
    assert (row.key, row.count) == (make_business("payment").pk, 4)
    assert row.seconds == pytest.approx((4 * 240 + 20 * planned) / 24)


@pytest.mark.parametrize(
    "fields",
    [
        {"is_simulated": True},
        {"is_estimated": True},
        {"end_mark": "manager"},
        {"finished_at": datetime.fromisoformat("2026-11-17T18:00:00+08:00")},
        {"finished_at": datetime.fromisoformat("2026-11-17T12:00:05+08:00")},
    ],
)
def test_what_was_not_a_real_service_teaches_nothing(
    hall: Hall, li: User, noon: datetime, fields: dict[str, Any]
) -> None:
    served(hall, li, noon - timedelta(days=1), 4, **fields)
    assert actions.learn(hall, noon) == 0


def test_today_and_days_long_past_teach_nothing(hall: Hall, li: User, noon: datetime) -> None:
    served(hall, li, noon, 4)
    served(hall, li, noon - timedelta(days=29), 4)
    assert actions.learn(hall, noon) == 0
    served(hall, li, noon - timedelta(days=28), 4)
    assert actions.learn(hall, noon) == 2  # the business and the clerk


def test_a_forgotten_start_and_a_hold_do_not_change_the_mean(hall: Hall, li: User, noon: datetime) -> None:
    called = noon - timedelta(days=1)
    served(hall, li, called, 5, started_at=called + 4 * MINUTE)
    served(hall, li, called + timedelta(hours=1), 10, held_seconds=300)
    day = called.date()
    assert reads.by_business(reads.span(hall.pk, day, noon.date())) == {
        make_business("payment").pk: rules.Seen(2, 300.0, 90000.0)
    }


def test_a_slow_clerk_is_known_by_pace(hall: Hall, li: User, wang: User, noon: datetime) -> None:
    for number in range(40):
        called = noon - timedelta(days=1 + number % 5, minutes=20 * number)
        served(hall, li, called, 9)
        served(hall, wang, called + MINUTE, 3)
    actions.learn(hall, noon)
    pace = {row.key: row.pace for row in ServiceMean.objects.filter(of=MeanOf.CLERK)}
    assert pace[li.pk] > 1.2
    assert pace[wang.pk] < 0.8
    assert layout.of(hall.pk, noon).pace_of(li.pk) == pytest.approx(pace[li.pk])


def test_the_layout_reads_what_was_learned_with_the_gap_between_two(hall: Hall, li: User, noon: datetime) -> None:
    before = layout.of(hall.pk, noon).kind_of(0, make_business("payment").pk)
    assert before == rules.planned(8)
    served(hall, li, noon - timedelta(days=1), 4)
    actions.learn(hall, noon)
    layout.forget()
    row = ServiceMean.objects.get(of=MeanOf.BUSINESS)
    after = layout.of(hall.pk, noon).kind_of(0, make_business("payment").pk)
    assert after.mean == pytest.approx(row.seconds + rules.GAP_SECONDS)


def test_priority_arrivals_and_windows_are_learned_by_half_hour(hall: Hall, li: User, noon: datetime) -> None:
    yesterday = noon - timedelta(days=1)
    for minute in (0, 10, 29, 30):
        taken = yesterday + minute * MINUTE
        make_ticket(hall, "done", letter="V", taken_at=taken)
    HalfHourCause.objects.create(
        hall=hall, day=yesterday.date(), slot=24, arrived=4, handled=4, handling_seconds=0, waiting_seconds=0,
        answered=0, wait_seconds=0, signed_seconds=9000, open_seconds=9000, is_busy=False, sent_on=0, campaigns=0,
    )  # fmt: skip
    actions.learn(hall, noon)
    habit = HallHabit.objects.get(hall=hall)
    assert habit.overtakers["V"][24:26] == [3 / 1800, 1 / 1800]
    assert (habit.windows_weekday[24], habit.windows_weekend) == (5.0, [])
    layout.forget()
    assert layout.of(hall.pk, noon).means.overtakers[24] == ((1800.0, 3 / 1800),)


def test_today_counts_against_what_was_expected(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    for number in range(30):
        served(hall, li, noon - timedelta(minutes=5 * number + 20), 12)
    means = rules.Means(businesses={make_business("payment").pk: rules.planned(8)}, day_cv=0.2)
    factor, unsure = reads.today_factor(hall.pk, noon, means)
    assert 1.2 < factor < (12 * 60 + rules.GAP_SECONDS) / (8 * 60 + rules.TURNOVER_SECONDS)
    assert unsure < 0.1


def test_the_night_learns_once_a_day_for_each_hall(
    hall: Hall, li: User, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(hall, li, noon - timedelta(days=1), 4)
    monkeypatch.setattr("core.time.now", lambda: noon)
    tasks.add_up_days()
    made = ServiceMean.objects.values_list("pk", flat=True)
    first = list(made)
    tasks.add_up_days()
    assert len(first) == 2
    assert list(made.all()) == first
    assert actions.learn_all(noon + timedelta(days=1)) == 2
