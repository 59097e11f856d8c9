"""The outbox and a gateway that is slow, dead, or unsure."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core import time
from core.models import Parameter
from core.redis import client, key
from messaging import actions, tasks
from messaging.models import OutboxMessage
from messaging.states import MessageKind, MessageState
from tests.messaging.gateway import WorkerKilled
from tests.messaging.outbox_rows import NOON, PHONE, enqueue, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wordings")]


def wake() -> None:
    """The rest after a dead gateway is counted in real seconds; tests don't wait for it."""
    client().delete(key("sms", "rest"))


def test_a_gateway_that_takes_a_message_and_times_out_is_asked_and_not_sent_to_again(gateway):
    gateway.mood = "takes and says nothing"
    message = enqueue(NOON)
    assert actions.deliver_due(NOON) == 0
    message.refresh_from_db()
    assert (message.state, message.maybe_sent, message.last_error) == (
        MessageState.WAITING,
        True,
        "timed out",
    )

    gateway.mood = "well"
    assert actions.deliver_due(NOON + timedelta(seconds=4)) == 0
    assert actions.deliver_due(NOON + timedelta(seconds=6)) == 1
    assert gateway.calls == ["send", "known"]
    assert gateway.texts == ["one您好。"]
    assert states() == [MessageState.SENT]


def test_a_message_that_the_gateway_does_not_know_is_sent_with_the_same_id(gateway):
    gateway.mood = "swallows"
    message = enqueue(NOON)
    actions.deliver_due(NOON)

    gateway.mood = "well"
    assert actions.deliver_due(NOON + timedelta(seconds=6)) == 1
    assert gateway.calls == ["send", "known", "send"]
    assert [line[0] for line in gateway.delivered] == [message.pk]


def test_a_worker_killed_right_after_sending_is_the_same_path(gateway):
    gateway.mood = "kills the worker"
    enqueue(NOON)
    with pytest.raises(WorkerKilled):
        actions.deliver_due(NOON)
    assert states() == [MessageState.SENDING]

    gateway.mood = "well"
    assert actions.deliver_due(NOON + actions.LEASE - timedelta(seconds=2)) == 0
    assert actions.deliver_due(NOON + actions.LEASE + timedelta(seconds=1)) == 1
    assert gateway.texts == ["one您好。"]
    assert states() == [MessageState.SENT]


def test_a_worker_killed_between_claim_and_sending_loses_nothing(gateway):
    enqueue(NOON)
    actions._settle_next(NOON)
    assert states() == [MessageState.SENDING]

    assert actions.deliver_due(NOON + timedelta(seconds=59)) == 0
    assert actions.deliver_due(NOON + timedelta(seconds=61)) == 1
    assert gateway.calls == ["known", "send"]
    assert gateway.texts == ["one您好。"]


def test_a_dead_gateway_delays_only_however_long_it_is_dead(gateway):
    gateway.mood = "dead"
    for count in range(5):
        enqueue(NOON, key=str(count))
    now = NOON
    for _ in range(40):
        wake()
        now += timedelta(minutes=5)
        assert actions.deliver_due(now) == 0
    assert states() == [MessageState.WAITING] * 5

    gateway.mood = "well"
    wake()
    assert actions.deliver_due(now + timedelta(minutes=5)) == 5
    assert sorted(gateway.texts) == [f"{count}您好。" for count in range(5)]


def test_a_round_stops_after_three_failures_and_the_next_one_rests(gateway):
    gateway.mood = "dead"
    for count in range(5):
        enqueue(NOON, key=str(count))

    actions.deliver_due(NOON)
    assert gateway.calls == ["send"] * 3

    actions.deliver_due(NOON + timedelta(seconds=2))
    assert gateway.calls == ["send"] * 3


def test_a_gateway_too_dead_to_be_asked_keeps_the_doubt(gateway):
    gateway.mood = "takes and says nothing"
    message = enqueue(NOON)
    actions.deliver_due(NOON)
    gateway.mood = "dead"
    actions.deliver_due(NOON + timedelta(minutes=1))
    message.refresh_from_db()
    assert message.maybe_sent is True

    gateway.mood = "well"
    assert actions.deliver_due(NOON + timedelta(minutes=3)) == 1
    assert gateway.calls == ["send", "known", "known"]
    assert gateway.texts == ["one您好。"]


def test_a_rejected_message_is_given_up_after_the_limit_and_lets_others_pass(gateway):
    Parameter.objects.create(name="messaging.max_attempts", value=3, valid_from=date(2026, 11, 1))
    gateway.mood = "rejects"
    message = enqueue(NOON)
    for count in range(6):
        actions.deliver_due(NOON + timedelta(minutes=2 * count))
    message.refresh_from_db()
    assert gateway.calls == ["send"] * 3
    assert (message.state, message.refusals, message.last_error) == (MessageState.FAILED, 3, "HTTP 422")

    gateway.mood = "well"
    enqueue(NOON, key="another")
    assert actions.deliver_due(NOON + timedelta(hours=1)) == 1
    assert gateway.texts == ["another您好。"]


def test_a_person_can_send_a_rejected_message_again(gateway):
    message = enqueue(NOON)
    OutboxMessage.objects.update(state=MessageState.FAILED, refusals=5)

    with time_machine.travel(NOON, tick=False):
        assert actions.send_again([message.pk]) == 1
    assert actions.deliver_due(NOON) == 1
    assert actions.send_again([message.pk]) == 0
    assert gateway.texts == ["one您好。"]


def test_a_worker_that_lost_its_claim_does_not_undo_the_other_ones_result(gateway):
    enqueue(NOON)
    slow = actions._settle_next(NOON)
    assert slow is not None
    assert actions.deliver_due(NOON + timedelta(seconds=61)) == 1

    actions._postpone(slow.message, "timed out", NOON + timedelta(seconds=62), maybe_sent=True)

    assert states() == [MessageState.SENT]


def test_finished_messages_forget_their_phone_and_waiting_ones_keep_it(gateway):
    enqueue(NOON, key="old")
    actions.deliver_due(NOON)
    enqueue(NOON, template="trial_code", key="unsent", phone="13800000002")
    enqueue(NOON + timedelta(days=1), key="young", phone="13800000003")
    OutboxMessage.objects.filter(key="young").update(state=MessageState.SENT, sent_at=NOON)

    assert actions.erase_phones(NOON + timedelta(days=1)) == 1
    assert actions.erase_phones(NOON + timedelta(days=1)) == 0
    assert list(OutboxMessage.objects.order_by("key").values_list("key", "phone")) == [
        ("old", ""),
        ("unsent", "13800000002"),
        ("young", "13800000003"),
    ]


def test_the_task_delivers_what_is_due_now(gateway):
    actions.send_sms(PHONE, template="trial_code", context={"name": "now"}, kind=MessageKind.CODE, key="now")

    tasks.deliver_due()

    assert gateway.texts == ["now您好。"]


def test_a_sent_message_without_a_time_cannot_be_stored():
    message = enqueue(NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(state=MessageState.SENT)


def test_the_clock_of_a_round_moves_on():
    passing = actions._clock_from(NOON)

    assert NOON <= passing() <= passing() < NOON + timedelta(minutes=1)
    assert time.local(passing()).date() == date(2026, 11, 22)
