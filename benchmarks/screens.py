"""Many screens in one process: joins sockets, notes when each document arrives, answers pings, and tells at the end.

`python -m benchmarks.screens` reads one JSON line, `{"joins": [[port, path], …]}`, says "joined", and on the next line
prints `[[join, version, nanoseconds], …]`. A real browser per screen would measure browsers.
"""

import asyncio
import base64
import json
import os
import re
import sys
import time
from functools import partial

VERSION = re.compile(rb'"version": (\d+)')
HEAD = 400  # the version stands in the first bytes of a document
Sight = tuple[int, int, int]  # which join, which version, when


class Screen(asyncio.Protocol):
    def __init__(
        self, number: int, port: int, path: str, seen: list[tuple[int, int, int]], joined: "Countdown"
    ) -> None:
        self.number, self.port, self.path, self.seen, self.joined = number, port, path, seen, joined
        self.rest = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        name = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {name}",
        ]
        transport.write("\r\n".join([*lines, "", ""]).encode())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        self.rest += data
        if not self.open:
            head, found, rest = self.rest.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise ConnectionError(head.decode())
            self.open, self.rest = True, rest
            self.joined.one()
        while (frame := self.next_frame()) is not None:
            self.take(*frame, now)

    def next_frame(self) -> tuple[int, bytes] | None:
        """Opcode and payload of a whole frame; the server's are neither masked nor in parts."""
        if len(self.rest) < 2:
            return None
        size, start = self.rest[1] & 0x7F, 2
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(self.rest[2:start], "big")
        if len(self.rest) < start + size:
            return None
        frame = self.rest[0] & 0x0F, self.rest[start : start + size]
        self.rest = self.rest[start + size :]
        return frame

    def take(self, opcode: int, payload: bytes, now: int) -> None:
        if opcode == 9:
            # A pong repeats what the ping said, or the server gives the screen up; the mask is all zeros.
            pong = bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload
            self.transport.write(pong)  # type: ignore[attr-defined]
        found = VERSION.search(payload[:HEAD]) if opcode == 1 else None
        if found:
            self.seen.append((self.number, int(found.group(1)), now))

    def connection_lost(self, error: Exception | None) -> None:
        self.seen.append((self.number, -1, time.monotonic_ns()))


class Countdown:
    def __init__(self, count: int) -> None:
        self.left = count
        self.done = asyncio.Event()

    def one(self) -> None:
        self.left -= 1
        if not self.left:
            self.done.set()


async def main() -> None:
    loop = asyncio.get_running_loop()
    joins = json.loads(sys.stdin.readline())["joins"]
    joined = Countdown(len(joins))
    seen: list[tuple[int, int, int]] = []
    for number, (port, path) in enumerate(joins):
        await loop.create_connection(partial(Screen, number, port, path, seen, joined), "127.0.0.1", port)
        if number % 20 == 19:
            await asyncio.sleep(0.05)  # a server's listening queue is short
    await joined.done.wait()
    print("joined", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
