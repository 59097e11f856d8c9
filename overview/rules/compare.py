"""区县对比: spans of days, what stands out and why, lines and places as they are drawn."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, radians
from statistics import median
from typing import Generic, TypeVar

from core.words import Words
from overview.rules.figures import ALL, COUNT, LOW, SHARE, Figure, Value, outlook
from overview.rules.months import first_of, last_day, month_before

MOST_DAYS = 366
LEAST_CHANGE = 0.2  # of what was before, or ten points of a share: less is everyday's up and down
LEAST_SHARE = 0.05
LEAST_COUNT = 3
MOST_STANDOUTS = 6

Key = TypeVar("Key")
Values = Mapping[str, Value]
Point = tuple[float, float]


class Against(Words):
    """Which days the chosen ones are held against."""

    BEFORE = "before", "前一段"
    WEEK = "week", "上周同期"
    YEAR = "year", "去年同期"
    OWN = "own", "另选日期"


Span = tuple[date, date]


def held_against(first: date, last: date, against: str) -> Span:
    """As many days: those just before, or the same weekdays 1 or 52 weeks earlier (the longer the span, the more)."""
    days = (last - first).days + 1
    if against == Against.WEEK and days <= 7:
        shift = timedelta(days=7)
    elif against == Against.YEAR:
        shift = timedelta(days=364)
    else:
        shift = timedelta(days=days)
    return first - shift, last - shift


def presets(today: date) -> list[tuple[str, Span, Span]]:
    """Months beside each other, by their calendar days; the running month beside as many days of the one before."""
    this, last = first_of(today), month_before(today)
    before, year = month_before(last), last.replace(year=last.year - 1)
    found = [
        ("上月与前月", (last, last_day(last)), (before, last_day(before))),
        ("上月与去年同月", (last, last_day(last)), (year, last_day(year))),
    ]
    if today > this:
        until = today - timedelta(days=1)
        same = min(last + (until - this), last_day(last))
        found.append(("本月与上月同期", (this, until), (last, same)))
    return found


@dataclass(frozen=True)
class Standout:
    """One figure of one hall that became clearly worse and is worse than half of the halls."""

    hall: int
    figure: Figure
    before: float
    after: float
    middle: float

    @property
    def sentence(self) -> str:
        say = self.figure.text
        return f"{self.figure.name} {say(self.after)},此前 {say(self.before)},各厅中位数 {say(self.middle)}"


def standouts(after: Mapping[int, Values], before: Mapping[int, Values]) -> list[Standout]:
    """What got worse by a fifth or more and lies on the wrong side of the median; the greatest changes first."""
    found = []
    for key, figure in ALL.items():
        if figure.is_now or not figure.better:
            continue
        known = {hall: value for hall, row in after.items() if (value := row.get(key)) is not None}
        if len(known) < 2:
            continue
        middle = median(known.values())
        for hall, value in known.items():
            was = before.get(hall, {}).get(key)
            if was is not None and outlook(figure, was, value) == "bad" and _is_clear(figure, was, value, middle):
                found.append(Standout(hall, figure, was, value, middle))
    return sorted(found, key=lambda one: -_change(one.before, one.after))[:MOST_STANDOUTS]


def _is_clear(figure: Figure, was: float, value: float, middle: float) -> bool:
    if (value <= middle) if figure.better == LOW else (value >= middle):
        return False
    least = {SHARE: LEAST_SHARE, COUNT: LEAST_COUNT}.get(figure.unit, 0)
    return abs(value - was) >= least and _change(was, value) >= LEAST_CHANGE


def _change(was: float, value: float) -> float:
    return abs(value - was) / max(abs(was), abs(value))


def line(values: Sequence[Value], top: float, width: int, height: int) -> list[list[Point]]:
    """A curve as runs of points, the origin above left; where nothing is known the line has a gap."""
    step = width / max(len(values) - 1, 1)
    runs: list[list[Point]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((round(at * step, 1), round(height - height * min(value / top, 1), 1) if top else height))
    return [run for run in runs if run]


def placed(places: Mapping[Key, Point], width: int, height: int) -> dict[Key, Point]:
    """Latitude and longitude as points of a drawing, true in shape; a single place stands in the middle."""
    if not places:
        return {}
    narrow = cos(radians(sum(lat for lat, _ in places.values()) / len(places)))
    flat = {key: (lon * narrow, -lat) for key, (lat, lon) in places.items()}
    left, up = min(x for x, _ in flat.values()), min(y for _, y in flat.values())
    wide, tall = max(x for x, _ in flat.values()) - left, max(y for _, y in flat.values()) - up
    scale = min(width / wide if wide else float("inf"), height / tall if tall else float("inf"))
    scale = 0.0 if scale == float("inf") else scale
    shift_x, shift_y = (width - wide * scale) / 2, (height - tall * scale) / 2
    return {
        key: (round((x - left) * scale + shift_x, 1), round((y - up) * scale + shift_y, 1))
        for key, (x, y) in flat.items()
    }


TEXT_HEIGHT, DOT = 13, 8
FIELD = 64  # boxes are looked for only in the fields of the drawing that they lie in
Box = tuple[float, float, float, float]


class _Drawing(Generic[Key]):
    """Boxes by the fields they lie in, so that hundreds of them need not be held against each other."""

    def __init__(self) -> None:
        self.fields: dict[tuple[int, int], list[tuple[Box, Key | None]]] = defaultdict(list)

    def add(self, box: Box, key: Key | None = None) -> None:
        for field in _fields(box):
            self.fields[field].append((box, key))

    def is_free(self, box: Box, key: Key) -> bool:
        """Whether nothing but what is named `key` lies there."""
        found = (one for field in _fields(box) for one in self.fields.get(field, ()))
        return not any(name != key and _overlap(box, other) for other, name in found)


def _fields(box: Box) -> list[tuple[int, int]]:
    left, up, right, down = (int(one // FIELD) for one in box)
    return [(x, y) for x in range(left, right + 1) for y in range(up, down + 1)]


def labelled(points: Mapping[Key, Point], widths: Mapping[Key, float]) -> dict[Key, Point]:
    """Where the middle of each name's baseline stands: above its place, else below, right or left of it.

    First come, first served; a name that would lie on others or on their places is left out.
    """
    drawing, found = _Drawing[Key](), {}
    for key, (x, y) in points.items():
        drawing.add((x - DOT, y - DOT, x + DOT, y + DOT), key)
    for key, (x, y) in points.items():
        half = widths[key] / 2
        for at in ((x, y - 14), (x, y + 23), (x + half + 14, y + 4), (x - half - 14, y + 4)):
            box = (at[0] - half, at[1] - TEXT_HEIGHT, at[0] + half, at[1] + 2)
            if drawing.is_free(box, key):
                drawing.add(box)
                found[key] = (round(at[0], 1), round(at[1], 1))
                break
    return found


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
