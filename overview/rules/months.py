"""Months as reports know them: which are over, how they are named. Pure."""

from datetime import date, timedelta

from core.errors import Refused

EARLIEST = date(2000, 1, 1)


def first_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return first_of(first_of(month) + timedelta(days=32))


def month_before(month: date) -> date:
    return first_of(first_of(month) - timedelta(days=1))


def last_day(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def is_over(month: date, today: date) -> bool:
    return month < first_of(today)


def closed_months(today: date, *, back: int) -> list[date]:
    """The months that are over, the newest first."""
    found, month = [], month_before(today)
    for _ in range(back):
        found.append(month)
        month = month_before(month)
    return found


def month_text(month: date) -> str:
    return f"{month.year} 年 {month.month} 月"


def check_over(month: date, today: date, *, for_what: str) -> None:
    """Raises Refused: month_running (not over yet, or to come), bad_month (before anything was written down)."""
    if month > first_of(today):
        raise Refused("month_running", "这个月还没有到,请选择已经结束的月份。")
    if not is_over(month, today):
        opens = next_month(month)
        day = f"{opens.year} 年 {opens.month} 月 {opens.day} 日"
        raise Refused("month_running", f"{month_text(month)}还没有结束,{day}起可以{for_what}。")
    if month < EARLIEST:
        raise Refused("bad_month", "这个月没有记录,请选择最近的月份。")
