"""How a clerk's few letters find an article: by characters, by pinyin initials, by pinyin."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

_BREAKS = re.compile(r"[\s,,、;;/()()·]+")


@dataclass(frozen=True)
class Name:
    """One name of an article in its three forms, lower case, without blanks."""

    text: str
    initials: str
    sound: str


def names(title: str, aliases: str) -> list[Name]:
    parts = [part for part in _BREAKS.split(f"{title} {aliases}".lower()) if part]
    return [Name(part, _spelled(part, Style.FIRST_LETTER), _spelled(part, Style.NORMAL)) for part in parts]


def _spelled(text: str, style: Style) -> str:
    """Letters and digits stay as they are."""
    return "".join(lazy_pinyin(text, style=style)).lower()


def joined(parts: Iterable[str]) -> str:
    """Kept in one column, each name after a blank, so that ` bk` finds those that begin with it."""
    return "".join(f" {part}" for part in parts)


def needle(asked: str) -> str:
    """What was typed, as it is compared."""
    return _BREAKS.sub("", asked.lower())[:40]


def rank(asked: str, *, title: str, initials: str, sounds: str) -> int:
    """Smaller is nearer: the title itself, its beginning, the beginning of any name's letters, somewhere inside."""
    lower = title.lower()
    if lower == asked:
        return 0
    if lower.startswith(asked):
        return 1
    if initials.startswith(f" {asked}"):
        return 2
    if f" {asked}" in initials or f" {asked}" in sounds:
        return 3
    return 4
