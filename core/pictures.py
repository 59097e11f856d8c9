"""What a picture file really is, by its bytes: the name and the type it came under say nothing. SVG is no picture here:
it can hold scripts."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core import signing

Size = tuple[int, int]
SOF_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


SALT, PROOF_SECONDS = "core.pictures", 24 * 3600


@dataclass(frozen=True)
class Picture:
    extension: str
    width: int
    height: int


def read(data: bytes) -> Picture | None:
    """Kind and size of a PNG, JPEG or WebP; None for anything else."""
    for extension, size_of in READERS.items():
        size = size_of(data)
        if size is not None:
            return Picture(extension, *size)
    return None


def _png_size(data: bytes) -> Size | None:
    if data[:16] != b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" or len(data) < 33:
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg_size(data: bytes) -> Size | None:
    """Walks the segments to the start-of-frame, which alone knows the size."""
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in SOF_MARKERS:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        if marker == 0xFF:  # padding
            at += 1
            continue
        if length < 2:
            return None
        at += 2 + length
    return None


def _webp_size(data: bytes) -> Size | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        return None  # cut off
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        sides = int.from_bytes(data[26:28], "little"), int.from_bytes(data[28:30], "little")
        return sides[0] & 0x3FFF, sides[1] & 0x3FFF
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


READERS: dict[str, Callable[[bytes], Size | None]] = {"png": _png_size, "jpg": _jpeg_size, "webp": _webp_size}
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


def proof(name: str, person: int) -> str:
    """Goes along with a page between upload and saving: this person brought this file here, today."""
    return signing.dumps([name, person], salt=SALT)


def proved(said: str, person: int) -> str:
    """The file's name; empty for a proof that is old, somebody else's or made up."""
    try:
        name, owner = signing.loads(said, salt=SALT, max_age=PROOF_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(name) if owner == person else ""
