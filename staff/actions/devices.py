"""What managers are told about machines."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from core import time
from halls import queries as halls
from halls import rules as hall_rules
from halls.models import Device
from halls.states import WATCHED
from messaging.actions import alert
from staff.queries import people as queries


@dataclass(frozen=True)
class Trouble:
    field: str
    says: str
    advice: str


SILENT = Trouble("silence_noticed_at", "没有联系", "请查看电源、网络和浏览器是否正常。")
PAPER_OUT = Trouble("paper_noticed_at", "缺纸", "请更换纸卷,并请客户记下号码或扫码。")


def watch_devices(now: datetime) -> int:
    """Tell managers once about each machine that fell silent or ran out of paper; return how many were told of."""
    return sum(_watch(device, now) for device in queries.watched_devices(WATCHED))


def _watch(device: Device, now: datetime) -> int:
    minutes = halls.number(hall_rules.DEVICE_SILENT_MINUTES, device.hall, now)
    hours = halls.hours_on(device.hall, time.business_day(now))
    silent = hall_rules.is_silent(device.heard_at, now, minutes=minutes)
    counts = hall_rules.silence_counts(hours, now, minutes=minutes)
    told = _note(device, SILENT, ailing=silent, due=counts, now=now)
    return told + _note(device, PAPER_OUT, ailing=device.paper_out, due=hall_rules.is_open(hours, now), now=now)


@transaction.atomic
def _note(device: Device, trouble: Trouble, *, ailing: bool, due: bool, now: datetime) -> int:
    """One notice per trouble; a machine that is well again is ready to be reported again."""
    row = Device.objects.filter(pk=device.pk)
    noticed_at = getattr(device, trouble.field)
    if noticed_at and not ailing:
        row.update(**{trouble.field: None})
    if noticed_at or not ailing or not due or not row.filter(**{trouble.field: None}).update(**{trouble.field: now}):
        return 0
    alert(
        queries.managers_of(device.hall_id),
        title=f"{device.hall.name}:{device} {trouble.says}",
        body=trouble.advice,
        url=f"{reverse('devices')}?hall={device.hall.code}",
        key=f"device:{device.pk}:{trouble.field}:{now.isoformat()}",
    )
    return 1
