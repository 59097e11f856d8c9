"""区县对比: the figures of one's halls over some days beside each other and beside earlier days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from halls.models import Hall
from overview.queries import figures
from overview.queries.behind import DRILLED
from overview.rules import compare as rules
from overview.rules.figures import ALL, Figure, Value, outlook
from queueing.queries import figure_tables
from queueing.queries import figures as queue

LINE = (150, 36)
MAP = (520, 300)
EDGE = 40
LETTER = 10.5
CODE = "HALL-CODE"
Values = dict[int, dict[str, Value]]


@dataclass(frozen=True)
class Cell:
    figure: Figure
    value: Value
    before: Value
    url: str = ""

    @property
    def text(self) -> str:
        return self.figure.text(self.value)

    @property
    def before_text(self) -> str:
        return self.figure.text(self.before)

    @property
    def outlook(self) -> str:
        return "" if self.figure.is_now else outlook(self.figure, self.before, self.value)

    @property
    def arrow(self) -> str:
        if self.figure.is_now or self.value is None or self.before is None or self.value == self.before:
            return ""
        return "↑" if self.value > self.before else "↓"


@dataclass(frozen=True)
class Row:
    hall: Hall
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Comparison:
    """What was read once and is shown as table, lines, map and file."""

    halls: Sequence[Hall]
    span: rules.Span
    held: rules.Span
    after: Values
    before: Values

    def rows(self, keys: Sequence[str], sort: str) -> list[Row]:
        """By the figure named in `sort` (`-key` = the greatest first), unknown values last; else by hall."""
        key = sort.removeprefix("-")
        halls = list(self.halls)
        if key in ALL:
            known = [hall for hall in halls if self.after[hall.pk][key] is not None]
            known.sort(key=lambda hall: self.after[hall.pk][key] or 0, reverse=sort.startswith("-"))
            halls = [*known, *(hall for hall in halls if self.after[hall.pk][key] is None)]
        return [Row(hall, cockpit_of(hall), [self.cell(hall, key) for key in keys]) for hall in halls]

    def cell(self, hall: Hall, key: str) -> Cell:
        value, before = self.after[hall.pk][key], self.before[hall.pk][key]
        return Cell(ALL[key], value, before, source_of(ALL[key], hall, *self.span))

    def standouts(self) -> list[tuple[Hall, rules.Standout, str]]:
        """With where to look for the cause."""
        names = {hall.pk: hall for hall in self.halls}
        found = rules.standouts(self.after, self.before)
        return [(names[one.hall], one, source_of(one.figure, names[one.hall], *self.span)) for one in found]


def read(halls: Sequence[Hall], span: rules.Span, held: rules.Span, now: datetime) -> Comparison:
    """The days of `span` beside those of `held`; a constant number of questions for any number of halls and days."""
    ids = [hall.pk for hall in halls]
    after, before = figures.of_spans(ids, [span, held], now)
    return Comparison(halls, span, held, after, before)


def cockpit_of(hall: Hall) -> str:
    return _cockpit().replace(CODE, hall.code) if hall.is_live else ""


@lru_cache(maxsize=1)
def _cockpit() -> str:
    return reverse("cockpit", args=[CODE])


def source_of(figure: Figure, hall: Hall, first: date, last: date) -> str:
    """The page that lists what a figure counts, for this hall and these days."""
    return _source(figure.key, hall.is_live, first, last).replace(CODE, hall.code)


@lru_cache(maxsize=512)
def _source(key: str, is_live: bool, first: date, last: date) -> str:
    """The address with CODE where the hall's code goes: a city's table has one for each cell."""
    figure, span = ALL[key], {"hall": CODE, "from": first, "to": last}
    if key in DRILLED and is_live:
        return f"{reverse('behind', args=[CODE, key])}?{urlencode({'from': first, 'to': last})}"
    match figure.group:
        case "排队" if is_live:
            return _cockpit() if figure.is_now else _to("figures", **span)
        case "投诉":
            return _to("complaints", hall=CODE) if figure.is_now else _to("complaint-figures", **span)
        case "人员" if key == "closings_overdue":
            return reverse("closings-hall", args=[CODE])
        case "服务检查":
            return reverse("inspection-hall", args=[CODE])
    return ""


def _to(name: str, **values: Any) -> str:
    return f"{reverse(name)}?{urlencode(values)}"


@dataclass(frozen=True)
class Small:
    """A hall's days as one small drawing; all on one scale."""

    hall: Hall
    runs: list[str]
    text: str


def smalls(halls: Sequence[Hall], key: str, first: date, last: date, now: datetime) -> list[Small]:
    """Day by day, for a figure of the queue; empty for others, which are not kept by day."""
    if key not in figures.FROM_SUMS or key not in figure_tables.ALL:
        return []
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    sums = queue.by_day_of([hall.pk for hall in halls if hall.is_live], first, last, now)
    value = figure_tables.ALL[key].value
    curves = {
        hall: [value(sums[hall.pk, day]) if (hall.pk, day) in sums else None for day in days]
        for hall in halls
        if hall.is_live
    }
    top = max((one for curve in curves.values() for one in curve if one is not None), default=0)
    return [
        Small(hall, [_path(run) for run in rules.line(curve, top, *LINE)], ALL[key].text(_last(curve)))
        for hall, curve in curves.items()
    ]


def _last(curve: Sequence[Value]) -> Value:
    return next((one for one in reversed(curve) if one is not None), None)


def _path(run: Sequence[rules.Point]) -> str:
    """A single day is a short stroke."""
    points = run if len(run) > 1 else [run[0], (run[0][0] + 3, run[0][1])]
    return " ".join(f"{x},{y}" for x, y in points)


@dataclass(frozen=True)
class Spot:
    """A hall on the map; `label` is where its words stand, None where there is no room for them."""

    hall: Hall
    url: str
    x: float
    y: float
    radius: float
    waiting: int | None
    alerts: int
    words: str
    label: rules.Point | None


def spots(comparison: Comparison) -> list[Spot]:
    """The halls whose place is known, as large as the number who wait there now; the fullest get their words first."""
    after = comparison.after
    halls = sorted(comparison.halls, key=lambda hall: -(after[hall.pk]["waiting"] or -1))
    known = {
        hall.pk: (float(hall.latitude), float(hall.longitude))
        for hall in halls
        if hall.latitude is not None and hall.longitude is not None
    }
    points = rules.placed(known, MAP[0] - 2 * EDGE, MAP[1] - 2 * EDGE)
    points = {pk: (x + EDGE, y + EDGE) for pk, (x, y) in points.items()}
    words = {hall.pk: _words(hall, after[hall.pk]) for hall in halls if hall.pk in points}
    labels = rules.labelled(points, {pk: len(text) * LETTER for pk, text in words.items()})
    return [
        _spot(hall, points[hall.pk], after[hall.pk], words[hall.pk], labels.get(hall.pk))
        for hall in halls
        if hall.pk in points
    ]


def _words(hall: Hall, values: dict[str, Value]) -> str:
    name = hall.name.removesuffix("营业厅") or hall.name
    told = [f"{values['waiting']:.0f} 人"] if values["waiting"] is not None else []
    return " ".join([name, *told, *([f"提醒 {values['alerts']:.0f}"] if values["alerts"] else [])])


def _spot(hall: Hall, at: rules.Point, values: dict[str, Value], words: str, label: rules.Point | None) -> Spot:
    waiting = values["waiting"]
    count = None if waiting is None else int(waiting)
    radius = 7 + min(count or 0, 60) ** 0.5 * 2
    return Spot(hall, cockpit_of(hall), *at, radius, count, int(values["alerts"] or 0), words, label)
