"""Months of bills and lots as partitions. Names are made of dates, never of text from outside."""

from datetime import date

from django.db import connection

from loyalty.rules import months


def bill_table(month: date) -> str:
    return f"loyalty_bill_{month:%Y%m}"


def lot_table(month: date) -> str:
    return f"loyalty_lot_{month:%Y%m}"


def lock_month(month: date) -> None:
    """Hold a billing month until the transaction ends: who imports its bills and who starts its run exclude each
    other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(702026, %s)", [month.year * 100 + month.month])


def exists(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [table])
        found: bool = cursor.fetchone()[0] is not None
    return found


def ensure_bills(month: date) -> None:
    """A partition for a month's bills. Attaching lets readers of the other months go on."""
    table = bill_table(month)
    if exists(table):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(702026, 1)")
        cursor.execute(f'CREATE TABLE IF NOT EXISTS "{table}" (LIKE loyalty_bill INCLUDING ALL)')
        cursor.execute("SELECT 1 FROM pg_inherits WHERE inhrelid = %s::regclass", [table])
        if cursor.fetchone() is None:
            cursor.execute(
                f'ALTER TABLE loyalty_bill ATTACH PARTITION "{table}" FOR VALUES FROM (%s) TO (%s)',
                [month, months.plus(month, 1)],
            )


def attach_bills(month: date) -> None:
    """Make a table of bills filled by itself, which has no key yet, part of them. Fails on a bill that came twice."""
    table, last = bill_table(month), months.plus(month, 1)
    needed = ("customer_id", "month", "amount_fen", "gifted_fen", "redeemed_fen", "third_party_fen")
    with connection.cursor() as cursor:
        cursor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT only_this_month CHECK (month = %s), '
            + ", ".join(f"ALTER {name} SET NOT NULL" for name in needed),
            [month],
        )
        cursor.execute(f'ALTER TABLE "{table}" ADD PRIMARY KEY (customer_id, month)')
        cursor.execute(
            f'ALTER TABLE loyalty_bill ATTACH PARTITION "{table}" FOR VALUES FROM (%s) TO (%s)', [month, last]
        )
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT only_this_month')


def make_lots_aside(month: date) -> None:
    """An empty table like the ledger's, not part of it yet. Its check spares the scan when it is attached."""
    table = lot_table(month)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS "{table}"')
        cursor.execute(f'CREATE TABLE "{table}" (LIKE loyalty_lot INCLUDING DEFAULTS INCLUDING CONSTRAINTS)')
        cursor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT only_this_month CHECK (source = 0 AND month = %s)', [month]
        )


def attach_lots(month: date) -> None:
    """Give the table its key, which fails on anything given twice, and make it part of the ledger."""
    table = lot_table(month)
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" ADD PRIMARY KEY (account_id, month, kind, source)')
        cursor.execute(
            f'ALTER TABLE loyalty_lot ATTACH PARTITION "{table}" FOR VALUES FROM (0, %s) TO (0, %s)',
            [month, months.plus(month, 1)],
        )
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT only_this_month')
        cursor.execute(f'ANALYZE "{table}"')
