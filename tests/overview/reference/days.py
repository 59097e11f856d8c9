"""What the slow reckonings share: days of Shanghai, whole seconds, means, shares, and parameters of a hall."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

from core.models import Parameter
from core.parameters import about
from halls.models import Hall, Region

SHANGHAI = timezone(timedelta(hours=8))  # no summer time since 1991


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def seconds(since: datetime, until: datetime) -> int:
    """Whole ones, as they have passed."""
    return int((until - since).total_seconds())


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def share(part: Iterable[bool]) -> float | None:
    said = list(part)
    return sum(said) / len(said) if said else None


def overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> float:
    return max((min(one[1], other[1]) - max(one[0], other[0])).total_seconds(), 0.0)


def number(name: str, hall: Hall, on: date) -> int:
    """A parameter of a hall on a day: its own newest row, else the district's, the city's, the one for all."""
    scopes, region = [hall.code], hall.region_id
    while region is not None:
        above = Region.objects.get(pk=region)
        scopes.append(above.code)
        region = above.parent_id
    rows = [row for row in Parameter.objects.filter(name=name) if row.valid_from <= on]
    for scope in [*scopes, ""]:
        mine = sorted((row for row in rows if row.scope == scope), key=lambda row: row.valid_from)
        if mine:
            return int(mine[-1].value)
    return about(name).default


class Numbers:
    """The same, remembered for one reckoning."""

    def __init__(self, hall: Hall) -> None:
        self.on = cache(lambda name, day: number(name, hall, day))
