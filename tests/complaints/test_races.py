"""Several people and sweepers at once on a real PostgreSQL, with commits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from complaints.actions import check, ending, handling, refunds, sweep
from complaints.actions.refunds import Claim
from complaints.models import Complaint, Deadline, RefundPayment
from core.errors import Refused
from messaging.models import Notice
from tests.complaints.conftest import fresh, hours, make_case

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], Any], people: int) -> list[Any]:
    """Run `work(0…people-1)` in threads that start together; a refusal's code stands for its result."""
    start = threading.Barrier(people)

    def one(which: int) -> Any:
        start.wait()
        try:
            return work(which)
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


def test_two_sweepers_fire_each_level_once(transactional_db, place):
    for _ in range(30):
        make_case(place, tier="vip")
    done = at_once(lambda _: sweep.fire_batch(hours(8.5), limit=10).fired + sweep.sweep(hours(8.5)).fired, 3)
    left = sweep.sweep(hours(8.5)).fired  # a case that another sweeper holds is for the next round
    assert sum(done) + left == Deadline.objects.exclude(fired_at=None).count() == 30 * 5
    told = Notice.objects.filter(user=place.handler, title__contains="已超处理时限").values_list("body", flat=True)
    numbers = [number for body in told for number in body.replace(" 等", "").split("、") if number.startswith("TS")]
    assert len(numbers) == len(set(numbers))


def test_concurrent_handlers_leave_one_chain_that_replays(transactional_db, place):
    found = make_case(place)

    def work(which: int) -> Any:
        if which % 2:
            return handling.note(found.pk, f"备注 {which}", person=place.duty, now=hours(1)).number
        return handling.reply(found.pk, f"答复 {which}", person=place.clerk, now=hours(1)).number

    at_once(work, 6)
    assert list(found.events.values_list("seq", flat=True)) == list(range(1, 9))
    assert check.check_all(hours(2)).wrong == []


def test_closing_twice_at_once_happens_once(transactional_db, place):
    found = make_case(place)
    done = at_once(lambda _: ending.close(found.pk, "solved", "已解决", person=place.clerk, now=hours(1)).status, 3)
    assert sorted(done) == ["bad_move", "bad_move", "follow_up"]


def test_a_case_being_closed_is_not_escalated_meanwhile(transactional_db, place):
    found = make_case(place, tier="vip")

    def work(which: int) -> Any:
        if which:
            return sweep.fire_batch(hours(8.1)).fired
        return ending.close(found.pk, "solved", "已解决", person=place.clerk, now=hours(7.9)).status

    at_once(work, 2)
    sweep.sweep(hours(8.2))
    assert check.check_all(hours(9)).wrong == []
    assert (fresh(found).status, fresh(found).handling_late) == ("follow_up", False)


def test_one_half_is_paid_once_by_many_hands(transactional_db, place):
    found = make_case(place)
    asked = Claim("流量", Decimal(30), Decimal("12.50"), is_pre=True, customer_upset=True, team_contacted=True)
    made = at_once(lambda _: refunds.ask_refund(found.pk, asked, person=place.duty, now=hours(1)).pk, 3)
    assert sorted(str(one) for one in made if isinstance(one, str)) == ["pre_refund_exists"] * 2
    row = next(one for one in made if isinstance(one, int))
    refunds.decide_refund(row, True, "", person=place.handler, now=hours(1))
    paid = at_once(lambda _: refunds.mark_paid(row, "principal", person=place.handler, now=hours(2)).part, 4)
    assert sorted(paid) == ["bad_move"] * 3 + ["principal"]
    refunds.verify(row, True, "属实", person=place.handler, now=hours(3))
    at_once(lambda _: refunds.mark_paid(row, "second", person=place.handler, now=hours(4)).part, 4)
    assert [one.amount for one in RefundPayment.objects.filter(state="paid")] == [Decimal("12.50")] * 2


def test_numbers_never_repeat(transactional_db, place):
    at_once(lambda _: [make_case(place).number for _ in range(4)], 4)
    assert Complaint.objects.values("number").distinct().count() == 16
