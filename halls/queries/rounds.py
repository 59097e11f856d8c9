"""Reads about checks: what is due today, and how it went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from core import time
from halls.models import CheckList, Hall, Round, RoundAnswer, Stain
from halls.queries import places
from halls.rules import rounds as rules
from halls.states import Answer, CheckKind, RoundState

MONTHLY = CheckKind.SAFETY


@dataclass(frozen=True)
class Due:
    """One check of a day: what is to be done, from when until when, and what came of it."""

    list: CheckList
    slot: datetime
    opens: datetime
    until: datetime
    state: RoundState
    round: Round | None

    def is_for(self, kind: str, slot: datetime) -> bool:
        return self.list.kind == kind and self.slot == slot

    @property
    def label(self) -> str:
        clock = f" {time.local(self.slot):%H:%M}" if self.list.kind == CheckKind.PATROL else ""
        return f"{self.list.get_kind_display()}{clock}"

    @property
    def bad(self) -> int:
        return getattr(self.round, "bad", 0) if self.round else 0


def span_of(hall: Hall, kind: str, slot: datetime, now: datetime) -> tuple[datetime, datetime]:
    early = places.number(rules.OPENING_MINUTES, hall, now)
    if kind == CheckKind.PATROL:
        early, late = 10, places.number(rules.PATROL_MINUTES, hall, now)
    elif kind == CheckKind.CLOSING:
        late = places.number(rules.CLOSING_MINUTES, hall, now)
    else:
        late = 0
    return rules.span(kind, slot, early=early, late=late)


def lists_of(hall: Hall) -> list[CheckList]:
    """One list of each kind: the hall's own before its type's before the general one."""
    rows = CheckList.objects.filter(
        Q(hall=hall) | Q(hall=None, hall_type=hall.type) | Q(hall=None, hall_type=""), is_active=True
    )
    best: dict[str, CheckList] = {}
    for row in sorted(rows, key=lambda one: (one.hall_id is not None, bool(one.hall_type))):
        best[row.kind] = row
    return [best[kind] for kind in CheckKind.values if kind in best]


def between(hall: Hall, first: date, last: date, now: datetime) -> list[Due]:
    """The checks of some days; the safety check of a month once."""
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    found = {(one.list.kind, one.slot): one for day in days for one in due_on(hall, day, now)}
    return sorted(found.values(), key=lambda one: (one.slot, one.list.kind))


def troubles(round_ids: Collection[int]) -> dict[int, str]:
    """By round: what was wrong, in one line."""
    rows = RoundAnswer.objects.filter(round__in=round_ids, answer=Answer.BAD).select_related("item")
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.round_id, []).append(f"{row.item.text}:{row.note}")
    return {pk: ";".join(said) for pk, said in found.items()}


def due_on(hall: Hall, day: date, now: datetime) -> list[Due]:
    """The checks of a day in their order, the month's safety check always among them."""
    hours = places.hours_on(hall, day)
    bad = Count("answers", filter=Q(answers__answer=Answer.BAD))
    first = day.replace(day=1)
    begins, ends = time.day_bounds(first)[0], time.day_bounds(day)[1]
    rows = Round.objects.filter(hall=hall, slot__gte=begins, slot__lte=ends).select_related("by").annotate(bad=bad)
    made = {(row.kind, row.slot): row for row in rows}
    found = []
    for checks in lists_of(hall):
        on = first if checks.kind == MONTHLY else day
        for slot in rules.slots(checks.kind, checks.times, hours, on):
            row = made.get((checks.kind, slot))
            opens, until = span_of(hall, checks.kind, slot, now)
            finished = row.finished_at if row else None
            state = rules.round_state(opens, until, now, started=row is not None, finished_at=finished)
            found.append(Due(checks, slot, opens, until, state, row))
    return sorted(found, key=lambda one: (one.list.kind == MONTHLY, one.slot, one.list.kind == CheckKind.CONVENIENCE))


def stain_limits(hall: Hall, now: datetime) -> list[int]:
    """R-H-5: minutes in a hall, and at peak or in rain or snow."""
    return [places.number(rules.stain_parameter(hall.type, relaxed=relaxed), hall, now) for relaxed in (False, True)]


def stains_of(hall: Hall, day: date) -> QuerySet[Stain]:
    """Of a day, and every one that is still there."""
    begins, ends = time.day_bounds(day)
    today = Q(found_at__gte=begins, found_at__lt=ends)
    return hall.stains.filter(today | Q(cleaned_at=None)).select_related("found_by")
