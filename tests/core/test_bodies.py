"""No request holds a thread before its body is whole."""

import asyncio
from collections.abc import Iterable
from typing import Any

from core.bodies import BodyGate


def ask(
    parts: Iterable[Any], *, limit: int = 100, headers: Iterable[tuple[bytes, bytes]] = ()
) -> tuple[int | None, bytes | None]:
    """Send the parts through a gate; the answer's status and the body the application got."""
    got: list[bytes] = []
    sent: list[dict[str, Any]] = []
    queue = list(parts)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        got.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        if not queue:
            await asyncio.sleep(60)
        return queue.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    gate = BodyGate(app, limit=limit, idle_seconds=0.05)
    asyncio.run(gate({"type": "http", "headers": list(headers)}, receive, send))
    return (sent[0]["status"] if sent else None), (got[0] if got else None)


def part(body: bytes, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_arrives_whole() -> None:
    assert ask([part(b"a" * 60, True), part(b"b" * 40, False)]) == (200, b"a" * 60 + b"b" * 40)


def test_a_body_of_many_chunks_arrives_whole() -> None:
    big = b"x" * 200_000
    assert ask([part(big, True), part(big, False)], limit=400_000) == (200, big + big)


def test_too_large_is_413_whether_announced_or_not() -> None:
    assert ask([part(b"a" * 101, False)]) == (413, None)
    assert ask([part(b"", False)], headers=[(b"content-length", b"101")]) == (413, None)


def test_a_half_sent_body_is_given_up() -> None:
    assert ask([part(b"a", True)]) == (408, None)


def test_a_client_that_left_is_forgotten() -> None:
    assert ask([part(b"a", True), {"type": "http.disconnect"}]) == (None, None)
