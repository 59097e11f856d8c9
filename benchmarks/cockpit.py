"""The cockpit of a hall and the district page in a city with a year behind it, against their bare queries."""

from __future__ import annotations

import statistics
import time as clock
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

from benchmarks import cockpit_rows as rows
from benchmarks.harness import Result, database, load_average, say

if TYPE_CHECKING:
    from halls.models import Hall
    from staff.models import User

RUNS = 40
DISTRICT_RUNS = 15
TRIES = 3  # one of them may be the one in five seconds that reads the parameters anew


@dataclass(frozen=True)
class Seen:
    """One page: seconds of each whole answer, seconds of its queries sent bare, and how many those are."""

    whole: list[float]
    bare: list[float]
    queries: int
    slowest: list[tuple[float, str]]

    def told(self) -> dict[str, Any]:
        return {
            "p50_ms": at(self.whole, 50),
            "p99_ms": at(self.whole, 99),
            "bare_p50_ms": at(self.bare, 50),
            "queries": self.queries,
            "slowest_queries": [f"{ms * 1000:.1f} ms {' '.join(text.split())[:90]}" for ms, text in self.slowest],
        }


def at(seconds: list[float], percent: int) -> float:
    return round(statistics.quantiles(seconds, n=100)[percent - 1] * 1000, 1)


def run() -> Iterator[Result]:
    import time_machine

    load = load_average()
    with database("benchmarks.server.settings"):
        from core import time as times

        now = times.at(times.business_day(times.now()), time(15))
        with time_machine.travel(now):
            say(f"writing {rows.HALLS} halls, {rows.TICKETS:,} numbers, {rows.COMPLAINTS:,} complaints")
            began = clock.perf_counter()
            halls, people = rows.make_city(now)
            say(f"written in {clock.perf_counter() - began:.0f} s; adding up")
            added = _add_up(now, (halls[0], halls[-1]))
            say(f"added up in {added:.0f} s")
            pages = _pages(halls[0].code, halls[-1].code, people)
    common = {
        "better": "lower", "halls": rows.HALLS, "tickets": rows.TICKETS, "complaints": rows.COMPLAINTS,
        "days": rows.DAYS, "add_up_seconds": round(added, 1), "load_average_before": load,
        "measured": "GET of the whole page by Django's test client; the floor is its own queries sent again, bare",
    }  # fmt: skip
    for size, name in (("cockpit", "manager"), ("district", "city")):
        seen = pages[size, name]
        others = {f"{page}_{who}": one.told() for (page, who), one in pages.items() if page == size}
        yield Result(
            "cockpit", at(seen.whole, 50) / 1000, "s", at(seen.bare, 50) / 1000, {"size": size, **common, **others}
        )


def _pages(full: str, other: str, people: dict[str, User]) -> dict[tuple[str, str], Seen]:
    """The cockpit of two halls; the district page of a tenth of the city and of all of it. Queries must be as many."""
    found = {
        ("cockpit", "manager"): see(people["manager"], f"/overview/halls/{full}/", RUNS),
        ("cockpit", "city"): see(people["city"], f"/overview/halls/{other}/", RUNS),
        ("district", "district"): see(people["district"], "/overview/compare/", DISTRICT_RUNS),
        ("district", "city"): see(people["city"], "/overview/compare/", DISTRICT_RUNS),
    }
    few, many = found["district", "district"].queries, found["district", "city"].queries
    if few != many:
        raise RuntimeError(f"{few} queries for a tenth of the halls, {many} for all")
    return found


def see(person: User, address: str, runs: int) -> Seen:
    from django.test import Client

    client = Client()
    client.force_login(person, backend="staff.auth.StaffBackend")

    def ask() -> None:
        answer = client.get(address, headers={"host": "127.0.0.1"})
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")

    ask()
    said = min((_said(ask) for _ in range(TRIES)), key=len)
    texts = [text for text in said if text.lstrip().upper().startswith(("SELECT", "WITH"))]
    whole = [_seconds(ask) for _ in range(runs)]
    bare = [_bare(texts) for _ in range(runs)]
    middle = [(statistics.median(one[at] for one in bare), text) for at, text in enumerate(texts)]
    return Seen(whole, [sum(one) for one in bare], len(said), sorted(middle, reverse=True)[:4])


def _said(ask: Callable[[], None]) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        ask()
    return [one["sql"] for one in asked.captured_queries]  # the log is emptied by the next request


def _bare(texts: list[str]) -> list[float]:
    """Each statement alone on the connection that the page uses, every row fetched."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for text in texts:
            began = clock.perf_counter()
            cursor.cursor.execute(text)
            cursor.cursor.fetchall()
            found.append(clock.perf_counter() - began)
    return found


def _seconds(act: Callable[[], Any]) -> float:
    began = clock.perf_counter()
    act()
    return clock.perf_counter() - began


def _add_up(now: Any, looked_at: Iterable[Hall]) -> float:
    """The seconds of the first adding up; forecasts only of the halls whose cockpits are opened, no other is read."""
    from queueing.actions import figures, forecasts

    seconds = _seconds(lambda: figures.add_up(now))
    for hall in looked_at:
        forecasts.forecast_hall(hall, now)
    rows.count_rows()
    return seconds
