"""Each figure on a day made by hand, and the days' edges."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import time
from core.models import Parameter
from halls.models import BusinessType, Hall, Window
from queueing import actions as queue
from queueing.actions import Actor
from queueing.actions import figures as actions
from queueing.models import (
    HalfHourCause,
    Ticket,
    TicketBusiness,
    VipArrival,
    Visit,
    WindowEvent,
)
from queueing.queries import figures
from queueing.queries.figure_tables import Row, within_day
from queueing.queries.figures import Sums
from queueing.queries.figures_sql import SUMS
from queueing.rules import businesses, numbers
from queueing.rules import figures as rules
from queueing.states import FigureBy, Outcome, PauseReason, WindowDid
from staff.models import User
from tests.factories import make_session, make_ticket, make_window
from tests.queueing.figure_days import Served, add_up, minutes, of_day


def test_waits_of_a_day(hall: Hall, served: Served, noon: datetime) -> None:
    for waited in (0, 4, 15, 15.05, 31):
        served(waited)
    found = of_day(hall, noon)
    assert (found.issued, found.answered, found.served) == (5, 5, 5)
    assert found.mean_wait == pytest.approx((0 + 4 + 15 + 15.05 + 31) / 5)
    assert (found.wait_within, found.long_waits, found.within_standard) == (3, 1, 0.6)
    assert found.wait_p50 == 14.5
    assert found.wait_p90 == 31.0


def test_r_q_1_fifteen_minutes_are_within_and_abandoned_numbers_stand_apart(
    hall: Hall, served: Served, noon: datetime
) -> None:
    served(15)
    for state in ("no_show", "cancelled", "closed"):
        make_ticket(hall, state, taken_at=noon, called_at=noon + minutes(50) if state == "no_show" else None)
    found = of_day(hall, noon)
    assert (found.answered, found.within_standard, found.abandoned, found.mean_wait) == (1, 1.0, 3, 15.0)


def test_r_q_10_empty_tickets_are_a_share_of_all_issued_and_keep_what_they_waited(
    hall: Hall, served: Served, noon: datetime
) -> None:
    for _ in range(3):
        served()
    make_ticket(hall, "no_show", taken_at=noon, called_at=noon + minutes(12))
    found = of_day(hall, noon)
    assert (found.share("no_shows", "issued"), found.minutes("no_show_seconds", "no_shows")) == (0.25, 12.0)


def test_held_and_away_time_count_for_nobody(hall: Hall, served: Served, noon: datetime) -> None:
    served(20, 30, held_seconds=600, away_seconds=300)
    found = of_day(hall, noon)
    assert (found.wait_seconds, found.service_seconds, found.busy_seconds) == (900, 1200, 1200)


def test_a_forgotten_start_counts_from_the_call(hall: Hall, served: Served, noon: datetime) -> None:
    served(5, 8, started_at=None)
    assert of_day(hall, noon).service_seconds == 480


def test_simulated_numbers_and_windows_never_count(
    hall: Hall, window: Window, li: User, served: Served, noon: datetime
) -> None:
    make_session(window, li, at=noon, is_simulated=True)
    served(is_simulated=True)
    assert set(of_day(hall, noon).of.values()) == {0}


def test_estimated_numbers_are_marked(hall: Hall, served: Served, noon: datetime) -> None:
    served(is_estimated=True)
    served()
    assert of_day(hall, noon).estimated == 1


@pytest.mark.parametrize(
    ("letter", "took", "busy", "within"),
    [
        ("G", 10, False, 1),
        ("G", 10.02, False, 0),
        ("V", 10.02, False, 0),
        ("A", 15, False, 1),
        ("A", 15.02, False, 0),
        ("A", 10, True, 1),
        ("A", 10.02, True, 0),
        ("G", 10, True, 1),
    ],
)
def test_r_q_3_limits_of_handling_time(
    hall: Hall,
    window: Window,
    li: User,
    served: Served,
    noon: datetime,
    letter: str,
    took: float,
    busy: bool,
    within: int,
) -> None:
    if not busy:
        make_session(window, li, at=noon)  # else nothing is open and somebody waits: busy
    served(2, took, letter=letter)
    assert of_day(hall, noon).service_in_limit == within


def test_r_q_3_the_second_metric_holds_waits_to_the_same_limits(
    hall: Hall, window: Window, li: User, served: Served, noon: datetime
) -> None:
    make_session(window, li, at=noon)
    for waited in (10, 10.02):
        served(waited, 60, letter="G")
    found = of_day(hall, noon)
    assert (found.wait_in_limit, found.service_in_limit) == (1, 0)


def test_r_q_3_limits_are_dated_parameters(
    hall: Hall, window: Window, li: User, served: Served, noon: datetime
) -> None:
    Parameter.objects.create(
        name=rules.LIMITS["service", "other", "idle"], scope=hall.code, valid_from=noon.date(), value=20
    )
    make_session(window, li, at=noon)
    served(2, 18)
    assert of_day(hall, noon).service_in_limit == 1


def test_r_q_4_a_half_hour_is_busy_above_three_waiting_per_open_window(
    hall: Hall, window: Window, li: User, served: Served, noon: datetime
) -> None:
    make_session(window, li, at=noon)
    for _ in range(3):
        served(30)
    assert [one.is_busy for one in figures.flow(hall.pk, noon.date(), noon + minutes(60))] == [False, False]
    served(1)
    assert [one.is_busy for one in figures.flow(hall.pk, noon.date(), noon + minutes(60))] == [True, False]


def test_windows_open_paused_and_idle(hall: Hall, window: Window, li: User, served: Served, noon: datetime) -> None:
    session = make_session(window, li, at=noon)
    for did, at, reason in (
        (WindowDid.PAUSED, 60, PauseReason.MEAL),
        (WindowDid.RESUMED, 100, ""),
        (WindowDid.PAUSED, 110, PauseReason.PAY_IN),
        (WindowDid.RESUMED, 115, ""),
        (WindowDid.SIGNED_OUT, 180, ""),
    ):
        WindowEvent.objects.create(session=session, hall=hall, did=did, at=noon + minutes(at), reason=reason)
    session.signed_out_at = noon + minutes(180)
    session.save()
    served(5, 25)
    found = of_day(hall, noon)
    assert (found.signed_seconds, found.open_seconds, found.busy_seconds) == (180 * 60, 135 * 60, 25 * 60)
    assert (found.idle_seconds, found.pauses) == (110 * 60, [40 * 60, 5 * 60, 0, 0, 0, 0])
    clerks = figures.table([hall.pk], noon.date(), noon.date(), FigureBy.CLERK, noon + timedelta(hours=6))
    assert {key: (one.served, one.open_seconds) for key, one in clerks.items()} == {str(li.pk): (1, 135 * 60)}


def test_r_h_15_one_number_with_several_businesses_is_split_by_plan(hall: Hall, served: Served, noon: datetime) -> None:
    first, second = (BusinessType.objects.get(code=code) for code in ("new_account", "payment"))
    ticket = served(5, 10, business=first)
    TicketBusiness.objects.create(ticket=ticket, business=second, added_at=noon)
    expected = businesses.shares(600, [first.minutes, second.minutes])
    found = figures.table([hall.pk], noon.date(), noon.date(), FigureBy.BUSINESS, noon + timedelta(hours=6))
    assert [found[str(one.pk)].service_seconds for one in (first, second)] == expected
    assert [found[str(one.pk)].handled for one in (first, second)] == [1, 1]
    assert found[str(second.pk)].mean_service == expected[1] / 60
    assert (of_day(hall, noon).served, of_day(hall, noon).handled) == (1, 2)


@settings(max_examples=8)
@given(seconds=st.integers(0, 5000), plan=st.lists(st.integers(1, 400), min_size=2, max_size=4))
def test_the_split_in_sql_is_the_rule(hall: Hall, noon: datetime, seconds: int, plan: list[int]) -> None:
    Ticket.objects.all().delete()
    serial = BusinessType.objects.count()
    kinds = [
        BusinessType.objects.create(code=f"t{serial}-{at}", name=str(at), minutes=Decimal(tenths) / 10)
        for at, tenths in enumerate(plan)
    ]
    ticket = make_ticket(hall, "done", taken_at=noon, business=kinds[0], finished_at=noon + timedelta(seconds=seconds))
    for kind in kinds[1:]:
        TicketBusiness.objects.create(ticket=ticket, business=kind, added_at=noon)
    found = figures.table([hall.pk], noon.date(), noon.date(), FigureBy.BUSINESS, noon + timedelta(hours=6))
    split = [found[str(kind.pk)].service_seconds for kind in kinds]
    assert split == businesses.shares(seconds, [kind.minutes for kind in kinds])
    TicketBusiness.objects.all().delete()


def test_r_h_16_diversion_is_what_was_sent_on_of_all_that_has_an_e_channel(
    hall: Hall, served: Served, noon: datetime, li: User
) -> None:
    online = BusinessType.objects.get(code="payment")
    online.e_channel = "手机营业厅"
    online.save()
    for _ in range(3):
        served(business=online, told_online=True)
    for outcome in (Outcome.SELF_SERVICE, Outcome.E_CHANNEL, Outcome.ANSWERED, Outcome.NO_DOCUMENTS):
        Visit.objects.create(hall=hall, at=noon, outcome=outcome, person=li)
    Visit.objects.create(hall=hall, at=noon, outcome=Outcome.E_CHANNEL, person=li, undone_at=noon)
    found = of_day(hall, noon)
    assert (found.online_handled, found.told_online, found.sent_on, found.diversion_rate) == (3, 3, 2, 0.4)
    assert (found.answered_at_door, found.without_documents) == (1, 1)


def test_r_q_2_a_vip_is_met_within_five_minutes(hall: Hall, noon: datetime) -> None:
    for after in (5, 5.02, None):
        received_at = None if after is None else noon + minutes(after)
        VipArrival.objects.create(hall=hall, declared_at=noon, received_at=received_at)
    VipArrival.objects.create(hall=hall, declared_at=noon + timedelta(hours=5, minutes=58))  # there is still time
    found = of_day(hall, noon)
    assert (found.vips, found.vips_met) == (3, 1)


def test_care_ratings_and_promises(hall: Hall, served: Served, noon: datetime) -> None:
    served(12, rating=5, cared_at=noon, promised_seconds=600, promised_high_seconds=720)
    served(13, rating=2, promised_seconds=600, promised_high_seconds=720)
    served(rating=None)
    found = of_day(hall, noon)
    assert (found.cared, found.ratings, found.rating_sum, found.low_ratings) == (1, 2, 7, 1)
    assert (found.promised, found.promise_kept, found.promise_error_seconds) == (2, 1, 120 + 180)


def test_a_day_begins_and_ends_in_shanghai(hall: Hall, served: Served, noon: datetime) -> None:
    begins, ends = time.day_bounds(noon.date())
    served(0, 1, at=begins)
    served(0, 1, at=ends - timedelta(seconds=1))
    served(0, 1, at=ends)
    served(0, 1, at=begins - timedelta(seconds=1))
    table = figures.table([hall.pk], noon.date(), noon.date(), FigureBy.SLOT, noon + timedelta(days=3))
    assert table == {}  # older days come from the night's work only
    actions.add_up(noon + timedelta(days=3))
    found = figures.table([hall.pk], noon.date(), noon.date(), FigureBy.SLOT, noon + timedelta(days=3))
    assert {key: one.issued for key, one in found.items() if one.issued} == {"0": 1, "47": 1}


def test_a_window_open_over_midnight_belongs_to_both_days(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    midnight = time.day_bounds(noon.date())[1]
    make_session(window, li, at=midnight - minutes(20))
    now = midnight + minutes(30)
    days = figures.table([hall.pk], noon.date(), now.date(), FigureBy.DAY, now)
    found = {key: one.open_seconds for key, one in days.items()}
    assert found == {str(noon.date()): 20 * 60, str(time.business_day(now)): 30 * 60}


def test_r_q_20_causes_are_kept_by_half_hour(
    hall: Hall, window: Window, li: User, served: Served, noon: datetime
) -> None:
    make_session(window, li, at=noon)
    make_window(hall, 9)
    served(10, 8)
    add_up(noon)
    row = HalfHourCause.objects.get(slot=24)
    assert (row.arrived, row.handled, row.handling_seconds, row.waiting_seconds) == (1, 1, 480, 600)
    assert (row.open_seconds, row.is_busy, row.starts_at) == (1800, False, noon)


def test_buckets_and_their_bounds_agree() -> None:
    for seconds in (0, 1, 60, 61, 1800, 1801, 3600, 3601, 7200, 7201, 99_999):
        low, high = rules.bounds(rules.bucket(seconds))
        assert (seconds == 0 or low * 60 < seconds) and (seconds <= high * 60 or high == 240)
    assert rules.bucket(10**9) == rules.BUCKETS


def test_the_sql_counts_waits_where_the_rule_does(hall: Hall, served: Served, noon: datetime) -> None:
    waits = (0, 1, 60, 61, 899, 900, 901, 1800, 1801, 1920, 1921, 3600, 3601, 4201, 7200, 7201)
    for seconds in waits:
        served(seconds / 60)
    expected = [0] * rules.BUCKETS
    for seconds in waits:
        expected[rules.bucket(seconds) - 1] += 1
    assert of_day(hall, noon).waits == expected


def test_classes_use_the_letters_of_the_rules() -> None:
    assert (numbers.VIP_LETTER, numbers.GOTONE_LETTER) == ("V", "G")


def test_moves_taken_back_do_not_count(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    make_session(window, li)
    li_acts = Actor(person=li)
    ticket = make_ticket(hall, taken_at=noon - minutes(5))
    queue.call_next(window, actor=li_acts, now=noon)
    queue.finish(ticket.pk, actor=li_acts, now=noon + timedelta(seconds=3))
    found = of_day(hall, noon)
    assert (found.issued, found.answered, found.served) == (1, 1, 1)
    queue.undo_last(actor=li_acts, now=noon + timedelta(seconds=5))
    found = of_day(hall, noon)
    assert (found.issued, found.answered, found.served) == (1, 0, 0)


def test_r_q_16_somebody_counted_by_mistake_was_never_there(
    hall: Hall, window: Window, li: User, noon: datetime
) -> None:
    Hall.objects.update(queue_mode="line")
    window.refresh_from_db()
    make_session(window, li)
    queue.serve_next_in_line(window, actor=Actor(person=li), now=noon)
    assert of_day(hall, noon).issued == 1
    queue.undo_last(actor=Actor(person=li), now=noon + timedelta(seconds=1))
    found = of_day(hall, noon)
    assert (found.issued, found.cancelled, found.abandoned) == (0, 0, 0)
    make_ticket(hall, "cancelled", taken_at=noon)
    assert (of_day(hall, noon).issued, of_day(hall, noon).cancelled) == (1, 1)


def test_half_hours_at_the_ends_of_the_day_without_anybody_are_left_out() -> None:
    def row(slot: int, **sums: int) -> Row:
        return Row(str(slot), "", "", Sums(of={**dict.fromkeys(SUMS, 0), **sums}))

    rows = [row(16, signed_seconds=600), row(17, issued=2), row(18), row(19, sent_on=1), row(36, open_seconds=60)]
    assert [one.key for one in within_day(rows, "slot", "waits")] == ["17", "18", "19"]
    assert within_day(rows, "slot", "windows") == rows
    assert within_day(rows, "day", "waits") == rows
    assert within_day(rows[:1], "slot", "waits") == []
