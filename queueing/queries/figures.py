"""What the figures say. Past days come added up (`queueing.actions.figures`), the rest is added up as it is asked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from core import parameters, time
from halls.models import Hall
from halls.queries import halls_by_id, scopes
from queueing.models import FigureDay, HalfHourCause
from queueing.queries import causes_sql
from queueing.queries import figures_sql as sql
from queueing.rules import figures as rules
from queueing.states import FigureBy

Place = tuple[Hall, date]


@dataclass
class Sums:
    """Additive measures of one line of a table, and what is read from them."""

    of: dict[str, int] = field(default_factory=lambda: dict.fromkeys(sql.SUMS, 0))
    pauses: list[int] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    service_of: str = "served"

    def add(self, sums: Sequence[int], pauses: Sequence[int] | None, waits: Sequence[int] | None) -> None:
        for name, value in zip(sql.SUMS, sums, strict=True):
            self.of[name] += int(value)
        self.pauses = rules.added(self.pauses, pauses or [])
        self.waits = rules.added(self.waits, waits or [])

    def __getattr__(self, name: str) -> int:
        try:
            return self.__dict__["of"][name]
        except KeyError:
            raise AttributeError(name) from None

    def minutes(self, seconds: str, count: str) -> float | None:
        """A mean in minutes."""
        return rules.rate(self.of[seconds] / 60, getattr(self, count))

    def share(self, part: str, whole: str) -> float | None:
        return rules.rate(getattr(self, part), getattr(self, whole))

    @property
    def mean_wait(self) -> float | None:
        return self.minutes("wait_seconds", "answered")

    @property
    def wait_p50(self) -> float | None:
        return rules.percentile(self.waits, 0.5)

    @property
    def wait_p90(self) -> float | None:
        return rules.percentile(self.waits, 0.9)

    @property
    def within_standard(self) -> float | None:
        return self.share("wait_within", "answered")

    @property
    def mean_service(self) -> float | None:
        """Of a whole number; in a table by business, of one business (R-H-15)."""
        return self.minutes("service_seconds", self.service_of)

    @property
    def abandoned(self) -> int:
        """Numbers that were never served, apart from those served (R-Q-1)."""
        return self.no_shows + self.cancelled + self.closed

    @property
    def idle_seconds(self) -> int:
        """Open windows without a customer."""
        return max(self.open_seconds - self.busy_seconds, 0)

    @property
    def diversion_rate(self) -> float | None:
        """R-H-16: of what has an e-channel, how much was sent there instead of being done at a counter."""
        return rules.rate(self.sent_on, self.sent_on + self.online_handled)


def parameters_of(places: Iterable[Place], now: datetime) -> dict[str, Any]:
    """Whole days with the standards in force on them, as the statements want them."""
    rows: dict[str, list[Any]] = {name: [] for name in ("halls", "days", "begins", "lines", *_NAMES, "busy")}
    for hall, day in places:
        where = _scopes(hall)
        rows["halls"].append(hall.pk)
        rows["days"].append(day)
        rows["begins"].append(time.day_bounds(day)[0])
        rows["lines"].append(hall.is_line)
        busy = rules.BUSY_LINE if hall.is_line else rules.BUSY_PER_WINDOW
        for column, name in (*_NAMES.items(), ("busy", busy)):
            rows[column].append(parameters.number(name, on=day, scopes=where))
    return {**rows, "places": sorted(set(rows["halls"])), "now": now}


_NAMES = {
    "within": rules.WAIT_STANDARD,
    "long": rules.LONG_WAIT,
    "vip": rules.VIP_STANDARD,
    **{f"{metric}_{load}_{brand}": name for (metric, brand, load), name in rules.LIMITS.items()},
}


def _scopes(hall: Hall) -> list[str]:
    if not hasattr(hall, "_scopes"):
        hall._scopes = scopes(hall)  # type: ignore[attr-defined]
    return hall._scopes  # type: ignore[attr-defined]


def live(places: Iterable[Place], by: Sequence[str], now: datetime) -> list[tuple[Any, ...]]:
    """Days added up now: hall, day, by, key, the sums, pauses, waits."""
    given = parameters_of(places, now)
    if not given["halls"]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.FIGURES, {**given, "by": list(by)})
        return cursor.fetchall()


def behind(hall: Hall, since: date, until: date, key: str, now: datetime) -> list[tuple[UUID, int]]:
    """The numbers that a count of `sql.COUNTED` counts in a hall's days, the newest first, with the seconds waited."""
    span = [since + timedelta(days=at) for at in range((until - since).days + 1)]
    with connection.cursor() as cursor:
        cursor.execute(sql.BEHIND[key], parameters_of([(hall, day) for day in span], now))
        return cursor.fetchall()


_STORED = f"""
    SELECT {{key}}, {", ".join(f"sum({name})::bigint" for name in sql.SUMS)},
        ARRAY[{", ".join(f"sum(pauses[{at}])" for at in range(1, len(sql.REASONS) + 1))}],
        ARRAY[{", ".join(f"sum(waits[{at}])" for at in range(1, rules.BUCKETS + 1))}]
    FROM queueing_figure
    WHERE by = %(by)s AND hall_id = ANY(%(halls)s) AND day BETWEEN %(since)s AND %(until)s
    GROUP BY 1
"""

# A hall's day is one row: nothing to sum.
_BY_DAY = f"""
    SELECT hall_id, day, {", ".join(sql.SUMS)}, pauses, waits FROM queueing_figure
    WHERE by = %(by)s AND hall_id = ANY(%(halls)s) AND day BETWEEN %(since)s AND %(until)s
"""
_KEYS = {FigureBy.DAY: "day::text", FigureBy.HALL: "hall_id::text"}


def table(hall_ids: Iterable[int], since: date, until: date, by: FigureBy, now: datetime) -> dict[str, Sums]:
    """Sums of a span, by key: the date, the hall's pk, the slot, a business or `g` and its group, a letter, a clerk."""
    ids = sorted(hall_ids)
    kept = FigureBy.DAY if by == FigureBy.HALL else by
    found: dict[str, Sums] = defaultdict(lambda: Sums(service_of="handled" if by == FigureBy.BUSINESS else "served"))
    with connection.cursor() as cursor:
        text = _STORED.format(key=_KEYS.get(by, "key"))
        cursor.execute(text, {"by": kept, "halls": ids, "since": since, "until": until})
        for key, *sums, pauses, waits in cursor.fetchall():
            found[key].add(sums, _zeros(pauses), _zeros(waits))
    for hall, day, _, key, *sums, pauses, waits in live(not_added_up(ids, since, until, now), [kept], now):
        found[{FigureBy.DAY: str(day), FigureBy.HALL: str(hall)}.get(by, key)].add(sums, pauses, waits)
    return dict(found)


def by_day_of(hall_ids: Iterable[int], since: date, until: date, now: datetime) -> dict[tuple[int, date], Sums]:
    """Each day of each hall; days on which nothing happened are absent."""
    ids = sorted(hall_ids)
    found: dict[tuple[int, date], Sums] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, {"by": FigureBy.DAY, "halls": ids, "since": since, "until": until})
        for hall, day, *sums, pauses, waits in cursor.fetchall():
            found.setdefault((hall, day), Sums()).add(sums, pauses, waits)
    for pk, on, _, _, *sums, pauses, waits in live(not_added_up(ids, since, until, now), [FigureBy.DAY], now):
        found.setdefault((pk, on), Sums()).add(sums, pauses, waits)
    return found


def _zeros(values: Sequence[int | None]) -> list[int]:
    """What was never measured stays empty, as in `live`."""
    return [] if all(value is None for value in values) else [int(value or 0) for value in values]


def not_added_up(ids: list[int], since: date, until: date, now: datetime) -> list[Place]:
    """Today, and yesterday as long as the night's work on it is not done; older gaps are filled by the night."""
    today = time.business_day(now)
    days = [day for day in (today - timedelta(days=1), today) if since <= day <= until]
    if not days:
        return []
    done = set(FigureDay.objects.filter(hall__in=ids, day__in=days).values_list("hall_id", "day"))
    halls = halls_by_id(ids)
    return [(halls[pk], day) for day in days for pk in ids if pk in halls and (pk, day) not in done]


def whole(lines: Iterable[Sums]) -> Sums:
    """All lines of a table as one."""
    total = Sums()
    for line in lines:
        total.add([line.of[name] for name in sql.SUMS], line.pauses, line.waits)
    return total


def _hall(pk: int) -> Hall:
    return Hall.objects.select_related("region__parent__parent").get(pk=pk)


def today(hall_id: int, now: datetime) -> Sums:
    """The hall's business day so far."""
    day = time.business_day(now)
    rows = live([(_hall(hall_id), day)], [FigureBy.DAY], now)
    total = Sums()
    for row in rows:
        total.add(row[4:-2], row[-2], row[-1])
    return total


@dataclass(frozen=True)
class Flow:
    """One half hour of a hall's day."""

    slot: int
    starts_at: datetime
    arrived: int
    served: int
    mean_open_windows: float
    mean_wait_minutes: float | None
    mean_waiting: float
    is_busy: bool
    answered: int = 0


def flow(hall_id: int, day: date, now: datetime) -> list[Flow]:
    """The half hours of a day in which something happened, in order; the running one is measured up to now."""
    stored = FigureDay.objects.filter(hall=hall_id, day=day).exists()
    rows = _stored_causes(hall_id, day) if stored else causes([(_hall(hall_id), day)], now)
    begins = time.day_bounds(day)[0]
    found = []
    for row in rows:
        starts_at = begins + timedelta(minutes=rules.SLOT_MINUTES * row.slot)
        seconds = min(max((now - starts_at).total_seconds(), 1), rules.SLOT_MINUTES * 60)
        found.append(
            Flow(
                slot=row.slot,
                starts_at=starts_at,
                arrived=row.arrived,
                served=row.handled,
                mean_open_windows=row.open_seconds / seconds,
                mean_wait_minutes=rules.rate(row.wait_seconds / 60, row.answered),
                mean_waiting=row.waiting_seconds / seconds,
                is_busy=row.is_busy,
                answered=row.answered,
            )
        )
    return found


def _stored_causes(hall_id: int, day: date) -> list[HalfHourCause]:
    return list(HalfHourCause.objects.filter(hall=hall_id, day=day).order_by("slot"))


def causes(places: Iterable[Place], now: datetime) -> list[HalfHourCause]:
    """R-Q-20 of days as they stand now; not saved."""
    given = parameters_of(places, now)
    if not given["halls"]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(causes_sql.CAUSES, given)
        rows = cursor.fetchall()
    made = [
        HalfHourCause(hall_id=hall, day=day, slot=slot, **dict(zip(causes_sql.CAUSE_COLUMNS, values, strict=True)))
        for hall, day, slot, *values in rows
    ]
    return sorted(made, key=lambda one: (one.hall_id, one.day, one.slot))
