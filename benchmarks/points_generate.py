"""The monthly generation at province scale, against a bare INSERT … SELECT of the same rows into a partition.

BENCH_CUSTOMERS=1000000,10000000 chooses them, BENCH_MONTHS=24 the age of the ledger.
"""

from __future__ import annotations

import os
import resource
import shutil
import time as clock
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from benchmarks.harness import Result, database, load_average, say
from benchmarks.points_rows import ask, make_bills, make_members

FIRST = date(2023, 1, 1)
FREE_FOR_TEN_MILLION = 40
PROVINCE = 80_000_000


def run() -> Iterator[Result]:
    sizes = [int(size) for size in os.environ.get("BENCH_CUSTOMERS", "1000000").split(",")]
    for size in sizes:
        free = shutil.disk_usage("/tmp").free / 2**30
        if size >= 10_000_000 and free < FREE_FOR_TEN_MILLION:
            say(f"{size:,} customers are skipped: {free:.0f} GB of disk are free, {FREE_FOR_TEN_MILLION} are needed")
            continue
        yield _measure(size)


def _measure(size: int) -> Result:
    load = load_average()
    with database():
        say(f"writing {size:,} customers with stars and plans")
        make_members(size)
        workers = min(os.cpu_count() or 1, 4)
        make_bills(FIRST, size)
        value, result = _generate(FIRST, workers)
        floor = min(_bare(FIRST, result["earned"]) for _ in range(2))
        detail: dict[str, Any] = {
            "better": "lower",
            "size": size,
            "rows": result["rows"],
            "earned": result["earned"],
            "not_earned": result["not_earned"],
            "workers": workers,
            "rows_per_second": round(result["rows"] / value),
            "microseconds_per_row": round(value / result["rows"] * 1e6, 2),
        }
        if size < 10_000_000:
            detail |= _later_months(size, workers, value)
        detail["peak_python_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        detail["projected_seconds_for_80_million"] = round(value / size * PROVINCE)
        detail["load_average_before"] = load
    return Result("points_generate", value, "s", floor, detail)


def _seconds(act: Callable[[], Any]) -> tuple[float, Any]:
    began = clock.perf_counter()
    told = act()
    return clock.perf_counter() - began, told


def _generate(month: date, workers: int) -> tuple[float, dict[str, Any]]:
    """As the command does it: planning, parts by several workers, reconciling, key and attaching."""
    from django.db import connection

    from core import time
    from loyalty.actions import generation
    from loyalty.queries import runs
    from loyalty.rules import months

    def alone(run_id: int) -> None:
        try:
            generation.work(run_id)
        finally:
            connection.close()

    def act() -> dict[str, Any]:
        run = generation.start(month, on=months.plus(month, 2), now=time.now())
        with ThreadPoolExecutor(workers) as pool:
            for one in [pool.submit(alone, run.pk) for _ in range(workers)]:
                one.result()
        done = generation.finish(run.pk, time.now())
        if done.problem or done.state != "done":
            raise RuntimeError(f"the run did not end well: {done.state} {done.problem}")
        return runs.result(done)

    ask("CHECKPOINT")
    return _seconds(act)


def _bare(month: date, rows: int) -> float:
    """The same rows into an empty partition with the same key, in one statement."""
    from loyalty.actions import partitions
    from loyalty.rules import months

    ask("DROP TABLE IF EXISTS bare_lot")
    ask("""CREATE TABLE bare_lot (LIKE loyalty_lot INCLUDING DEFAULTS, PRIMARY KEY (account_id, month, kind, source))
        PARTITION BY RANGE (source, month)""")
    ask(
        "CREATE TABLE bare_lot_one PARTITION OF bare_lot FOR VALUES FROM (0, %s) TO (0, %s)",
        [month, months.plus(month, 1)],
    )
    ask("CHECKPOINT")
    seconds, _ = _seconds(lambda: ask(f"INSERT INTO bare_lot SELECT * FROM {partitions.lot_table(month)}"))
    if ask("SELECT count(*) FROM bare_lot")[0][0] != rows:
        raise RuntimeError("the floor has other rows")
    ask("DROP TABLE bare_lot")
    return seconds


def _later_months(size: int, workers: int, first: float) -> dict[str, Any]:
    """The last of two years against the first; the months between are copies of the first."""
    from loyalty.rules import months

    count = int(os.environ.get("BENCH_MONTHS", "24"))
    if count < 3:
        return {}
    say(f"ageing the ledger by {count - 2} months")
    for at in range(1, count - 2):
        _copy_month(months.plus(FIRST, at))
    one, last = months.plus(FIRST, count - 2), months.plus(FIRST, count - 1)
    make_bills(one, size)
    alone, _ = _generate(one, 1)
    make_bills(last, size)
    aged, _ = _generate(last, workers)
    return {
        "months": count,
        "last_month_seconds": round(aged, 2),
        "last_to_first": round(aged / first, 2),
        "one_worker_seconds": round(alone, 2),
    }


def _copy_month(month: date) -> None:
    from loyalty.actions import partitions

    partitions.make_lots_aside(month)
    columns = "source, points, eligible_fen, expires_on, kind, star, multiplier_hundredths"
    ask(
        f"""INSERT INTO {partitions.lot_table(month)} (account_id, made_at, month, {columns})
        SELECT account_id, made_at, %s, {columns} FROM {partitions.lot_table(FIRST)}""",
        [month],
    )
    partitions.attach_lots(month)
