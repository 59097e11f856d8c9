"""Changes to places: opening hours, machines that are paired, heard and revoked, and what the TVs show and say."""

import hashlib
import os
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from core import changes, live, pictures
from core.errors import Refused
from core.redis import too_often
from halls import queries, rules
from halls.authentication import TOKEN_PREFIX, token_hash
from halls.models import (
    Broadcast,
    BroadcastTemplate,
    Device,
    Hall,
    HoursException,
    Material,
    OpeningHours,
    PairingCode,
)
from halls.rules import Hours
from halls.states import Weekday

CODE_LIFE = timedelta(minutes=10)
TRIES_PER_ADDRESS = 10
TRIES_IN_ALL = 300
TRY_SECONDS = 600
LARGEST_PICTURE = 5 * 1024 * 1024
PICTURE_SIDES = range(200, 6001)


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


def pictures_folder(name: str = "materials") -> Path:
    return Path(settings.MEDIA_ROOT) / name


def keep_picture(data: bytes, folder_name: str = "materials") -> str:
    """Store an uploaded picture under the name of its content; the same picture twice is one file.

    Outside any transaction: a file without a row harms nobody, a row without its file would.
    Raises Refused: picture_too_large, not_a_picture, picture_size.
    """
    if len(data) > LARGEST_PICTURE:
        raise Refused("picture_too_large", "图片不能超过 5 MB,请压缩后再上传。")
    picture = pictures.read(data)
    if picture is None:
        raise Refused("not_a_picture", "只能上传 JPG、PNG 或 WebP 图片,请换一个文件。")
    if picture.width not in PICTURE_SIDES or picture.height not in PICTURE_SIDES:
        size = f"{picture.width}×{picture.height}"
        raise Refused("picture_size", f"图片为 {size},每边应为 200–6000 像素,请调整后再上传。")
    name = f"{hashlib.sha256(data).hexdigest()[:40]}.{picture.extension}"
    folder = pictures_folder(folder_name)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / name).exists():
        fresh = folder / f".{secrets.token_hex(8)}"
        with fresh.open("wb") as file:
            file.write(data)
            os.fsync(file.fileno())
        fresh.replace(folder / name)
    return name


@transaction.atomic
def add_material(material: Material, *, actor: Any, now: datetime) -> Material:
    """Put a new material at the end of its hall's or region's order."""
    rows = Material.objects.filter(hall=material.hall, region=material.region)
    material.order = queries.last_order(rows) + 1
    material.made_by, material.made_at = actor, now
    material.save()
    changes.record(material, "新增", actor=actor, after=_about(material))
    _screens_changed(material)
    return material


@transaction.atomic
def change_material(material: Material, *, actor: Any) -> Material:
    """Save other words, days or picture."""
    before = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
    if before.retired_at is not None:
        raise Refused("retired", f"{before}已撤下,不能再修改。请新建一条。")
    if _about(before) != _about(material):
        material.save(
            update_fields=["kind", "title", "text", "image", "place", "valid_from", "valid_to", "on_tv", "seconds"]
        )
        changes.record(material, "内容", actor=actor, before=_about(before), after=_about(material))
        _screens_changed(material)
    return material


@transaction.atomic
def retire_material(material_id: int, *, actor: Any, now: datetime) -> Material:
    """Off the TVs at once and for good; the row stays for the register. Twice is once."""
    material = Material.objects.select_for_update(of=("self",)).get(pk=material_id)
    if material.retired_at is None:
        material.retired_at, material.retired_by = now, actor
        material.save(update_fields=["retired_at", "retired_by"])
        changes.record(material, "撤下", actor=actor, before=_about(material), after="已撤下")
        _screens_changed(material)
    return material


@transaction.atomic
def move_material(material_id: int, *, earlier: bool, actor: Any) -> None:
    """Swap places with the neighbour in the order of its hall or region; at the end nothing happens."""
    material = Material.objects.get(pk=material_id)
    own = Material.objects.filter(hall=material.hall_id, region=material.region_id, retired_at=None)
    rows = list(own.select_for_update(of=("self",)).order_by("order", "id"))
    at = next((place for place, row in enumerate(rows) if row.pk == material.pk), None)
    if at is None:
        raise Refused("retired", f"{material}已撤下,不能再排序。")
    other = at - 1 if earlier else at + 1
    if not 0 <= other < len(rows):
        return
    rows[at], rows[other] = rows[other], rows[at]
    for place, row in enumerate(rows, start=1):
        row.order = place
    Material.objects.bulk_update(rows, ["order"])
    changes.record(material, "顺序", actor=actor, before=at + 1, after=other + 1)
    _screens_changed(material)


@transaction.atomic
def broadcast(
    hall: Hall, template: BroadcastTemplate, given: Mapping[str, str], *, actor: Any, now: datetime
) -> Broadcast:
    """Have the TVs of a hall say a sentence once. Raises Refused: bad_blanks, too_many_broadcasts."""
    text = rules.filled(template.text, given)
    if text is None:
        raise Refused("bad_blanks", f"请填好每个空格,全句不超过 {rules.LONGEST_BROADCAST} 字。")
    Hall.objects.select_for_update(of=("self",), no_key=True).get(pk=hall.pk)
    most = queries.number(rules.BROADCASTS_PER_HOUR, hall, now)
    if queries.broadcasts_within_hour(hall, now) >= most:
        raise Refused("too_many_broadcasts", f"本厅一小时内已广播 {most} 次,请稍后再播,以免打扰客户。")
    row = Broadcast.objects.create(hall=hall, template=template, text=text, said_at=now, said_by=actor)
    live.board_content_changed([hall.code])
    return row


def _about(material: Material) -> str:
    days = f"{material.valid_from}–{material.valid_to}"
    where = "上大屏" if material.on_tv else "不上大屏"
    told = [str(material), material.text, material.image, material.place, days, where, f"{material.seconds} 秒"]
    return " · ".join(part for part in told if part)


def _screens_changed(material: Material) -> None:
    live.board_content_changed(queries.halls_showing(material).values_list("code", flat=True))
