"""Changes to people's access, and what managers are told about machines."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from axes.utils import reset as unlock
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from rest_framework.authtoken.models import Token

from core import changes, time
from core.errors import Refused
from halls import queries as halls
from halls import rules as hall_rules
from halls.models import Device
from halls.states import WATCHED
from messaging.actions import alert
from staff import access, queries
from staff.models import User

TEMPORARY_LENGTH = 12
READABLE = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679"  # nothing that looks like something else


@dataclass(frozen=True)
class Trouble:
    field: str
    says: str
    advice: str


SILENT = Trouble("silence_noticed_at", "没有联系", "请查看电源、网络和浏览器是否正常。")
PAPER_OUT = Trouble("paper_noticed_at", "缺纸", "请更换纸卷,并请客户记下号码或扫码。")


@transaction.atomic
def change_password(user: User, *, password: str, now: datetime) -> None:
    """The person's own act; the rules of a good password were checked by the form."""
    _set_password(user, password, must_change=False, now=now)
    changes.record(user, "密码", actor=user, before="(不显示)", after="(本人修改)")


@transaction.atomic
def reset_password(person: User, *, actor: User, now: datetime) -> str:
    """A temporary password, shown once; the lock is lifted and the API token is void.

    Raises PermissionDenied for people above the actor or outside the actor's halls.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if not access.may_reset_password(actor, person):
        raise PermissionDenied("只能重置本人管理范围内下级人员的密码。")
    if not person.is_active:
        raise Refused("has_left", "该人员已停用,不能重置密码。")
    password = "".join(secrets.choice(READABLE) for _ in range(TEMPORARY_LENGTH))
    give_password(person, password=password, now=now)
    changes.record(person, "密码", actor=actor, before="(不显示)", after="(已重置)")
    return password


@transaction.atomic
def give_password(person: User, *, password: str, now: datetime) -> None:
    """A temporary one from somebody else's hand: the old password, the token and a lock-out end with it."""
    _set_password(person, password, must_change=True, now=now)
    Token.objects.filter(user=person).delete()
    unlock(username=person.staff_no)


def _set_password(user: User, password: str, *, must_change: bool, now: datetime) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = now
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


@transaction.atomic
def renew_token(user: User) -> Token:
    """A new API token; programs that use the old one are out at once."""
    Token.objects.filter(user=user).delete()
    token = Token.objects.create(user=user)
    changes.record(user, "接口令牌", actor=user, before="(不显示)", after="(已更换)")
    return token


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
