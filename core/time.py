"""Clock and business day. Rules and SQL get `now` and day bounds as values; only doors and tasks ask the clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    return timezone.now()


def local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def business_day(moment: datetime) -> date:
    """The Shanghai calendar day that a moment belongs to."""
    return local(moment).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of the day and of the next one, in Shanghai time."""
    start = datetime.combine(day, time.min, SHANGHAI)
    return start, datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)
