"""Who hears what: gates, nudges after commit, boards by socket, the heartbeat."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import SyncToAsync
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.urls import path

from core import heartbeat, live
from core.consumers import BoardConsumer, LiveConsumer
from core.redis import client, key
from halls.models import Hall
from queueing.live import publish_board
from queueing.queries import layout
from tests.factories import make_hall, make_ticket, make_user

routes = URLRouter(
    [path("ws/halls/<slug:code>/board/", BoardConsumer.as_asgi()), path("ws/live/", LiveConsumer.as_asgi())]
)


def socket(address: str, user: Any = None) -> WebsocketCommunicator:
    communicator = WebsocketCommunicator(routes, address)
    communicator.scope["user"] = user or AnonymousUser()
    return communicator


def apart(work: Callable[..., Any], *args: Any) -> Any:
    """Run in a thread of its own, and leave no connection behind."""
    try:
        return work(*args)
    finally:
        connection.close()


@pytest.fixture
def hall(transactional_db: Any) -> Iterator[Hall]:
    layout.forget()
    yield make_hall("ZJ01")
    SyncToAsync.single_thread_executor.submit(lambda: connection.close()).result()


def test_a_topic_without_a_gate_is_closed() -> None:
    assert live.may_listen(AnonymousUser(), "secrets.1") is False
    assert live.may_listen(AnonymousUser(), "hall") is False


@pytest.mark.django_db(transaction=True)
def test_a_nudge_waits_for_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(live, "send_to_group", lambda group, message: sent.append(group))
    with transaction.atomic():
        live.nudge("hall.ZJ01", "ticket.waiting", 1)
        assert sent == []
    assert sent == ["topic.hall.ZJ01"]


def test_a_dead_redis_does_not_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    def fail(*args: Any) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(client(), "publish", fail)
    live.send_to_group("board.ZJ01", {"type": "board.document", "text": "{}"})


def test_a_stranger_gets_no_nudges(hall: Hall) -> None:
    async def talk() -> None:
        connected, code = await socket("/ws/live/").connect()
        assert (connected, code) == (False, 4401)

    asyncio.run(talk())


def test_a_clerk_hears_the_own_hall_only(hall: Hall) -> None:
    make_hall("ZJ02")
    clerk = make_user(hall=hall)

    async def talk() -> list[Any]:
        mine = socket("/ws/live/", clerk)
        assert (await mine.connect())[0]
        answers = []
        for topic in ("hall.ZJ02", "hall.ZJ01", "user.999999"):
            await mine.send_json_to({"subscribe": topic})
            answers.append(await mine.receive_json_from())
        live.send_to_group("topic.hall.ZJ02", nudge("hall.ZJ02"))
        live.send_to_group("topic.hall.ZJ01", nudge("hall.ZJ01"))
        answers.append(await mine.receive_json_from())
        await mine.disconnect()
        return answers

    def nudge(topic: str) -> dict[str, str]:
        return {"type": "live.nudge", "topic": topic, "event": "ticket.waiting", "id": "1"}

    assert asyncio.run(talk()) == [
        {"topic": "hall.ZJ02", "refused": True},
        {"topic": "hall.ZJ01", "listening": True},
        {"topic": "user.999999", "refused": True},
        {"topic": "hall.ZJ01", "event": "ticket.waiting", "id": "1"},
    ]


@pytest.mark.parametrize("text", ["[]", '{"subscribe": 1}', '{"subscribe": "' + "x" * 100 + '"}', "not json"])
def test_nonsense_on_the_live_socket_closes_it(hall: Hall, text: str) -> None:
    clerk = make_user(hall=hall)

    async def talk() -> dict[str, Any]:
        mine = socket("/ws/live/", clerk)
        await mine.connect()
        await mine.send_to(text_data=text)
        return await mine.receive_output()

    assert asyncio.run(talk())["code"] == 4400


def test_a_screen_gets_the_document_at_once_and_each_change(hall: Hall) -> None:
    publish_board(hall.pk)

    async def talk() -> list[Any]:
        screen = socket("/ws/halls/ZJ01/board/")
        assert (await screen.connect())[0]
        heard = [await screen.receive_json_from()]
        await asyncio.to_thread(apart, publish_board, hall.pk)
        heard.append(await screen.receive_json_from())
        await screen.disconnect()
        return heard

    first, second = asyncio.run(talk())
    assert first["hall"] == "ZJ01"
    assert second["version"] > first["version"]


def test_a_screen_that_missed_a_version_is_told_by_the_heartbeat(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_board(hall.pk)
    client().delete(key("heartbeat"))

    async def talk() -> tuple[int, Any]:
        screen = socket("/ws/halls/ZJ01/board/")
        await screen.connect()
        first = await screen.receive_json_from()
        with monkeypatch.context() as broken:
            broken.setattr(live, "send_to_group", lambda group, message: None)
            await asyncio.to_thread(apart, publish_board, hall.pk)
        await asyncio.to_thread(apart, heartbeat.beat_once)
        beat = await screen.receive_json_from()
        await screen.disconnect()
        return first["version"], beat

    seen, beat = asyncio.run(talk())
    assert beat["newest"] > seen
    assert "heartbeat" in beat


def test_versions_only_grow_on_a_screen(hall: Hall) -> None:
    publish_board(hall.pk)

    async def talk() -> list[int]:
        screen = socket("/ws/halls/ZJ01/board/")
        await screen.connect()
        first = (await screen.receive_json_from())["version"]
        heard = [first]
        for ahead in (3, 1, 2, 4):
            document = {"version": first + ahead}
            await asyncio.to_thread(live.publish_board, "ZJ01", document)
            if ahead in (3, 4):
                heard.append((await screen.receive_json_from())["version"])
        await screen.disconnect()
        return [version - first for version in heard]

    assert asyncio.run(talk()) == [0, 3, 4]


def test_a_slow_screen_gets_the_newest_and_no_backlog() -> None:
    sent: list[str] = []

    class Slow(BoardConsumer):
        async def send(self, text_data: str | None = None, **rest: Any) -> None:
            sent.append(text_data or "")
            await asyncio.sleep(0.02)

    async def talk() -> None:
        screen = Slow()
        for version in range(1, 11):
            await screen.board_document({"version": version, "text": f"v{version}"})
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)

    asyncio.run(talk())
    assert sent[0] == "v1"
    assert sent[-1] == "v10"
    assert len(sent) < 6


def test_one_process_speaks_the_heartbeat(hall: Hall) -> None:
    client().delete(key("heartbeat"))
    assert [heartbeat.beat_once() for _ in range(3)] == [True, False, False]


def test_an_unknown_hall_has_no_board(hall: Hall) -> None:
    async def talk() -> tuple[bool, Any]:
        return await socket("/ws/halls/NOPE/board/").connect()

    assert asyncio.run(talk()) == (False, 4404)


def test_the_document_names_no_one(hall: Hall) -> None:
    make_ticket(hall, phone="13800000001")
    text = live.board_text("ZJ01")
    assert text is not None
    assert "13800000001" not in text
    assert json.loads(text)["waiting"][0]["count"] == 1
