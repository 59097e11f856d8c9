from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model

from core import parameters
from core.redis import client, key
from messaging import catalogue, gateways
from messaging.models import MessageTemplate
from messaging.states import Kind
from tests.messaging.gateway import RecordingGateway

TRIAL_TEXTS = [("trial_notice", Kind.NOTICE), ("trial_greeting", Kind.GREETING), ("trial_code", Kind.CODE)]


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    """What lives outside the database does not go back with the test's transaction."""
    yield
    parameters.forget()
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
    for name, kind in TRIAL_TEXTS:
        catalogue.register(name, name, kind=kind, placeholders=("name",))
        MessageTemplate.objects.create(key=name, text="{name}您好。", valid_from="2020-01-01")
    MessageTemplate.objects.get_or_create(
        key="queue_called",
        valid_from="2020-01-01",
        defaults={"text": "{number} 请到 {window}办理,{minutes} 分钟内有效。"},
    )


@pytest.fixture
def person(db: None):
    def make(name: str):
        number = get_user_model().objects.count() + 1
        return get_user_model().objects.create_user(f"G{number:05}", "Ting-guan-jia-1", name=name)

    return make


@pytest.fixture
def li(person):
    return person("小李")


@pytest.fixture
def zhao(person):
    return person("赵")


