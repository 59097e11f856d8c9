"""Figures as a person reads them: rows with names, columns with units, for the page, the API and Excel."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core import time
from halls.models import BusinessGroup, BusinessType, Hall
from halls.states import Weekday
from loyalty.states import Brand
from queueing.queries import figures
from queueing.queries.figures import Sums
from queueing.queries.figures_sql import DOOR_SUMS, REASONS, TICKET_SUMS
from queueing.rules import figures as rules
from queueing.rules.numbers import GOTONE_LETTER, VIP_LETTER
from queueing.states import MEANINGS, FigureBy, FigureMetric, FigureView, Measure, PauseReason
from staff.models import User

COUNT, MINUTES, SHARE, HOURS, SCORE = "count", "minutes", "share", "hours", "score"
M = Measure


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    unit: str
    meaning: str
    value: Callable[[Sums], float | None]

    def text(self, sums: Sums) -> str:
        """As shown; a dash where there is nothing to divide by."""
        value = self.value(sums)
        if value is None:
            return "—"
        if self.unit == COUNT:
            return f"{value:,.0f}"
        if self.unit == SHARE:
            return f"{value:.1%}"
        return f"{value:.2f}" if self.unit == SCORE else f"{value:.1f}"


def _column(measure: Measure, unit: str, value: Callable[[Sums], float | None]) -> Column:
    return Column(measure.value, str(measure.label), unit, MEANINGS[measure], value)


def _count(measure: Measure, name: str = "") -> Column:
    return _column(measure, COUNT, lambda sums: getattr(sums, name or measure.value))


def _share(measure: Measure, part: str, whole: str) -> Column:
    return _column(measure, SHARE, lambda sums: sums.share(part, whole))


def _hours(measure: Measure, name: str) -> Column:
    return _column(measure, HOURS, lambda sums: getattr(sums, name) / 3600)


ALL: dict[str, Column] = {
    one.name: one
    for one in (
        _count(M.ISSUED),
        _count(M.SERVED),
        _column(M.MEAN_WAIT, MINUTES, lambda sums: sums.mean_wait),
        _column(M.WAIT_P50, MINUTES, lambda sums: sums.wait_p50),
        _column(M.WAIT_P90, MINUTES, lambda sums: sums.wait_p90),
        _column(M.WITHIN_STANDARD, SHARE, lambda sums: sums.within_standard),
        _count(M.LONG_WAITS),
        _count(M.CARED),
        _column(M.MEAN_SERVICE, MINUTES, lambda sums: sums.mean_service),
        _share(M.SERVICE_IN_LIMIT, "service_in_limit", "served"),
        _share(M.WAIT_IN_LIMIT, "wait_in_limit", "served"),
        _share(M.NO_SHOW_RATE, "no_shows", "issued"),
        _column(M.NO_SHOW_WAIT, MINUTES, lambda sums: sums.minutes("no_show_seconds", "no_shows")),
        _count(M.ABANDONED),
        _count(M.HANDLED),
        _hours(M.OPEN_HOURS, "open_seconds"),
        _hours(M.BUSY_HOURS, "busy_seconds"),
        _hours(M.IDLE_HOURS, "idle_seconds"),
        _share(M.IDLE_SHARE, "idle_seconds", "open_seconds"),
        _column(M.PAUSE_HOURS, HOURS, lambda sums: sum(sums.pauses) / 3600),
        *(
            Column(
                f"pause_{reason}",
                str(PauseReason(reason).label),
                HOURS,
                MEANINGS[M.PAUSE_HOURS],
                lambda sums, at=at: sums.pauses[at] / 3600 if sums.pauses else 0.0,  # type: ignore[misc]
            )
            for at, reason in enumerate(REASONS)
        ),
        _count(M.RATINGS),
        _column(M.MEAN_RATING, SCORE, lambda sums: sums.share("rating_sum", "ratings")),
        _count(M.LOW_RATINGS),
        _count(M.ONLINE_HANDLED),
        _count(M.TOLD_ONLINE),
        _count(M.SENT_ON),
        _column(M.DIVERSION_RATE, SHARE, lambda sums: sums.diversion_rate),
        _share(M.VIP_MET, "vips_met", "vips"),
        _share(M.PROMISE_KEPT, "promise_kept", "promised"),
        _column(M.PROMISE_ERROR, MINUTES, lambda sums: sums.minutes("promise_error_seconds", "promised")),
    )
}
_WAITS = (
    M.ISSUED, M.SERVED, M.MEAN_WAIT, M.WAIT_P50, M.WAIT_P90, M.WITHIN_STANDARD, M.LONG_WAITS, M.MEAN_SERVICE,
    M.SERVICE_IN_LIMIT, M.NO_SHOW_RATE, M.NO_SHOW_WAIT, M.ABANDONED,
)  # fmt: skip
_WINDOWS = (
    M.SERVED, M.HANDLED, M.OPEN_HOURS, M.BUSY_HOURS, M.IDLE_HOURS, M.IDLE_SHARE, M.PAUSE_HOURS,
    *(f"pause_{reason}" for reason in REASONS),
)  # fmt: skip
_CARE = (
    M.SERVED, M.RATINGS, M.MEAN_RATING, M.LOW_RATINGS, M.LONG_WAITS, M.CARED, M.ONLINE_HANDLED, M.TOLD_ONLINE,
    M.SENT_ON, M.DIVERSION_RATE, M.VIP_MET, M.PROMISE_KEPT, M.PROMISE_ERROR,
)  # fmt: skip
VIEWS: dict[str, tuple[str, ...]] = {
    FigureView.WAITS: _WAITS,
    FigureView.WINDOWS: _WINDOWS,
    FigureView.CARE: _CARE,
}
WITHOUT_WINDOWS = frozenset({FigureBy.BUSINESS, FigureBy.CLASS})


def columns(view: str, metric: str) -> list[Column]:
    """The columns of a view; the metric of R-Q-3 chooses between its two readings."""
    names = [
        M.WAIT_IN_LIMIT if name == M.SERVICE_IN_LIMIT and metric == FigureMetric.WAIT else name for name in VIEWS[view]
    ]
    return [ALL[name] for name in names]


@dataclass(frozen=True)
class Row:
    key: str
    label: str
    note: str
    sums: Sums


@dataclass(frozen=True)
class Wanted:
    """What somebody asks of the figures."""

    halls: Sequence[Hall]
    since: date
    until: date
    by: str = FigureBy.DAY
    metric: str = FigureMetric.SERVICE
    sort: str = ""


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    total: Sums


def table(wanted: Wanted, now: datetime) -> Table:
    """Rows in the order wanted, and all of them as one."""
    ids = [hall.pk for hall in wanted.halls]
    found = figures.table(ids, wanted.since, wanted.until, FigureBy(wanted.by), now)
    names = _NAMES[wanted.by](wanted, list(found))
    rows = [Row(key, *names.get(key, (key, "")), sums) for key, sums in found.items()]
    # A number is in one line of each table, except that clerks know only of those that were called.
    everything = rows if wanted.by not in WITHOUT_WINDOWS | {FigureBy.CLERK} else None
    total = figures.whole(row.sums for row in everything) if everything is not None else _total(ids, wanted, now)
    return Table(_sorted(rows, wanted), total)


def within_day(rows: list[Row], by: str, view: str) -> list[Row]:
    """Half hours before the first and after the last number are left out, except where windows' time is shown."""
    if by != FigureBy.SLOT or view == FigureView.WINDOWS:
        return rows
    busy = [int(row.key) for row in rows if any(row.sums.of[name] for name in (*TICKET_SUMS, *DOOR_SUMS))]
    return [row for row in rows if busy and min(busy) <= int(row.key) <= max(busy)]


def _total(ids: list[int], wanted: Wanted, now: datetime) -> Sums:
    return figures.whole(figures.table(ids, wanted.since, wanted.until, FigureBy.DAY, now).values())


def _sorted(rows: list[Row], wanted: Wanted) -> list[Row]:
    """By a column, largest first with a minus; what can't be measured comes last. Else in the natural order."""
    column = ALL.get(wanted.sort.removeprefix("-"))
    if column is None:
        return sorted(rows, key=_natural(wanted.by))
    known = [row for row in rows if column.value(row.sums) is not None]
    rest = [row for row in rows if column.value(row.sums) is None]
    known.sort(key=lambda row: column.value(row.sums) or 0, reverse=wanted.sort.startswith("-"))
    return known + sorted(rest, key=_natural(wanted.by))


def _natural(by: str) -> Callable[[Row], tuple[object, ...]]:
    if by == FigureBy.SLOT:
        return lambda row: (int(row.key),)
    if by in (FigureBy.BUSINESS, FigureBy.CLERK):
        return lambda row: (-row.sums.handled, row.label)
    return lambda row: (row.label if by != FigureBy.HALL else row.note, row.key)


Names = dict[str, tuple[str, str]]


def _slots(wanted: Wanted, keys: Iterable[str]) -> Names:
    return {key: (slot_text(int(key)), "") for key in keys}


def slot_text(slot: int) -> str:
    begins, ends = slot * rules.SLOT_MINUTES, (slot + 1) * rules.SLOT_MINUTES
    return f"{begins // 60:02d}:{begins % 60:02d}–{ends // 60:02d}:{ends % 60:02d}"


def _days(wanted: Wanted, keys: Iterable[str]) -> Names:
    return {key: (key, str(Weekday(date.fromisoformat(key).weekday()).label)) for key in keys}


def _halls(wanted: Wanted, keys: Iterable[str]) -> Names:
    return {str(hall.pk): (hall.name, hall.code) for hall in wanted.halls}


def _businesses(wanted: Wanted, keys: Iterable[str]) -> Names:
    known = {str(pk): (name, "") for pk, name in BusinessType.objects.values_list("pk", "name")}
    groups = [int(key[1:]) for key in keys if key.startswith("g")]
    rows = BusinessGroup.objects.filter(pk__in=groups).values_list("pk", "name", "hall__name")
    many = len(wanted.halls) > 1
    return known | {f"g{pk}": (name, hall if many else "") for pk, name, hall in rows}


def _classes(wanted: Wanted, keys: Iterable[str]) -> Names:
    groups = BusinessGroup.objects.filter(hall__in=[hall.pk for hall in wanted.halls]).order_by("hall", "order")
    names: dict[str, list[str]] = {}
    for letter, name in groups.values_list("letter", "name"):
        if name not in names.setdefault(letter, []):
            names[letter].append(name)
    own = {letter: (letter, "、".join(found)) for letter, found in names.items()}
    return own | {VIP_LETTER: (VIP_LETTER, "VIP"), GOTONE_LETTER: (GOTONE_LETTER, str(Brand.GOTONE.label))}


def _clerks(wanted: Wanted, keys: Iterable[str]) -> Names:
    people = User.objects.filter(pk__in=[int(key) for key in keys]).values_list("pk", "name", "staff_no")
    return {str(pk): (name, staff_no) for pk, name, staff_no in people}


_NAMES: dict[str, Callable[[Wanted, list[str]], Names]] = {
    FigureBy.HALL: _halls,
    FigureBy.DAY: _days,
    FigureBy.SLOT: _slots,
    FigureBy.BUSINESS: _businesses,
    FigureBy.CLASS: _classes,
    FigureBy.CLERK: _clerks,
}


def last_days(now: datetime, count: int) -> tuple[date, date]:
    today = time.business_day(now)
    return date.fromordinal(today.toordinal() - count + 1), today
