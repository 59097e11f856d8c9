"""The values that decide the calling order: what is in force, what is planned, what a change would have done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import parameters
from core.models import Parameter
from halls import queries as halls
from halls.models import Hall
from queueing.queries import replay as reads
from queueing.rules import replay
from queueing.rules.replay import NAMES, Outcome, Waits
from staff.queries import places as around
from staff.queries.places import Place

KIND_NAMES = {
    replay.PLAIN: "普通",
    replay.GOTONE: "全球通",
    replay.VIP: "全球通 VIP / 五星",
    replay.GREEN: "爱心通道",
    replay.BOOKED: "预约",
}


def places(user: Any, hall: Hall) -> list[Place]:
    """The places around a hall whose order this person may change, the widest first."""
    return around.places(user, hall, "queue.fairness")


def values_on(hall: Hall, day: date) -> dict[str, int]:
    scopes = halls.scopes(hall)
    return {name: parameters.number(name, on=day, scopes=scopes) for name in NAMES}


def values_if(hall: Hall, place: str, wished: Mapping[str, int], day: date) -> dict[str, int]:
    """What would hold for a hall: a row of its own, or of a narrower region, stays before that of a wider place."""
    scopes = halls.scopes(hall)
    narrower = scopes[: scopes.index(place)] if place in scopes else []
    rows = Parameter.objects.filter(name__in=NAMES, scope__in=narrower, valid_from__lte=day)
    kept = set(rows.values_list("name", flat=True))
    standing = values_on(hall, day)
    return {name: standing[name] if name in kept else wished[name] for name in NAMES}


def planned(hall: Hall, today: date) -> list[Parameter]:
    """Values that take effect later, and since when the present ones hold; the next change first."""
    rows = Parameter.objects.filter(name__in=NAMES, scope__in=[*halls.scopes(hall), ""])
    return list(rows.filter(valid_from__gt=today).order_by("valid_from", "name"))


@dataclass(frozen=True)
class Row:
    name: str
    before: Waits
    after: Waits

    @property
    def before_share(self) -> int:
        return round(100 * self.before.share)

    @property
    def after_share(self) -> int:
        return round(100 * self.after.share)

    @property
    def tone(self) -> str:
        """A change of the mean that somebody would feel: a tenth of a minute or more."""
        change = round(self.after.mean, 1) - round(self.before.mean, 1)
        return "better" if change < 0 else "worse" if change > 0 else ""


@dataclass(frozen=True)
class Trial:
    """A past day played twice, under its own values and under others; `error` tells how true the play is."""

    day: date
    rows: list[Row]
    passed: tuple[int, int]
    error: float


def trial(hall: Hall, day: date, wished: Mapping[str, int]) -> Trial | None:
    """None when nobody was called on that day. Both sides are plays, so that the play's own error cancels out."""
    standing = values_on(hall, day)
    lived = reads.day_of(hall, day, standing)
    before, after = replay.replayed(lived, standing), replay.replayed(lived, wished)
    if before.everybody is None or after.everybody is None:
        return None
    return Trial(
        day=day,
        rows=[*_rows(before, after), Row("全部", before.everybody, after.everybody)],
        passed=(before.passed, after.passed),
        error=replay.error_minutes(replay.real(lived), before),
    )


def _rows(before: Outcome, after: Outcome) -> list[Row]:
    kinds = [kind for kind in KIND_NAMES if kind in before.by_kind and kind in after.by_kind]
    return [Row(KIND_NAMES[kind], before.by_kind[kind], after.by_kind[kind]) for kind in kinds]
