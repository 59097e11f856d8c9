"""What a region's month comes to for its circular: scores, figures, faults, who stands out, what is not yet improved.

Everything is plain text and numbers, so that it can be frozen with the version that says it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Avg, Count

from core import time
from halls.models import Hall, Region
from halls.states import HallType
from inspections.models import CorrectiveAction, Finding, MonthResult, Visit
from inspections.queries.months import bounds
from inspections.states import ActionState, VisitState
from overview.queries import figures
from overview.queries.regions import halls_below
from overview.rules import circulars as rules
from overview.rules import months
from overview.rules.circulars import CHIEF, Charge
from overview.rules.figures import Value, outlook
from overview.rules.roll_up import weighted_wait

Content = dict[str, Any]
Values = Mapping[int, Mapping[str, Value]]
MOST_ACTIONS = 40


def content(region: Region, month: date, now: datetime) -> Content:
    """As many questions for any number of halls."""
    halls = list(halls_below(region))
    ids = [hall.pk for hall in halls]
    before = months.month_before(month)
    after_figures = figures.of_halls(ids, month, months.last_day(month), now)
    before_figures = figures.of_halls(ids, before, months.last_day(before), now)
    results, charges = _results(ids, month), _charges(ids, month)
    scores_before = {hall: one.score for hall, one in _results(ids, before).items()}
    top, bottom = _ends(halls, results, charges, after_figures, month)
    return {
        "region": region.name,
        "month": month.isoformat(),
        "month_text": months.month_text(month),
        "number": rules.number_text(month),
        "totals": _totals(halls, results, scores_before, after_figures, before_figures),
        "ranking": _ranking(halls, results, scores_before, month),
        "figures": _figures(halls, after_figures, before_figures),
        "faults": [vars(one) for one in rules.common_faults(one for rows in charges.values() for one in rows)],
        "top": top,
        "bottom": bottom,
        "actions": _actions(ids, month, now),
        "appeals": ranked_visits(ids, month).filter(state=VisitState.APPEALING).count(),
    }


def ranked_visits(ids: Sequence[int], month: date) -> Any:
    """The visits that make the month (R-I-9)."""
    since, until = bounds(month)
    start, end = time.day_bounds(since)[0], time.day_bounds(until)[0]
    return Visit.objects.ranked().filter(hall__in=ids, started_at__gte=start, started_at__lt=end)


def _results(ids: Sequence[int], month: date) -> dict[int, MonthResult]:
    return {one.hall_id: one for one in MonthResult.objects.filter(month=month, hall__in=ids)}


def _charges(ids: Sequence[int], month: date) -> dict[int, list[Charge]]:
    """Deductions of the month that stand, by hall."""
    rows = Finding.objects.filter(visit__in=ranked_visits(ids, month), withdrawn_at=None).order_by("pk")
    found: dict[int, list[Charge]] = defaultdict(list)
    for hall, item, name, points in rows.values_list("hall_id", "item", "name", "points"):
        found[hall].append(Charge(hall, item, name, points))
    return found


def _classes(month: date) -> dict[str, dict[str, Any]]:
    """Of each class over all regions: mean score, and how many are ranked in it."""
    rows = MonthResult.objects.filter(month=month).order_by().values("hall_type")
    return {one["hall_type"]: dict(one) for one in rows.annotate(mean=Avg("score"), ranked=Count("rank"))}


def _totals(
    halls: Sequence[Hall],
    results: Mapping[int, MonthResult],
    scores_before: Mapping[int, Any],
    after: Values,
    before: Values,
) -> Content:
    scores = [float(one.score) for one in results.values()]
    past = [float(one) for one in scores_before.values()]
    return {
        "halls": len(halls),
        "visited": len(results),
        "visits": sum(one.visits for one in results.values()),
        "score": sum(scores) / len(scores) if scores else None,
        "score_before": sum(past) / len(past) if past else None,
        "issued": _added(after, "issued"),
        "mean_wait": weighted_wait(list(after.values())),
        "mean_wait_before": weighted_wait(list(before.values())),
        "complaints": _added(after, "complaints_logged"),
        "late": _added(after, "complaints_late"),
    }


def _added(values: Values, key: str) -> int:
    return sum(int(one[key] or 0) for one in values.values())


def _ranking(
    halls: Sequence[Hall], results: Mapping[int, MonthResult], before: Mapping[int, Any], month: date
) -> list[Content]:
    """By class and place (R-I-9); halls that are not ranked after those that are, without a visit last."""
    classes = _classes(month)
    rows = []
    for hall in halls:
        one = results.get(hall.pk)
        known = one is not None and hall.pk in before
        rows.append(
            {
                "code": hall.code,
                "name": hall.name,
                "district": hall.region.name,
                "type": str(HallType(one.hall_type if one else hall.type).label),
                "score": float(one.score) if one else None,
                "bonus": one.bonus if one else 0,
                "change": float(one.score - before[hall.pk]) if one and known else None,
                "visits": one.visits if one else 0,
                "place": one.rank if one else None,
                "of": classes[one.hall_type]["ranked"] if one else 0,
                "is_vetoed": bool(one and one.is_vetoed),
            }
        )
    order = [str(one.label) for one in HallType]
    return sorted(
        rows, key=lambda row: (row["score"] is None, order.index(row["type"]), row["place"] or 9999, row["code"])
    )


def _figures(halls: Sequence[Hall], after: Values, before: Values) -> list[Content]:
    """Each chief figure of each hall with its place and what it was; halls of which nothing is known are left out."""
    spots = {one.key: rules.places(_column(after, one.key), better=one.better) for one in CHIEF}
    rows = []
    for hall in halls:
        values = after[hall.pk]
        if all(values[one.key] is None for one in CHIEF):
            continue
        cells = [
            {
                "key": one.key,
                "text": one.text(values[one.key]),
                "before": one.text(before[hall.pk][one.key]) if before[hall.pk][one.key] is not None else "",
                "outlook": outlook(one, before[hall.pk][one.key], values[one.key]),
                "place": spots[one.key].get(hall.pk),
            }
            for one in CHIEF
        ]
        rows.append({"code": hall.code, "name": hall.name, "cells": cells})
    return rows


def _column(values: Values, key: str) -> dict[int, Value]:
    return {hall: row[key] for hall, row in values.items()}


def _ends(
    halls: Sequence[Hall],
    results: Mapping[int, MonthResult],
    charges: Mapping[int, list[Charge]],
    values: Values,
    month: date,
) -> tuple[list[Content], list[Content]]:
    """By how far a hall is above or below the mean of its class: halls of different function are not one list."""
    classes = _classes(month)
    margins = {hall: float(one.score) - float(classes[one.hall_type]["mean"]) for hall, one in results.items()}
    top, bottom = rules.ends(dict(sorted(margins.items())))
    names = {hall.pk: hall for hall in halls}
    best: dict[int, list[str]] = defaultdict(list)
    worst: dict[int, list[str]] = defaultdict(list)
    for one in CHIEF:
        column = _column(values, one.key)
        for is_best, found in zip((True, False), rules.extremes(column, better=one.better), strict=True):
            for pk in found:
                (best if is_best else worst)[pk].append(rules.said_of(one, column[pk], is_best=is_best))

    def told(pk: int, said: list[str], lost: list[tuple[str, int]]) -> Content:
        one = results[pk]
        facts = {"code": names[pk].code, "name": names[pk].name, "score": float(one.score), "said": said}
        where = {"place": one.rank, "of": classes[one.hall_type]["ranked"], "margin": round(margins[pk], 2)}
        return {**facts, **where, "lost": [list(one) for one in lost]}

    return (
        [told(pk, best[pk], []) for pk in top],
        [told(pk, worst[pk], rules.dearest(charges.get(pk, []))) for pk in bottom],
    )


def _actions(ids: Sequence[int], month: date, now: datetime) -> Content:
    """Corrective actions of findings up to the month's end that are not done by now, the longest overdue first."""
    today = time.business_day(now)
    rows = CorrectiveAction.objects.filter(
        hall__in=ids,
        state__in=[ActionState.OPEN, ActionState.RECHECK],
        finding__found_on__lte=months.last_day(month),
    ).select_related("hall", "finding")
    known = sorted(rows, key=lambda one: (one.state != ActionState.OPEN or one.due_on >= today, one.due_on, one.pk))
    late = sum(one.state == ActionState.OPEN and one.due_on < today for one in known)
    return {
        "open": len(known),
        "late": late,
        "rows": [
            {
                "hall": one.hall.name,
                "name": one.finding.name,
                "found_on": one.finding.found_on.isoformat(),
                "due_on": one.due_on.isoformat(),
                "state": one.get_state_display(),
                "is_late": one.state == ActionState.OPEN and one.due_on < today,
            }
            for one in known[:MOST_ACTIONS]
        ],
    }
