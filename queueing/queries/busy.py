"""Waits in busy half hours and in the others (R-Q-4), of many halls at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from queueing.models import HalfHourCause
from queueing.queries.figures import causes, not_added_up
from queueing.rules.figures import rate


@dataclass
class Load:
    """Numbers that were called, and their waits, by whether the half hour of the call was busy."""

    answered: dict[bool, int]
    seconds: dict[bool, int]

    def add(self, *, is_busy: bool, answered: int, seconds: int) -> None:
        self.answered[is_busy] += answered
        self.seconds[is_busy] += seconds

    @property
    def busy_wait(self) -> float | None:
        """Mean minutes."""
        return rate(self.seconds[True] / 60, self.answered[True])

    @property
    def idle_wait(self) -> float | None:
        return rate(self.seconds[False] / 60, self.answered[False])


def by_hall(hall_ids: Iterable[int], since: date, until: date, now: datetime) -> dict[int, Load]:
    """Days that were added up come from there, today and what the night has not reached yet are added up now."""
    ids = sorted(hall_ids)
    found: dict[int, Load] = defaultdict(lambda: Load({True: 0, False: 0}, {True: 0, False: 0}))
    kept = HalfHourCause.objects.filter(hall__in=ids, day__gte=since, day__lte=until).order_by()
    for row in kept.values("hall_id", "is_busy").annotate(n=Sum("answered"), s=Sum("wait_seconds")):
        found[row["hall_id"]].add(is_busy=row["is_busy"], answered=row["n"], seconds=row["s"])
    for cause in causes(not_added_up(ids, since, until, now), now):
        found[cause.hall_id].add(is_busy=cause.is_busy, answered=cause.answered, seconds=cause.wait_seconds)
    return dict(found)
