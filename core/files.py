"""Files that people hand in: the letters they are written in, and where refused lines go."""

import codecs
import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from core.time import local

CHUNK = 1 << 20


def encoding_of(path: Path) -> str:
    """UTF-8, with or without its mark, unless the bytes say otherwise; then GB18030. Raises OSError."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


class RejectFile:
    """Refused lines with their reasons, for the eyes of the owner only; made when the first one comes, with a mark so
    that Excel reads it."""

    def __init__(self, stem: str, heads: Sequence[str], now: datetime) -> None:
        self.path = settings.VAR / "rejects" / f"{stem[:60]}-{local(now):%Y%m%d-%H%M%S-%f}.csv"
        self.heads = heads
        self.count = 0
        self._file: Any = None

    def write(self, *cells: object) -> None:
        if self._file is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(self.heads)
        csv.writer(self._file).writerow(cells)
        self.count += 1

    def close(self) -> str:
        """Where the file is; empty when nothing was refused."""
        if self._file is None:
            return ""
        self._file.close()
        self.path.chmod(0o600)
        return str(self.path)
