"""Sweep: managers are told early, late and when it is over of what ends in their hall; once per thing and stage.

Certificates have reminders of their own (`staff.actions.certificates`), to the person too.
"""

from datetime import date, datetime, timedelta

from core import time
from halls.models import Hall
from halls.queries import number
from halls.rules import materials as rules
from messaging.actions import alert, notify
from messaging.models import Notice
from staff.queries import expiry as reads
from staff.queries.people import managers_of
from staff.states import ExpiryKind

FAR = 180  # the longest that a hall can ask to be told ahead


def remind(now: datetime) -> int:
    """Safe to run twice: a reminder's key names the thing, its last day and the stage. Returns how many were told."""
    today = time.business_day(now)
    halls = list(Hall.objects.filter(is_live=True).select_related("region__parent__parent"))
    staged = [(one, _stage(one, now)) for one in reads.ending(halls, today + timedelta(days=FAR), today)]
    due = {_key(one, stage): one for one, stage in staged if stage is not None}
    known = set(Notice.objects.filter(key__in=due).values_list("key", flat=True))
    fresh = [key for key in due if key not in known]
    for key in fresh:
        _tell(due[key], key, today)
    return len(fresh)


def _key(one: reads.Ends, stage: int) -> str:
    return f"expiry:{one.kind}:{one.pk}:{one.hall.pk}:{one.last_day}:{stage}"


def _stage(one: reads.Ends, now: datetime) -> int | None:
    """A material needs no month: it is told of when it should have come down. Certificates have their own reminders."""
    today = time.business_day(now)
    if one.kind == ExpiryKind.CERTIFICATE:
        return None
    if one.kind == ExpiryKind.MATERIAL:
        return 0 if one.last_day < today else None
    early, late = (number(name, one.hall, now) for name in (rules.EXPIRY_EARLY, rules.EXPIRY_LATE))
    return rules.stage(one.last_day, today, early=early, late=late)


def _tell(one: reads.Ends, key: str, today: date) -> None:
    left = one.days_left(today)
    said = "已过期" if left < 0 else "今天到期" if left == 0 else f"{left} 天后到期"
    (alert if left < 0 else notify)(
        managers_of(one.hall.pk),
        title=f"{one.hall.name}:{one.kind.label}「{one.name}」{said}",
        body="请撤下。" if one.kind == ExpiryKind.MATERIAL else "请续办后更新日期。",
        url=one.url,
        key=key,
    )
