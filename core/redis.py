"""One pool of connections to Redis for the whole process (TRAPS: a client per request opens one each)."""

from functools import lru_cache
from typing import Any, cast

import redis
from django.conf import settings


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    pool = redis.BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=40,
        timeout=2,
        socket_timeout=2,
        socket_connect_timeout=2,
        health_check_interval=30,
    )
    return redis.Redis(connection_pool=pool)


def key(*parts: object) -> str:
    return ":".join([settings.REDIS_PREFIX, *map(str, parts)])


def too_often(what: str, who: object, *, limit: int, seconds: int) -> bool:
    """Count one use and say whether `who` has done `what` more than `limit` times in the window.

    A Redis that is down lets everyone through: a throttle must not close a hall.
    """
    name = key("throttle", what, who)
    try:
        used, _ = cast(Any, client()).pipeline().incr(name).expire(name, seconds, nx=True).execute()
    except redis.RedisError:
        return False
    return int(used) > limit
