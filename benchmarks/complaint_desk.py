"""The desk's page with a city's history behind it, against the bare query for its rows."""

from __future__ import annotations

import os
import statistics
import time as clock
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Result, installation, load_average, say
from benchmarks.sla_rows import CLOSED, OPEN, analyze, make_city, write_cases, write_deadlines

if TYPE_CHECKING:
    from staff.models import User

RUNS = int(os.environ.get("BENCH_RUNS", "100"))
ROWS = 30


def run() -> Iterator[Result]:
    load = load_average()
    with installation(web=1):
        from core import time

        now = time.now()
        halls, people = make_city(now)
        say(f"writing {OPEN:,} open and {CLOSED:,} closed complaints")
        for count, is_open, prefix in ((OPEN, True, "O"), (CLOSED, False, "C")):
            write_cases(halls, people["handler"], now, count=count, is_open=is_open, prefix=prefix)
            write_deadlines(prefix, is_open=is_open)
        analyze()
        bare = _times(lambda: _bare([hall.pk for hall in halls]))
        pages = {
            "complaint_handler_of_all_halls": _page(people["handler"], ""),
            "duty_manager_of_one_hall": _page(people["manager"], ""),
            "handler_everything": _page(people["handler"], "?view=all"),
        }
    seen = pages["complaint_handler_of_all_halls"]
    detail = {
        "better": "lower",
        "open": OPEN,
        "closed": CLOSED,
        "p99_ms": round(_at(seen, 99), 1),
        "bare_p99_ms": round(_at(bare, 99), 2),
        "pages": {name: _summary(one) for name, one in pages.items()},
        "measured": "GET of the whole page by Django's test client; the floor is the query for its thirty rows",
        "runs": RUNS,
        "load_average_before": load,
    }
    yield Result("complaint_desk", _at(seen, 50), "ms", _at(bare, 50), detail)


def _summary(seconds: list[float]) -> dict[str, float]:
    return {"p50_ms": round(_at(seconds, 50), 1), "p99_ms": round(_at(seconds, 99), 1)}


def _at(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100)[percent - 1] * 1000


def _times(act: Callable[[], Any]) -> list[float]:
    act()
    found = []
    for _ in range(RUNS):
        began = clock.perf_counter()
        act()
        found.append(clock.perf_counter() - began)
    return found


def _bare(halls: list[int]) -> None:
    from django.db import connection

    from complaints.states import OPEN as STATES

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM complaints_complaint WHERE status = ANY(%s) AND hall_id = ANY(%s) "
            "ORDER BY next_due_at, id LIMIT %s",
            [[str(one) for one in STATES], halls, ROWS],
        )
        cursor.fetchall()


def _page(person: User, query: str) -> list[float]:
    from django.test import Client

    client = Client()
    client.force_login(person, backend="staff.auth.StaffBackend")

    def ask() -> None:
        answer = client.get(f"/complaints/{query}", headers={"host": "127.0.0.1"})
        assert answer.status_code == 200, answer.status_code

    return _times(ask)
