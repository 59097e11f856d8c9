"""Reads a request's body to its end before a thread is taken.

Ten half-sent uploads would otherwise hold the whole WSGI pool, and one would keep the process from stopping.
"""

import asyncio
import tempfile
from collections.abc import MutableMapping
from typing import IO, Any

from core.roof import Application, Receive, Scope, Send, answer

IN_MEMORY = 1024 * 1024
CHUNK = 64 * 1024


class TooLarge(Exception):
    pass


class Gone(Exception):
    """The client left before its request was whole."""


class BodyGate:
    def __init__(self, app: Application, *, limit: int, idle_seconds: float = 15.0) -> None:
        self.app = app
        self.limit = limit
        self.idle_seconds = idle_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                await self.read(scope, receive, body)
            except TooLarge:
                await answer(send, 413, "文件或内容太大,请缩小后再上传。".encode())
            except TimeoutError:
                await answer(send, 408, "网络太慢,没有收到完整内容,请重试。".encode())
            except Gone:
                return
            else:
                body.seek(0)
                await self.app(scope, Replay(body, receive), send)

    async def read(self, scope: Scope, receive: Receive, body: IO[bytes]) -> None:
        if int(dict(scope["headers"]).get(b"content-length", b"0") or 0) > self.limit:
            raise TooLarge
        size, more = 0, True
        while more:
            message = await asyncio.wait_for(receive(), self.idle_seconds)
            if message["type"] == "http.disconnect":
                raise Gone
            part = message.get("body", b"")
            size += len(part)
            if size > self.limit:
                raise TooLarge
            body.write(part)
            more = message.get("more_body", False)


class Replay:
    """Hands the stored body on as if it had just arrived."""

    def __init__(self, body: IO[bytes], receive: Receive) -> None:
        self.body = body
        self.receive = receive
        self.done = False

    async def __call__(self) -> MutableMapping[str, Any]:
        if self.done:
            return await self.receive()
        part = self.body.read(CHUNK)
        self.done = len(part) < CHUNK
        return {"type": "http.request", "body": part, "more_body": not self.done}
