"""月度通报: places with ties, common faults, who stands out. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from core import time
from core.parameters import register
from overview.rules.figures import ALL, LOW, Figure, Value
from overview.states import CircularPart

BACK_MONTHS = register("circular.back_months", "月度通报最多补发", default=6, unit="个月", between=(1, 24))
RECEIVE_DAYS = register("circular.receive_days", "月度通报:印发后几天内签收", default=3, unit="天", between=(0, 30))
LONGEST_TEXT = 2000
LONGEST_CAPTION = 60
MOST_PHOTOS = 12
MOST_FAULTS = 10
EACH_END = 3

CHIEF = tuple(
    ALL[key]
    for key in ("mean_wait", "within_standard", "no_show_rate", "complaints_on_time", "mean_rating", "patrol_rate")
)
"""The figures by which halls are placed beside their inspection score; each has a better side."""

Key = TypeVar("Key")


def number_text(month: date) -> str:
    """A region issues one circular a month, so the month is its number."""
    return f"{month.year} 年第 {month.month} 期"


def receive_due(issued_at: datetime, *, days: int) -> datetime:
    """The last second of the n-th day after it was issued; 0 = the same day. A correction has its own days."""
    return time.day_bounds(time.business_day(issued_at) + timedelta(days=days))[1] - timedelta(seconds=1)


def places(values: Mapping[Key, Value], *, better: str) -> dict[Key, int]:
    """1 is the best; ties share the better place and the next is left out (1, 2, 2, 4); unknown values have none."""
    known = {key: value for key, value in values.items() if value is not None}
    first: dict[float, int] = {}
    for place, value in enumerate(sorted(known.values(), reverse=better != LOW), 1):
        first.setdefault(value, place)
    return {key: first[value] for key, value in known.items()}


def extremes(values: Mapping[Key, Value], *, better: str) -> tuple[set[Key], set[Key]]:
    """Those with the best and those with the worst value; nobody where half or more share it, or fewer than two are
    known: what everybody has is no distinction."""
    known = {key: value for key, value in values.items() if value is not None}
    if len(set(known.values())) < 2:
        return set(), set()
    low, high = min(known.values()), max(known.values())
    best, worst = (low, high) if better == LOW else (high, low)
    return _few(known, best), _few(known, worst)


def _few(known: Mapping[Key, float], value: float) -> set[Key]:
    found = {key for key, one in known.items() if one == value}
    return found if 2 * len(found) <= len(known) else set()


def ends(margins: Mapping[Key, float]) -> tuple[list[Key], list[Key]]:
    """Who is farthest above and farthest below, at most EACH_END on a side and never more than half; whoever ties with
    the last of a side belongs to it too, and who would stand on both sides stands on neither."""
    each = min(EACH_END, len(margins) // 2)
    if each == 0:
        return [], []
    ordered = sorted(margins, key=lambda key: -margins[key])
    high, low = margins[ordered[each - 1]], margins[ordered[-each]]
    both = high <= low
    top = [key for key in ordered if (margins[key] > low if both else margins[key] >= high)]
    bottom = [key for key in reversed(ordered) if (margins[key] < high if both else margins[key] <= low)]
    return top, bottom


@dataclass(frozen=True)
class Charge:
    """One deduction: in which hall, for which item, how many points (before a group's floor)."""

    hall: int
    item: str
    name: str
    points: int


@dataclass(frozen=True)
class Fault:
    """One item of the scorecard over all halls."""

    item: str
    name: str
    halls: int
    times: int
    points: int


def common_faults(charges: Iterable[Charge]) -> list[Fault]:
    """The items charged for in most halls; among equals the more frequent, then the dearer, first."""
    rows: dict[str, list[Charge]] = defaultdict(list)
    for one in charges:
        rows[one.item].append(one)
    found = [
        Fault(item, of[0].name, len({one.hall for one in of}), len(of), sum(one.points for one in of))
        for item, of in rows.items()
    ]
    return sorted(found, key=lambda one: (-one.halls, -one.times, -one.points, one.item))[:MOST_FAULTS]


def dearest(charges: Iterable[Charge], *, most: int = 3) -> list[tuple[str, int]]:
    """What a hall lost most for: name and points of an item, all its times together."""
    lost: dict[str, int] = defaultdict(int)
    for one in charges:
        lost[one.name] += one.points
    return sorted(lost.items(), key=lambda one: (-one[1], one[0]))[:most]


def said_of(figure: Figure, value: Value, *, is_best: bool) -> str:
    return f"{figure.name} {figure.text(value)},各厅{'最好' if is_best else '最差'}"


def too_long(texts: Mapping[str, str]) -> list[str]:
    return [code for code in CircularPart.values if len(texts.get(code, "")) > LONGEST_TEXT]


def final(typed: Mapping[str, str], proposed: Mapping[str, str]) -> dict[str, str]:
    """Every part as it is issued: what was typed wins over what was proposed."""
    return {code: typed.get(code, proposed.get(code, "")) for code in CircularPart.values}
