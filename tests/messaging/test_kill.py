"""A worker really killed, at the two moments that matter; the gateway is the file of a trial installation."""

import json
import os
import signal
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections

from core import time
from messaging import actions, gateways
from messaging.gateways import FileGateway
from messaging.models import OutboxMessage
from messaging.states import MessageKind, MessageState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wordings")]


class KilledBeforeSending(FileGateway):
    def send(self, message_id: UUID, *, phone: str, text: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class KilledAfterSending(FileGateway):
    def send(self, message_id: UUID, *, phone: str, text: str) -> None:
        super().send(message_id, phone=phone, text=text)
        os.kill(os.getpid(), signal.SIGKILL)


def sweep_in_a_child(now) -> int:
    """Run one round in a process of its own; the signal that ended it."""
    connections.close_all()  # each side opens its own
    child = os.fork()
    if child == 0:
        try:
            actions.deliver_due(now)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("killed", [KilledBeforeSending, KilledAfterSending])
def test_kill_9_of_a_worker_loses_nothing_and_doubles_nothing(tmp_path: Path, monkeypatch, killed):
    path = tmp_path / "sms" / "outbox.jsonl"
    message = actions.send_sms(
        "13800000001", template="trial_code", context={"name": "x"}, kind=MessageKind.CODE, key="one"
    )
    assert message is not None
    now = time.now()

    monkeypatch.setattr(gateways, "chosen", lambda: killed(path))
    assert sweep_in_a_child(now) == -signal.SIGKILL
    assert OutboxMessage.objects.get().state == MessageState.SENDING

    monkeypatch.setattr(gateways, "chosen", lambda: FileGateway(path))
    assert actions.deliver_due(now + timedelta(seconds=10)) == 0
    assert actions.deliver_due(now + actions.LEASE + timedelta(seconds=1)) == 1

    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == [str(message.pk)]
    assert OutboxMessage.objects.get().state == MessageState.SENT
