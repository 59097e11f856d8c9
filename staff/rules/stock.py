"""Pure decisions of the stock ledger (R-S-11): serial numbers, and what each move does to the book."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from staff.states import StockMove as M

GAINS = frozenset({M.IN, M.RETURNED, M.RECEIVED})
LOSES = frozenset({M.OUT, M.SOLD, M.SENT})
MOST = 1_000_000
DIGITS = 12


def signed(move: str, quantity: int) -> int:
    """The quantity as the book takes it. A count brings its own sign."""
    if move in LOSES:
        return -quantity
    return quantity


@dataclass(frozen=True, order=True)
class Serials:
    """Numbers from first to last, both inclusive, under one prefix and of one width."""

    prefix: str
    width: int
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    @property
    def first_text(self) -> str:
        return f"{self.prefix}{self.first:0{self.width}d}"

    @property
    def last_text(self) -> str:
        return f"{self.prefix}{self.last:0{self.width}d}"

    def holds(self, other: "Serials") -> bool:
        return self.is_like(other) and self.first <= other.first and other.last <= self.last

    def is_like(self, other: "Serials") -> bool:
        return (self.prefix, self.width) == (other.prefix, other.width)

    def without(self, other: "Serials") -> list["Serials"]:
        """What remains of this range when a part of it goes."""
        parts = []
        if self.first < other.first:
            parts.append(Serials(self.prefix, self.width, self.first, other.first - 1))
        if other.last < self.last:
            parts.append(Serials(self.prefix, self.width, other.last + 1, self.last))
        return parts


def serials(first: str, last: str = "") -> Serials | None:
    """A range as people type it: letters, then digits; without a last number it is one piece.

    Of long numbers (an ICCID) the last twelve digits count. None when the ends do not belong together.
    """
    start, stop = _split(first), _split(last or first)
    if start is None or stop is None:
        return None
    (prefix, number), (other, end) = start, stop
    if prefix != other or len(number) != len(end) or int(end) < int(number):
        return None
    return Serials(prefix, len(number), int(number), int(end))


def _split(text: str) -> tuple[str, str] | None:
    clean = text.strip().upper()
    if len(clean) > 30:
        return None
    head, digits = clean, ""
    while head and head[-1].isascii() and head[-1].isdigit() and len(digits) < DIGITS:
        head, digits = head[:-1], head[-1] + digits
    if not digits or not re.fullmatch(r"[A-Z0-9-]*", head):
        return None
    return head, digits


def merged(ranges: Iterable[Serials]) -> list[Serials]:
    """Neighbouring ranges as one, for people to read."""
    found: list[Serials] = []
    for one in sorted(ranges):
        if found and found[-1].is_like(one) and found[-1].last + 1 == one.first:
            found[-1] = Serials(one.prefix, one.width, found[-1].first, one.last)
        else:
            found.append(one)
    return found
