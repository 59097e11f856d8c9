"""Real PostgreSQL, real threads, committed rows."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from core import time
from messaging import actions
from messaging.models import OutboxMessage
from messaging.states import MessageState
from tests.messaging.conftest import KINDS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wordings")]


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """Run `work` in so many threads that start together; what a thread raised is raised here."""
    start, results, errors = Barrier(count), [], []

    def run(number: int) -> None:
        try:
            start.wait(10)
            results.append(work(number))
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    return results


def enqueue(name: str, *, template: str = "trial_code", phone: str = "13800000001") -> None:
    actions.send_sms(phone, template=template, context={"name": name}, kind=KINDS[template], key=name)


def test_sweeps_at_once_send_each_message_once(gateway):
    for count in range(60):
        enqueue(str(count))
    now = time.now()

    taken = at_once(6, lambda _: actions.deliver_due(now))

    assert sum(taken) == 60
    assert Counter(gateway.texts) == {f"{count}您好。": 1 for count in range(60)}
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_a_sweep_does_not_wait_for_a_row_that_another_holds(gateway):
    enqueue("held")
    enqueue("free")
    now = time.now()

    with transaction.atomic():
        OutboxMessage.objects.select_for_update().get(key="held")
        taken = at_once(1, lambda _: actions.deliver_due(now))

    assert taken == [1]
    assert gateway.texts == ["free您好。"]


def test_the_same_key_from_many_threads_is_one_message(gateway):
    at_once(6, lambda _: enqueue("same"))

    assert OutboxMessage.objects.count() == 1


def test_r_s_23_two_sweeps_do_not_send_two_greetings_to_one_customer(gateway):
    noon = time.at(time.business_day(time.now()), time.time(12))
    for count in range(6):
        enqueue(str(count), template="trial_greeting")
    OutboxMessage.objects.update(next_attempt_at=noon)

    taken = at_once(6, lambda _: actions.deliver_due(noon))

    assert sum(taken) == 1
    assert len(gateway.delivered) == 1
    assert OutboxMessage.objects.filter(state=MessageState.DROPPED).count() == 5


def test_the_gateway_is_called_outside_every_transaction(gateway, monkeypatch):
    seen = []

    def send(message_id, *, phone, text):
        seen.append((connection.in_atomic_block, OutboxMessage.objects.get(pk=message_id).state))

    monkeypatch.setattr(gateway, "send", send)
    enqueue("one")

    actions.deliver_due(time.now())

    assert seen == [(False, MessageState.SENDING)]


def test_a_message_of_a_transaction_still_open_is_not_sent(gateway):
    with transaction.atomic():
        enqueue("open")
        assert at_once(1, lambda _: actions.deliver_due(time.now())) == [0]
    assert actions.deliver_due(time.now()) == 1
