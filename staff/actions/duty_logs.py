"""值班日志: lines from the day's events, lines by hand, one signature in the evening."""

from datetime import date, datetime

from django.db import transaction

from core import time
from core.errors import Refused
from core.texts import whole
from halls.models import Hall
from staff.models import DutyLog, DutyLogEntry, User
from staff.queries import duty_logs as reads
from staff.states import DutyTopic

AFTER = "(签名后补记) "


@transaction.atomic
def fill(hall: Hall, day: date, now: datetime) -> DutyLog:
    """Write down what has happened since; safe to repeat. A signed log stays as it is."""
    log, _ = DutyLog.objects.get_or_create(hall=hall, day=day)
    log = DutyLog.objects.select_for_update().get(pk=log.pk)
    if log.signed_at is None:
        known = set(log.entries.exclude(key=None).values_list("key", flat=True))
        DutyLogEntry.objects.bulk_create(
            DutyLogEntry(log=log, topic=event.topic, text=event.text, key=event.key, at=now)
            for event in reads.events(hall, day, now)
            if event.key not in known
        )
    return log


@transaction.atomic
def write(hall: Hall, topic: str, text: str, *, writer: User, now: datetime) -> DutyLogEntry:
    """A line by hand in today's log; after the signature it counts as a correction and says so.

    Raises Refused: empty_entry, bad_topic, too_long.
    """
    words = whole(text, 300 - len(AFTER), "日志")
    if not words:
        raise Refused("empty_entry", "请填写日志内容。")
    if topic not in DutyTopic.values:
        raise Refused("bad_topic", "请选择日志栏目。")
    log, _ = DutyLog.objects.get_or_create(hall=hall, day=time.business_day(now))
    log = DutyLog.objects.select_for_update().get(pk=log.pk)
    if log.signed_at is not None:
        words = f"{AFTER}{words}"
    return DutyLogEntry.objects.create(log=log, topic=topic, text=words, writer=writer, at=now)


@transaction.atomic
def sign(log_id: int, *, signer: User, now: datetime) -> DutyLog:
    """The duty manager answers for the log; what follows is marked. Raises Refused("signed_already")."""
    log = DutyLog.objects.select_for_update(of=("self",)).select_related("hall").get(pk=log_id)
    if log.signed_at is not None:
        raise Refused("signed_already", "这一天的值班日志已经签名。")
    log = fill(log.hall, log.day, now)
    log.signed_by, log.signed_at = signer, now
    log.save(update_fields=["signed_by", "signed_at"])
    return log
