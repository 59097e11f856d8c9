"""R-H-18: how long a partner's person may be granted what the role does not give there."""

from datetime import date

from core.parameters import register

MOST_DAYS = register("staff.grant_days", "合作厅授权最长天数", default=90, unit="天", between=(1, 366))


def is_too_long(first: date, last: date, *, most: int) -> bool:
    """Both days count."""
    return (last - first).days + 1 > most


def overlap(first: date, last: date, other_first: date, other_last: date) -> bool:
    return first <= other_last and other_first <= last
