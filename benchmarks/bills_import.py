"""A month's bill file through `import_bills`, against a bare COPY of the same file. BENCH_BILLS=1000000 lines.

BENCH_BAD_BILLS: how many lines the file of bad ones has, as many if nothing is said."""

from __future__ import annotations

import io
import os
import resource
import time as clock
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness import Result, database, load_average, say
from benchmarks.points_rows import CUSTOMERS, ask

HEAD = "phone,month,amount,gifted,redeemed,third_party,paid_at\n"
BARE = """
    CREATE TABLE bare_bill (phone text, month text, amount numeric, gifted numeric, redeemed numeric,
        third_party numeric, paid_at timestamptz)
"""


def run() -> Iterator[Result]:
    size = int(os.environ.get("BENCH_BILLS", "1000000"))
    load = load_average()
    with database() as folder:
        from core import time
        from loyalty.actions import bills

        say(f"writing {size:,} customers and a file of their bills")
        ask(CUSTOMERS, {"n": size})
        ask("VACUUM ANALYZE loyalty_customer")
        good, bad = folder / "good.csv", folder / "bad.csv"
        _write(good, size, bad=False)
        floor = min(_bare(good, size) for _ in range(2))
        value, told = _timed(lambda: bills.import_bills(good, now=time.now()))
        if told["new"] != size or told["rejected"]:
            raise RuntimeError(f"not every line came in: {told}")
        before = _peak()
        bad_size = int(os.environ.get("BENCH_BAD_BILLS", size))
        _write(bad, bad_size, bad=True)
        bad_seconds, refused = _timed(lambda: bills.import_bills(bad, now=time.now()))
        if refused["rejected"] != bad_size:
            raise RuntimeError(f"not every bad line was refused: {refused}")
        again, _ = _timed(lambda: bills.import_bills(good, now=time.now()))
        detail: dict[str, Any] = {
            "better": "lower",
            "size": size,
            "lines_per_second": round(size / value),
            "file_mb": round(good.stat().st_size / 2**20),
            "same_file_again_seconds": round(again, 2),
            "bad_lines": bad_size,
            "only_bad_lines_seconds": round(bad_seconds, 2),
            "peak_python_mb": _peak(),
            "peak_python_mb_before_bad_lines": before,
            "load_average_before": load,
        }
        yield Result("bills_import", value, "s", floor, detail)


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _timed(act: Any) -> tuple[float, Any]:
    began = clock.perf_counter()
    told = act()
    return clock.perf_counter() - began, told


def _write(path: Path, size: int, *, bad: bool) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for n in range(1, size + 1):
            month = "2026-99" if bad else "2026-08"
            amount = f"{(1000 + n * 7919 % 30000) / 100:.2f}"
            file.write(f"{13000000000 + n},{month},{amount},0.00,0.00,0.00,2026-09-{1 + n % 28:02d} 10:00:00\n")


def _bare(path: Path, size: int) -> float:
    from django.db import connection

    ask("DROP TABLE IF EXISTS bare_bill")
    ask(BARE)
    ask("CHECKPOINT")
    with connection.cursor() as cursor, path.open("rb") as file:
        began = clock.perf_counter()
        cursor.copy_expert("COPY bare_bill FROM STDIN (FORMAT csv, HEADER)", io.BufferedReader(file, 1 << 20))
        seconds = clock.perf_counter() - began
    if ask("SELECT count(*) FROM bare_bill")[0][0] != size:
        raise RuntimeError("the floor has other rows")
    ask("DROP TABLE bare_bill")
    return seconds
