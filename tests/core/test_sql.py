"""Connections run in UTC, so SQL's own clock is wrong in Shanghai between 00:00 and 08:00."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN_CLOCK = re.compile(r"\b(current_date|current_timestamp|localtimestamp|date_trunc|now\(\))", re.IGNORECASE)
QUOTED = re.compile(r'"""(.*?)"""', re.DOTALL)


APPS = ("core", "messaging", "halls", "staff", "loyalty", "queueing", "complaints", "inspections", "overview", "config")


def asks_the_clock(sql: str) -> bool:
    return bool(re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b", sql) and OWN_CLOCK.search(sql))


def test_no_sql_asks_the_databases_clock() -> None:
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    texts = {str(file): QUOTED.findall(file.read_text(encoding="utf-8")) for file in files}
    assert [name for name, found in texts.items() if any(map(asks_the_clock, found))] == []


def test_the_search_would_find_one() -> None:
    assert asks_the_clock("SELECT current_date")
