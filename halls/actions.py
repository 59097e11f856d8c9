"""Changes to places: opening hours, and machines that are paired, heard and revoked."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from core import changes
from core.errors import Refused
from core.redis import too_often
from halls.authentication import TOKEN_PREFIX, token_hash
from halls.models import Device, Hall, HoursException, OpeningHours, PairingCode
from halls.rules import Hours
from halls.states import Weekday

CODE_LIFE = timedelta(minutes=10)
TRIES_PER_ADDRESS = 10
TRIES_IN_ALL = 300
TRY_SECONDS = 600


@transaction.atomic
def add_device(device: Device, *, actor: Any) -> Device:
    device.save()
    changes.record(device, "新增", actor=actor, after=f"{device.hall} {device}")
    return device


@transaction.atomic
def make_code(device: Device, *, actor: Any, now: datetime) -> PairingCode:
    """Six digits, good for ten minutes and one device; an earlier code of the device is void."""
    PairingCode.objects.filter(device=device).delete()
    PairingCode.objects.filter(expires_at__lte=now).delete()
    for _ in range(20):
        digits = f"{secrets.randbelow(1_000_000):06d}"
        try:
            with transaction.atomic():
                return PairingCode.objects.create(device=device, code=digits, made_by=actor, expires_at=now + CODE_LIFE)
        except IntegrityError:
            continue
    raise Refused("no_code", "暂时没有可用的配对码,请稍后重试。")


def pair(digits: str, *, address: str, now: datetime) -> tuple[Device, str]:
    """Swap a code for a token, once. Only the token's hash is kept, so it is shown here and never again.

    Tries are counted per address and in all: six digits do not stand long guessing from many addresses.
    """
    if too_often("pair", address, limit=TRIES_PER_ADDRESS, seconds=TRY_SECONDS) or too_often(
        "pair", "all", limit=TRIES_IN_ALL, seconds=TRY_SECONDS
    ):
        raise Refused("too_many_tries", "尝试次数过多,请 10 分钟后再试。")
    with transaction.atomic():
        codes = PairingCode.objects.select_for_update(of=("self",)).select_related("made_by")
        code = codes.filter(code=digits, expires_at__gt=now).first()
        if code is None:
            raise Refused("bad_code", "配对码不对或已过期,请在「设备配对」页重新生成。")
        device = Device.objects.select_for_update(of=("self",)).select_related("hall", "window").get(pk=code.device_id)
        code.delete()
        token = _give_token(device, now=now)
        changes.record(device, "配对", actor=code.made_by, after="已配对")
    return device, token


def _give_token(device: Device, *, now: datetime) -> str:
    """A new token; whatever was paired under this name before is out."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    device.token_hash = token_hash(token)
    device.paired_at = device.last_seen_at = now
    device.expires_at = device.revoked_at = None
    device.paper_out = False
    device.silence_noticed_at = device.paper_noticed_at = None
    device.save()
    return token


@transaction.atomic
def revoke(device_id: int, *, actor: Any, now: datetime) -> Device:
    """The token is worth nothing from this moment; open codes are void too."""
    device = Device.objects.select_for_update(of=("self",)).select_related("hall", "window").get(pk=device_id)
    if device.revoked_at is None:
        PairingCode.objects.filter(device=device).delete()
        device.revoked_at, device.token_hash = now, ""
        device.save(update_fields=["revoked_at", "token_hash"])
        changes.record(device, "停用", actor=actor, after="已停用")
    return device


def heard(device: Device, *, paper_out: bool | None, now: datetime) -> None:
    """A sign of life. A machine that says nothing about paper keeps what it said before."""
    found: dict[str, Any] = {"last_seen_at": now}
    if paper_out is not None:
        found["paper_out"] = paper_out
    Device.objects.filter(pk=device.pk).update(**found)


@transaction.atomic
def set_weekly_hours(hall: Hall, weekly: Mapping[int, Hours | None], *, actor: Any) -> int:
    """Replace the hours of the given weekdays (None = closed) and return how many changed."""
    Hall.objects.select_for_update().get(pk=hall.pk)
    rows = {row.weekday: row for row in hall.weekly_hours.all()}
    changed = 0
    for weekday, hours in sorted(weekly.items()):
        row = rows.get(weekday)
        before = Hours(row.opens, row.closes) if row else None
        if before == hours:
            continue
        changed += 1
        if hours is None:
            OpeningHours.objects.filter(hall=hall, weekday=weekday).delete()
        else:
            OpeningHours.objects.update_or_create(
                hall=hall, weekday=weekday, defaults={"opens": hours.opens, "closes": hours.closes}
            )
        label = f"{Weekday(weekday).label}营业时间"
        changes.record(hall, label, actor=actor, before=_text(before), after=_text(hours))
    return changed


@transaction.atomic
def add_exception(hall: Hall, day: date, hours: Hours | None, *, reason: str, actor: Any) -> HoursException:
    """Other hours, or none, on one day (R-H-9)."""
    Hall.objects.select_for_update().get(pk=hall.pk)
    if hall.hours_exceptions.filter(day=day).exists():
        raise Refused("day_taken", f"{day:%Y-%m-%d} 已有例外,请先删除原来的再添加。")
    row = HoursException.objects.create(
        hall=hall,
        day=day,
        is_closed=hours is None,
        opens=hours.opens if hours else None,
        closes=hours.closes if hours else None,
        reason=reason,
    )
    changes.record(hall, f"{day} 营业时间例外", actor=actor, after=f"{_text(hours)}({reason})")
    return row


@transaction.atomic
def remove_exception(row: HoursException, *, actor: Any) -> None:
    """Twice is once: the day goes back to its weekday's hours."""
    was = row.hours
    deleted, _ = HoursException.objects.filter(pk=row.pk).delete()
    if deleted:
        changes.record(
            row.hall, f"{row.day} 营业时间例外", actor=actor, before=f"{_text(was)}({row.reason})", after="已删除"
        )


def _text(hours: Hours | None) -> str:
    return hours.text if hours else "停业"
