"""Many open cockpits in one process: each listens to its hall and fetches its fragment as `static/js/live.js` has it.

`python -m benchmarks.cockpit_pages` reads one JSON line, `{"port": …, "gap": seconds, "cookie": name, "pages": [[hall,
session], …]}`, says "joined", and on the next line prints `[[page, began, ended, waiting], …]` in nanoseconds.
The page's own clock, which fetches every 15 s whatever happens, is left out: it would hide a nudge that was lost.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import sys
import time
from dataclasses import dataclass, field

WAITING = re.compile(rb'data-figure="waiting">(\d+)<')
Fetched = tuple[int, int, int, int]


@dataclass
class Page:
    number: int
    port: int
    hall: str
    cookie: str
    gap: float
    fetched: list[Fetched]
    last: float = 0.0
    timer: asyncio.Task[None] | None = None
    rounds: set[asyncio.Task[None]] = field(default_factory=set)
    at_once: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def join(self) -> None:
        """Signed in and listening."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        key = base64.b64encode(os.urandom(16)).decode()
        self._say(
            "GET /ws/live/ HTTP/1.1",
            f"Origin: http://127.0.0.1:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            to=self.writer,
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode())
        said = json.dumps({"subscribe": f"hall.{self.hall}"}).encode()
        self.writer.write(bytes([0x81, 0x80 | len(said), 0, 0, 0, 0]) + said)  # the mask is all zeros
        answer = json.loads((await self._frame())[1])
        if not answer.get("listening"):
            raise ConnectionError(str(answer))

    def _say(self, first: str, *lines: str, to: asyncio.StreamWriter) -> None:
        known = [f"Host: 127.0.0.1:{self.port}", f"Cookie: {self.cookie}"]
        to.write("\r\n".join([first, *known, *lines, "", ""]).encode())

    async def _frame(self) -> tuple[int, bytes]:
        """Opcode and payload; the server's frames are neither masked nor in parts."""
        opcode, size = await self.reader.readexactly(2)
        if size > 125:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
        return opcode & 0x0F, await self.reader.readexactly(size)

    async def listen(self) -> None:
        while True:
            opcode, payload = await self._frame()
            if opcode == 9:
                self.writer.write(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
            elif opcode == 1 and json.loads(payload).get("event"):
                self.soon()

    def soon(self) -> None:
        """At most one round of fetches in `gap` seconds, however many nudges come in."""
        if self.timer is None:
            self.timer = asyncio.create_task(self._later())
            self.rounds.add(self.timer)  # the loop itself holds a task only weakly
            self.timer.add_done_callback(self.rounds.discard)

    async def _later(self) -> None:
        await asyncio.sleep(max(0.0, self.last + self.gap - time.monotonic()))
        self.timer, self.last = None, time.monotonic()
        async with self.at_once:
            await self.fetch()

    async def fetch(self) -> None:
        began = time.monotonic_ns()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._say(f"GET /overview/halls/{self.hall}/now/ HTTP/1.1", "HX-Request: true", "Connection: close", to=writer)
        text = await reader.read(-1)
        writer.close()
        found = WAITING.search(text)
        if b" 200 " not in text[:20] or found is None:
            raise RuntimeError(text[:300].decode(errors="replace"))
        self.fetched.append((self.number, began, time.monotonic_ns(), int(found.group(1))))


async def main() -> None:
    asked = json.loads(sys.stdin.readline())
    fetched: list[Fetched] = []
    pages = [
        Page(at, asked["port"], hall, f"{asked['cookie']}={session}", asked["gap"], fetched)
        for at, (hall, session) in enumerate(asked["pages"])
    ]
    for page in pages:
        await page.join()
    listening = [asyncio.create_task(page.listen()) for page in pages]
    print("joined", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    gone = [one for one in listening if one.done()]
    if gone:
        raise RuntimeError(f"{len(gone)} pages lost their socket")
    print(json.dumps(fetched), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
