"""Photos that a circular may show: of deductions of the month that stand, as the auditors' tablets handed them in.

Faces, papers and customers are blacked out on the tablet before a photo leaves it; nothing else was ever stored.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from halls.models import Region
from inspections.models import Finding, Photo, Visit
from overview.queries.circular_month import ranked_visits
from overview.queries.regions import halls_below

MOST_SHOWN = 60


@dataclass(frozen=True)
class Choice:
    """One photo with what it is of; `caption` is what stands below it unless somebody writes another."""

    photo: Photo
    hall: str
    finding: str
    points: int

    @property
    def key(self) -> str:
        return str(self.photo.pk)

    @property
    def caption(self) -> str:
        return f"{self.hall}:{self.finding}(扣 {self.points} 分)"


def choices(region: Region, month: date, user: Any) -> list[Choice]:
    """The newest first, of visits that the person may see."""
    ids = list(halls_below(region).values_list("pk", flat=True))
    mine = Visit.objects.visible_to(user).filter(pk__in=ranked_visits(ids, month).values("pk"))
    return _choices(Photo.objects.filter(visit__in=mine).order_by("-visit__started_at", "item", "announced_at"))


def known(keys: Collection[str]) -> dict[str, Choice]:
    """Those of the named photos that can still be shown: whole, not removed, their deduction not withdrawn."""
    return {one.key: one for one in _choices(Photo.objects.filter(pk__in=[UUID(key) for key in keys]))}


def _choices(photos: Any) -> list[Choice]:
    rows = photos.filter(is_removed=False, completed_at__isnull=False).exclude(item="").select_related("visit__hall")
    found = list(rows[:MOST_SHOWN])
    findings = Finding.objects.filter(visit__in={one.visit_id for one in found}, withdrawn_at=None)
    charged: dict[tuple[Any, str], Finding] = {(one.visit_id, one.item): one for one in findings}
    return [
        Choice(one, one.visit.hall.name, row.name, row.points)
        for one in found
        if (row := charged.get((one.visit_id, one.item))) is not None
    ]
