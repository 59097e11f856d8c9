"""Pictures that are drawn for the demo: none of a real place is shipped."""

import struct
import zlib
from collections.abc import Callable

Colour = tuple[int, int, int]
WIDTH, HEIGHT = 480, 320


def poster() -> bytes:
    """A poster on a wall."""

    def colour(x: int, y: int) -> Colour:
        if 150 < x < 330 and 40 < y < 270:
            return (0, 133, 208) if y < 120 else (246, 248, 251)
        return _wall(y)

    return _png(colour)


def extinguisher() -> bytes:
    """A red bottle with its gauge on a wall."""

    def colour(x: int, y: int) -> Colour:
        if (x - 240) ** 2 + (y - 92) ** 2 < 15**2:
            return 63, 125, 10
        if 205 < x < 275 and 110 < y < 285:
            return (246, 248, 251) if 165 < y < 225 else (200, 16, 46)
        if (222 < x < 258 and 70 < y <= 110) or (258 <= x < 262 and 95 < y < 200):
            return 20, 33, 61
        return _wall(y)

    return _png(colour)


def _wall(y: int) -> Colour:
    return 205 - y // 8, 214 - y // 8, 226 - y // 8


def _png(colour: Callable[[int, int], Colour]) -> bytes:
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        for x in range(WIDTH):
            rows += bytes(colour(x, y))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(bytes(rows), 6)),
            (b"IEND", b""),
        )
    )
