"""What a document is made of. Cells are text, numbers or days; None means that nobody counted it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core import time
from core.words import Words

Cell = Any
MISSING = "—"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


class Stamp(Words):
    TAKEN = "taken", "{who} 于 {at} 导出"


@dataclass(frozen=True)
class Heading:
    """`level` 1 for parts, 2 for sections."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph for each line. `is_small`: said beside the matter."""

    text: str
    is_small: bool = False

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in printable(self.text).split("\n") if line.strip()]


@dataclass(frozen=True)
class Facts:
    """Figures with their names, a few in a row."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    widths: Sequence[int] = ()
    empty: str = ""

    def shares(self) -> list[float]:
        """What part of the width each column gets; by the longest words where nothing is said."""
        weights = list(self.widths) or [self._longest(at) for at in range(len(self.heads))]
        whole = sum(weights) or 1
        return [weight / whole for weight in weights]

    def _longest(self, at: int) -> int:
        cells = [self.heads[at], *(shown(row[at]) for row in self.rows)]
        return min(max(max(len(cell) for cell in cells), 3), 24)


@dataclass(frozen=True)
class Bars:
    """One measure over some days; `limit` is a line that it should not pass."""

    title: str
    labels: Sequence[str]
    values: Sequence[float | None]
    unit: str = ""
    limit: float | None = None


@dataclass(frozen=True)
class Picture:
    data: bytes
    caption: str = ""


Block = Heading | Text | Facts | Table | Bars | Picture


@dataclass
class Document:
    """`sub` stands under the title; `signed` says by whom it was signed and when; `is_wide`: on its side, for tables of
    many columns."""

    title: str
    sub: str = ""
    signed: str = ""
    is_wide: bool = False
    blocks: list[Block] = field(default_factory=list)

    def add(self, *blocks: Block) -> None:
        self.blocks.extend(blocks)


def shown(cell: Cell) -> str:
    """A cell as text."""
    if cell is None or cell == "":
        return MISSING
    if isinstance(cell, datetime):
        return time.local(cell).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.1f}"
    return printable(str(cell))


def printable(text: str) -> str:
    """Without the control characters that no file format takes."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def taken(who: str, now: datetime) -> str:
    return str(Stamp.TAKEN.label).format(who=who, at=time.local(now).strftime("%Y-%m-%d %H:%M"))
