"""The two-second pulse of every board, sent through Redis so that a dead Redis is noticed by the screens."""

import asyncio
import logging
from typing import Any

import msgpack
import redis
from django.conf import settings

from core import time
from core.redis import client, key

log = logging.getLogger(__name__)
EVERY = 2.0


def note_newest(code: str, version: int) -> None:
    """Remember a hall's newest board version, for the heartbeat to tell."""
    try:
        client().hset(key("newest"), code, version)
    except redis.RedisError:
        log.warning("newest version of %s was not noted", code)


def beat_once() -> bool:
    """Send the pulse unless another process has sent this one; say whether it was ours."""
    connection: Any = client()
    lease = int(EVERY * 1000) - 100
    if not connection.set(key("heartbeat"), "1", nx=True, px=lease):
        return False
    newest = {code.decode(): int(version) for code, version in connection.hgetall(key("newest")).items()}
    message = {"type": "board.heartbeat", "time": time.local(time.now()).isoformat(), "newest": newest}
    connection.publish(f"{settings.REDIS_PREFIX}__group__heartbeat", msgpack.packb(message))
    return True


class Heartbeat:
    """Runs in every web process; the lease in Redis lets one of them speak at a time."""

    async def run(self) -> None:
        while True:
            try:
                await asyncio.to_thread(beat_once)
            except redis.RedisError as error:
                log.warning("no heartbeat: %s", error)
            await asyncio.sleep(EVERY / 4)
