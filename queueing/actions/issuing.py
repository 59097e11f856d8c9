"""Stopping or limiting the numbers of one group for the rest of a day."""

from datetime import datetime

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import BusinessGroup
from queueing.live import issuing_changed
from queueing.models import GroupStop
from queueing.queries import issuing as reads
from staff.models import User

MOST = 9999


@transaction.atomic
def stop_group(group: BusinessGroup, *, limit: int | None, reason: str, manager: User, now: datetime) -> GroupStop:
    """Give no more numbers of a group today, or no more than `limit`; an order in force is replaced.

    Raises Refused: reason_needed, bad_limit.
    """
    reason = " ".join(reason.split())[:40]
    if not reason:
        raise Refused("reason_needed", "请填写原因,客户和引导员会看到。")
    if limit is not None and not 1 <= limit <= MOST:
        raise Refused("bad_limit", f"今日最多应为 1–{MOST} 的整数;要停止取号请留空。")
    day = time.business_day(now)
    BusinessGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    _lift(group, manager, now)
    row = GroupStop.objects.create(group=group, day=day, limit=limit, reason=reason, made_at=now, made_by=manager)
    issuing_changed(group.hall)
    return row


@transaction.atomic
def lift_stop(group: BusinessGroup, *, manager: User, now: datetime) -> None:
    """Numbers are given again. Raises Refused("not_stopped")."""
    if not _lift(group, manager, now):
        raise Refused("not_stopped", f"{group.name}现在没有限制,可以正常取号。")
    issuing_changed(group.hall)


def _lift(group: BusinessGroup, manager: User, now: datetime) -> bool:
    for row in reads.lock_stop(group.pk, time.business_day(now)):
        row.lifted_at, row.lifted_by = now, manager
        row.save(update_fields=["lifted_at", "lifted_by"])
        return True
    return False
