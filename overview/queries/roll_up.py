"""The reports of a region's halls for one week as one: a table of figures, and what each hall wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from halls.models import Hall, Region
from overview.models import SupportRequest
from overview.queries import week_queue
from overview.queries.regions import halls_below
from overview.queries.weekly import Line, lines_of
from overview.rules.roll_up import HallTold, summary
from overview.rules.weekly import PROBLEMS
from overview.states import Section


@dataclass(frozen=True)
class HallWeek:
    """A hall's line: its frozen figures when it is signed, else those that stand now."""

    line: Line
    queue: Mapping[str, Any]
    complaints: Mapping[str, Any]

    @property
    def hall(self) -> Hall:
        return self.line.hall

    @property
    def texts(self) -> Mapping[str, str]:
        return self.line.signed.texts if self.line.signed else {}


@dataclass(frozen=True)
class RollUp:
    region: Region
    monday: date
    halls: list[HallWeek]
    said: list[str]
    asked: list[SupportRequest]

    @property
    def missing(self) -> list[HallWeek]:
        return [one for one in self.halls if one.line.signed is None and one.line.is_asked]

    def written(self, section: Section) -> list[tuple[str, str]]:
        """What the halls wrote in a section, by hall."""
        return [(one.hall.name, one.texts[section]) for one in self.halls if one.texts.get(section)]


def of_region(region: Region, monday: date, now: datetime) -> RollUp:
    halls = list(halls_below(region).filter(is_live=True))
    rows = _weeks(lines_of(halls, [monday], now), monday, now)
    asked = SupportRequest.objects.filter(hall__in=halls, report__monday=monday).select_related("hall", "owner")
    told = [
        HallTold(one.hall.name, one.queue, one.complaints, one.line.signed is not None, one.line.is_asked)
        for one in rows
    ]
    return RollUp(region, monday, rows, summary(told), list(asked.order_by("hall__code", "pk")))


def _weeks(lines: Sequence[Line], monday: date, now: datetime) -> list[HallWeek]:
    ids = [line.hall.pk for line in lines if line.signed is None]
    span = (monday, monday + timedelta(days=6))
    queues, told = week_queue.queues(ids, *span, now), week_queue.complaint_counts(ids, *span, now)
    return [_week(line, queues, told) for line in lines]


def _week(line: Line, queues: Mapping[int, Any], told: Mapping[int, Any]) -> HallWeek:
    if line.signed is None:
        return HallWeek(line, queues[line.hall.pk], told.get(line.hall.pk, {}))
    kept = line.signed.figures
    return HallWeek(line, kept.get("queue") or {}, kept.get("complaints") or {})


SHOWN = (Section.EFFECT, *PROBLEMS, Section.COMPLAINT_ANALYSIS, Section.TRAINING, Section.PLAN)
"""What a district reads of each hall."""
