"""A group that gives no more numbers, or no more than a limit: obeyed at once, shown on the board, lifted again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from core.errors import Refused
from core.time import business_day, now
from queueing import actions
from queueing.actions import Actor, Wish
from queueing.models import GroupStop, Ticket
from queueing.queries import board, issuing, layout
from queueing.rules import issuing as rules
from queueing.states import Source, Stopped
from tests.factories import make_hall, make_user


@pytest.fixture
def hall(db):
    return make_hall()


@pytest.fixture
def manager(hall):
    return make_user("01002", "duty_manager", hall, name="王经理")


def take(hall, business="general", at=None):
    return actions.take_number(hall, Wish(business, Source.KIOSK), actor=Actor(), now=at or now())


def refused(act, *args, **kwargs):
    with pytest.raises(Refused) as no:
        act(*args, **kwargs)
    return no.value.code


@pytest.mark.parametrize(
    ("limit", "taken", "state"),
    [(None, 0, Stopped.STOPPED), (3, 2, Stopped.NO), (3, 3, Stopped.FULL), (3, 4, Stopped.FULL)],
)
def test_a_limit_is_reached_exactly(limit, taken, state):
    assert rules.stopped(limit, taken) == state


def test_a_stopped_group_gives_no_number_and_the_others_do(hall, manager, nudges):
    group = hall.groups.get(code="general")
    actions.stop_group(group, limit=None, reason=" 系统 升级 ", manager=manager, now=now())

    with pytest.raises(Refused) as no:
        take(hall, "sim_replace")
    assert (no.value.code, no.value.message) == ("group_stopped", "综合业务暂停取号(系统 升级),请咨询引导员。")
    assert Ticket.objects.count() == 0
    assert take(hall, "payment").number == "B001"
    assert nudges[0] == ("hall.ZJ01", "issuing.changed", str(hall.pk))


def test_a_limited_group_gives_so_many_today_those_given_back_not_counted(hall, manager):
    group = hall.groups.get(code="general")
    actions.stop_group(group, limit=2, reason="人手不足", manager=manager, now=now())
    first = take(hall)
    take(hall)

    assert refused(take, hall) == "group_full"
    actions.cancel(first.pk, actor=Actor(), now=now())
    assert take(hall).number == "A003"
    assert refused(take, hall) == "group_full"


def test_an_order_ends_with_its_day(hall, manager):
    group = hall.groups.get(code="general")
    actions.stop_group(group, limit=None, reason="盘点", manager=manager, now=now())

    assert take(hall, at=now() + timedelta(days=1)).number == "A001"


def test_lifting_gives_numbers_again_and_stays_on_record(hall, manager):
    group = hall.groups.get(code="general")
    moment = now()
    actions.stop_group(group, limit=None, reason="盘点", manager=manager, now=moment)
    actions.lift_stop(group, manager=manager, now=moment)

    row = GroupStop.objects.get()
    assert (row.lifted_at, row.lifted_by) == (moment, manager)
    assert refused(actions.lift_stop, group, manager=manager, now=moment) == "not_stopped"
    assert take(hall).number == "A001"


def test_a_new_order_replaces_the_one_in_force(hall, manager):
    group = hall.groups.get(code="general")
    actions.stop_group(group, limit=None, reason="盘点", manager=manager, now=now())
    actions.stop_group(group, limit=5, reason="人手不足", manager=manager, now=now())

    assert [(row.limit, row.reason) for row in GroupStop.objects.filter(lifted_at=None)] == [(5, "人手不足")]
    assert GroupStop.objects.count() == 2
    assert take(hall).number == "A001"


@pytest.mark.parametrize(
    ("limit", "reason", "code"), [(None, "  ", "reason_needed"), (0, "忙", "bad_limit"), (10000, "忙", "bad_limit")]
)
def test_an_order_that_makes_no_sense_is_refused(hall, manager, limit, reason, code):
    group = hall.groups.get(code="general")

    assert refused(actions.stop_group, group, limit=limit, reason=reason, manager=manager, now=now()) == code
    assert GroupStop.objects.count() == 0


def test_the_board_says_which_group_gives_none(hall, manager):
    today = business_day(now())
    assert [row["stopped"] for row in board.document(hall.pk, now())["groups"]] == ["", ""]
    before = board.digest(board.document(hall.pk, now()))
    orders = (issuing.Standing(hall.groups.get(code="general").pk, None, "系统升级"),)

    assert issuing.stopped(orders, today) == {orders[0].group_id: (Stopped.STOPPED, "系统升级")}
    actions.stop_group(hall.groups.get(code="general"), limit=None, reason="系统升级", manager=manager, now=now())
    layout.forget()
    document = board.document(hall.pk, now())
    told = {row["code"]: (row["stopped"], row["stop_reason"]) for row in document["groups"]}
    assert told == {"general": ("stopped", "系统升级"), "payment": ("", "")}
    assert board.digest(document) != before


@pytest.mark.django_db(transaction=True)
def test_two_takers_never_share_the_last_number_of_a_limit():
    hall = make_hall()
    manager = make_user("01002", "duty_manager", hall)
    actions.stop_group(hall.groups.get(code="general"), limit=2, reason="人手不足", manager=manager, now=now())
    answers = []
    start = threading.Barrier(6)

    def ask():
        start.wait()
        try:
            take(hall)
            answers.append("taken")
        except Refused as no:
            answers.append(no.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["group_full"] * 4 + ["taken"] * 2
    assert Ticket.objects.count() == 2
