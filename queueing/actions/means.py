"""The nightly lesson: what recent days say about the next hour of a hall."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core import time
from core.parameters import register
from halls.models import BusinessType, Hall
from halls.queries import number as parameter
from queueing.models import HallHabit, ServiceMean
from queueing.queries import means as reads
from queueing.rules import means as rules
from queueing.rules.means import Means
from queueing.rules.numbers import GOTONE_LETTER, VIP_LETTER
from queueing.rules.waits import Kind
from queueing.states import Lane, MeanOf

MEANS_DAYS = register("queueing.means_days", "平均办理时间取最近几天", default=28, unit="天", between=(7, 180))
MEANS_WEIGHT = register("queueing.means_weight", "标准办理时间相当于几次实绩", default=20, unit="次", between=(1, 500))
LOCK = 7_020_261_125


@transaction.atomic
def learn_all(now: datetime) -> int:
    """Learn for each live hall that has learned nothing today; safe to run twice and at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    begins = time.day_bounds(time.business_day(now))[0]
    known = HallHabit.objects.filter(made_at__gte=begins).values_list("hall_id", flat=True)
    halls = Hall.objects.filter(is_live=True).exclude(pk__in=list(known)).select_related("region__parent__parent")
    return sum(learn(hall, now) for hall in halls)


@transaction.atomic
def learn(hall: Hall, now: datetime) -> int:
    """Write a hall's means anew from the days before today. Returns how many means were written."""
    today = time.business_day(now)
    days = reads.span(hall.pk, today - timedelta(days=parameter(MEANS_DAYS, hall, now)), today)
    weight = parameter(MEANS_WEIGHT, hall, now)
    kinds, counts = _businesses(days, weight)
    rows = reads.by_clerk_and_day(days)
    known = Means(businesses={pk: Kind(kind.mean + rules.GAP_SECONDS, kind.cv) for pk, kind in kinds.items()})
    made = [
        ServiceMean(
            hall=hall, of=MeanOf.BUSINESS, key=pk, count=counts[pk], seconds=kind.mean,
            expected_seconds=kind.mean, cv=kind.cv, made_at=now,
        )
        for pk, kind in kinds.items() if pk in counts
    ]  # fmt: skip
    made += [_of_clerk(hall, clerk, own, known, weight, now) for clerk, own in _grouped(rows, 0).items()]
    ServiceMean.objects.filter(hall=hall).delete()
    ServiceMean.objects.bulk_create(made)
    paced = Means(businesses=known.businesses, clerks={one.key: one.pace for one in made if one.of == MeanOf.CLERK})
    _habit(hall, days, [reads.worked(own, paced) for own in _grouped(rows, 1).values()], weight, now)
    return len(made)


def _businesses(days: Mapping[str, Any], weight: int) -> tuple[dict[int, Kind], dict[int, int]]:
    seen = reads.by_business(days)
    plan = BusinessType.objects.values_list("pk", "minutes")
    kinds = {pk: Kind(float(minutes) * 60 + rules.WALK_SECONDS, rules.USUAL_CV) for pk, minutes in plan}
    kinds |= {pk: rules.shrunk(found, kinds[pk], weight=weight) for pk, found in seen.items()}
    return kinds, {pk: found.count for pk, found in seen.items()}


Row = tuple[int, date, int, int, float]


def _grouped(rows: Sequence[Row], column: int) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def _of_clerk(hall: Hall, clerk: int, rows: Sequence[Row], known: Means, weight: int, now: datetime) -> ServiceMean:
    """A clerk's mean, pulled to what the hall would have taken for the same work."""
    worked, count = reads.worked(rows, known), sum(row[3] for row in rows)
    usual = worked.expected / count
    pace = rules.pace(worked.actual, worked.expected, weight=weight * usual)
    return ServiceMean(
        hall=hall, of=MeanOf.CLERK, key=clerk, count=count, seconds=usual * pace, expected_seconds=usual,
        cv=math.sqrt(worked.variance / count) / usual, made_at=now,
    )  # fmt: skip


def _habit(hall: Hall, days: Mapping[str, Any], worked: Sequence[rules.Worked], weight: int, now: datetime) -> None:
    lived, arrivals = reads.priority_arrivals(days)
    rates = {name: [0.0] * rules.SLOTS for name in (VIP_LETTER, GOTONE_LETTER, Lane.GREEN.value)}
    for letter, lane, slot, count in arrivals:
        name = Lane.GREEN.value if lane == Lane.GREEN else letter
        rates[name][slot] += count / max(lived, 1) / rules.SLOT_SECONDS
    windows = reads.usual_windows(days)
    values = {
        "days": lived,
        "absent": list(rules.absent_from(reads.absences(days), weight=weight)),
        "leaving": reads.leaving(days),
        "overtakers": rates,
        "windows_weekday": windows[False],
        "windows_weekend": windows[True],
        "day_cv": rules.cv_of_days(worked),
        "made_at": now,
    }
    HallHabit.objects.update_or_create(hall=hall, defaults=values)
