"""Pushing to browsers. Everything that leaves here leaves after commit, and never raises."""

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

import msgpack
import redis
from django.conf import settings
from django.db import transaction

from core.redis import client

log = logging.getLogger(__name__)


Gate = Callable[[Any, str], bool]
BoardReader = Callable[[str], str | None]

_gates: dict[str, Gate] = {}
_board_reader: BoardReader = lambda code: None  # noqa: E731


def open_gate(name: str, gate: Gate) -> None:
    """Let `gate(user, key)` decide who may listen to topics called `name.key`."""
    if name in _gates:
        raise RuntimeError(f"topic {name} has a gate already")
    _gates[name] = gate


def may_listen(user: Any, topic: str) -> bool:
    """No gate, no entry."""
    name, _, key = topic.partition(".")
    gate = _gates.get(name)
    return bool(gate and key and gate(user, key))


def serve_boards_from(reader: BoardReader) -> None:
    """The app that owns boards says how to read one: hall code → JSON text, or None for no such hall."""
    global _board_reader
    _board_reader = reader


def board_text(code: str) -> str | None:
    return _board_reader(code)


def send_to_group(group: str, message: dict[str, Any]) -> None:
    """Publish to every socket of a group by one plain PUBLISH.

    `async_to_sync(group_send)` would open a loop and a connection per push (2.1 ms against 0.05 ms).
    A dead Redis is logged, not raised: the row is committed and a sweep will heal the screens.
    """
    channel = f"{settings.REDIS_PREFIX}__group__{group}"
    try:
        client().publish(channel, msgpack.packb(message))
    except redis.RedisError as error:
        log.warning("push to %s was lost: %s", group, error)


def nudge(topic: str, event: str, pk: object) -> None:
    """Tell the pages on `topic` that something changed; they fetch it themselves, with their own rights."""

    def send() -> None:
        send_to_group(
            f"topic.{topic}",
            {"type": "live.nudge", "topic": topic, "event": event, "id": str(pk)},
        )

    transaction.on_commit(send)


def hang_up(person: object, session: str = "") -> None:
    """After commit, close the live sockets of a person: those of one browser session, or all."""

    def send() -> None:
        send_to_group(f"person.{person}", {"type": "live.hang_up", "session": session})

    transaction.on_commit(send)


def publish_board(code: str, document: dict[str, Any]) -> None:
    """Send one board document, already committed, to every screen of a hall."""
    text = json.dumps(document, ensure_ascii=False)
    send_to_group(f"board.{code}", {"type": "board.document", "version": document["version"], "text": text})


def board_content_changed(codes: Iterable[str]) -> None:
    """After commit, tell the screens of halls that what they show beside the numbers is another.

    Only a hint: each screen fetches it, and asks every minute anyway.
    """
    told = tuple(codes)

    def send() -> None:
        for code in told:
            send_to_group(f"board.{code}", {"type": "board.content"})

    transaction.on_commit(send)
