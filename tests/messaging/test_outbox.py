from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core import time
from core.errors import Refused
from core.models import Parameter
from core.redis import client, key
from core.time import SHANGHAI
from messaging import actions, tasks
from messaging.models import MessageTemplate, OutboxMessage
from messaging.states import MessageKind, MessageState
from tests.messaging.conftest import KINDS
from tests.messaging.gateway import WorkerKilled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wordings")]

PHONE = "13800000001"
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def enqueue(now: datetime, *, template: str = "trial_code", key: str = "one", phone: str = PHONE) -> OutboxMessage:
    with time_machine.travel(now, tick=False):
        message = actions.send_sms(phone, template=template, context={"name": key}, kind=KINDS[template], key=key)
    assert message is not None
    return message


def states() -> list[str]:
    return list(OutboxMessage.objects.order_by("created_at", "key").values_list("state", flat=True))


def wake() -> None:
    """The rest after a dead gateway is counted in real seconds; tests don't wait for it."""
    client().delete(key("sms", "rest"))


def test_a_call_is_worded_as_on_the_screen_list(gateway):
    with time_machine.travel(NOON, tick=False):
        message = actions.send_sms(
            "138 0000-0001",
            template="queue_called",
            context={"number": "A012", "window": "3 号窗口", "minutes": 10},
            kind=MessageKind.CALL,
            key="called:1",
            hall="ZJ01",
        )

    assert message is not None
    assert (message.phone, message.hall, message.kind) == (PHONE, "ZJ01", "call")
    assert message.text == "A012 请到 3 号窗口办理,10 分钟内有效。"
    assert actions.deliver_due(NOON) == 1
    assert gateway.delivered == [(message.pk, PHONE, message.text)]
    message.refresh_from_db()
    assert (message.state, message.maybe_sent, message.attempts) == (MessageState.SENT, False, 1)


def test_the_same_key_twice_is_one_message(gateway):
    first, second = enqueue(NOON), enqueue(NOON + timedelta(hours=1))

    assert first.pk == second.pk
    assert actions.deliver_due(NOON + timedelta(hours=2)) == 1
    assert actions.deliver_due(NOON + timedelta(hours=3)) == 0
    assert gateway.texts == ["one您好。"]


def test_a_rolled_back_change_sends_nothing(gateway):
    with transaction.atomic():
        enqueue(NOON)
        transaction.set_rollback(True)

    assert actions.deliver_due(NOON) == 0
    assert gateway.delivered == []


def test_a_bad_phone_is_refused_with_a_sentence():
    with pytest.raises(Refused) as no:
        enqueue(NOON, phone="12345")

    assert (no.value.code, no.value.message) == ("bad_phone", "手机号应为 11 位数字,请核对。")
    assert states() == []


@pytest.mark.parametrize(
    ("template", "context", "kind"),
    [
        ("no_such_text", {"name": "x"}, MessageKind.CODE),
        ("trial_code", {"nom": "x"}, MessageKind.CODE),
        ("trial_code", {"name": "x"}, MessageKind.GREETING),
    ],
)
def test_a_text_the_catalogue_lacks_is_a_programming_error(template, context, kind):
    with pytest.raises(KeyError):
        actions.send_sms(PHONE, template=template, context=context, kind=kind, key="one")


def test_without_a_wording_in_force_the_text_is_switched_off(gateway):
    MessageTemplate.objects.filter(key="trial_code").update(valid_to=date(2026, 11, 21))

    with time_machine.travel(NOON, tick=False):
        sent = actions.send_sms(PHONE, template="trial_code", context={"name": "x"}, kind=MessageKind.CODE, key="one")
    assert sent is None
    assert states() == []


def test_the_text_is_worded_when_enqueued_and_not_when_sent(gateway):
    enqueue(NOON)
    MessageTemplate.objects.filter(key="trial_code").update(text="另一种说法{name}")

    actions.deliver_due(NOON)

    assert gateway.texts == ["one您好。"]


def test_r_s_23_a_notice_of_21_59_59_goes_and_one_of_22_00_00_waits_until_07_00_00(gateway):
    enqueue(at("2026-11-22 21:59:58.5"), template="trial_notice", key="evening")
    assert actions.deliver_due(at("2026-11-22 21:59:58.500")) == 1

    night = enqueue(at("2026-11-22 22:00:00"), template="trial_notice", key="night")
    assert night.not_before == at("2026-11-23 07:00:00")
    assert actions.deliver_due(at("2026-11-22 22:00:00")) == 0
    assert actions.deliver_due(at("2026-11-23 06:59:58")) == 0
    assert actions.deliver_due(at("2026-11-23 07:00:00")) == 1
    assert gateway.texts == ["evening您好。", "night您好。"]


def test_r_s_23_a_notice_that_was_due_before_22_is_held_when_the_sweep_comes_at_22(gateway):
    message = enqueue(at("2026-11-22 21:59:59"), template="trial_notice")

    assert actions.deliver_due(at("2026-11-22 22:00:00")) == 0

    message.refresh_from_db()
    assert (message.state, message.next_attempt_at) == (MessageState.WAITING, at("2026-11-23 07:00:00"))
    assert gateway.calls == []


def test_r_s_23_a_retry_does_not_slip_into_the_night(gateway):
    enqueue(at("2026-11-22 21:59:50"), template="trial_notice")
    gateway.mood = "swallows"
    assert actions.deliver_due(at("2026-11-22 21:59:55")) == 0

    gateway.mood = "well"
    assert actions.deliver_due(at("2026-11-22 22:00:05")) == 0
    assert actions.deliver_due(at("2026-11-23 07:00:00")) == 1
    assert len(gateway.delivered) == 1


def test_r_s_23_codes_and_calls_go_at_night(gateway):
    enqueue(at("2026-11-22 23:30:00"))

    assert actions.deliver_due(at("2026-11-22 23:30:00")) == 1


def test_r_s_23_quiet_hours_of_one_hall_may_differ(gateway):
    Parameter.objects.create(name="messaging.quiet_from_hour", scope="ZJ01", value=20, valid_from=date(2026, 1, 1))
    evening = at("2026-11-22 20:00:00")
    with time_machine.travel(evening, tick=False):
        for hall in ("ZJ01", "ZJ02"):
            actions.send_sms(
                PHONE,
                template="trial_notice",
                context={"name": hall},
                kind=MessageKind.NOTICE,
                key=hall,
                hall=hall,
            )

    assert actions.deliver_due(evening) == 1
    assert gateway.texts == ["ZJ02您好。"]


def test_r_s_23_a_customer_gets_one_greeting_a_month(gateway):
    enqueue(NOON, template="trial_greeting", key="first")
    enqueue(NOON + timedelta(seconds=1), template="trial_greeting", key="second")
    enqueue(NOON + timedelta(seconds=2), template="trial_greeting", key="someone else", phone="13800000002")
    enqueue(NOON + timedelta(seconds=3), template="trial_notice", key="notice")

    assert actions.deliver_due(NOON + timedelta(minutes=1)) == 3
    assert gateway.texts == ["notice您好。", "first您好。", "someone else您好。"]
    assert states() == [MessageState.SENT, MessageState.DROPPED, MessageState.SENT, MessageState.SENT]


def test_r_s_23_the_month_ends_at_midnight_and_a_night_greeting_counts_for_the_month_it_is_sent_in(gateway):
    enqueue(at("2026-11-30 21:00:00"), template="trial_greeting", key="november")
    assert actions.deliver_due(at("2026-11-30 21:00:00")) == 1

    enqueue(at("2026-11-30 22:00:00"), template="trial_greeting", key="december")
    assert actions.deliver_due(at("2026-11-30 23:59:58")) == 0
    assert actions.deliver_due(at("2026-12-01 07:00:00")) == 1

    enqueue(at("2026-12-31 21:59:00"), template="trial_greeting", key="too many")
    assert actions.deliver_due(at("2026-12-31 21:59:00")) == 0
    assert states() == [MessageState.SENT, MessageState.SENT, MessageState.DROPPED]


def test_r_s_23_the_cap_is_a_dated_number(gateway):
    Parameter.objects.create(name="messaging.greetings_per_month", value=2, valid_from=date(2026, 11, 1))
    for count in range(3):
        enqueue(NOON + timedelta(seconds=count), template="trial_greeting", key=str(count))

    assert actions.deliver_due(NOON + timedelta(minutes=1)) == 2
    assert states() == [MessageState.SENT, MessageState.SENT, MessageState.DROPPED]


def test_r_s_23_a_greeting_nobody_is_sure_about_counts(gateway):
    gateway.mood = "takes and says nothing"
    enqueue(NOON, template="trial_greeting", key="first")
    actions.deliver_due(NOON)

    gateway.mood = "well"
    enqueue(NOON + timedelta(seconds=1), template="trial_greeting", key="second")
    actions.deliver_due(NOON + timedelta(seconds=2))
    actions.deliver_due(NOON + timedelta(seconds=10))

    assert gateway.texts == ["first您好。"]
    assert states() == [MessageState.SENT, MessageState.DROPPED]


def test_urgent_texts_overtake_a_morning_of_greetings(gateway):
    for count in range(3):
        phone = f"1380000001{count}"
        enqueue(NOON, template="trial_greeting", key=f"greeting {count}", phone=phone)
    enqueue(NOON + timedelta(seconds=5), key="code")

    assert actions.deliver_due(NOON + timedelta(seconds=6), limit=1) == 1
    assert gateway.texts == ["code您好。"]


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
