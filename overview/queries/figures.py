"""The figures of halls over some days: one reader for every page, report and the API (`overview.rules.figures`).

Each number comes from the app that owns it. How many questions are asked does not depend on how many halls, days or
tickets there are.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
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

_OWN = frozenset({"answered", "no_shows"})
FROM_SUMS = [key for key in ALL if key in figure_tables.ALL or key in _OWN]


def of_halls(hall_ids: Iterable[int], first: date, last: date, now: datetime) -> dict[int, Values]:
    """Every figure of each hall, by key. None = nobody counted, or nothing to divide by; never a guess.

    Counts of a hall that takes numbers here are known, also when they are zero; a hall that does not has None.
    """
    ids = sorted(set(hall_ids))
    found: dict[int, Values] = {pk: dict.fromkeys(ALL) for pk in ids}
    if not ids or first > last:
        return found
    live = set(Hall.objects.filter(pk__in=ids, is_live=True).values_list("pk", flat=True))
    for part in (_queue, _queue_now, _complaints, _complaints_now, _staff, _halls, _inspections, _loyalty):
        for pk, values in part(ids, live, first, last, now).items():
            found[pk].update(values)
    return found


def of_hall(hall: Hall, first: date, last: date, now: datetime) -> Values:
    return of_halls([hall.pk], first, last, now)[hall.pk]


Part = dict[int, dict[str, Any]]


def _queue(ids: list[int], live: set[int], first: date, last: date, now: datetime) -> Part:
    sums = queue.table(ids, first, last, FigureBy.HALL, now)
    loads = busy.by_hall(ids, first, last, now)
    found: Part = {}
    for pk in ids:
        if str(pk) in sums or pk in live:
            found[pk] = from_sums(sums.get(str(pk), Sums()))
        if pk in loads:
            found[pk] |= {"busy_wait": loads[pk].busy_wait, "idle_wait": loads[pk].idle_wait}
    return found


def from_sums(sums: Sums) -> dict[str, Any]:
    """The figures that the added up numbers of a hall say; the columns of 排队统计 under their own names."""
    named = {key: figure_tables.ALL[key].value(sums) for key in FROM_SUMS if key in figure_tables.ALL}
    return named | {key: sums.of[key] for key in _OWN}


def _queue_now(ids: list[int], live: set[int], first: date, last: date, now: datetime) -> Part:
    waiting, working = board.waiting_by_hall(ids), board.open_windows_by_hall(ids)
    standing = alerts.open_alerts(ids)
    longest = longest_waits(ids, now)
    return {
        pk: {
            "waiting": waiting.get(pk, 0),
            "open_windows": working.get(pk, 0),
            "alerts": len(standing.get(pk, ())),
            "longest_wait": longest.get(pk),
        }
        for pk in live
    }


def longest_waits(ids: Iterable[int], now: datetime) -> dict[int, float]:
    """Minutes that whoever has waited longest has waited, by hall; time away and at a window is no waiting (R-Q-1)."""
    since = ExpressionWrapper(F("taken_at") + F("away_seconds") * SECOND, DateTimeField())
    rows = Ticket.objects.filter(hall__in=list(ids), state=TicketState.WAITING).order_by().values("hall_id")
    found = rows.annotate(first=Min(since)).values_list("hall_id", "first")
    return {hall: max((now - first).total_seconds() / 60, 0) for hall, first in found}


def _complaints(ids: list[int], live: set[int], first: date, last: date, now: datetime) -> Part:
    logged, paid = complaints.logged(ids, first, last, now), complaints.paid(ids, first, last)
    found: Part = {}
    for pk in ids:
        row = logged.get(pk)
        if row is None and pk not in live:
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


def _complaints_now(ids: list[int], live: set[int], first: date, last: date, now: datetime) -> Part:
    standing = complaints.standing(ids, now)
    found: Part = {pk: {"complaints_open": 0, "complaints_today": 0, "complaints_overdue": 0} for pk in live}
    for pk, one in standing.items():
        found[pk] = {"complaints_open": one.open, "complaints_today": one.today, "complaints_overdue": one.late}
    return found


def _staff(ids: list[int], live: set[int], first: date, last: date, now: datetime) -> Part:
    attended, handing = staff.attended(ids, first, last, now), staff.handing(ids, now)
    overdue = staff.closings_overdue(ids, now)
    found: Part = {}
    for pk in live | attended.keys() | handing.keys():
        waiting = handing.get(pk)
        found[pk] = {
            "handovers_open": waiting.open if waiting else 0,
            "reliefs_late": waiting.late if waiting else 0,
            "closings_overdue": overdue.get(pk, 0),
        }
    for pk, one in attended.items():
        found[pk] |= {
            "shifts": one.shifts,
            "came": one.came,
            "attendance_rate": rate(one.came, one.shifts),
            "punctual_rate": rate(one.punctual, one.shifts),
        }
    return found


def _halls(ids: list[int], live: set[int], first: date, last: date, now: datetime) -> Part:
    faults, expired = places.faults(ids, first, last, now), places.expired_materials(ids, now)
    walks = places.walks(ids, first, last, now)
    found: Part = {}
    for pk in live | faults.keys() | walks.keys():
        one = faults.get(pk, places.Faults())
        found[pk] = {
            "faults_found": one.found,
            "repair_hours": one.mean / HOUR if one.mean is not None else None,
            "faults_open": one.open,
            "faults_overdue": one.late,
            "materials_expired": expired.get(pk, 0),
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


def _inspections(ids: list[int], live: set[int], first: date, last: date, now: datetime) -> Part:
    scores, actions = inspections.last_scores(ids, first, last), inspections.actions(ids, now)
    found: Part = {pk: {"actions_open": 0, "actions_overdue": 0} for pk in live}
    for pk, one in actions.items():
        found[pk] = {"actions_open": one.open, "actions_overdue": one.late}
    for pk, score in scores.items():
        found.setdefault(pk, {})["last_score"] = score
    return found


def _loyalty(ids: list[int], live: set[int], first: date, last: date, now: datetime) -> Part:
    redeemed = loyalty.redeemed(ids, first, last)
    found: Part = {pk: {"redemptions": 0, "redeemed_points": 0} for pk in live}
    for pk, one in redeemed.items():
        found[pk] = {"redemptions": one.count, "redeemed_points": one.points}
    return found
