"""The floor of a push: uvicorn, one subscription, and each message sent as it is to the sockets of its hall."""

import asyncio
import os
from collections import defaultdict
from typing import Any

import redis.asyncio

sockets: dict[str, set[Any]] = defaultdict(set)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        task = asyncio.create_task(pass_on())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        task.cancel()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        hall = scope["path"].split("/")[3]
        sockets[hall].add(send)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        sockets[hall].discard(send)


async def pass_on() -> None:
    subscription = redis.asyncio.Redis.from_url(os.environ["BARE_REDIS"]).pubsub()
    await subscription.psubscribe("bare:*")
    async for message in subscription.listen():
        if message["type"] == "pmessage":
            text = message["data"].decode()
            for send in list(sockets[message["channel"].decode().partition(":")[2]]):
                await send({"type": "websocket.send", "text": text})
