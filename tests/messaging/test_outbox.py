"""The outbox: what is worded when, what waits for the morning, what goes once."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from core.errors import Refused
from core.models import Parameter
from core.time import SHANGHAI
from messaging import actions
from messaging.models import MessageTemplate
from messaging.states import MessageKind, MessageState
from tests.messaging.outbox_rows import NOON, PHONE, enqueue, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wordings")]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


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
