"""Who is shown the first-day list: people who are new, and those who are here for a while only."""

from collections.abc import Sequence
from datetime import date, timedelta

from core.parameters import register
from staff.rules.employments import Days
from staff.states import JobKind

NEW_DAYS = register("staff.first_days", "新员工显示第一天清单", default=30, unit="天", between=(1, 180))


def is_on_path(jobs: Sequence[tuple[str, Days]], today: date, *, days: int) -> bool:
    """Trainees, students and temporary hands as long as they are here; others while their first job is so young."""
    here = [kind for kind, span in jobs if span.first <= today and (span.last is None or today <= span.last)]
    if any(kind != JobKind.REGULAR for kind in here):
        return True
    return bool(here) and min(span.first for _, span in jobs) >= today - timedelta(days=days)
