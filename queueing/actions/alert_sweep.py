"""Every two seconds: hold the floors of all halls against the floor rules, raise what began, end what is over."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zlib import crc32

from django.db import DatabaseError, connection, transaction

from core.redis import key
from halls.models import Hall
from queueing import live
from queueing.actions.alerts import close, raise_alert, tell_managers
from queueing.models import Alert
from queueing.queries import alerts as reads
from queueing.queries.floor import FloorNow, floors
from queueing.rules import floor as rules
from queueing.rules.alerts import BY_ACT, SWINGING, Breach, breaches
from queueing.states import AlertAnswer, AlertLevel

logger = logging.getLogger(__name__)


def watch_floors(now: datetime) -> int:
    """Returns how many alerts were raised, changed or ended.

    One sweep at a time: a slow one that read the floor before another ended an alert would raise it again.
    A sweep that dies loses its connection and with it the lock; the next one finds the same truth.
    """
    with _alone() as alone:
        if not alone:
            return 0
        open_by_hall = reads.open_alerts()
        touched = 0
        for floor in floors(now):
            touched += _watch_alone(floor, open_by_hall.get(floor.hall_id, []), now)
        return touched


def _watch_alone(floor: FloorNow, standing: list[Alert], now: datetime) -> int:
    """What can't be written in one hall must not cost the others their alerts; the next sweep tries it again."""
    try:
        return _watch(floor, standing, now)
    except DatabaseError:
        if not connection.is_usable():  # lost, and with it the lock that keeps sweeps apart
            raise
        logger.exception("the floor of hall %s could not be followed", floor.hall_id)
        return 0


@contextmanager
def _alone() -> Iterator[bool]:
    lock = crc32(key("watch-floors").encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        taken = bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def _watch(floor: FloorNow, standing: list[Alert], now: datetime) -> int:
    known = {(alert.kind, alert.subject): alert for alert in standing}
    found = {one.key: one for one in breaches(floor.scene, floor.limit, now, known)}
    fresh = [one for one in found.values() if one.key not in known and one.kind not in BY_ACT]
    changed = [alert for alert in standing if _is_due(alert, found.get((alert.kind, alert.subject)), floor, now)]
    if not fresh and not changed:
        return 0
    with transaction.atomic():
        hall = Hall.objects.get(pk=floor.hall_id)
        raised = [raise_alert(hall, one, now) for one in fresh]
        for alert in changed:
            _follow(alert.pk, found.get((alert.kind, alert.subject)), floor, now)
    return sum(one is not None for one in raised) + len(changed)


def _is_over(alert: Alert, floor: FloorNow, now: datetime) -> bool:
    """What no longer holds ends at once, unless it swings; then it must have been calm for a while."""
    if alert.kind not in SWINGING or not floor.scene.is_open:
        return True
    calm = timedelta(seconds=floor.limit(rules.ALERT_CALM_SECONDS))
    return alert.over_since is not None and now - alert.over_since >= calm


def _is_due(alert: Alert, breach: Breach | None, floor: FloorNow, now: datetime) -> bool:
    """Whether there is anything to write about an alert that stands: most sweeps change nothing."""
    if breach is None:
        return alert.over_since is None or _is_over(alert, floor, now)
    woken = alert.snoozed_until is not None and not alert.is_snoozed(now)
    return alert.over_since is not None or alert.level != breach.level or woken


def _follow(alert_id: int, breach: Breach | None, floor: FloorNow, now: datetime) -> None:
    alert = Alert.objects.select_for_update(of=("self",)).select_related("hall").filter(pk=alert_id).first()
    if alert is None or alert.closed_at is not None:
        return
    if breach is None:
        _ease(alert, floor, now)
        return
    alert.over_since = None
    if alert.snoozed_until is not None and not alert.is_snoozed(now):
        alert.snoozed_until, alert.answer = None, AlertAnswer.NONE
    if alert.level != breach.level:
        alert.level, alert.facts = breach.level, breach.facts
        if breach.level == AlertLevel.RED:  # it is worse than what was noted
            alert.snoozed_until = None
            tell_managers(alert, now)
    alert.save(update_fields=["over_since", "snoozed_until", "answer", "level", "facts"])
    live.alert_changed(alert, alert.hall)


def _ease(alert: Alert, floor: FloorNow, now: datetime) -> None:
    if _is_over(alert, floor, now):
        close(alert, now)
    else:
        alert.over_since = alert.over_since or now
        alert.save(update_fields=["over_since"])
