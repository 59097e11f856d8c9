"""The customer card that a window shows: P50 and P99 over random customers with two years of points, against the one
statement that reads an account's lots."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from benchmarks.harness import Result, database, load_average, say
from benchmarks.points_rows import CUSTOMERS, ask, make_members

MONTHS = 24
TRIES = 2000
LOTS = """
    INSERT INTO {table} (account_id, made_at, month, source, points, eligible_fen, kind, star, multiplier_hundredths)
    SELECT n, now(), %(month)s, 0, 20 + n %% 300, 2000, 1, 1 + n %% 7, 100 FROM generate_series(1, %(n)s) n
"""


def run() -> Iterator[Result]:
    customers = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
    load = load_average()
    with database():
        say(f"writing {customers:,} customers and {MONTHS} months of points")
        ask(CUSTOMERS, {"n": customers})
        make_members(customers)
        _write_lots(customers)
        say("reading cards")
        draw = random.Random(5)
        ids = [draw.randint(1, customers) for _ in range(TRIES)]
        ours, bare = _times(_card, ids), _times(_bare, ids)
    detail = {
        "better": "lower",
        "size": customers,
        "months": MONTHS,
        "p50_ms": round(_percentile(ours, 50), 2),
        "p99_ms": round(_percentile(ours, 99), 2),
        "floor_p50_ms": round(_percentile(bare, 50), 2),
        "tries": TRIES,
        "load_average_before": load,
    }
    yield Result("customer_card", _percentile(ours, 99), "ms", _percentile(bare, 99), detail)


def _write_lots(customers: int) -> None:
    from loyalty.actions import partitions
    from loyalty.rules import months

    for at in range(MONTHS):
        month = months.plus(date(2024, 1, 1), at)
        partitions.make_lots_aside(month)
        table = partitions.lot_table(month)
        ask(LOTS.format(table=table), {"month": month, "n": customers})
        partitions.attach_lots(month)
        ask(f"VACUUM ANALYZE {table}")


def _card(pk: int) -> Any:
    from core import time as clock
    from loyalty.models import Customer
    from loyalty.queries import card

    return card.card(Customer.objects.get(pk=pk), clock.now())


def _bare(pk: int) -> Any:
    from loyalty.queries.ledger import LEFT

    return ask(LEFT, {"account": pk})


def _times(act: Callable[[int], Any], ids: list[int]) -> list[float]:
    for pk in ids[:50]:
        act(pk)
    spent = []
    for pk in ids:
        began = time.perf_counter()
        act(pk)
        spent.append(1000 * (time.perf_counter() - began))
    return sorted(spent)


def _percentile(spent: list[float], percent: int) -> float:
    return spent[min(len(spent) * percent // 100, len(spent) - 1)]
