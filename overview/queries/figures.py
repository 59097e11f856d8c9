"""The figures of halls over some days: one reader for every page, report and the API (`overview.rules.figures`).

Each number comes from the app that owns it. How many questions are asked does not depend on how many halls, days or
tickets there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Min

from complaints.queries import halls as complaints
from halls.models import Hall
from halls.queries import by_hall as places
from halls.states import CheckKind
from inspections.queries import by_hall as inspections
from loyalty.queries import by_hall as loyalty
from overview.rules.figures import ALL, Value
from queueing.models import Ticket
from queueing.queries import alerts, board, busy, figure_tables
from queueing.queries import figures as queue
from queueing.queries.figures import Sums
from queueing.rules.figures import rate
from queueing.states import FigureBy, TicketState
from staff.queries import by_hall as staff

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
Values = dict[str, Value]
Part = dict[int, dict[str, Any]]
Span = tuple[date, date]

_OWN = frozenset({"answered", "no_shows"})
FROM_SUMS = [key for key in ALL if key in figure_tables.ALL or key in _OWN]


@dataclass(frozen=True)
class Asked:
    """Whose figures are asked for, and what holds for them now, read once for as many spans of days as there are."""

    ids: list[int]
    now: datetime

    @cached_property
    def live(self) -> set[int]:
        return set(Hall.objects.filter(pk__in=self.ids, is_live=True).values_list("pk", flat=True))

    @cached_property
    def handing(self) -> dict[int, staff.Handing]:
        return staff.handing(self.ids, self.now)

    @cached_property
    def closings_overdue(self) -> dict[int, int]:
        return staff.closings_overdue(self.ids, self.now)

    @cached_property
    def materials_expired(self) -> dict[int, int]:
        return places.expired_materials(self.ids, self.now)


def of_halls(hall_ids: Iterable[int], first: date, last: date, now: datetime) -> dict[int, Values]:
    """Every figure of each hall, by key. None = nobody counted, or nothing to divide by; never a guess.

    Counts of a hall that takes numbers here are known, also when they are zero; a hall that does not has None.
    """
    return of_spans(hall_ids, [(first, last)], now)[0]


def of_spans(hall_ids: Iterable[int], spans: Sequence[Span], now: datetime) -> list[dict[int, Values]]:
    """The same for several spans of days; the figures of this moment are in each."""
    asked = Asked(sorted(set(hall_ids)), now)
    here = [part(asked) for part in (_queue_now, _complaints_now, _inspections_now)] if asked.ids else []
    return [_of_span(asked, here, *span) for span in spans]


def _of_span(asked: Asked, here: Sequence[Part], first: date, last: date) -> dict[int, Values]:
    found: dict[int, Values] = {pk: dict.fromkeys(ALL) for pk in asked.ids}
    if not asked.ids or first > last:
        return found
    spanned = (part(asked, first, last) for part in (_queue, _complaints, _staff, _halls, _inspections, _loyalty))
    for part in (*here, *spanned):
        for pk, values in part.items():
            found[pk].update(values)
    return found


def of_hall(hall: Hall, first: date, last: date, now: datetime) -> Values:
    return of_halls([hall.pk], first, last, now)[hall.pk]


def _queue(asked: Asked, first: date, last: date) -> Part:
    sums = queue.table(asked.ids, first, last, FigureBy.HALL, asked.now)
    loads = busy.by_hall(asked.ids, first, last, asked.now)
    found: Part = {}
    for pk in asked.ids:
        if str(pk) in sums or pk in asked.live:
            found[pk] = from_sums(sums.get(str(pk), Sums()))
        if pk in loads:
            found[pk] |= {"busy_wait": loads[pk].busy_wait, "idle_wait": loads[pk].idle_wait}
    return found


def from_sums(sums: Sums) -> dict[str, Any]:
    """The figures that the added up numbers of a hall say; the columns of 排队统计 under their own names."""
    named = {key: figure_tables.ALL[key].value(sums) for key in FROM_SUMS if key in figure_tables.ALL}
    return named | {key: sums.of[key] for key in _OWN}


def _queue_now(asked: Asked) -> Part:
    waiting, working = board.waiting_by_hall(asked.ids), board.open_windows_by_hall(asked.ids)
    standing = alerts.open_alerts(asked.ids)
    longest = longest_waits(asked.ids, asked.now)
    return {
        pk: {
            "waiting": waiting.get(pk, 0),
            "open_windows": working.get(pk, 0),
            "alerts": len(standing.get(pk, ())),
            "longest_wait": longest.get(pk),
        }
        for pk in asked.live
    }


def longest_waits(ids: Iterable[int], now: datetime) -> dict[int, float]:
    """Minutes that whoever has waited longest has waited, by hall; time away and at a window is no waiting (R-Q-1)."""
    since = ExpressionWrapper(F("taken_at") + F("away_seconds") * SECOND, DateTimeField())
    rows = Ticket.objects.filter(hall__in=list(ids), state=TicketState.WAITING).order_by().values("hall_id")
    found = rows.annotate(first=Min(since)).values_list("hall_id", "first")
    return {hall: max((now - first).total_seconds() / 60, 0) for hall, first in found}


def _complaints(asked: Asked, first: date, last: date) -> Part:
    logged = complaints.logged(asked.ids, first, last, asked.now)
    paid = complaints.paid(asked.ids, first, last)
    found: Part = {}
    for pk in asked.ids:
        row = logged.get(pk)
        if row is None and pk not in asked.live:
            continue
        count, yuan = paid.get(pk, (0, 0))
        found[pk] = {
            "complaints_logged": row.logged if row else 0,
            "complaints_closed": row.closed if row else 0,
            "complaints_late": row.late if row else 0,
            "complaints_on_time": row.on_time if row else None,
            "replies_on_time": row.reply_on_time if row else None,
            "refunds": count,
            "refunded": float(yuan),
        }
    return found


def _complaints_now(asked: Asked) -> Part:
    standing = complaints.standing(asked.ids, asked.now)
    found: Part = {pk: {"complaints_open": 0, "complaints_today": 0, "complaints_overdue": 0} for pk in asked.live}
    for pk, one in standing.items():
        found[pk] = {"complaints_open": one.open, "complaints_today": one.today, "complaints_overdue": one.late}
    return found


def _staff(asked: Asked, first: date, last: date) -> Part:
    attended = staff.attended(asked.ids, first, last, asked.now)
    found: Part = {}
    for pk in asked.live | attended.keys() | asked.handing.keys():
        waiting = asked.handing.get(pk)
        found[pk] = {
            "handovers_open": waiting.open if waiting else 0,
            "reliefs_late": waiting.late if waiting else 0,
            "closings_overdue": asked.closings_overdue.get(pk, 0),
        }
    for pk, one in attended.items():
        found[pk] |= {
            "shifts": one.shifts,
            "came": one.came,
            "attendance_rate": rate(one.came, one.shifts),
            "punctual_rate": rate(one.punctual, one.shifts),
        }
    return found


def _halls(asked: Asked, first: date, last: date) -> Part:
    faults = places.faults(asked.ids, first, last, asked.now)
    walks = places.walks(asked.ids, first, last, asked.now)
    found: Part = {}
    for pk in asked.live | faults.keys() | walks.keys():
        one = faults.get(pk, places.Faults())
        found[pk] = {
            "faults_found": one.found,
            "repair_hours": one.mean / HOUR if one.mean is not None else None,
            "faults_open": one.open,
            "faults_overdue": one.late,
            "materials_expired": asked.materials_expired.get(pk, 0),
            **_walked(walks.get(pk, {})),
        }
    return found


def _walked(walks: dict[str, places.Walks]) -> dict[str, Any]:
    if not walks:
        return {}
    patrols = walks.get(CheckKind.PATROL, places.Walks(0, 0))
    doors = [walks[kind] for kind in (CheckKind.OPENING, CheckKind.CLOSING) if kind in walks]
    return {
        "patrols_due": patrols.due,
        "patrols_done": patrols.done,
        "patrol_rate": rate(patrols.done, patrols.due),
        "check_rate": rate(sum(one.done for one in doors), sum(one.due for one in doors)),
    }


def _inspections_now(asked: Asked) -> Part:
    found: Part = {pk: {"actions_open": 0, "actions_overdue": 0} for pk in asked.live}
    for pk, one in inspections.actions(asked.ids, asked.now).items():
        found[pk] = {"actions_open": one.open, "actions_overdue": one.late}
    return found


def _inspections(asked: Asked, first: date, last: date) -> Part:
    return {pk: {"last_score": score} for pk, score in inspections.last_scores(asked.ids, first, last).items()}


def _loyalty(asked: Asked, first: date, last: date) -> Part:
    redeemed = loyalty.redeemed(asked.ids, first, last)
    found: Part = {pk: {"redemptions": 0, "redeemed_points": 0} for pk in asked.live}
    for pk, one in redeemed.items():
        found[pk] = {"redemptions": one.count, "redeemed_points": one.points}
    return found
