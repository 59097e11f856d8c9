"""Opening a hall: copied from one that works, filled from lists, opened when nothing is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core import changes, time
from core.errors import Refused
from core.models import Parameter
from halls.models import BusinessGroup, CheckItem, CheckList, Equipment, Hall, HallZone, OpeningHours, Region, Window
from overview.queries import openings as reads
from overview.rules import openings as rules
from staff.models import CountItem, User

FROM_PATTERN = (
    "type", "location", "operation", "counter_count", "has_rest_area", "has_gotone_zone", "has_independent_frontage",
    "sells_handsets", "queue_mode", "stop_issuing_minutes", "waiting_capacity",
)  # fmt: skip


@dataclass(frozen=True)
class Face:
    """What is the new hall's own."""

    code: str
    name: str
    region: Region
    address: str = ""
    phone: str = ""


@transaction.atomic
def copy_hall(pattern: Hall, face: Face, *, actor: User, now: datetime) -> Hall:
    """A hall that is not open yet, with the windows, groups, hours, parameters in force, zones, check lists, items to
    count and equipment of another; without its people, numbers, devices' tokens, faults and stock.

    Raises Refused: code_taken, bad_face.
    """
    if Hall.objects.filter(code=face.code).exists() or Region.objects.filter(code=face.code).exists():
        raise Refused("code_taken", f"代码 {face.code} 已经有了,请换一个。")
    hall = Hall(**{name: getattr(pattern, name) for name in FROM_PATTERN}, is_live=False)
    hall.code, hall.name, hall.region = face.code, face.name.strip(), face.region
    hall.address, hall.phone = face.address.strip(), face.phone.strip()
    try:
        hall.full_clean(validate_unique=False)  # the table itself knows, and is asked last
        hall.save()
    except ValidationError as error:
        raise Refused("bad_face", " ".join(error.messages)) from None
    except IntegrityError:  # somebody else was quicker
        raise Refused("code_taken", f"代码 {face.code} 已经有了,请换一个。") from None
    groups = _copy_groups(pattern, hall)
    windows = _copy_windows(pattern, hall, groups)
    _copy_hours_and_zones(pattern, hall)
    _copy_check_lists(pattern, hall)
    _copy_equipment(pattern, hall, windows)
    _copy_dated(pattern, hall, now)
    changes.record(hall, "新建", actor=actor, after=f"复制自{pattern.name}")
    return hall


def _copied(rows: Iterable[Any], **changed: Any) -> list[Any]:
    """Rows of a table anew, under other owners."""
    found = []
    for row in rows:
        values = {
            field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
        }
        fresh = type(row)(**values)
        for name, value in changed.items():
            setattr(fresh, name, value)
        found.append(fresh)
    return found


def _copy_groups(pattern: Hall, hall: Hall) -> dict[int, BusinessGroup]:
    old = list(pattern.groups.filter(is_active=True).prefetch_related("businesses"))
    new = BusinessGroup.objects.bulk_create(_copied(old, hall=hall))
    for before, after in zip(old, new, strict=True):
        after.businesses.set(before.businesses.all())
    return {before.pk: after for before, after in zip(old, new, strict=True)}


def _copy_windows(pattern: Hall, hall: Hall, groups: dict[int, BusinessGroup]) -> dict[int, Window]:
    old = list(pattern.windows.filter(is_active=True).prefetch_related("groups"))
    new = Window.objects.bulk_create(_copied(old, hall=hall))
    for before, after in zip(old, new, strict=True):
        after.groups.set([groups[one.pk] for one in before.groups.all() if one.pk in groups])
    return {before.pk: after for before, after in zip(old, new, strict=True)}


def _copy_hours_and_zones(pattern: Hall, hall: Hall) -> None:
    OpeningHours.objects.bulk_create(_copied(pattern.weekly_hours.all(), hall=hall))
    HallZone.objects.bulk_create(_copied(pattern.zones.all(), hall=hall))


def _copy_check_lists(pattern: Hall, hall: Hall) -> None:
    """Only lists of its own; those of all halls hold for the new one by themselves."""
    for old in pattern.check_lists.filter(is_active=True).prefetch_related("items"):
        [new] = CheckList.objects.bulk_create(_copied([old], hall=hall))
        CheckItem.objects.bulk_create(_copied([one for one in old.items.all() if one.is_active], list=new))


def _copy_equipment(pattern: Hall, hall: Hall, windows: dict[int, Window]) -> None:
    """What there should be; when it was installed and until when it is good is entered when it is there."""
    fresh = []
    for old in pattern.equipment.filter(removed_at=None):
        [new] = _copied([old], hall=hall, installed_on=None, expires_on=None)
        new.window = windows.get(old.window_id or 0)
        fresh.append(new)
    Equipment.objects.bulk_create(fresh)


def _copy_dated(pattern: Hall, hall: Hall, now: datetime) -> None:
    """Parameters as they hold and are planned; items to count of the pattern alone."""
    today = time.business_day(now)
    standing: dict[str, Parameter] = {}
    planned = []
    for row in Parameter.objects.filter(scope=pattern.code).order_by("valid_from"):
        if row.valid_from > today:
            planned.append(row)
        else:
            standing[row.name] = row
    for row in [*_copied(standing.values(), valid_from=today), *_copied(planned)]:
        row.scope, row.note = hall.code, f"复制自{pattern.name}"
        row.save()
    own = CountItem.objects.filter(scope=pattern.code)
    CountItem.objects.bulk_create(_copied((row for row in own if row.valid_to is None or row.valid_to >= today),
                                          scope=hall.code))  # fmt: skip


@transaction.atomic
def set_place(hall_id: int, place: Mapping[str, Any], *, actor: User) -> Hall:
    """Address, telephone and where it lies, each change on record."""
    hall = Hall.objects.select_for_update(of=("self",)).get(pk=hall_id)
    for name in ("address", "phone", "latitude", "longitude"):
        before, after = getattr(hall, name), place[name]
        if before != after:
            setattr(hall, name, after)
            label = str(Hall._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            changes.record(hall, label, actor=actor, before=before, after=after)
    hall.save(update_fields=["address", "phone", "latitude", "longitude"])
    return hall


@transaction.atomic
def open_hall(hall_id: int, *, actor: User, now: datetime) -> Hall:
    """The kiosk, the TV and the counters work from now on. Raises Refused: open_already, not_ready."""
    hall = Hall.objects.select_for_update(of=("self",)).select_related("region__parent").get(pk=hall_id)
    if hall.is_live:
        raise Refused("open_already", f"{hall.name}已经开业。")
    lacking = rules.missing(reads.steps(hall, now))
    if lacking:
        raise Refused("not_ready", f"还缺:{'、'.join(step.title for step in lacking)}。")
    hall.is_live = True
    hall.save(update_fields=["is_live"])
    changes.record(hall, "使用叫号", actor=actor, before=False, after=True)
    return hall
