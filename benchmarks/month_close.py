"""The month of many halls reckoned and ranked, against the bare aggregate over the same visits.

`MONTH_HALLS` makes it smaller for a quick try; visits per hall and items per visit are those of the issue.
"""

from __future__ import annotations

import os
import random
import statistics
import time as clock
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from benchmarks.harness import Result, installation, load_average, say

HALLS = int(os.environ.get("MONTH_HALLS", "2000"))
VISITS = 4
ROUNDS = 5
MONTH = date(2026, 10, 1)
BARE = """
    SELECT hall_id, hall.type, round(avg(score), 2), rank() OVER (PARTITION BY hall.type ORDER BY avg(score) DESC)
    FROM inspections_visit visit JOIN halls_hall hall ON hall.id = visit.hall_id
    WHERE visit.state IN ('submitted', 'appealing', 'final') AND visit.started_at >= %s AND visit.started_at < %s
    GROUP BY hall_id, hall.type HAVING count(*) >= 3
"""


def run() -> Iterator[Result]:
    with installation(web=1):
        from django.db import connection

        from core.time import day_bounds, now
        from inspections.actions import months
        from inspections.models import MonthResult

        items = _fill(now())
        say(f"{HALLS} halls with {VISITS} visits of {items} items")
        since, until = day_bounds(MONTH)[0], day_bounds(date(2026, 11, 1))[0]
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            bare = [_timed(lambda: (cursor.execute(BARE, [since, until]), cursor.fetchall())) for _ in range(ROUNDS)]
            places = {hall: (score, place) for hall, _, score, place in _rows(cursor, since, until)}
        ours = [_timed(lambda: months.reckon(MONTH, now=now())) for _ in range(ROUNDS)]
        wrong = sum(places.get(one.hall_id) != (one.score, one.rank) for one in MonthResult.objects.filter(month=MONTH))
        detail = {
            "better": "lower",
            "size": {"halls": HALLS, "visits": HALLS * VISITS, "items": items},
            "wrong": wrong,
            "first_run_seconds": round(ours[0], 3),
            "load": load_average(),
        }
        yield Result("month_close", statistics.median(ours), "s", statistics.median(bare), detail)


def _rows(cursor: Any, since: datetime, until: datetime) -> list[Any]:
    cursor.execute(BARE, [since, until])
    return cursor.fetchall()


def _timed(act: Any) -> float:
    began = clock.perf_counter()
    act()
    return clock.perf_counter() - began


def _fill(now: datetime) -> int:
    from inspections.models import Visit
    from inspections.queries.cards import ranked

    dice, version = random.Random("month"), ranked()
    assert version is not None
    halls = _halls(dice)
    for start in range(0, HALLS, 200):
        Visit.objects.bulk_create(_visits(halls[start : start + 200], version, now, dice))
    return len(version.facts.items)


def _halls(dice: random.Random) -> list[Any]:
    from halls.models import Hall, Region
    from halls.states import HallType, Location, Operation, QueueMode, RegionLevel

    region = Region.objects.create(code="BENCH", name="测试区", level=RegionLevel.DISTRICT)
    return Hall.objects.bulk_create(
        Hall(
            code=f"B{number:05d}",
            name=f"第 {number} 厅",
            region=region,
            type=dice.choice(HallType.values),
            location=Location.URBAN,
            operation=Operation.SELF,
            counter_count=4,
            queue_mode=QueueMode.MACHINE,
        )
        for number in range(HALLS)
    )


def _visits(halls: list[Any], version: Any, now: datetime, dice: random.Random) -> Iterator[Any]:
    from core.time import at
    from inspections.models import Visit
    from inspections.queries.halls import snapshot
    from inspections.states import VisitKind, VisitState
    from staff.models import User

    auditor = User.objects.filter(staff_no="BENCH1").first() or User.objects.create_user("BENCH1", None, name="督导")
    facts = snapshot(halls[0], MONTH)
    moment = at(MONTH, now.time().replace(hour=10, tzinfo=None))
    for hall in halls:
        for turn in range(VISITS):
            yield Visit(
                id=uuid4(),
                hall=hall,
                version=version,
                auditor=auditor,
                kind=VisitKind.OPEN,
                state=VisitState.FINAL,
                planned_on=MONTH + timedelta(days=7 * turn),
                hall_snapshot=facts,
                sheet={f"answer:{code}": ["pass", at_, "d", at_] for at_, code in enumerate(version.facts.items)},
                started_at=moment + timedelta(days=7 * turn),
                submitted_at=moment + timedelta(days=7 * turn, hours=1),
                score=dice.randrange(70, 101),
            )
