"""Messages for tests of the outbox."""

from datetime import datetime

import time_machine

from core.time import SHANGHAI
from messaging import actions
from messaging.models import OutboxMessage
from tests.messaging.conftest import KINDS

PHONE = "13800000001"


NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


def enqueue(now: datetime, *, template: str = "trial_code", key: str = "one", phone: str = PHONE) -> OutboxMessage:
    with time_machine.travel(now, tick=False):
        message = actions.send_sms(phone, template=template, context={"name": key}, kind=KINDS[template], key=key)
    assert message is not None
    return message


def states() -> list[str]:
    return list(OutboxMessage.objects.order_by("created_at", "key").values_list("state", flat=True))
