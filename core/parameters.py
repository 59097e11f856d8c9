"""Numbers that a province may change: registered here with a default, kept as dated rows, read by scope.

The narrowest scope wins: a hall's own row before its district's, before its city's, before the one for all.
"""

import time as clock
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

TTL_SECONDS = 5.0


@dataclass(frozen=True)
class Known:
    label: str
    default: int
    unit: str
    low: int
    high: int


_known: dict[str, Known] = {}
_rows: dict[tuple[str, str], list[tuple[date, int]]] = {}
_read_at = 0.0


def register(name: str, label: str, *, default: int, unit: str, between: tuple[int, int]) -> str:
    """Make a whole-number parameter known and return its name."""
    _known[name] = Known(label, default, unit, *between)
    return name


def about(name: str) -> Known:
    """Label, default, unit and range of a registered parameter. Raises KeyError."""
    return _known[name]


def choices() -> list[tuple[str, str]]:
    return [(name, f"{known.label}({known.unit},默认 {known.default})") for name, known in sorted(_known.items())]


def check(name: str, value: Any) -> None:
    """Raises ValidationError when the name is unknown or the value out of its range."""
    known = _known.get(name)
    if known is None:
        raise ValidationError({"name": "没有这个参数。"})
    if type(value) is not int or not known.low <= value <= known.high:
        raise ValidationError({"value": f"应为 {known.low}–{known.high} 的整数({known.unit})。"})


def forget() -> None:
    """Read the rows anew at the next question; other processes follow within TTL_SECONDS."""
    global _read_at
    _read_at = 0.0


def number(name: str, *, on: date, scopes: Sequence[str] = ()) -> int:
    """The value in force on a day for the first of `scopes` that has one, else for all, else the default."""
    rows = _current_rows()
    for scope in [*scopes, ""]:
        for valid_from, value in rows.get((name, scope), ()):
            if valid_from <= on:
                return value
    return _known[name].default


def _current_rows() -> dict[tuple[str, str], list[tuple[date, int]]]:
    from core.models import Parameter

    global _rows, _read_at
    if clock.monotonic() - _read_at > TTL_SECONDS:
        fresh: dict[tuple[str, str], list[tuple[date, int]]] = {}
        for row in Parameter.objects.order_by("-valid_from"):
            fresh.setdefault((row.name, row.scope), []).append((row.valid_from, row.value))
        _rows, _read_at = fresh, clock.monotonic()
    return _rows
