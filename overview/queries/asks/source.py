"""One kind of thing that waits: which rows wait for whom, where they belong, how one is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from core import time
from halls import queries as halls
from halls.models import Hall
from overview.rules import approvals as rules
from overview.rules.approvals import Ask, Buttons
from overview.states import AskKind
from staff.models import User


@dataclass(frozen=True)
class Told:
    """What one row says of itself. `due` None = the usual days after it was asked."""

    title: str
    who: str
    since: datetime
    facts: tuple[str, ...]
    url: str
    due: datetime | None = None
    buttons: Buttons | None = None


@dataclass(frozen=True)
class Source:
    """`waiting` starts at the person's rights and leaves out what is not theirs to decide (their own, above their
    rung). `verbs`: one is enough; empty = the row names the person itself, and nobody else may."""

    kind: AskKind
    verbs: tuple[str, ...]
    waiting: Callable[[User], QuerySet[Any]]
    rows: Callable[[], QuerySet[Any]]
    hall: Callable[[Any], Hall | None]
    tell: Callable[[Sequence[Any], datetime], list[Told]]
    buttons: Buttons = Buttons()
    sees: str = "hall.see"

    def asks(self, rows: Sequence[Any], now: datetime) -> list[Ask]:
        """All rows at once: as many questions for one as for a hundred."""
        return [self._ask(row, told, now) for row, told in zip(rows, self.tell(rows, now), strict=True)]

    def _ask(self, row: Model, told: Told, now: datetime) -> Ask:
        hall = self.hall(row)
        return Ask(
            kind=self.kind.value,
            label=str(self.kind.label),
            pk=row.pk,
            title=told.title,
            who=told.who,
            place=hall.name if hall else "",
            since=told.since,
            due=told.due or usual_due(hall, told.since, now),
            facts=tuple(fact for fact in told.facts if fact),
            url=told.url,
            buttons=told.buttons or self.buttons,
        )


def usual_due(hall: Hall | None, since: datetime, now: datetime) -> datetime:
    from core import parameters

    today = time.business_day(now)
    days = halls.number(rules.DAYS, hall, now) if hall else parameters.number(rules.DAYS, on=today)
    return rules.end_of_day(since, days=days)


def day_words(day: Any) -> str:
    return f"{day.month} 月 {day.day} 日"


def page(name: str, *parts: Any) -> str:
    return reverse(name, args=parts)


def each(tell: Callable[[Any, datetime], Told]) -> Callable[[Sequence[Any], datetime], list[Told]]:
    """For kinds whose row knows everything by itself."""
    return lambda rows, now: [tell(row, now) for row in rows]
