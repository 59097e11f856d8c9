"""Redemptions: two hundred at once on one account with funds for a hundred, then as many as go over 10,000 accounts,
against the same statements sent bare."""

from __future__ import annotations

import itertools
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from benchmarks.harness import Result, Run, database, load_average, say, together
from benchmarks.points_rows import CUSTOMERS, ask

RACERS, CONNECTIONS, PRICE = 200, 40, 100
THREADS = 8
LOTS = """
    INSERT INTO loyalty_lot (account_id, made_at, month, source, points, kind)
    SELECT a.customer_id, now(), '2026-08-01', s, 5000, 2 FROM loyalty_pointsaccount a, generate_series(1, 4) s
"""
LOCK = """
    SELECT a.*, c.* FROM loyalty_pointsaccount a JOIN loyalty_customer c ON c.id = a.customer_id
    WHERE a.customer_id = %s FOR UPDATE OF a
"""
KNOWN = "SELECT id FROM loyalty_pointsoperation WHERE key = %s"
LEFT = """
    SELECT l.month, l.kind, l.source, l.points + coalesce(sum(d.points), 0) FROM loyalty_lot l
    LEFT JOIN loyalty_debit d ON d.account_id = l.account_id AND d.lot_month = l.month AND d.lot_kind = l.kind
        AND d.lot_source = l.source
    WHERE l.account_id = %s GROUP BY l.month, l.kind, l.source, l.points ORDER BY 1, 2, 3
"""
ACT = """
    WITH act AS (
        INSERT INTO loyalty_pointsoperation (key, account_id, kind, points, at, note)
        VALUES (%s, %s, 11, %s, now(), '') RETURNING id
    )
    INSERT INTO loyalty_debit (operation_id, account_id, lot_month, lot_kind, lot_source, kind, points, at)
    SELECT act.id, %s, %s, %s, %s, 11, %s, now() FROM act
"""
SETTLE = "UPDATE loyalty_pointsaccount SET settled_balance = %s WHERE customer_id = %s"


def run() -> Iterator[Result]:
    accounts = int(os.environ.get("BENCH_ACCOUNTS", "10000"))
    load = load_average()
    with database():
        say(f"writing {accounts:,} accounts")
        ask(CUSTOMERS, {"n": accounts + 1})
        ids = [pk for (pk,) in ask("SELECT id FROM loyalty_customer ORDER BY id")]
        ask("""INSERT INTO loyalty_pointsaccount (customer_id, plan_from, channel, settled_balance)
            SELECT id, '2015-01-01', 'automatic', 0 FROM loyalty_customer""")
        ask(LOTS)
        ask(f"VACUUM ANALYZE {'loyalty_lot'}")
        say("racing")
        race = _race(ids[-1])
        say("spending")
        ours = together([_product(part, "a") for part in _parts(ids[:-1])])
        bare = _bare(ids[:-1])
        balance = ask("SELECT sum(points) FROM loyalty_debit WHERE account_id <> %s", [ids[-1]])[0][0]
        if balance != -2 * PRICE * accounts:
            raise RuntimeError(f"{balance} points were taken")
    detail = {
        "better": "higher",
        "size": accounts,
        "racing": RACERS,
        "connections": CONNECTIONS,
        "succeeded": race["spent"],
        "refused": race["not_enough_points"],
        "p50_ms": ours.percentile(50),
        "p95_ms": ours.percentile(95),
        "threads": THREADS,
        "load_average_before": load,
    }
    yield Result("points_spend", ours.per_second, "redemptions/s", bare.per_second, detail)


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[at::THREADS] for at in range(THREADS)]


def _race(account: int) -> Counter[str]:
    """Each of 200 wants a hundred points at the same moment; the account has 10,000."""
    from django.db import connection

    from core import time
    from core.errors import Refused
    from loyalty.actions import spending

    spending.spend(account, 10_000, key="race:rest", by=spending.By(), now=time.now())
    serial, told, lock = itertools.count(), Counter[str](), threading.Lock()

    def step() -> Callable[[], Any]:
        def spend() -> Any:
            at = next(serial)
            if at >= RACERS:
                connection.close()
                return None
            try:
                spending.spend(account, PRICE, key=f"race:{at}", by=spending.By(), now=time.now())
                said = "spent"
            except Refused as no:
                said = no.code
            with lock:
                told[said] += 1
            return said

        return spend

    together([step() for _ in range(CONNECTIONS)])
    return told


def _product(ids: list[int], name: str) -> Callable[[], Any]:
    from django.db import connection

    from core import time
    from loyalty.actions import spending

    left = iter(ids)

    def spend() -> Any:
        account = next(left, None)
        if account is None:
            connection.close()
            return None
        return spending.spend(account, PRICE, key=f"{name}:{account}", by=spending.By(), now=time.now()).pk

    return spend


def _bare(ids: list[int]) -> Run:
    import psycopg2
    from django.db import connection

    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    connections = [psycopg2.connect(**parameters) for _ in range(THREADS)]
    try:
        parts = zip(connections, _parts(ids), strict=True)
        return together([_statements(one, part) for one, part in parts])
    finally:
        for one in connections:
            one.close()


def _statements(connection: Any, ids: list[int]) -> Callable[[], Any]:
    left = iter(ids)

    def spend() -> Any:
        account = next(left, None)
        if account is None:
            return None
        with connection, closing(connection.cursor()) as cursor:
            cursor.execute(LOCK, [account])
            cursor.fetchone()
            cursor.execute(KNOWN, [f"b:{account}"])
            cursor.execute(LEFT, [account])
            lots = cursor.fetchall()
            month, kind, source, _ = next(lot for lot in lots if lot[3] >= PRICE)
            cursor.execute(ACT, [f"b:{account}", account, -PRICE, account, month, kind, source, -PRICE])
            cursor.execute(SETTLE, [sum(lot[3] for lot in lots) - PRICE, account])
        return account

    return spend
