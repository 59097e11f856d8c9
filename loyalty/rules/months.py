"""Calendar months, always named by their first day."""

from datetime import date, timedelta

from core.errors import Refused


def first_of(day: date) -> date:
    return day.replace(day=1)


def plus(month: date, count: int) -> date:
    """The first day of the month `count` months later (earlier when negative)."""
    total = month.year * 12 + month.month - 1 + count
    return date(total // 12, total % 12 + 1, 1)


def last_of(month: date) -> date:
    return plus(month, 1) - timedelta(days=1)


def between(earlier: date, later: date) -> int:
    """How many months from one month to another; 0 within the same."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def parse(text: str) -> date:
    """`2026-08` as its first day. Raises Refused("bad_month")."""
    if len(text) != 7 or text[4] != "-" or not text.isascii() or not (text[:4] + text[5:]).isdigit():
        raise Refused("bad_month", "月份请写成 2026-08 这样的形式。")
    try:
        return date(int(text[:4]), int(text[5:]), 1)
    except ValueError as error:
        raise Refused("bad_month", "月份请写成 2026-08 这样的形式。") from error
