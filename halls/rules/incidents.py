"""Pure decisions about incidents: who is told by when (R-H-10)."""

from datetime import datetime, timedelta


def tell_due(began_at: datetime, minutes: int) -> datetime:
    """At once (0 minutes) leaves the one minute that telling takes."""
    return began_at + timedelta(minutes=max(minutes, 1))


def is_told_late(due: datetime, told_at: datetime | None, now: datetime) -> bool:
    return (told_at or now) > due
