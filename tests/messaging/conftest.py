from collections.abc import Iterator

import pytest

from core.redis import client, key
from messaging import catalogue, gateways
from messaging.models import MessageTemplate
from messaging.states import MessageKind
from staff.models import User
from tests.factories import make_hall, make_user
from tests.messaging.gateway import RecordingGateway

KINDS = {
    "trial_notice": MessageKind.NOTICE,
    "trial_greeting": MessageKind.GREETING,
    "trial_code": MessageKind.CODE,
}


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    """The rest after a dead gateway is kept in Redis and does not go back with the test's transaction."""
    yield
    client().delete(key("sms", "rest"))


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> RecordingGateway:
    recording = RecordingGateway()
    monkeypatch.setattr(gateways, "chosen", lambda: recording)
    return recording


@pytest.fixture
def wordings(monkeypatch: pytest.MonkeyPatch) -> None:
    """One text of each kind; the migrated ones too, which a transactional test has flushed away."""
    monkeypatch.setattr(catalogue, "_texts", dict(catalogue._texts))
    for name, kind in KINDS.items():
        catalogue.register(name, name, kind=kind, placeholders=("name",))
        MessageTemplate.objects.create(key=name, text="{name}您好。", valid_from="2020-01-01")
    MessageTemplate.objects.get_or_create(
        key="queue_called",
        valid_from="2020-01-01",
        defaults={"text": "{number} 请到 {window}办理,{minutes} 分钟内有效。"},
    )


@pytest.fixture
def li(db: None) -> User:
    return make_user(hall=make_hall(groups=False, windows=0), name="小李")


@pytest.fixture
def zhao(db: None) -> User:
    return make_user(hall=make_hall("ZJ02", groups=False, windows=0), name="赵")
