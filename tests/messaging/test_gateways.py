import json
import logging
import socket
from uuid import UUID, uuid4

import pytest

from core import time
from core.redis import client, key
from messaging import actions, gateways
from messaging.gateways import ConsoleGateway, FileGateway, HttpGateway, Rejected, Unanswered, Unreachable
from messaging.models import OutboxMessage
from messaging.states import MessageKind, MessageState
from tests.messaging.gateway import http_gateway

PHONE = "13800000001"
ONE = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def wire():
    with http_gateway() as wire:
        yield wire


@pytest.fixture
def http(wire):
    return HttpGateway(wire.url, "secret", timeout=0.5)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_console_never_shows_a_whole_phone(caplog):
    with caplog.at_level(logging.INFO, "messaging.gateways"):
        ConsoleGateway().send(ONE, phone=PHONE, text="A012 请到 3 号窗口办理")

    assert caplog.messages == [f"sms {ONE} to 138****0001: A012 请到 3 号窗口办理"]


def test_the_file_has_one_line_per_message_and_the_same_id_once(tmp_path):
    file = FileGateway(tmp_path / "sms" / "outbox.jsonl")
    assert file.known(ONE) is False

    file.send(ONE, phone=PHONE, text="请到 3 号窗口")
    file.send(ONE, phone=PHONE, text="请到 3 号窗口")
    file.send(uuid4(), phone=PHONE, text="另一条")

    lines = [json.loads(line) for line in file.path.read_text(encoding="utf-8").splitlines()]
    assert [line["text"] for line in lines] == ["请到 3 号窗口", "另一条"]
    assert lines[0] == {"id": str(ONE), "phone": PHONE, "text": "请到 3 号窗口"}
    assert file.known(ONE) is True


def test_a_line_cut_off_by_a_kill_was_not_sent(tmp_path):
    file = FileGateway(tmp_path / "outbox.jsonl")
    file.send(uuid4(), phone=PHONE, text="whole")
    with file.path.open("ab") as torn:
        torn.write(f'{{"id": "{ONE}", "pho'.encode())

    assert file.known(ONE) is False
    file.send(ONE, phone=PHONE, text="again")

    texts = [json.loads(line)["text"] for line in file.path.read_text(encoding="utf-8").splitlines()]
    assert texts == ["whole", "again"]


def test_a_file_that_cannot_be_written_delays(tmp_path):
    (tmp_path / "sms").write_text("a file where the folder should be")

    with pytest.raises(Unanswered):
        FileGateway(tmp_path / "sms" / "outbox.jsonl").send(ONE, phone=PHONE, text="x")


def test_http_posts_id_phone_and_text_with_key_and_token(http, wire):
    http.send(ONE, phone=PHONE, text="请到 3 号窗口")

    assert wire.posts == [
        (
            {
                "Idempotency-Key": str(ONE),
                "Authorization": "Bearer secret",
                "Content-Type": "application/json; charset=utf-8",
            },
            {"id": str(ONE), "phone": PHONE, "text": "请到 3 号窗口"},
        )
    ]


def test_http_keeps_the_query_of_the_address_and_sends_no_empty_token(wire):
    HttpGateway(f"{wire.url}?account=1", "").known(ONE)

    assert wire.gets == [f"/sms/{ONE}?account=1"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Rejected),
        (413, Rejected),
        (422, Rejected),
        (302, Unreachable),
        (401, Unreachable),
        (403, Unreachable),
        (404, Unreachable),
        (429, Unreachable),
        (408, Unanswered),
        (409, Unanswered),
        (500, Unanswered),
        (503, Unanswered),
    ],
)
def test_http_answers_other_than_yes(http, wire, status, outcome):
    wire.post_status = status

    with pytest.raises(outcome) as no:
        http.send(ONE, phone=PHONE, text="x")

    assert str(no.value) == f"HTTP {status}"
    assert len(wire.posts) == 1


@pytest.mark.parametrize(("status", "known"), [(200, True), (204, True), (404, False)])
def test_http_asks_by_id(http, wire, status, known):
    wire.get_status = status

    assert http.known(ONE) is known
    assert wire.gets == [f"/sms/{ONE}"]


@pytest.mark.parametrize("status", [302, 401, 500, 503])
def test_http_that_cannot_tell_says_so(http, wire, status):
    wire.get_status = status

    with pytest.raises(Unreachable):
        http.known(ONE)


def test_http_nobody_listens_is_certain(http):
    gateway = HttpGateway(f"http://127.0.0.1:{closed_port()}/", "", timeout=0.5)

    with pytest.raises(Unreachable):
        gateway.send(ONE, phone=PHONE, text="x")
    with pytest.raises(Unreachable):
        gateway.known(ONE)


def test_http_an_answer_that_never_comes_is_not(http):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        gateway = HttpGateway(f"http://127.0.0.1:{deaf.getsockname()[1]}/", "", timeout=0.2)

        with pytest.raises(Unanswered):
            gateway.send(ONE, phone=PHONE, text="x")
        with pytest.raises(Unreachable):
            gateway.known(ONE)


def test_http_a_connection_dropped_after_the_message_is_in_doubt(http, wire):
    wire.silent.set()

    with pytest.raises(Unanswered):
        http.send(ONE, phone=PHONE, text="x")


@pytest.mark.parametrize(("name", "kind"), [("console", ConsoleGateway), ("file", FileGateway), ("http", HttpGateway)])
def test_the_settings_choose(settings, name, kind):
    settings.SMS_GATEWAY, settings.SMS_URL, settings.SMS_TOKEN = name, "http://127.0.0.1:9/sms", "secret"

    assert type(gateways.chosen()) is kind


@pytest.mark.django_db
def test_a_doubling_http_gateway_gets_the_message_once(settings, wire, wordings):
    settings.SMS_GATEWAY, settings.SMS_URL, settings.SMS_TOKEN = "http", wire.url, "secret"
    message = actions.send_sms(PHONE, template="trial_code", context={"name": "x"}, kind=MessageKind.CODE, key="one")
    assert message is not None
    wire.silent.set()
    assert actions.deliver_due(time.now()) == 0

    wire.silent.clear()
    wire.get_status = 200
    OutboxMessage.objects.update(next_attempt_at=time.now())
    assert actions.deliver_due(time.now()) == 1

    assert [body["id"] for _, body in wire.posts] == [str(message.pk)]
    assert wire.gets == [f"/sms/{message.pk}"]


@pytest.mark.django_db
def test_an_http_gateway_that_comes_back_gets_everything(settings, wire, wordings):
    settings.SMS_GATEWAY, settings.SMS_TOKEN = "http", ""
    settings.SMS_URL = f"http://127.0.0.1:{closed_port()}/sms"
    for count in range(5):
        actions.send_sms(PHONE, template="trial_code", context={"name": count}, kind=MessageKind.CODE, key=str(count))
    assert actions.deliver_due(time.now()) == 0

    settings.SMS_URL = wire.url
    client().delete(key("sms", "rest"))
    OutboxMessage.objects.update(next_attempt_at=time.now())
    assert actions.deliver_due(time.now()) == 5
    assert sorted(body["text"] for _, body in wire.posts) == [f"{count}您好。" for count in range(5)]
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {MessageState.SENT}
