"""The permission table of docs/endpoints.md, and the addresses that the product really has."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

PAGE = Path(__file__).resolve().parents[2] / "docs" / "endpoints.md"
ROW = re.compile(r"^\| `(\S*)` \| ([A-Z ]+) \| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
OPEN, SIGNED_IN, OWN, DEVICE = "anyone", "signed in", "own", "device"
WORDS = {OPEN, SIGNED_IN, OWN, DEVICE}


@dataclass(frozen=True)
class Row:
    """`right`: one of WORDS or the rights of which one is enough; `sees`: the right without which the thing is not
    there at all (404); `thing`: what a test puts into the address, with values of further parts (`verb=undo`) and of
    the body (`+outcome=answered`)."""

    address: str
    methods: tuple[str, ...]
    right: str
    sees: str
    thing: str
    values: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, str], ...] = ()
    asks_first: bool = False  # the door asks for the right to see before it looks for the thing: 403, not 404
    in_hall: bool = False  # the right alone is not enough: who works above halls gets 403

    @property
    def rights(self) -> tuple[str, ...]:
        return tuple(self.right.split(" or "))

    @property
    def is_api(self) -> bool:
        return self.address.startswith("api/")

    def path(self, kwargs: dict[str, object]) -> str:
        filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(kwargs[part[1]]), self.address)
        return f"/{filled}"


@lru_cache
def rows() -> list[Row]:
    found = []
    for address, methods, right, sees, thing in ROW.findall(PAGE.read_text(encoding="utf-8")):
        words = thing.split()
        name = next((word for word in words if "=" not in word), "")
        values = [tuple(word.split("=", 1)) for word in words if "=" in word and not word.startswith("+")]
        body = [tuple(word[1:].split("=", 1)) for word in words if word.startswith("+")]
        seen_by, _, mode = (sees.strip() or "hall.see").partition(", ")
        right, _, where = right.strip().partition(", ")
        row = Row(address, tuple(methods.split()), right, seen_by, name, asks_first=mode == "asked first")
        found.append(replace(row, values=tuple(values), body=tuple(body), in_hall=where == "in a hall"))
    return found


@lru_cache
def addresses() -> list[str]:
    """Every address of the product but those of the settings pages, which have one rule for all."""
    return [one for one in _below(get_resolver().url_patterns) if not one.startswith("admin/")]


@lru_cache
def settings_addresses() -> list[str]:
    return [address for address in _below(get_resolver().url_patterns) if address.startswith("admin/")]


def names() -> list[str]:
    """What `reverse` can be asked for; the settings pages have a namespace of their own."""
    doors = _doors(get_resolver().url_patterns)
    return [pattern.name for address, pattern in doors if pattern.name and not address.startswith("admin/")]


def _below(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for address, _ in _doors(patterns):
        yield address


def _doors(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _doors(pattern.url_patterns, here)
        else:
            yield here, pattern
