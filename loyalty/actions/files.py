"""Files of any size, read in blocks of whole lines: memory stays flat whatever is in them."""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from core.errors import Refused
from core.files import RejectFile
from loyalty.rules import telling
from loyalty.states import TellingReason

BLOCK = 4 * 1024 * 1024
LONGEST_LINE = 64 * 1024
SHOWN = 400


@dataclass(frozen=True)
class Survey:
    """What a first reading of the file says: its digest and in what letters it is written."""

    sha256: str
    encoding: str
    size: int


@dataclass(frozen=True)
class Block:
    """Whole lines in UTF-8, each ended; `first` counts from 1, the header being line 1."""

    first: int
    text: bytes
    is_unfinished: bool = False  # the file ends in its last line without a line end
    end: int = 0  # position in the file, for progress


@dataclass(frozen=True)
class Table:
    path: Path
    survey: Survey
    header: tuple[str, ...]

    def blocks(self) -> Iterator[Block]:
        with self.path.open("rb") as file:
            yield from _blocks(file, self.survey.encoding)


def open_table(path: Path, wanted: Sequence[str]) -> Table:
    """Survey a file and read its header. Raises Refused: no_file, bad_header."""
    try:
        survey = _survey(path)
        with path.open("rb") as file:
            first = file.readline(LONGEST_LINE)
    except OSError as error:
        raise Refused("no_file", f"打不开文件 {path}:{error.strerror}") from error
    line = first.removeprefix(codecs.BOM_UTF8).decode(survey.encoding, "replace")
    names = tuple(name.strip().lower() for name in next(csv.reader([line.strip("\r\n")]), []))
    problem = telling.header_problem(names, wanted)
    if problem:
        raise Refused("bad_header", f"{problem}。")
    return Table(path, survey, names)


def _survey(path: Path) -> Survey:
    """UTF-8 unless something in the middle says otherwise; a letter cut at the very end does not."""
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")("strict")
    is_utf8, size = True, 0
    with path.open("rb") as file:
        while chunk := file.read(BLOCK):
            digest.update(chunk)
            size += len(chunk)
            if is_utf8 and not chunk.isascii():
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
    return Survey(digest.hexdigest(), "utf-8" if is_utf8 else "gb18030", size)


def _blocks(file: BinaryIO, encoding: str) -> Iterator[Block]:
    line, rest = 1, b""
    is_first = True
    while chunk := file.read(BLOCK):
        whole, cut, rest = (rest + chunk).rpartition(b"\n")
        if len(rest) > LONGEST_LINE:
            rest = _shortened(file, rest)
        if not cut:
            continue
        text = whole + cut
        if is_first:
            text, is_first, line = text.partition(b"\n")[2], False, 2
        if text:
            yield Block(line, _clean(text, encoding), end=file.tell())
            line += text.count(b"\n")
    if rest and not is_first:
        yield Block(line, _clean(rest + b"\n", encoding), is_unfinished=True, end=file.tell())


def _shortened(file: BinaryIO, rest: bytes) -> bytes:
    """A line without end is not kept in memory: its beginning is enough to refuse it."""
    while chunk := file.read(BLOCK):
        found = chunk.find(b"\n")
        if found >= 0:
            file.seek(found - len(chunk), io.SEEK_CUR)
            break
    return rest[:LONGEST_LINE]


def _clean(text: bytes, encoding: str) -> bytes:
    """UTF-8 with one kind of line end; what no line may hold is taken out."""
    if encoding != "utf-8":
        text = text.decode(encoding, "replace").encode()
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    return text.replace(b"\0", b"")


def lines(block: Block, header: Sequence[str]) -> Iterator[tuple[int, str, Mapping[str, str] | None]]:
    """Number, text and cells of each line that has something in it; None for cells when their count is wrong."""
    for at, text in enumerate(block.text.decode("utf-8", "replace").split("\n")[:-1], block.first):
        if not text.strip():
            continue
        if "\\" in text or len(text) > LONGEST_LINE:
            yield at, text, None
            continue
        cells = next(csv.reader([text]), [])
        yield at, text, dict(zip(header, cells, strict=True)) if len(cells) == len(header) else None


class Rejects(RejectFile):
    """The file of refused lines: number, reason and the line itself."""

    def __init__(self, source: Path, now: datetime) -> None:
        super().__init__(source.stem, ("line", "reason", "说明", "text"), now)

    def add(self, line: int, reason: TellingReason, text: str) -> None:
        self.write(line, reason, reason.label, text[:SHOWN])
