"""Customers with stars, plans and bills in any number, written by SQL: what the points benchmarks stand on."""

from __future__ import annotations

from datetime import date
from typing import Any

CUSTOMERS = """
    INSERT INTO loyalty_customer (phone, name, brand, star, is_vip, status, is_real_name, is_personal, is_blacklisted,
        bonus_products, joined_on)
    SELECT (13000000000 + n)::text, '', 'gotone', 1 + n %% 7, false, 'normal', true, true, false, 0, '2010-01-01'
    FROM generate_series(1, %(n)s) n
"""
# Nobody asks for the customers themselves: generation reads bills, accounts and stars only.
MEMBERS = """
    INSERT INTO loyalty_pointsaccount (customer_id, plan_from, channel, settled_balance)
    SELECT n, '2015-01-01', 'automatic', 0 FROM generate_series(1, %(n)s) n;
    INSERT INTO loyalty_starrating (customer_id, valid_from, valid_to, star, parts, kind, reason, rated_at, told_at)
    SELECT n, '2015-01-01', '2099-12-31', 1 + n %% 7, '{}', 'told', 'told', now(), now()
    FROM generate_series(1, %(n)s) n
"""
BILLS = """
    INSERT INTO {table} (customer_id, month, amount_fen, gifted_fen, redeemed_fen, third_party_fen, paid_at)
    SELECT n, %(month)s, 1000 + (n::bigint * 7919) %% 30000, CASE WHEN n %% 10 = 0 THEN 500 ELSE 0 END, 0, 0,
        CASE WHEN n %% 50 <> 0 THEN %(month)s::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '35 days' END
    FROM generate_series(1, %(n)s) n
"""


def ask(text: str, values: Any = None) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else None


def make_members(count: int) -> None:
    ask(MEMBERS, {"n": count})
    ask("VACUUM ANALYZE loyalty_pointsaccount")
    ask("VACUUM ANALYZE loyalty_starrating")


def make_bills(month: date, count: int) -> None:
    from loyalty.actions import partitions

    partitions.ensure_bills(month)
    table = partitions.bill_table(month)
    ask(BILLS.format(table=table), {"month": month, "n": count})
    ask(f"VACUUM ANALYZE {table}")
