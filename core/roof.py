"""The ASGI application's top: sends each kind of connection where it belongs and keeps background work alive."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Protocol

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Background(Protocol):
    async def run(self) -> None: ...


class Roof:
    def __init__(self, http: Application, websocket: Application, background: list[Background]) -> None:
        self.http = http
        self.websocket = websocket
        self.background = background

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "websocket":
            await self.websocket(scope, receive, send)
        elif scope["path"] == "/healthz":
            await answer(send, 200, b"ok")  # without a worker thread: says only that the process breathes
        else:
            await self.http(scope, receive, send)

    async def live(self, receive: Receive, send: Send) -> None:
        await receive()
        tasks = [asyncio.create_task(work.run()) for work in self.background]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await send({"type": "lifespan.shutdown.complete"})


async def answer(send: Send, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
