"""Head starts and the cap on them: the pure order, its promises for any line, and the database's agreement with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import Parameter
from halls.models import Hall, Window
from queueing import actions
from queueing.actions import Actor
from queueing.models import Ticket, WindowSession
from queueing.queries import layout
from queueing.queries import tickets as reads
from queueing.rules import fairness
from tests.factories import make_ticket


@dataclass(frozen=True)
class Place:
    """A number as the order sees it: minutes of the day."""

    number: str
    taken_at: int
    start: int = 0

    @property
    def call_order_at(self) -> int:
        return self.taken_at - self.start


def line(*places: tuple[str, int, int]) -> list[Place]:
    return [Place(*one) for one in places]


def numbers(order: list[Place]) -> list[str]:
    return [one.number for one in order]


def test_r_q_21_first_come_first_served_inside_a_class() -> None:
    waiting = line(("V2", 5, 30), ("A2", 4, 0), ("V1", 3, 30), ("A1", 1, 0))
    assert numbers(fairness.calling_order(waiting)) == ["V1", "V2", "A1", "A2"]


@pytest.mark.parametrize(("start", "first"), [(29, "A1"), (30, "A1"), (31, "V1")])
def test_r_q_21_nobody_is_passed_by_one_who_came_later_than_the_head_start(start: int, first: str) -> None:
    waiting = line(("A1", 0, 0), ("V1", 30, start))
    assert numbers(fairness.calling_order(waiting))[0] == first


def test_after_three_calls_past_others_the_longest_waiting_is_called() -> None:
    waiting = line(*((f"V{n}", 10 + n, 30) for n in range(1, 6)), ("A1", 0, 0), ("A2", 1, 0))
    assert numbers(fairness.calling_order(waiting, cap=3)) == ["V1", "V2", "V3", "A1", "V4", "V5", "A2"]
    assert numbers(fairness.calling_order(waiting, cap=3, run=3))[:2] == ["A1", "V1"]
    assert numbers(fairness.calling_order(waiting, cap=0)) == ["V1", "V2", "V3", "V4", "V5", "A1", "A2"]


def test_a_vip_who_passes_nobody_does_not_begin_the_run_anew() -> None:
    waiting = line(("V1", 10, 30), ("V2", 12, 30), ("G0", 0, 10), ("V3", 24, 30), ("A1", 1, 0))
    assert numbers(fairness.calling_order(waiting, cap=2)) == ["V1", "V2", "G0", "A1", "V3"]


def test_one_who_came_later_than_the_vips_has_not_been_passed_by_them() -> None:
    waiting = line(*((f"V{n}", n, 30) for n in range(1, 6)), ("A1", 9, 0))
    assert numbers(fairness.calling_order(waiting, cap=2)) == ["V1", "V2", "V3", "V4", "V5", "A1"]


def test_a_reserved_window_keeps_to_its_own_whatever_the_cap() -> None:
    waiting = line(*((f"V{n}", 10 + n, 30) for n in range(1, 4)), ("A1", 0, 0))
    order = fairness.calling_order(waiting, cap=1, prefers=lambda one: one.number.startswith("V"))
    assert numbers(order) == ["V1", "V2", "V3", "A1"]


LINES = st.lists(st.tuples(st.integers(0, 90), st.sampled_from([0, 0, 0, 10, 30])), max_size=25).map(
    lambda rows: [Place(f"{n:03d}", taken, start) for n, (taken, start) in enumerate(rows)]
)
CAPS = st.integers(0, 4)


@given(LINES, CAPS, st.integers(0, 5))
def test_the_order_of_a_list_is_that_of_one_call_after_the_other(waiting: list[Place], cap: int, run: int) -> None:
    called, left, now = [], list(waiting), run
    while left:
        one = fairness.next_of(left, run=now, cap=cap)
        assert one is not None
        plain = min((other for other in left if other.start == 0), key=fairness.place, default=None)
        now = fairness.run_after(now, one, passed=fairness.passes(one, plain))
        left.remove(one)
        called.append(one)
    assert fairness.calling_order(waiting, run=run, cap=cap) == called


@given(LINES, CAPS)
def test_r_q_21_holds_for_any_line_and_cap(waiting: list[Place], cap: int) -> None:
    order = fairness.calling_order(waiting, cap=cap)
    assert sorted(order, key=fairness.place) == sorted(waiting, key=fairness.place)
    for start in (0, 10, 30):
        same = [fairness.place(one) for one in order if one.start == start]
        assert same == sorted(same)
    for at, one in enumerate(order):
        for later in order[at + 1 :]:
            if one.start > 0:  # who passes anybody came within the head start
                assert one.taken_at - later.taken_at <= one.start


@given(LINES, st.integers(1, 4))
def test_vips_cannot_shut_out_the_rest(waiting: list[Place], cap: int) -> None:
    """Between two calls of those without a head start, never more than `cap` go past who is next of them."""
    order = fairness.calling_order(waiting, cap=cap)
    plain = [one for one in order if one.start == 0]
    for nth, one in enumerate(plain):
        begins = order.index(plain[nth - 1]) + 1 if nth else 0
        between = order[begins : order.index(one)]
        assert sum(one.taken_at < other.taken_at for other in between) <= cap


# The database


@pytest.fixture
def fill(hall: Hall, noon: datetime) -> Callable[..., list[Ticket]]:
    """Numbers by letter and minutes waited; V with thirty minutes' head start."""

    def make(*rows: tuple[str, int]) -> list[Ticket]:
        made = []
        for letter, minutes in rows:
            taken = noon - timedelta(minutes=minutes)
            start = timedelta(minutes=30 if letter == "V" else 0)
            made.append(make_ticket(hall, letter=letter, taken_at=taken, call_order_at=taken - start))
        return made

    return make


def set_cap(value: int, scope: str = "") -> None:
    Parameter.objects.create(name=fairness.PRIORITY_RUN, scope=scope, value=value, valid_from=date(2020, 1, 1))
    layout.forget()


def call(window: Window, actor: Actor, now: datetime) -> Ticket:
    ticket = actions.call_next(window, actor=actor, now=now, finishing=True)
    assert ticket is not None
    return ticket


def test_the_call_after_three_past_others_takes_who_waits_longest_and_says_so(
    window: Window, at_window: Actor, noon: datetime, fill: Callable[..., list[Ticket]]
) -> None:
    fill(*(("V", minutes) for minutes in (6, 5, 4, 3, 2)), ("A", 14), ("A", 13))
    called = [call(window, at_window, noon + timedelta(seconds=n)) for n in range(7)]
    assert [one.number for one in called] == ["V001", "V002", "V003", "A001", "V004", "V005", "A002"]
    assert called[3].why == "叫 A001:轮到普通号,已等候 14 分钟"
    assert called[2].why == "叫 V003:全球通 VIP 优先,已等候 4 分钟"
    assert called[6].why == "叫 A002:先到先办,已等候 13 分钟"
    assert WindowSession.objects.get(window=window).priority_run == 0


def test_an_undone_call_does_not_count(
    window: Window, at_window: Actor, noon: datetime, fill: Callable[..., list[Ticket]]
) -> None:
    fill(("V", 6), ("A", 14))
    actions.call_next(window, actor=at_window, now=noon)
    assert WindowSession.objects.get(window=window).priority_run == 1
    actions.undo_last(actor=at_window, now=noon)
    assert WindowSession.objects.get(window=window).priority_run == 0


@pytest.mark.parametrize("reserved", ["vip", "gotone"])
def test_a_reserved_window_is_exempt(
    window: Window, at_window: Actor, noon: datetime, fill: Callable[..., list[Ticket]], reserved: str
) -> None:
    set_cap(1)
    Window.objects.filter(pk=window.pk).update(reserved=reserved)
    layout.forget()
    fill(("V", 6), ("V", 5), ("V", 4), ("A", 14))
    called = [call(window, at_window, noon + timedelta(seconds=n)).number for n in range(4)]
    assert called == ["V001", "V002", "V003", "A001"]


def test_r_q_15_a_window_kept_for_gotone_takes_nobody_else_unless_sent_there(
    hall: Hall, window: Window, at_window: Actor, noon: datetime, fill: Callable[..., list[Ticket]]
) -> None:
    WindowSession.objects.filter(window=window).update(reserved_now="gotone")
    fill(("G", 5), ("V", 4), ("A", 20), ("G", 3))
    sent = make_ticket(hall, letter="A", taken_at=noon, directed_window=window)
    called = [actions.call_next(window, actor=at_window, now=noon, finishing=True) for _ in range(5)]
    assert [one and one.number for one in called] == ["V001", "G001", "G002", sent.number, None]


def test_no_cap_is_no_cap(window: Window, at_window: Actor, noon: datetime, fill: Callable[..., list[Ticket]]) -> None:
    set_cap(0)
    fill(*(("V", minutes) for minutes in (6, 5, 4, 3)), ("A", 14))
    called = [call(window, at_window, noon + timedelta(seconds=n)).number for n in range(5)]
    assert called == ["V001", "V002", "V003", "V004", "A001"]


def test_a_call_asks_no_more_than_before_when_nobody_has_a_head_start(
    window: Window, at_window: Actor, noon: datetime, fill: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    fill(("A", 5), ("A", 4))
    call(window, at_window, noon)
    with django_assert_num_queries(7):  # savepoint, session, current, its end, next, its call, release
        call(window, at_window, noon + timedelta(seconds=1))


ROWS = st.lists(st.tuples(st.sampled_from("VVAAG"), st.integers(0, 59)), max_size=9)


@settings(max_examples=25)
@given(rows=ROWS, cap=st.integers(0, 3), run=st.integers(0, 3))
def test_the_database_calls_in_the_order_of_the_rule(
    django_db_setup: None, django_db_blocker: Any, rows: list[tuple[str, int]], cap: int, run: int
) -> None:
    from django.db import transaction

    from tests.factories import make_hall, make_session, make_user

    noon = datetime.fromisoformat("2026-11-18T12:00:00+08:00")
    starts = {"V": 30, "G": 10, "A": 0}
    with django_db_blocker.unblock(), transaction.atomic():
        hall = make_hall()
        set_cap(cap)
        window, clerk = hall.windows.get(number=1), make_user(hall=hall)
        session = make_session(window, clerk, priority_run=run)
        for letter, minutes in rows:
            taken = noon - timedelta(minutes=minutes)
            order = taken - timedelta(minutes=starts[letter])
            make_ticket(hall, letter=letter, taken_at=taken, call_order_at=order)
        expected = fairness.calling_order(Ticket.objects.filter(hall=hall), run=run, cap=cap)
        facts = layout.of(hall.pk, noon)
        shown = reads.line_at(session, facts.window(window.pk), facts)
        called = [call(window, Actor(person=clerk), noon) for _ in rows]
        transaction.set_rollback(True)
    layout.forget()
    assert [one.number for one in called] == [one.number for one in expected]
    assert [one.number for one in shown] == [one.number for one in expected]
