"""Conditions and timers of an item as an operator reads and types them, and back.

Alternatives are separated by lines or semicolons; what must hold together by `且`; classes of halls by `、`. A word
that is not known stays in the draft as it was typed, and keeps it from being published.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from halls.states import HallType

WORDS: dict[str, dict[str, Any]] = {
    "冬季": {"season": "winter"},
    "非冬季": {"season": "summer"},
    "高峰": {"peak": "peak"},
    "非高峰": {"peak": "off_peak"},
    "市区": {"location": "urban"},
    "县城": {"location": "county"},
    "自营厅": {"self_operated": True},
    "合作厅": {"self_operated": False},
    "应配排队机": {"needs_machine": True},
    "应设一米线": {"needs_machine": False},
}
HALL_WORDS = {
    "销售手机": "sells_handsets",
    "有全球通专区": "has_gotone_zone",
    "有休息区": "has_rest_area",
    "有独立门头": "has_independent_frontage",
}
LISTS = ("facts", "hall")
LONGEST_LABEL = 30
LONGEST_CHECK = 200
BAR = r"[|\uff5c]"
UNKNOWN = "unknown"


def fact_names(document: Mapping[str, Any]) -> dict[str, str]:
    """Name → code of what an auditor may meet on the spot, as this card lists it."""
    return {one["name"]: one["code"] for one in document.get("facts", ())}


def vocabulary(document: Mapping[str, Any]) -> list[str]:
    """Every word that may stand in a condition of this card."""
    return [*HallType.labels, *WORDS, *HALL_WORDS, *fact_names(document)]


def say(when: Iterable[Mapping[str, Any]], facts: Mapping[str, str], *, between: str = "\n") -> str:
    return between.join("且".join(_say_one(condition, facts)) for condition in when)


def _say_one(condition: Mapping[str, Any], facts: Mapping[str, str]) -> list[str]:
    said = ["、".join(HallType(kind).label for kind in condition["hall_types"])] if condition.get("hall_types") else []
    said += [word for word, meant in WORDS.items() if meant.items() <= condition.items()]
    named = {code: name for name, code in {**facts, **HALL_WORDS}.items()}
    said += [named.get(code, code) for key in LISTS for code in condition.get(key, ())]
    return [*said, *condition.get(UNKNOWN, ())]


def read(text: str, facts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The alternatives of a text; empty = always."""
    lines = (line.strip() for line in re.split(r"[\n;\uff1b]", text.replace("\r", "")))
    return [_read_one(line, facts) for line in lines if line]


def _read_one(line: str, facts: Mapping[str, str]) -> dict[str, Any]:
    kinds = {label: value for value, label in HallType.choices}
    found: dict[str, Any] = {}
    for word in (part.strip() for part in line.split("且")):
        halls = [part.strip() for part in word.split("、")]
        if word in WORDS:
            found |= WORDS[word]
        elif word in facts or word in HALL_WORDS:
            key = "facts" if word in facts else "hall"
            found.setdefault(key, []).append(facts.get(word) or HALL_WORDS[word])
        elif all(one in kinds for one in halls):
            found["hall_types"] = [kinds[one] for one in halls]
        elif word:
            found.setdefault(UNKNOWN, []).append(word[:LONGEST_LABEL])
    return found


def say_checks(checks: Iterable[Mapping[str, Any]], facts: Mapping[str, str]) -> str:
    """What is looked for, one a line: text | conditions."""
    lines = ((one["text"], say(one.get("when", ()), facts, between=";")) for one in checks)
    return "\n".join(f"{text} | {when}" if when else text for text, when in lines)


def read_checks(text: str, facts: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        words, when = ([part.strip() for part in re.split(BAR, line, maxsplit=1)] + [""])[:2]
        conditions = read(when, facts)
        found.append({"text": words[:LONGEST_CHECK], **({"when": conditions} if conditions else {})})
    return found


def say_timers(timers: Iterable[Mapping[str, Any]], facts: Mapping[str, str]) -> str:
    """One a line: name | seconds | conditions."""
    lines = []
    for one in timers:
        parts = [one["label"], str(one["seconds"] or ""), say(one.get("when", ()), facts, between=";")]
        lines.append(" | ".join(parts).removesuffix(" | "))
    return "\n".join(lines)


def read_timers(text: str, facts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Seconds that are no number are 0, which a card is not published with."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        label, seconds, when = ([part.strip() for part in re.split(BAR, line, maxsplit=2)] + ["", ""])[:3]
        known = seconds.isascii() and seconds.isdigit() and len(seconds) < 6
        timer: dict[str, Any] = {"label": label[:LONGEST_LABEL], "seconds": int(seconds) if known else 0}
        if conditions := read(when, facts):
            timer["when"] = conditions
        found.append(timer)
    return found
